import { expect, test } from 'vitest';
import { issuer } from '../authority.fixture.ts';
import { sessionIdFor } from '../openid/subject.ts';
import { logoutFrames } from './frames.ts';
import { aLogoutStage } from './logout.fixture.ts';

const on = { config: { features: { frontChannelLogout: true } } };

test('SL-050: a frame for each client that has an address for it, its query kept, with iss and sid', async () => {
  const { authority, session, enter } = await aLogoutStage(on);
  const clients = [
    await enter({ id: 'a', logout: { frontchannelUri: 'https://a.example/out?x=%20+y&x=2' } }),
    await enter({
      id: 'b',
      logout: { frontchannelUri: 'https://b.example/out', frontchannelSessionRequired: true },
    }),
  ];
  await enter({ id: 'c', logout: { backchannelUri: 'https://c.example/out' } });
  await enter({ id: 'd', disabledAt: 1, logout: { frontchannelUri: 'https://d.example/out' } });
  const added = clients.map(
    (client) => `iss=${encodeURIComponent(issuer)}&sid=${sessionIdFor(authority, client, session.id)}`,
  );
  expect(await logoutFrames(authority, session.id)).toEqual([
    `https://a.example/out?x=%20+y&x=2&${added[0]}`,
    `https://b.example/out?${added[1]}`,
  ]);
});

test('SL-050: there are none while the feature is off', async () => {
  const { authority, session, enter } = await aLogoutStage();
  await enter({ logout: { frontchannelUri: 'https://a.example/out' } });
  expect(await logoutFrames(authority, session.id)).toEqual([]);
});

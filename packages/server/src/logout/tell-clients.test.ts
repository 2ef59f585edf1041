import { aSession } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { endAllSessions, endSession } from '../account/sessions.ts';
import { verifyOwnJwt } from '../keys/sign-jwt.ts';
import { hashPassword } from '../sign-in/password-hash.ts';
import { signInWithPassword } from '../sign-in/sign-in.ts';
import { accepted, aLogoutStage, type LogoutStage } from './logout.fixture.ts';

const backchannelUri = 'https://print.example/backchannel?tenant=1';
const told = { logout: { backchannelUri } };

/** What a client was told, by the id it is addressed by. */
async function audiences({ authority, posts }: LogoutStage): Promise<unknown[]> {
  const claims = posts.map(({ form = '' }) =>
    verifyOwnJwt(authority, new URLSearchParams(form).get('logout_token') ?? '', { typ: 'logout+jwt' }),
  );
  return (await Promise.all(claims)).map((content) => content?.aud);
}

function outcomes({ events }: LogoutStage): unknown[] {
  return events.filter(({ type }) => type.startsWith('logout.'));
}

test('SL-030: every client of a session that ends gets one POST with its own token; others get none', async () => {
  const on = await aLogoutStage();
  const clients = [
    await on.enter(told),
    await on.enter({ logout: { backchannelUri: 'https://b.example/out' } }),
  ];
  await on.enter();
  await on.enter({ ...told, disabledAt: 1 });
  await on.addClient(told);
  await endSession(on.authority, on.user.id, on.session.id);
  expect(on.posts.map(({ url }) => url).toSorted()).toEqual(['https://b.example/out', backchannelUri]);
  for (const { form, accept } of on.posts) {
    expect([...new URLSearchParams(form).keys()]).toEqual(['logout_token']);
    expect(accept).toEqual([]);
  }
  expect((await audiences(on)).toSorted()).toEqual(clients.map(({ id }) => id).toSorted());
  const wanted = clients.map(({ id }) => expect.objectContaining({ type: 'logout.told', clientId: id }));
  expect(outcomes(on)).toEqual(expect.arrayContaining(wanted));
  expect(outcomes(on)).toHaveLength(2);
});

test('SL-030: they are told at the same time, and one that fails or throws holds up nobody', async () => {
  const started: string[] = [];
  const on = await aLogoutStage({
    answer: async ({ url }) => {
      started.push(url);
      // Whoever answers first waits until all have been asked.
      while (started.length < 4) await Promise.resolve();
      if (url.includes('slow')) return { outcome: 'failed', why: 'it took longer than 5 s' };
      if (url.includes('inside')) return { outcome: 'refused', why: 'its address is special' };
      if (url.includes('broken')) throw new Error('this fetcher throws');
      return accepted();
    },
  });
  for (const host of ['slow', 'inside', 'broken', 'good'])
    await on.enter({ id: host, logout: { backchannelUri: `https://${host}.example/` } });
  await endSession(on.authority, on.user.id, on.session.id);
  expect(started).toHaveLength(4);
  const by = (clientId: string) =>
    outcomes(on).find((event) => (event as { clientId: string }).clientId === clientId);
  expect(by('good')).toMatchObject({ type: 'logout.told', sessionId: on.session.id });
  expect(by('slow')).toMatchObject({ type: 'logout.not_told', why: 'it took longer than 5 s' });
  expect(by('inside')).toMatchObject({ type: 'logout.not_told', why: 'its address is special' });
  expect(by('broken')).toMatchObject({ type: 'logout.not_told' });
});

test('SL-030: a client whose token cannot be made does not keep the others from hearing', async () => {
  const on = await aLogoutStage();
  await on.enter({ ...told, id: 'odd', redirectUris: [], openid: { subjectType: 'pairwise' } });
  await on.enter({ ...told, id: 'plain' });
  await endSession(on.authority, on.user.id, on.session.id);
  expect(await audiences(on)).toEqual(['plain']);
  expect(outcomes(on)).toContainEqual(expect.objectContaining({ type: 'logout.not_told', clientId: 'odd' }));
});

test('SL-030: a session ends once: who ends it again, or ends that of somebody else, tells nobody', async () => {
  const on = await aLogoutStage();
  await on.enter(told);
  await endSession(on.authority, 'eve', on.session.id);
  expect(on.posts).toHaveLength(0);
  await Promise.all([1, 2, 3].map(() => endSession(on.authority, on.user.id, on.session.id)));
  expect(on.posts).toHaveLength(1);
});

test('SL-030: nobody is told while the feature is off', async () => {
  const on = await aLogoutStage({ config: { features: { backChannelLogout: false } } });
  await on.enter(told);
  await endSession(on.authority, on.user.id, on.session.id);
  expect([on.posts, outcomes(on)]).toEqual([[], []]);
});

test('SL-030: signing out everywhere tells the clients of each session that was alive', async () => {
  const on = await aLogoutStage();
  const { authority, store, user, clock } = on;
  const client = await on.enter({ ...told, id: 'here' });
  const [there, dead] = [aSession({ userId: user.id }), aSession({ userId: user.id, sessionEpoch: 7 })];
  for (const session of [there, dead]) {
    await store.sessions.open(session);
    await store.sessions.enter({ sessionId: session.id, clientId: client.id, now: clock.now });
  }
  await endAllSessions(authority, user.id);
  const sessions = outcomes(on).map((event) => (event as { sessionId: string }).sessionId);
  expect(sessions.toSorted()).toEqual([on.session.id, there.id].toSorted());
  await endAllSessions(authority, user.id);
  await endAllSessions(authority, 'nobody');
  expect(on.posts).toHaveLength(2);
});

test('SL-030: who signs in where somebody else was ends the session there, and its clients hear of it', async () => {
  const on = await aLogoutStage();
  const { authority, store } = on;
  const passwordHash = await hashPassword('correct horse', Buffer.alloc(16, 1));
  for (const username of ['ada', 'eve'])
    await store.users.add({ ...on.user, id: `id-of-${username}`, username, passwordHash });
  const signIn = async (username: string, sessionCookie: string | undefined) => {
    const attempt = {
      username,
      password: 'correct horse',
      address: '192.0.2.1',
      userAgent: '',
      sessionCookie,
    };
    const outcome = await signInWithPassword(authority, attempt);
    return outcome.outcome === 'signed-in' ? outcome : expect.unreachable(outcome.outcome);
  };
  const first = await signIn('ada', undefined);
  const client = await on.addClient(told);
  await store.sessions.enter({ sessionId: first.sessionId, clientId: client.id, now: on.clock.now });
  const again = await signIn('ada', first.cookie);
  expect(on.posts).toHaveLength(0);
  await signIn('eve', again.cookie);
  expect(await audiences(on)).toEqual([client.id]);
  expect(outcomes(on)).toEqual([
    expect.objectContaining({ type: 'logout.told', sessionId: first.sessionId }),
  ]);
});

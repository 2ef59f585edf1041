import { Parameters } from '@valetkey/protocol';
import { aSession, aUser } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import type { Client } from '../model.ts';
import type { Visitor } from '../session.ts';
import { aLogoutStage, home, type LogoutStage } from './logout.fixture.ts';
import { confirmLogout, logout } from './logout.ts';
import { readLogoutRequest } from './logout-request.ts';

const registered: Partial<Client> = { logout: { postLogoutRedirectUris: [home] } };
const firstParty: Partial<Client> = { ...registered, consent: 'implied' };

async function ask(on: LogoutStage, fields: Record<string, string>, visitor: Visitor | null) {
  const request = await readLogoutRequest(on.authority, Parameters.of(Object.entries(fields)));
  return logout(on.authority, request, visitor);
}

async function isOver({ store, session }: LogoutStage): Promise<boolean> {
  return (await store.sessions.find(session.id))?.endedAt !== null;
}

const back = { post_logout_redirect_uri: home, state: 's 1' };

test('SL-013: the person is asked without a hint, with one of another person, session or time, and by apps of others', async () => {
  const on = await aLogoutStage();
  const [own, other] = [await on.addClient(firstParty), await on.addClient(registered)];
  const requests = [
    {},
    { client_id: own.id },
    { client_id: own.id, id_token_hint: 'forged' },
    { id_token_hint: await on.idToken(own, { sub: 'somebody else' }) },
    { id_token_hint: await on.idToken(own, { sid: 'another session' }) },
    { id_token_hint: await on.idToken(own, { sid: undefined }) },
    { id_token_hint: await on.idToken(other) },
  ];
  for (const fields of requests) {
    const outcome = await ask(on, fields, on.visitor);
    expect([fields, outcome.outcome]).toEqual([fields, 'ask']);
  }
  expect(await isOver(on)).toBe(false);
});

test('SL-013, SL-014: a first-party app that proves the session signs the person out without a question', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient(firstParty);
  const outcome = await ask(on, { ...back, id_token_hint: await on.idToken(client) }, on.visitor);
  expect(outcome).toMatchObject({
    outcome: 'signed-out',
    sessionId: on.session.id,
    farewell: { client, frames: [], continue: `${home}?state=s+1` },
  });
  expect(await isOver(on)).toBe(true);
});

test('SL-013: a first-party app with pairwise subjects proves the session by the subject it knows', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient({ ...firstParty, openid: { subjectType: 'pairwise' } });
  const foreign = await on.idToken(client, { sub: on.user.id });
  expect((await ask(on, { id_token_hint: foreign }, on.visitor)).outcome).toBe('ask');
  const outcome = await ask(on, { id_token_hint: await on.idToken(client) }, on.visitor);
  expect(outcome.outcome).toBe('signed-out');
});

test('SL-014, SL-015, SL-016: after a yes the session is over, and the browser goes to the registered address with its state', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient(registered);
  for (const proof of [{ client_id: client.id }, { id_token_hint: await on.idToken(client) }]) {
    const question = await ask(on, { ...back, ...proof }, on.visitor);
    if (question.outcome !== 'ask') return expect.unreachable(question.outcome);
    expect(question.client).toEqual(client);
    const { pending } = question;
    const outcome = await confirmLogout(on.authority, { pending, asked: on.session.id }, on.visitor);
    expect(outcome).toMatchObject({
      outcome: 'signed-out',
      sessionId: on.session.id,
      farewell: { continue: `${home}?state=s+1` },
    });
    expect(await isOver(on)).toBe(true);
  }
  return undefined;
});

test('SL-013: a yes counts for the session that was asked about, not for one that has begun since', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient(registered);
  const user = aUser();
  const session = aSession({ userId: user.id });
  await on.store.users.add(user);
  await on.store.sessions.open(session);
  const visitor = { user, session, consent: null, renewedCookie: null };
  const pending = { clientId: client.id, postLogoutRedirectUri: home };
  const outcome = await confirmLogout(on.authority, { pending, asked: on.session.id }, visitor);
  expect(outcome).toMatchObject({ outcome: 'ask', visitor, client, pending });
  expect((await on.store.sessions.find(session.id))?.endedAt).toBeNull();
});

test('SL-015: what is no longer registered when the person says yes leads nowhere', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient(registered);
  const pending = { clientId: client.id, postLogoutRedirectUri: home };
  const confirm = () => confirmLogout(on.authority, { pending, asked: on.session.id }, null);
  expect(await confirm()).toMatchObject({ farewell: { continue: home } });
  await on.store.clients.replace({ ...client, logout: {} });
  expect(await confirm()).toMatchObject({ farewell: { client: { id: client.id }, continue: null } });
  await on.store.clients.replace({ ...client, disabledAt: 1, version: 2 });
  expect(await confirm()).toMatchObject({ farewell: { client: null, continue: null } });
  await on.store.clients.remove(client.id);
  expect(await confirm()).toMatchObject({ farewell: { client: null, continue: null } });
});

test('SL-015, SL-017: where nobody is signed in a hint leads back to the app; a client_id alone, or a forged hint, does not', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient(registered);
  const proven = await ask(on, { ...back, id_token_hint: await on.idToken(client) }, null);
  expect(proven).toMatchObject({
    outcome: 'signed-out',
    sessionId: null,
    farewell: { frames: [], continue: `${home}?state=s+1` },
  });
  for (const fields of [{ client_id: client.id }, { client_id: client.id, id_token_hint: 'forged' }]) {
    const outcome = await ask(on, { ...back, ...fields }, null);
    expect(outcome).toMatchObject({ outcome: 'signed-out', farewell: { client, continue: null } });
  }
  expect(await ask(on, {}, null)).toMatchObject({ farewell: { client: null, frames: [], continue: null } });
  // The session that the hint speaks of is not this browser's to end.
  expect(await isOver(on)).toBe(false);
});

test('SL-050: the clients of the session that has ended are loaded in frames before the browser goes on', async () => {
  const on = await aLogoutStage({ config: { features: { frontChannelLogout: true } } });
  const client = await on.enter({
    ...firstParty,
    logout: { postLogoutRedirectUris: [home], frontchannelUri: 'https://print.example/frame' },
  });
  const outcome = await ask(on, { ...back, id_token_hint: await on.idToken(client) }, on.visitor);
  expect(outcome).toMatchObject({
    farewell: {
      frames: [expect.stringMatching(/^https:\/\/print\.example\/frame\?iss=/)],
      continue: `${home}?state=s+1`,
    },
  });
});

import type { Store } from '@valetkey/server';
import { aClient, aConsent, aGrant, aKey, aPushedRequest, aSession, aUser, hour, noon } from './fixtures.ts';

/** Calls every verb but the lists, in all its branches: for tests that look at the statements a store makes of them. */
export async function callEveryVerb(store: Store): Promise<void> {
  await callClients(store);
  await callUsers(store);
  await callSessions(store);
  await callConsents(store);
  await callGrants(store);
  await callKeys(store);
  const attempt = { key: 'login', limit: 1, window: hour, now: noon };
  await store.attempts.take(attempt);
  await store.attempts.take(attempt);
  await store.attempts.clear('login');
  await store.once.use({ key: 'jti', until: noon + hour, now: noon });
  await store.once.use({ key: 'jti', until: noon + hour, now: noon });
  await callPushed(store);
  await store.standing({ userId: 'user', clientId: 'client', sessionId: 'session' });
  await store.sweep(noon);
  await store.check();
}

async function callClients({ clients }: Store): Promise<void> {
  const client = aClient();
  await clients.add(client);
  await clients.find(client.id);
  await clients.replace(client);
  await clients.replace(client);
  await clients.remove(client.id);
}

async function callUsers({ users }: Store): Promise<void> {
  const user = aUser();
  await users.add(user);
  await users.find(user.id);
  await users.findByUsername(user.username);
  await users.setPassword({ id: user.id, passwordHash: 'hash', endGrants: true });
  await users.setProfile({ id: user.id, name: 'Ada', profile: {} });
  await users.setDisabled({ id: user.id, disabledAt: noon });
  await users.endSessions(user.id);
}

async function callSessions({ sessions }: Store): Promise<void> {
  const session = aSession();
  await sessions.open(aSession({ endsAt: noon }));
  await sessions.open(session);
  await sessions.find(session.id);
  await sessions.listOf(session.userId, noon);
  await sessions.enter({ sessionId: session.id, clientId: 'client', now: noon });
  await sessions.clientsOf(session.id);
  await sessions.renew(session);
  await sessions.end(session.id, noon);
  await sessions.end(session.id, noon);
  await sessions.renew(session);
}

async function callConsents({ consents }: Store): Promise<void> {
  const consent = aConsent();
  const { userId, clientId } = consent;
  await consents.record(consent);
  await consents.record({ ...consent, version: 1 });
  await consents.find(userId, clientId);
  await consents.listOf(userId);
  await consents.use(userId, clientId, noon);
  await consents.withdraw(userId, clientId, noon);
  await consents.withdraw(userId, clientId, noon);
}

async function callGrants({ grants }: Store): Promise<void> {
  const { id, ...rest } = aGrant();
  const revocation = { id, why: 'revoked_by_user', now: noon, sweepAt: noon } as const;
  await grants.open({ id, ...rest });
  await grants.find(id);
  await grants.advance({ id, generation: 0, now: noon, idle: hour });
  await grants.advance({ id, generation: 0, now: noon, idle: hour });
  await grants.use({ id, now: noon + 2, idle: hour, staleAfter: 1 });
  await grants.revokeAccess(id);
  await grants.revoke(revocation);
  await grants.revoke(revocation);
}

async function callKeys({ keys }: Store): Promise<void> {
  const key = aKey();
  await keys.add(key);
  await keys.revoke(key.id, noon);
  await keys.revoke(key.id, noon);
  await keys.remove(key.id);
}

async function callPushed({ pushed }: Store): Promise<void> {
  const { id, ...rest } = aPushedRequest();
  await pushed.push({ id, ...rest });
  await pushed.find(id, noon);
  await pushed.complete(id, noon);
  await pushed.complete(id, noon);
}

import { randomBytes } from 'node:crypto';
import { type Grant, type Store, timeOrderedId, type User } from '@valetkey/server';
import { client, lifetimes, resource, scope } from './stage.ts';

const grantsOfOne = 10;
const day = 86_400_000;

/** Puts so many living grants into a store, opened evenly over the last month, ten of each person. */
export async function fill(store: Store, count: number): Promise<void> {
  const start = Date.now() - 30 * day;
  const step = (30 * day) / count;
  for (let made = 0; made < count; made += 1000) {
    const people = Math.ceil(Math.min(1000, count - made) / grantsOfOne);
    await Promise.all(
      Array.from({ length: people }, (_, i) => {
        const opened = Array.from(
          { length: grantsOfOne },
          (_, n) => start + (made + i * grantsOfOne + n) * step,
        );
        return addPerson(store, opened.map(Math.floor));
      }),
    );
  }
}

/** One person, her session, her consent, and a grant for each of the instants. */
async function addPerson(store: Store, opened: readonly number[]): Promise<void> {
  const at = opened[0] ?? 0;
  const user = someone(at);
  const sessionId = timeOrderedId(at, randomBytes);
  const times = { authenticatedAt: at, openedAt: at, endsAt: at + lifetimes.session * 1000, endedAt: null };
  const browser = { amr: ['pwd'], userAgent: 'Firefox/147.0', address: '192.0.2.1', sessionEpoch: 0 };
  const decided = {
    firstGrantedAt: at,
    decidedAt: at,
    lastUsedAt: at,
    withdrawnAt: null,
    epoch: 0,
    version: 0,
  };
  await Promise.all([
    store.users.add(user),
    store.sessions.open({ id: sessionId, secretHash: 'x'.repeat(43), userId: user.id, ...times, ...browser }),
    store.consents.record({
      userId: user.id,
      clientId: client.id,
      scopes: scope.split(' '),
      resources: [resource],
      ...decided,
    }),
    ...opened.map((instant) => store.grants.open(grantOf(user, sessionId, instant))),
  ]);
}

function someone(at: number): User {
  const id = timeOrderedId(at, randomBytes);
  const epochs = { disabledAt: null, grantEpoch: at, sessionEpoch: 0 };
  return { id, username: id, name: id, passwordHash: null, createdAt: at, ...epochs };
}

function grantOf(user: User, sessionId: string, at: number): Grant {
  const endsAt = at + 180 * day;
  return {
    id: timeOrderedId(at, randomBytes),
    clientId: client.id,
    userId: user.id,
    sessionId,
    endsWithSession: false,
    scopes: scope.split(' '),
    resources: [resource],
    authenticatedAt: at,
    amr: ['pwd'],
    userEpoch: user.grantEpoch,
    clientEpoch: at,
    consentEpoch: 0,
    generation: 0,
    openedAt: at,
    advancedAt: at,
    lastUsedAt: at,
    expiresAt: at + 60 * day,
    endsAt,
    accessEpoch: 0,
    revokedAt: null,
    revokedWhy: null,
    sweepAt: endsAt + lifetimes.accessToken * 1000,
  };
}

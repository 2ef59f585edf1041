import type { Client, Consent, Grant, User } from '@valetkey/server';
import { describe, expect, test } from 'vitest';
import { aClient, aConsent, aGrant, aSession, aUser, freshId, hour, noon } from '../fixtures.ts';
import { openNodes } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

/** What most records lack comes back as it went in; what was absent is absent again, neither null nor undefined. */
export function describeOptionalMembers(makePlace: () => Promise<StorePlace>): void {
  describe('optional members', () => {
    const nodes = openNodes(makePlace);

    test('a client keeps them, and a replacement without them takes them away', async () => {
      const client = aClient(ofClient);
      await nodes.store.clients.add(client);
      expect(await nodes.other.clients.find(client.id)).toStrictEqual(client);
      expect(await nodes.other.clients.list()).toContainEqual(client);
      const bare = aClient({ id: client.id });
      await nodes.store.clients.replace(bare);
      expect(await nodes.other.clients.find(client.id)).toStrictEqual({ ...bare, version: 2 });
      await nodes.store.clients.replace({ ...client, version: 2 });
      expect(await nodes.other.clients.find(client.id)).toStrictEqual({ ...client, version: 3 });
    });

    test('a person keeps her profile', async () => {
      const user = aUser(ofUser);
      const session = aSession({ userId: user.id });
      await nodes.store.users.add(user);
      await nodes.store.sessions.open(session);
      const { users, standing } = nodes.other;
      expect(await users.find(user.id)).toStrictEqual(user);
      expect(await users.findByUsername(user.username)).toStrictEqual(user);
      expect(await users.list()).toContainEqual(user);
      const query = { userId: user.id, clientId: 'nobody', sessionId: session.id };
      expect(await standing(query)).toStrictEqual({ user, session, consent: null });
    });

    test('a consent keeps its facts until it is recorded without them', async () => {
      const consent = aConsent(ofConsent);
      const { userId, clientId } = consent;
      const { consents } = nodes.store;
      const query = { userId, clientId, sessionId: 'nobody' };
      await consents.record(consent);
      const first = { ...consent, version: 1 };
      expect(await nodes.other.consents.find(userId, clientId)).toStrictEqual(first);
      expect(await nodes.other.consents.listOf(userId)).toStrictEqual([first]);
      expect(await nodes.other.standing(query)).toStrictEqual({ user: null, session: null, consent: first });
      await consents.record({ ...first, facts: { clientFingerprint: 'other' } });
      const second = { ...first, facts: { clientFingerprint: 'other' }, version: 2 };
      expect(await nodes.other.consents.find(userId, clientId)).toStrictEqual(second);
      const bare = aConsent({ userId, clientId, version: 2 });
      await consents.record(bare);
      expect(await nodes.other.consents.find(userId, clientId)).toStrictEqual({ ...bare, version: 3 });
    });

    test('a withdrawal takes the facts of a consent away', async () => {
      const { facts, ...bare } = aConsent(ofConsent);
      await nodes.store.consents.record({ ...bare, ...ofConsent });
      await nodes.store.consents.withdraw(bare.userId, bare.clientId, noon);
      expect(await nodes.other.consents.find(bare.userId, bare.clientId)).toStrictEqual({
        ...bare,
        scopes: [],
        resources: [],
        withdrawnAt: noon,
        epoch: 1,
        version: 2,
      });
    });

    test('a grant keeps them through all that happens to it', async () => {
      const grant = aGrant(ofGrant);
      const { id } = grant;
      const { grants } = nodes.store;
      await grants.open(grant);
      expect(await nodes.other.grants.find(id)).toStrictEqual(grant);
      const used = await grants.use({ id, now: noon + 2, idle: hour, staleAfter: 1 });
      expect(used).toMatchObject({ outcome: 'alive', grant: ofGrant });
      expect(await grants.advance({ id, generation: 0, now: noon, idle: hour })).toMatchObject({
        outcome: 'advanced',
        grant: ofGrant,
      });
      expect(await grants.advance({ id, generation: 0, now: noon, idle: hour })).toMatchObject({
        outcome: 'stale',
        grant: ofGrant,
      });
      await grants.revoke({ id, why: 'revoked_by_user', now: noon, sweepAt: noon + hour });
      expect(await nodes.other.grants.find(id)).toMatchObject(ofGrant);
    });

    test('what is absent, or undefined, reads as absent', async () => {
      const [client, user, consent, grant] = [aClient(), aUser(), aConsent({ version: 0 }), aGrant()];
      const { clients, users, consents, grants, standing } = nodes.store;
      await clients.add({ ...client, ...undefinedFor(ofClient) });
      await users.add({ ...user, ...undefinedFor(ofUser) });
      await consents.record({ ...consent, userId: user.id, ...undefinedFor(ofConsent) });
      await grants.open({ ...grant, ...undefinedFor(ofGrant) });
      expect(await clients.find(client.id)).toStrictEqual(client);
      expect(await grants.find(grant.id)).toStrictEqual(grant);
      const query = { userId: user.id, clientId: consent.clientId, sessionId: freshId('session') };
      const recorded = { ...consent, userId: user.id, version: 1 };
      expect(await standing(query)).toStrictEqual({ user, session: null, consent: recorded });
      expect(await users.find(user.id)).toStrictEqual(user);
      expect(await consents.find(user.id, consent.clientId)).toStrictEqual(recorded);
    });
  });
}

/** The same members, each of them undefined: what a caller in plain JavaScript may pass. */
function undefinedFor<Members extends object>(members: Members): Members {
  return Object.fromEntries(Object.keys(members).map((name) => [name, undefined])) as Members;
}

const ofClient = {
  origin: 'registered',
  about: { logoUri: 'https://print.example/logo.svg', contacts: ['ada@print.example'] },
  keys: {
    jwks: [{ kty: 'EC', crv: 'P-256', x: 'x', y: 'y', key_ops: ['verify'] }],
    assertionAlgorithm: 'ES256',
  },
  openid: { idTokenAlgorithm: 'EdDSA', subjectType: 'pairwise', defaultMaxAge: 0, claimsInIdToken: true },
  requests: { requirePushed: true, requestUris: [], responseModes: ['query.jwt'] },
  binding: 'dpop',
  logout: { postLogoutRedirectUris: ['https://print.example/'], backchannelSessionRequired: true },
  registration: { accessTokenHash: 'c'.repeat(43), address: '192.0.2.7', expiresAt: null },
  securityProfile: 'fapi2-message-signing',
  compatibility: { withoutPkce: true },
  introspectionAlgorithm: 'PS256',
} as const satisfies Partial<Client>;

const ofUser = {
  profile: {
    email: 'ada@example.com',
    email_verified: false,
    updated_at: 1_764_072_000,
    address: { formatted: '12 St James’s Square\nLondon\0', country: null },
    'https://claims.example/teams': ['engine', 'difference'],
  },
} as const satisfies Partial<User>;

const ofConsent = {
  facts: { clientFingerprint: 'd'.repeat(43), authorizationDetails: ['{"type":"print"}', '{"type":"ship"}'] },
} as const satisfies Partial<Consent>;

const ofGrant = {
  acr: 'urn:example:two-factor',
  claims: { userinfo: { email: null }, id_token: { auth_time: { essential: true }, sub: { value: 'ada' } } },
  authorizationDetails: [{ type: 'print', pages: [1, 2, { from: 7 }], paid: true, note: null }],
  key: { 'x5t#S256': 'e'.repeat(43) },
} as const satisfies Partial<Grant>;

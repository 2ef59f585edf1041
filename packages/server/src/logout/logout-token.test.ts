import { noon } from '@valetkey/store-contract';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { issuer } from '../authority.fixture.ts';
import type { Authority } from '../authority.ts';
import { verifyOwnJwt } from '../keys/sign-jwt.ts';
import type { Client } from '../model.ts';
import { sessionIdFor } from '../openid/subject.ts';
import { aLogoutStage } from './logout.fixture.ts';
import { issueLogoutToken } from './logout-token.ts';

const event = 'http://schemas.openid.net/event/backchannel-logout';

/** As a client verifies it, with the published keys. */
async function verified(authority: Authority, client: Client, token: string) {
  const { publicKeys } = await authority.keys.ring(authority.clock());
  const keys = createLocalJWKSet({ keys: publicKeys } as unknown as JSONWebKeySet);
  const options = {
    issuer,
    audience: client.id,
    typ: 'logout+jwt',
    currentDate: new Date(authority.clock()),
  };
  return jwtVerify(token, keys, options);
}

test('SL-031, SL-032: a logout token says whose session has ended, for two minutes, and has no nonce', async () => {
  const { authority, session, user, addClient } = await aLogoutStage();
  const client = await addClient();
  const { payload } = await verified(authority, client, await issueLogoutToken(authority, client, session));
  expect(payload).toEqual({
    iss: issuer,
    sub: user.id,
    aud: client.id,
    iat: noon / 1000,
    exp: noon / 1000 + 120,
    jti: expect.stringMatching(/^[\w-]{22}$/),
    sid: sessionIdFor(authority, client, session.id),
    events: { [event]: {} },
  });
});

test('SL-031: two tokens never have the same jti', async () => {
  const { authority, session, addClient } = await aLogoutStage();
  const client = await addClient();
  const tokens = await Promise.all([1, 2, 3].map(() => issueLogoutToken(authority, client, session)));
  const ids = await Promise.all(
    tokens.map(async (token) => (await verified(authority, client, token)).payload.jti),
  );
  expect(new Set(ids).size).toBe(3);
});

test('SL-032: a client with pairwise subjects hears the one it knows, and no two clients the same sid', async () => {
  const { authority, session, user, addClient } = await aLogoutStage();
  const clients = [
    await addClient({ openid: { subjectType: 'pairwise' } }),
    await addClient({ openid: { subjectType: 'pairwise' }, redirectUris: ['https://other.example/cb'] }),
    await addClient(),
  ];
  const told = await Promise.all(
    clients.map(async (client) => {
      const token = await issueLogoutToken(authority, client, session);
      return (await verified(authority, client, token)).payload;
    }),
  );
  expect(new Set(told.map(({ sub }) => sub)).size).toBe(3);
  expect(new Set(told.map(({ sid }) => sid)).size).toBe(3);
  expect(told.filter(({ sub }) => sub === user.id)).toHaveLength(1);
});

test.each(['ES256', 'RS256', 'PS256', 'EdDSA'] as const)(
  'SL-033: it is typed, and signed with %s as the ID tokens are',
  async (algorithm) => {
    const { authority, session, addClient } = await aLogoutStage();
    const client = await addClient({ openid: { idTokenAlgorithm: algorithm } });
    const token = await issueLogoutToken(authority, client, session);
    const { protectedHeader } = await verified(authority, client, token);
    expect(protectedHeader).toMatchObject({ alg: algorithm, typ: 'logout+jwt' });
    // It can pass for no ID token.
    expect(await verifyOwnJwt(authority, token, { typ: 'JWT' })).toBeUndefined();
  },
);

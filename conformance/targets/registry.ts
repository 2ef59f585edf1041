import {
  type Authority,
  type Client,
  type ClientSecret,
  hashClientSecret,
  hashPassword,
  normalizeUsername,
  timeOrderedId,
  type User,
} from '@valetkey/server';
import type { TestClient, TestUser } from './target.ts';

/** Puts clients and people into an authority's store, as the command line would. */
export async function addClient(authority: Authority, over: Partial<Client> = {}): Promise<TestClient> {
  const id = over.id ?? `client-${Buffer.from(authority.random(8)).toString('hex')}`;
  // Long enough for every HMAC (RFC 7518 §3.2).
  const secret = Buffer.from(authority.random(48)).toString('base64url');
  const now = authority.clock();
  const isPublic = over.authenticationMethod === 'none';
  const record: Client = {
    id,
    name: 'Print Shop',
    homepage: 'https://print.example/',
    applicationType: 'web',
    authenticationMethod: 'client_secret_basic',
    secrets: isPublic ? [] : [secretRecord(authority, { id, secret, method: over.authenticationMethod })],
    redirectUris: ['https://print.example/callback'],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['photos:read', 'photos:write'],
    defaultScopes: [],
    accessTokenFormat: null,
    rotateRefreshTokens: null,
    serves: [],
    consent: 'ask',
    allowedOrigins: [],
    createdAt: now,
    disabledAt: null,
    grantEpoch: now,
    version: 1,
    ...over,
  };
  await authority.store.clients.add(record);
  return { id, secret: isPublic ? '' : secret, redirectUri: record.redirectUris[0] ?? '', record };
}

/** What is kept of a secret: its hash, and under `client_secret_jwt` its value, wrapped. */
export function secretRecord(
  authority: Authority,
  of: { id: string; secret: string; method: Client['authenticationMethod'] | undefined; secretId?: string },
): ClientSecret {
  const { id, secret, method, secretId = 's1' } = of;
  const hash = hashClientSecret(authority, id, secret);
  const record = { id: secretId, hash, createdAt: authority.clock(), expiresAt: null };
  if (method !== 'client_secret_jwt') return record;
  return { ...record, wrapped: authority.rootKey.wrap(secretId, Buffer.from(secret), authority.random(12)) };
}

export async function addUser(
  authority: Authority,
  over: Partial<User> & { password?: string } = {},
): Promise<TestUser> {
  const { password = 'correct horse battery staple', ...rest } = over;
  const now = authority.clock();
  const id = timeOrderedId(now, authority.random);
  const username = normalizeUsername(rest.username ?? `ada-${id.slice(-8)}`);
  const user: User = {
    id,
    name: 'Ada Lovelace',
    passwordHash: await hashPassword(password, authority.random(16)),
    createdAt: now,
    disabledAt: null,
    grantEpoch: now,
    sessionEpoch: 0,
    ...rest,
    username,
  };
  await authority.store.users.add(user);
  return { id: user.id, username, password };
}

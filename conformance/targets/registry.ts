import {
  type Authority,
  type Client,
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
  const secret = Buffer.from(authority.random(32)).toString('base64url');
  const now = authority.clock();
  const isPublic = over.authenticationMethod === 'none';
  const record: Client = {
    id,
    name: 'Print Shop',
    homepage: 'https://print.example/',
    applicationType: 'web',
    authenticationMethod: 'client_secret_basic',
    secrets: isPublic
      ? []
      : [{ id: 's1', hash: hashClientSecret(authority, id, secret), createdAt: now, expiresAt: null }],
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

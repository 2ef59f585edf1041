import {
  type Authority,
  type Client,
  type ConfigInput,
  hashClientSecret,
  hashPassword,
  timeOrderedId,
} from '@valetkey/server';
import { api, apiScope, client, password, people, resource, scope } from './stage.ts';

/** The stage in Valetkey's words. */
export function configFor(issuer: string): ConfigInput {
  return {
    issuer,
    scopes: { [apiScope]: { description: 'see your photos' } },
    resources: [{ identifier: resource, name: 'Photo API', scopes: [apiScope] }],
  };
}

/** Puts the client, the API and the people into an authority's store, as the command line would. */
export async function addParties(authority: Authority): Promise<void> {
  const { store } = authority;
  const photoApi = { grantTypes: [], redirectUris: [], scopes: [], serves: [resource] };
  await store.clients.add(clientRecord(authority, client, { redirectUris: [client.redirectUri] }));
  await store.clients.add(clientRecord(authority, api, photoApi));
  const passwordHash = await hashPassword(password, authority.random(16));
  for (const username of people) {
    const now = authority.clock();
    const id = timeOrderedId(now, authority.random);
    const epochs = { disabledAt: null, grantEpoch: now, sessionEpoch: 0 };
    await store.users.add({ id, username, name: username, passwordHash, createdAt: now, ...epochs });
  }
}

function clientRecord(
  authority: Authority,
  { id, secret }: { id: string; secret: string },
  over: Partial<Client>,
): Client {
  const now = authority.clock();
  const hash = hashClientSecret(authority, id, secret);
  return {
    id,
    name: id,
    homepage: null,
    applicationType: 'web',
    authenticationMethod: 'client_secret_basic',
    secrets: [{ id: 's1', hash, createdAt: now, expiresAt: null }],
    redirectUris: [],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: scope.split(' '),
    defaultScopes: [],
    accessTokenFormat: null,
    // A confidential client keeps its refresh token unless told: a refresh would write nothing, and the limit does.
    rotateRefreshTokens: true,
    serves: [],
    consent: 'ask',
    allowedOrigins: [],
    createdAt: now,
    disabledAt: null,
    grantEpoch: now,
    version: 1,
    openid: { idTokenAlgorithm: 'ES256' },
    ...over,
  };
}

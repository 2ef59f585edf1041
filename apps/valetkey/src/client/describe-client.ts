import type { Client } from '@valetkey/server';
import { instant, isoInstant } from '../terminal/instant.ts';
import { facts } from '../terminal/table.ts';

/** A client for programs: what is registered, without the hashes of its secrets. */
export function clientJson(client: Client) {
  const { secrets, createdAt, disabledAt, grantEpoch: _, version: __, ...rest } = client;
  return {
    ...rest,
    secrets: secrets.map(({ id, createdAt: made, expiresAt }) => ({
      id,
      createdAt: isoInstant(made),
      expiresAt: isoInstant(expiresAt),
    })),
    createdAt: isoInstant(createdAt),
    disabledAt: isoInstant(disabledAt),
  };
}

/** A client for people. */
export function clientFacts(client: Client): string {
  return facts([
    ['id', client.id],
    ['name', client.name],
    ['homepage', client.homepage ?? 'none'],
    ['kind', kindOf(client)],
    ['redirect URIs', client.redirectUris],
    ['scopes', client.scopes],
    ['default scopes', client.defaultScopes],
    ['access tokens', client.accessTokenFormat ?? 'as the API says'],
    ['refresh tokens', refreshTokensOf(client)],
    ['serves', client.serves],
    ['consent', client.consent === 'ask' ? 'asked for' : 'implied: first party'],
    ['allowed origins', client.allowedOrigins],
    ['secrets', client.secrets.map(secretLine)],
    ['created', instant(client.createdAt)],
    ...(client.disabledAt === null ? [] : ([['disabled', instant(client.disabledAt)]] as const)),
  ]);
}

/** What a client is, in a few words. */
export function kindOf({ authenticationMethod, applicationType, redirectUris }: Client): string {
  if (redirectUris.length === 0) return `API, ${authenticationMethod}`;
  return authenticationMethod === 'none'
    ? `public ${applicationType}`
    : `confidential ${applicationType}, ${authenticationMethod}`;
}

function refreshTokensOf({ grantTypes, rotateRefreshTokens, authenticationMethod }: Client): string {
  if (!grantTypes.includes('refresh_token')) return 'none';
  return (rotateRefreshTokens ?? authenticationMethod === 'none') ? 'replaced at each use' : 'kept';
}

function secretLine({ id, createdAt, expiresAt }: Client['secrets'][number]): string {
  return `${id}, made ${instant(createdAt)}, ${expiresAt === null ? 'without end' : `until ${instant(expiresAt)}`}`;
}

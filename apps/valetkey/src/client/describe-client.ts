import type { Client } from '@valetkey/server';
import { instant, isoInstant } from '../terminal/instant.ts';
import { facts, optional } from '../terminal/table.ts';
import { compatibilityLines } from './compatibility.ts';
import { featureLines } from './describe-features.ts';

/** A client for programs: what is registered, without the hashes of its secrets. */
export function clientJson(client: Client) {
  const { id: clientId, name, secrets, createdAt, disabledAt, registration, ...others } = client;
  const { grantEpoch: _, version: __, ...rest } = others;
  return {
    id: clientId,
    name,
    ...rest,
    ...(registration === undefined
      ? {}
      : { registration: { address: registration.address, expiresAt: isoInstant(registration.expiresAt) } }),
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
    ...optional('came', cameOf(client)),
    ...optional('profile', client.securityProfile),
    ['redirect URIs', client.redirectUris],
    ['scopes', client.scopes],
    ['default scopes', client.defaultScopes],
    ['access tokens', accessTokensOf(client)],
    ['refresh tokens', refreshTokensOf(client)],
    ['serves', client.serves],
    ['consent', client.consent === 'ask' ? 'asked for' : 'implied: first party'],
    ['allowed origins', client.allowedOrigins],
    ['secrets', client.secrets.map(secretLine)],
    ...featureLines(client),
    ...optional('WEAKENED', compatibilityLines(client)),
    ['created', instant(client.createdAt)],
    ...optional('disabled', client.disabledAt === null ? undefined : instant(client.disabledAt)),
  ]);
}

/** What a client is, in a few words. */
export function kindOf({ authenticationMethod, applicationType, redirectUris }: Client): string {
  if (redirectUris.length === 0) return `API, ${authenticationMethod}`;
  return authenticationMethod === 'none'
    ? `public ${applicationType}`
    : `confidential ${applicationType}, ${authenticationMethod}`;
}

function cameOf({ registration }: Client): string | undefined {
  if (registration === undefined) return undefined;
  const { address, expiresAt } = registration;
  const end = expiresAt === null ? '' : `; removed at ${instant(expiresAt)} unless it is used`;
  return `by itself, from ${address}${end}`;
}

function accessTokensOf({ accessTokenFormat, binding, securityProfile, openid }: Client): string {
  const usual = openid?.subjectType === 'pairwise' ? 'opaque' : 'as the API says';
  const bound = binding ?? (securityProfile?.startsWith('fapi') ? 'either' : 'none');
  return [accessTokenFormat ?? usual, bindings[bound]].filter(Boolean).join(', ');
}

const bindings = {
  dpop: 'bound to a DPoP key',
  certificate: 'bound to its certificate',
  either: 'bound to a DPoP key or a certificate',
  none: '',
};

function refreshTokensOf({ grantTypes, rotateRefreshTokens, authenticationMethod }: Client): string {
  if (!grantTypes.includes('refresh_token')) return 'none';
  return (rotateRefreshTokens ?? authenticationMethod === 'none') ? 'replaced at each use' : 'kept';
}

function secretLine({ id, createdAt, expiresAt }: Client['secrets'][number]): string {
  return `${id}, made ${instant(createdAt)}, ${expiresAt === null ? 'without end' : `until ${instant(expiresAt)}`}`;
}

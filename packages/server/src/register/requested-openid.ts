import type { Client, ClientOpenId } from '../model.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';
import { present } from './present.ts';
import { requirePublishedUrl } from './published-url.ts';
import { readSigningAlgorithm } from './requested-algorithm.ts';

/** How a person is told of (OpenID Connect Registration §2). */
export function readOpenId(asked: AskedMetadata, redirectUris: Client['redirectUris']): ClientOpenId {
  return { ...readSubject(asked, redirectUris), ...(asked.config.features.openid ? readTold(asked) : {}) };
}

function readTold(asked: AskedMetadata): ClientOpenId {
  const { wire } = asked;
  return present<ClientOpenId>({
    idTokenAlgorithm: readSigningAlgorithm(asked, 'id_token_signed_response_alg'),
    userinfoAlgorithm: readSigningAlgorithm(asked, 'userinfo_signed_response_alg'),
    defaultMaxAge: wire.default_max_age,
    requireAuthTime: wire.require_auth_time === true ? true : undefined,
    defaultAcrValues: wire.default_acr_values?.length ? wire.default_acr_values : undefined,
  });
}

function readSubject(asked: AskedMetadata, redirectUris: Client['redirectUris']): ClientOpenId {
  const { subject_type: subjectType, sector_identifier_uri: uri } = asked.wire;
  const member = { member: 'sector_identifier_uri', requirement: 'MD-040' };
  const sectorIdentifierUri = uri === undefined ? undefined : requirePublishedUrl(asked.config, member, uri);
  if (subjectType === 'pairwise' && uri === undefined) requireOneSector(redirectUris);
  return present<ClientOpenId>({ subjectType, sectorIdentifierUri });
}

/** Core §8.1: without a sector identifier the one host of the redirect URIs is the sector, and nobody else's. */
function requireOneSector(redirectUris: Client['redirectUris']): void {
  const hosts = new Set(redirectUris.map((uri) => (/^https:/i.test(uri) ? new URL(uri).host : uri)));
  if (hosts.size === 1 && redirectUris.every((uri) => /^https:/i.test(uri))) return;
  throw invalidMetadata('sector_identifier_uri', 'is needed for pairwise subjects of more than one host', {
    expected: 'a sector_identifier_uri, or https redirect URIs on one host',
    got: `${redirectUris.length} redirect URIs`,
    requirement: 'MD-040',
  });
}

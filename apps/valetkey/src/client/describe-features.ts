import type { Client } from '@valetkey/server';
import { type Fact, optional } from '../terminal/table.ts';

/** What a client has beyond OAuth 2.1, one line each; what it does not have is not told. */
export function featureLines(client: Client): Fact[] {
  return [
    ...keyLines(client),
    ...openidLines(client),
    ...requestLines(client),
    ...logoutLines(client),
    ...aboutLines(client),
  ];
}

function keyLines({ keys = {}, introspectionAlgorithm }: Client): Fact[] {
  const { jwks = [], jwksUri, assertionAlgorithm, certificateSubject } = keys;
  return [
    ...optional('keys', jwksUri === undefined ? jwks.map(keyLine) : `fetched from ${jwksUri}`),
    ...optional('assertions', assertionAlgorithm === undefined ? undefined : `${assertionAlgorithm} only`),
    ...optional(
      'certificate',
      certificateSubject && `${certificateSubject.kind}=${certificateSubject.value}`,
    ),
    ...optional('introspection', introspectionAlgorithm && `signed by ${introspectionAlgorithm}`),
  ];
}

function keyLine({ kty, crv, alg, kid, x5c }: Readonly<Record<string, unknown>>): string {
  const certificate = Array.isArray(x5c) ? ', with its certificate' : '';
  return `${alg ?? crv ?? kty}, ${kid === undefined ? 'without kid' : `kid ${kid}`}${certificate}`;
}

function openidLines({ openid = {} }: Client): Fact[] {
  const { idTokenAlgorithm, userinfoAlgorithm, subjectType, sectorIdentifierUri } = openid;
  const { defaultMaxAge, defaultAcrValues, claimsInIdToken } = openid;
  const sector = sectorIdentifierUri === undefined ? '' : `, of the sector at ${sectorIdentifierUri}`;
  return [
    ...optional('ID tokens', idTokenAlgorithm && `signed by ${idTokenAlgorithm}`),
    ...optional('claims', claimsInIdToken && 'in the ID token, too'),
    ...optional('userinfo', userinfoAlgorithm && `signed by ${userinfoAlgorithm}`),
    ...optional('subjects', subjectType && `${subjectType}${sector}`),
    ...optional('sign-in', defaultMaxAge === undefined ? undefined : `at most ${defaultMaxAge} s ago`),
    ...optional('contexts', defaultAcrValues),
  ];
}

function requestLines({ requests = {} }: Client): Fact[] {
  const { requirePushed, requireSigned, objectAlgorithm, requestUris, responseModes } = requests;
  const { responseAlgorithm, authorizationDetailsTypes } = requests;
  const demands = [requirePushed && 'pushed', requireSigned && 'signed'].filter(Boolean).join(' and ');
  return [
    ...optional('requests', demands === '' ? undefined : `${demands} only`),
    ...optional('request objects', objectAlgorithm && `${objectAlgorithm} only`),
    ...optional('request URIs', requestUris),
    ...optional('response modes', responseModes),
    ...optional('responses', responseAlgorithm && `signed by ${responseAlgorithm}`),
    ...optional('details', authorizationDetailsTypes),
  ];
}

function logoutLines({ logout = {} }: Client): Fact[] {
  const { postLogoutRedirectUris, backchannelUri, frontchannelUri } = logout;
  return [
    ...optional('after sign-out', postLogoutRedirectUris),
    ...optional('back channel', backchannelUri),
    ...optional('front channel', frontchannelUri),
  ];
}

function aboutLines({ about = {} }: Client): Fact[] {
  const { logoUri, policyUri, tosUri, contacts, initiateLoginUri, softwareId, softwareVersion } = about;
  return [
    ...optional('logo', logoUri),
    ...optional('privacy', policyUri),
    ...optional('terms', tosUri),
    ...optional('contacts', contacts),
    ...optional('sign-in starts', initiateLoginUri),
    ...optional('software', [softwareId, softwareVersion].filter((text) => text !== undefined).join(' ')),
  ];
}

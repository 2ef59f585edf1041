import { expect, test } from 'vitest';
import {
  type AuthorizationResponse,
  authorizationResponseUrl,
  metadataPaths,
  Parameters,
  readAuthorizationRequest,
  readAuthorizationResponse,
  readClientCredentials,
  readTokenRequest,
  readTokenResponse,
  writeAuthorizationRequest,
  writeAuthorizationResponse,
  writePairs,
} from './index.ts';

/** The examples of RFC 6749 §4.1 and RFC 9207 §2.1, as they stand there. */
function answered(redirectUri: string, response: AuthorizationResponse): string {
  return authorizationResponseUrl(redirectUri, writeAuthorizationResponse(response));
}

const callback = 'https://client.example.com/cb';

test('RFC 6749 §4.1.1: the authorization request', () => {
  const query =
    'response_type=code&client_id=s6BhdRkqt3&state=xyz&redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb';
  const request = readAuthorizationRequest(Parameters.read(query));
  expect(request).toEqual({
    responseType: 'code',
    clientId: 's6BhdRkqt3',
    state: 'xyz',
    redirectUri: callback,
    prompt: [],
  });
  expect(writePairs(writeAuthorizationRequest(request))).toBe(
    'response_type=code&client_id=s6BhdRkqt3&redirect_uri=https%3A%2F%2Fclient.example.com%2Fcb&state=xyz',
  );
});

test('RFC 6749 §4.1.2 with RFC 9207: the authorization response', () => {
  const url = answered('https://client.example/cb', {
    code: 'SplxlOBeZQQYbYS6WxSbIA',
    state: 'xyz',
    iss: 'https://honest.as.example',
  });
  expect(url).toBe(
    'https://client.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=xyz&iss=https%3A%2F%2Fhonest.as.example',
  );
});

test('RFC 6749 §4.1.2.1: the error response', () => {
  const read = readAuthorizationResponse('error=access_denied&state=xyz&iss=https%3A%2F%2Fhonest.as.example');
  expect(read).toEqual({
    error: 'access_denied',
    description: '',
    state: 'xyz',
    iss: 'https://honest.as.example',
  });
});

test.each([
  ['no iss', 'code=a&state=xyz'],
  ['neither code nor error', 'state=xyz&iss=https%3A%2F%2Fhonest.as.example'],
  ['code beside error', 'code=a&error=access_denied&iss=https%3A%2F%2Fhonest.as.example'],
  ['two codes', 'code=a&code=b&iss=https%3A%2F%2Fhonest.as.example'],
  ['two issuers', 'code=a&iss=https%3A%2F%2Fhonest.as.example&iss=https%3A%2F%2Fevil.example'],
])('AZ-081, AZ-085: a response with %s is none', (_, query) => {
  expect(() => readAuthorizationResponse(query)).toThrow(
    expect.objectContaining({ name: 'OAuthError', code: 'invalid_request' }),
  );
});

test.each([
  [callback, `${callback}?code=a&iss=i`],
  [`${callback}?a=1`, `${callback}?a=1&code=a&iss=i`],
  [`${callback}?`, `${callback}?code=a&iss=i`],
  [`${callback}?a=1&`, `${callback}?a=1&code=a&iss=i`],
  [`${callback}?a=%3F&a=1`, `${callback}?a=%3F&a=1&code=a&iss=i`],
  ['com.example.app:/cb', 'com.example.app:/cb?code=a&iss=i'],
  ['http://[::1]:8080', 'http://[::1]:8080?code=a&iss=i'],
])('AZ-016: what stands in %s is kept', (uri, url) => {
  expect(answered(uri, { code: 'a', iss: 'i' })).toBe(url);
});

test('AZ-007, AZ-085: no state and no description can leave the query', () => {
  const url = answered(callback, {
    error: 'invalid_request',
    description: 'a "b"\r\nSet-Cookie: c\\ d\u00e9',
    state: '\r\nX: y\0&code=stolen#\u{1f600}',
    iss: 'https://auth.example',
  });
  expect(url).toMatch(/^https:\/\/client\.example\.com\/cb\?[\x21-\x7e]+$/);
  expect(url).not.toMatch(/[#"\\]|&code=/);
  const { searchParams } = new URL(url);
  expect(searchParams.get('state')).toBe('\r\nX: y\0&code=stolen#\u{1f600}');
  expect(searchParams.get('error_description')).toBe("a 'b'??Set-Cookie: c' d?");
});

test('RFC 6749 §4.1.3: the token request', () => {
  const body = Parameters.read(
    'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA&redirect_uri=https%3A%2F%2Fclient%2Eexample%2Ecom%2Fcb',
  );
  expect(readTokenRequest(body)).toEqual({
    grantType: 'authorization_code',
    code: 'SplxlOBeZQQYbYS6WxSbIA',
    redirectUri: callback,
  });
  const pair = { clientId: 's6BhdRkqt3', clientSecret: 'gX1fBat3bV' };
  expect(readClientCredentials('Basic czZCaGRSa3F0MzpnWDFmQmF0M2JW', body)).toEqual({
    method: 'client_secret_basic',
    clientId: 's6BhdRkqt3',
    decoded: pair,
    unencoded: pair,
  });
});

test('RFC 6749 §6: the refresh request, and §2.3.1: credentials in its body', () => {
  const body = Parameters.read(
    'grant_type=refresh_token&refresh_token=tGzv3JOkF0XG5Qx2TlKWIA&client_id=s6BhdRkqt3&client_secret=7Fjfp0ZBr1KtDRbnfVdmIw',
  );
  expect(readTokenRequest(body)).toEqual({
    grantType: 'refresh_token',
    refreshToken: 'tGzv3JOkF0XG5Qx2TlKWIA',
  });
  expect(readClientCredentials(undefined, body)).toEqual({
    method: 'client_secret_post',
    clientId: 's6BhdRkqt3',
    clientSecret: '7Fjfp0ZBr1KtDRbnfVdmIw',
  });
});

test('RFC 6749 §5.1: the token response; members it does not know are ignored', () => {
  const body = {
    access_token: '2YotnFZFEjr1zCsicMWpAA',
    token_type: 'Bearer' as const,
    expires_in: 3600,
    refresh_token: 'tGzv3JOkF0XG5Qx2TlKWIA',
    scope: 'a b',
    example_parameter: 'example_value',
  };
  expect(readTokenResponse(body)).toEqual({
    accessToken: '2YotnFZFEjr1zCsicMWpAA',
    tokenType: 'Bearer',
    expiresIn: 3600,
    refreshToken: 'tGzv3JOkF0XG5Qx2TlKWIA',
    scope: ['a', 'b'],
  });
});

test('MD-003: where the metadata of an issuer is looked for (RFC 8414 §3.1, §5, Discovery §4)', () => {
  expect(metadataPaths('https://example.com/issuer1')).toEqual([
    '/.well-known/oauth-authorization-server/issuer1',
    '/.well-known/openid-configuration/issuer1',
    '/issuer1/.well-known/openid-configuration',
  ]);
  expect(metadataPaths('https://example.com')).toEqual([
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
  ]);
});

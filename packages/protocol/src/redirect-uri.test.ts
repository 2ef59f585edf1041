import { describe, expect, test } from 'vitest';
import { isLoopbackRedirectUri, matchesRedirectUri, redirectUriFault } from './index.ts';

describe('AZ-012, SB-001, SB-002: a redirect URI is the registered string and nothing like it', () => {
  const registered = 'https://client.example/cb?a=1';
  test.each([
    'https://client.example/cb',
    'https://client.example/cb?a=1&b=2',
    'https://client.example/cb?a=1#',
    'https://client.example/cb/?a=1',
    'https://client.example:443/cb?a=1',
    'HTTPS://client.example/cb?a=1',
    'https://CLIENT.example/cb?a=1',
    'https://client.example/CB?a=1',
    'https://client.example/./cb?a=1',
    'https://client.example/%63b?a=1',
    'https://client.example/cb?a=%31',
    'https://client.example@evil.example/cb?a=1',
    'https://client.example.evil.example/cb?a=1',
    'https://client.example\\@evil.example/cb?a=1',
    'https://client.example/cb?a=1\0',
    'https://client.example/cb?a=1\t',
    ' https://client.example/cb?a=1',
    '//client.example/cb?a=1',
    'http://client.example/cb?a=1',
    '',
  ])('not %j', (requested) => {
    expect(matchesRedirectUri(requested, registered, 'web')).toBe(false);
    expect(matchesRedirectUri(requested, registered, 'native')).toBe(false);
  });
  test('itself', () => expect(matchesRedirectUri(registered, registered, 'web')).toBe(true));
});

describe('AZ-013, AZ-014, SB-003: only the port of loopback is free', () => {
  test.each([
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51234/cb', 'web', true],
    ['http://127.0.0.1:8080/cb', 'http://127.0.0.1/cb', 'web', true],
    ['http://[::1]/cb?x=1', 'http://[::1]:65535/cb?x=1', 'web', true],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:70000/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51234/other', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51234/cb?x=1', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:51234@evil.example/cb', 'web', false],
    ['http://127.0.0.1/cb', 'https://127.0.0.1:51234/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.2:51234/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.1:51234/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://0.0.0.0:51234/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://[::ffff:127.0.0.1]:51234/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://localhost:51234/cb', 'native', false],
    ['http://localhost/cb', 'http://localhost:51234/cb', 'native', true],
    ['http://localhost/cb', 'http://localhost:51234/cb', 'web', false],
    ['http://localhost/cb', 'http://localhost.evil.example:51234/cb', 'native', false],
    ['https://127.0.0.1/cb', 'https://127.0.0.1:51234/cb', 'native', false],
    ['http://client.example/cb', 'http://client.example:51234/cb', 'native', false],
  ] as const)('registered %s, asked %s (%s): %s', (registered, requested, type, matches) => {
    expect(matchesRedirectUri(requested, registered, type)).toBe(matches);
  });
});

describe('MD-033, MD-034: what may be registered', () => {
  test.each([
    ['https://client.example/cb', 'web'],
    ['https://client.example/cb?a=1', 'native'],
    ['http://127.0.0.1/cb', 'web'],
    ['http://[::1]:8080/cb', 'web'],
    ['http://localhost:8080/cb', 'web'],
    ['com.example.app:/cb', 'native'],
  ] as const)('%s (%s)', (uri, type) => expect(redirectUriFault(uri, type)).toBeUndefined());

  test.each([
    ['/cb', 'web', /absolute/],
    ['https://client.example/cb#f', 'web', /fragment/],
    ['https://client.example/cb#', 'web', /fragment/],
    ['https://user@client.example/cb', 'web', /user information/],
    ['https://client.example\\@evil.example', 'web', /characters/],
    ['https://client.example/\u00fc', 'web', /characters/],
    ['https://client.example/a b', 'web', /characters/],
    ['https://a;b.example/cb', 'web', /DNS name/],
    ['https://*.example/cb', 'web', /DNS name/],
    ['http://client.example/cb', 'web', /only https/],
    ['http://client.example/cb', 'native', /loopback/],
    ['http://127.0.0.2/cb', 'native', /loopback/],
    ['com.example.app:/cb', 'web', /native/],
    ['app:/cb', 'native', /dot/],
    ['javascript:alert(1)', 'native', /never/],
    ['data:text/html,x', 'native', /never/],
    ['file:///etc/passwd', 'native', /never/],
    ['view-source:https://a.example', 'native', /never/],
  ] as const)('not %j (%s)', (uri, type, why) => expect(redirectUriFault(uri, type)).toMatch(why));
});

test('MC-009: loopback is told from the rest', () => {
  expect(isLoopbackRedirectUri('http://127.0.0.1:1/cb')).toBe(true);
  expect(isLoopbackRedirectUri('http://localhost/cb')).toBe(true);
  expect(isLoopbackRedirectUri('https://client.example/cb')).toBe(false);
});

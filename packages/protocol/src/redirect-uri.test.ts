import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyLetter } from './arbitraries.fixture.ts';
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
    'https://client.example/cb?a=1\r\n',
    'https://client.example/cb?a=1%00',
    'https://client.example/cb?A=1',
    'https://client.example/x/../cb?a=1',
    'https://client.example//cb?a=1',
    'https://client.example/cb;?a=1',
    'https://client.example./cb?a=1',
    'https://www.client.example/cb?a=1',
    'https://clientXexample/cb?a=1',
    'https://user@client.example/cb?a=1',
    'https://evil.example/https://client.example/cb?a=1',
    'https:client.example/cb?a=1',
    'https:\\\\client.example\\cb?a=1',
    'https://client.example/cb?a=1&a=1',
    'https://client\u3002example/cb?a=1',
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
    ['http://127.0.0.1/cb', 'http://127.0.0.1:/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:+1/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:0x50/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:100000/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:80/cb\n', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:80/cb#f', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1:80\\@evil.example/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example:80/cb', 'web', false],
    ['http://127.0.0.1/cb', 'HTTP://127.0.0.1:80/cb', 'web', false],
    ['http://127.0.0.1/cb', 'http://2130706433:80/cb', 'web', false],
    ['http://127.0.0.1', 'http://127.0.0.1:80', 'web', true],
    ['http://127.0.0.1', 'http://127.0.0.1:80/', 'web', false],
    ['http://[::1]/cb', 'http://[0:0:0:0:0:0:0:1]:80/cb', 'web', false],
    ['http://[::1]/cb', 'http://127.0.0.1:80/cb', 'web', false],
    ['http://localhost/cb', 'http://LOCALHOST:80/cb', 'native', false],
    ['com.example.app:/cb', 'com.example.app:80/cb', 'native', false],
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
    ['https://client.example:8443/cb', 'web'],
    ['https://xn--bcher-kva.example/cb', 'web'],
    ['https://client.example/%C3%BC?next=a@b', 'web'],
    ['https://192.0.2.7/cb', 'web'],
    ['https://[2001:db8::7]/cb', 'web'],
    ['http://127.0.0.1', 'native'],
    ['http://localhost', 'native'],
    ['com.example.app:/cb', 'native'],
    ['com.example.app://cb', 'native'],
  ] as const)('%s (%s)', (uri, type) => expect(redirectUriFault(uri, type)).toBeUndefined());

  test.each([
    ['/cb', 'web', /absolute/],
    ['https://client.example/cb#f', 'web', /fragment/],
    ['https://client.example/cb#', 'web', /fragment/],
    ['https://user@client.example/cb', 'web', /user information/],
    ['https://user:secret@client.example/cb', 'web', /user information/],
    ['https://@client.example/cb', 'web', /user information/],
    ['https://:@client.example/cb', 'web', /user information/],
    ['https://client.example@evil.example/cb', 'web', /user information/],
    ['com.example.app://user@host/cb', 'native', /user information/],
    ['http://127.0.0.1@evil.example/cb', 'native', /user information/],
    ['https://client.example\\@evil.example', 'web', /characters/],
    ['https:\\\\client.example/cb', 'web', /characters/],
    ['https:client.example/cb', 'web', /host/],
    ['https:/client.example/cb', 'web', /host/],
    ['https:///client.example/cb', 'web', /host/],
    ['https://', 'web', /absolute/],
    ['https://client.example:65536/cb', 'web', /absolute/],
    ['https://client.example:port/cb', 'web', /absolute/],
    ['https://client example/cb', 'web', /characters/],
    ['https://client.example/cb\r\nX: y', 'web', /characters/],
    ['https://client.example/cb\0', 'web', /characters/],
    ['https://client.example/\tcb', 'web', /characters/],
    ['java\tscript:alert(1)', 'native', /characters/],
    [' https://client.example/cb', 'web', /characters/],
    ['https://b\u00fccher.example/cb', 'web', /characters/],
    ['https://client\u3002example/cb', 'web', /characters/],
    ['https://client.example/{id}', 'web', /characters/],
    ['', 'web', /characters/],
    ['https://client.example/\u00fc', 'web', /characters/],
    ['https://client.example/a b', 'web', /characters/],
    ['https://a;b.example/cb', 'web', /DNS name/],
    ['https://*.example/cb', 'web', /DNS name/],
    ['https://a,b.example/cb', 'web', /DNS name/],
    ["https://a'b.example/cb", 'web', /DNS name/],
    ['http://client.example/cb', 'web', /only https/],
    ['http://client.example/cb', 'native', /loopback/],
    ['http://127.0.0.2/cb', 'native', /loopback/],
    ['http://127.1/cb', 'native', /loopback/],
    ['http://0.0.0.0/cb', 'native', /loopback/],
    ['http://[::ffff:127.0.0.1]/cb', 'native', /loopback/],
    ['http://localhost.evil.example/cb', 'native', /loopback/],
    ['http:127.0.0.1/cb', 'native', /loopback/],
    ['ftp://client.example/cb', 'web', /native/],
    ['urn:ietf:wg:oauth:2.0:oob', 'native', /dot/],
    ['com.example.app:/cb', 'web', /native/],
    ['app:/cb', 'native', /dot/],
    ['javascript:alert(1)', 'native', /never/],
    ['JavaScript:alert(1)', 'web', /never/],
    ['vbscript:x', 'native', /never/],
    ['blob:https://client.example/1', 'native', /never/],
    ['about:blank', 'native', /never/],
    ['filesystem:https://client.example/x', 'native', /never/],
    ['data:text/html,x', 'native', /never/],
    ['file:///etc/passwd', 'native', /never/],
    [`https://client.example/${'x'.repeat(500)}`, 'web', /512/],
    ['view-source:https://a.example', 'native', /never/],
  ] as const)('not %j (%s)', (uri, type, why) => expect(redirectUriFault(uri, type)).toMatch(why));
});

test('MC-009: loopback is told from the rest', () => {
  expect(isLoopbackRedirectUri('http://127.0.0.1:1/cb')).toBe(true);
  expect(isLoopbackRedirectUri('http://localhost/cb')).toBe(true);
  expect(isLoopbackRedirectUri('https://client.example/cb')).toBe(false);
});

test('AZ-013: whatever matches differs from the registered URI in its port at most', () => {
  const port = fc.option(
    fc.nat(70_000).map((n) => `:${n}`),
    { nil: '' },
  );
  const host = fc.constantFrom(
    'http://127.0.0.1',
    'http://[::1]',
    'http://localhost',
    'https://client.example',
  );
  const rest = fc.constantFrom('', '/', '/cb', '/cb?a=1', '@evil.example', '.evil.example/cb', '#f');
  const uri = fc.tuple(host, port, rest);
  const type = fc.constantFrom('web', 'native');
  fc.assert(
    fc.property(uri, uri, type, (asked, known, applicationType) => {
      if (!matchesRedirectUri(asked.join(''), known.join(''), applicationType)) return;
      expect([asked[0], asked[2]]).toEqual([known[0], known[2]]);
    }),
    { numRuns: 2000 },
  );
});

test('what may be registered is printable ASCII, whatever is tried', () => {
  fc.assert(
    fc.property(fc.string({ unit: anyLetter }), fc.constantFrom('web', 'native'), (tail, type) => {
      for (const uri of [tail, `https://client.example/${tail}`, `https://${tail}`]) {
        if (redirectUriFault(uri, type) === undefined) expect(uri).toMatch(/^[!-~]+$/);
      }
    }),
  );
});

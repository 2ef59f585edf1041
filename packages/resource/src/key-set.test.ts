import { expect, test } from 'vitest';
import { outcome, stage } from './stage.fixture.ts';

const count = (seen: readonly string[], path: string) => seen.filter((one) => one === path).length;
const METADATA = '/.well-known/oauth-authorization-server';

test('MD-027 twenty tokens at once share one fetch of metadata and one of keys', async () => {
  const one = await stage();
  const token = await one.issuer.sign();
  const outcomes = await Promise.all(Array.from({ length: 20 }, () => outcome(one, token)));
  expect(outcomes.every(({ status }) => status === 200)).toBe(true);
  expect(one.issuer.seen).toEqual([METADATA, '/jwks']);
});

test('MD-025 fifty tokens with made-up kids cause one fetch at most, every 30 seconds', async () => {
  const one = await stage();
  const flood = async () => {
    const tokens = Array.from({ length: 50 }, (_, i) =>
      one.issuer.sign({}, { header: { kid: `made-up-${i}` } }),
    );
    const outcomes = await Promise.all((await Promise.all(tokens)).map((token) => outcome(one, token)));
    expect(outcomes.every(({ status, rule }) => status === 401 && rule === 'RS-014')).toBe(true);
    return count(one.issuer.seen, '/jwks');
  };
  expect(await flood()).toBe(1);
  one.clock.now += 29_999;
  expect(await flood()).toBe(1);
  one.clock.now += 1;
  expect(await flood()).toBe(2);
  expect(await flood()).toBe(2);
});

test('MD-025 a new key is found by its unknown kid', async () => {
  const one = await stage();
  await outcome(one, await one.issuer.sign());
  const key = await one.issuer.addKey('key-2');
  one.clock.now += 30_000;
  expect((await outcome(one, await one.issuer.sign({}, { key }))).status).toBe(200);
});

test('a key that was withdrawn stops to count with the next reading', async () => {
  const one = await stage();
  const token = await one.issuer.sign({ exp: 1_999_999_999 });
  expect((await outcome(one, token)).status).toBe(200);
  one.issuer.keys.splice(0);
  await one.issuer.addKey('key-2');
  one.clock.now += 600_000;
  expect(await outcome(one, token)).toMatchObject({ status: 401, rule: 'RS-014' });
});

test('MD-026 without kid exactly one key must fit', async () => {
  const one = await stage();
  const sign = () => one.issuer.sign({}, { header: { kid: undefined } });
  expect((await outcome(one, await sign())).status).toBe(200);
  const two = await stage();
  await two.issuer.addKey('key-2', 'RS256');
  expect((await outcome(two, await two.issuer.sign({}, { header: { kid: undefined } }))).status).toBe(200);
  const three = await stage();
  await three.issuer.addKey('key-2');
  expect((await outcome(three, await three.issuer.sign({}, { header: { kid: undefined } }))).status).toBe(
    401,
  );
});

test('MD-026 of several keys with one kid each that fits is tried', async () => {
  const one = await stage();
  const key = await one.issuer.addKey('key-1');
  expect((await outcome(one, await one.issuer.sign({}, { key }))).status).toBe(200);
  expect((await outcome(one, await one.issuer.sign())).status).toBe(200);
});

test.each([
  ['use enc', { use: 'enc' }],
  ['key_ops without verify', { key_ops: ['encrypt'] }],
  ['another alg', { alg: 'ES384' }],
  ['another curve', { crv: 'P-384' }],
  ['a private member', { d: 'AAAA' }],
  ['a point off the curve', { x: 'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
  ['another kid', { kid: 'key-7' }],
])('MD-026 TN-003 TN-009 a key with %s does not verify', async (_, change) => {
  const one = await stage();
  Object.assign(one.issuer.keys[0] ?? {}, change);
  expect(await outcome(one, await one.issuer.sign())).toMatchObject({ status: 401, rule: 'RS-014' });
});

test('TN-009 an RSA key of 1024 bits is left out when the set is read', async () => {
  const one = await stage();
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 1024,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  one.issuer.keys.push({
    ...((await crypto.subtle.exportKey('jwk', publicKey)) as object),
    kid: 'weak',
    alg: 'RS256',
  });
  const [header, payload] = [{ typ: 'at+jwt', alg: 'RS256', kid: 'weak' }, { iss: one.issuer.issuer }].map(
    (part) => Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signature = await crypto.subtle.sign(algorithm.name, privateKey, Buffer.from(`${header}.${payload}`));
  const token = `${header}.${payload}.${Buffer.from(signature).toString('base64url')}`;
  expect(await outcome(one, token)).toMatchObject({ status: 401, rule: 'RS-014' });
});

test('TN-016 a kid is only compared', async () => {
  const one = await stage();
  for (const kid of ['../../x', "' or 1=1", 'https://evil.example', '__proto__']) {
    expect((await outcome(one, await one.issuer.sign({}, { header: { kid } }))).status).toBe(401);
  }
  expect(new Set(one.issuer.seen)).toEqual(new Set([METADATA, '/jwks']));
});

test.each([
  ['500', () => new Response(null, { status: 500 })],
  ['nothing', () => Promise.reject(new TypeError('fetch failed'))],
  ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } })],
  ['HTML', () => new Response('<p>hello')],
  ['something else', () => Response.json({ no: 'keys' })],
  ['far too much', () => new Response(`{"keys":[${'{},'.repeat(100_000)}{}]}`)],
])('RS-021 MD-014 a key set that answers %s is an outage, not a bad token', async (_, answer) => {
  const one = await stage();
  const token = await one.issuer.sign();
  one.issuer.misbehave.set('/jwks', answer);
  expect(await outcome(one, token)).toEqual({ status: 503, challenge: null, rule: 'RS-021' });
  one.issuer.misbehave.delete('/jwks');
  expect((await outcome(one, token)).status).toBe(503);
  one.clock.now += 5_000;
  expect((await outcome(one, token)).status).toBe(200);
});

test('MD-027 RS-021 during an outage the last good set is trusted for an hour, and asked for every 30 seconds', async () => {
  const one = await stage();
  const token = await one.issuer.sign({ exp: 1_999_999_999 });
  await outcome(one, token);
  one.issuer.misbehave.set('/jwks', () => new Response(null, { status: 503 }));
  one.clock.now += 600_000;
  await Promise.all(Array.from({ length: 20 }, () => outcome(one, token)));
  expect((await outcome(one, token)).status).toBe(200);
  expect(count(one.issuer.seen, '/jwks')).toBe(2);
  expect((await outcome(one, await one.issuer.sign({}, { header: { kid: 'new' } }))).status).toBe(503);
  one.clock.now += 3_000_000;
  expect((await outcome(one, token)).status).toBe(503);
});

test.each([
  ['another issuer', { issuer: 'https://as.example/' }],
  ['no jwks_uri', { jwks_uri: undefined }],
  ['a jwks_uri over http', { jwks_uri: 'http://as.example/jwks' }],
])('MD-012 SB-006 metadata with %s is an outage', async (_, change) => {
  const one = await stage();
  Object.assign(one.issuer.metadata, change);
  expect(await outcome(one, await one.issuer.sign())).toMatchObject({ status: 503 });
  expect(count(one.issuer.seen, '/jwks')).toBe(0);
});

test('keys that were configured are used without any fetch', async () => {
  const first = await stage();
  const one = { ...(await stage({ jwks: { keys: first.issuer.keys } })), issuer: first.issuer };
  expect((await outcome(one, await first.issuer.sign())).status).toBe(200);
  expect(first.issuer.seen).toEqual([]);
});

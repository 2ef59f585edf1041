import { base64url, importJWK } from 'jose';
import { expect, test } from 'vitest';
import { ImportedKeys, type Jwk, readCompact } from './index.ts';
import { isSignedBy } from './is-signed-by.ts';
import { checkSignature, type KeySource } from './signature.ts';
import { claims, outcome, part, signer, signWith } from './signer.fixture.ts';

const judge = (token: string, keys: KeySource, imported?: ImportedKeys) =>
  outcome(checkSignature(readCompact(token), keys, imported));

const otherBytes = (token: string, bytes: Uint8Array) => token.replace(/[^.]*$/, base64url.encode(bytes));

const hs256 = {
  token:
    'eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
  secret: base64url.decode(
    'AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow',
  ),
};
const es256 = {
  token:
    'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q',
  jwk: {
    kty: 'EC',
    crv: 'P-256',
    x: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
    y: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0',
  },
};

test('TN-003: the samples of RFC 7515 A.1 and A.3 verify', async () => {
  expect(await judge(hs256.token, { secret: hs256.secret })).toBe('taken');
  expect(await judge(es256.token, { keys: [es256.jwk] })).toBe('taken');
});

test('TN-019: the sample of RFC 8037 A.4 verifies', async () => {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' };
  const token =
    'eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg';
  expect(await isSignedBy(token, 'EdDSA', await importJWK(jwk, 'EdDSA'))).toBe(true);
  expect(await isSignedBy(token, 'Ed25519', await importJWK(jwk, 'Ed25519'))).toBe(false);
});

test.each(['RS256', 'PS256', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])(
  'TN-019: %s verifies, a changed token does not',
  async (alg) => {
    const one = await signer(alg);
    const token = await one.sign(claims());
    expect(await judge(token, { keys: [one.jwk] })).toBe('taken');
    expect(await judge(token.replace(/\.[^.]*\./, `.${part({ sub: 'eve' })}.`), { keys: [one.jwk] })).toBe(
      'signature',
    );
    const stranger = await signer(alg);
    expect(await judge(await stranger.sign(claims()), { keys: [one.jwk] })).toBe('signature');
  },
);

test.each([
  ['ES256', 32],
  ['ES384', 48],
  ['ES512', 66],
])('TN-008: signatures of %s are R and S of %d bytes each and not zero', async (alg, size) => {
  const one = await signer(alg);
  const token = await one.sign(claims());
  const keys = { keys: [one.jwk] };
  const raw = base64url.decode(token.split('.')[2] ?? '');
  expect(raw).toHaveLength(size * 2);
  const zero = new Uint8Array(size);
  const wrong = [
    new Uint8Array(size * 2),
    new Uint8Array([...raw.subarray(0, size), ...zero]),
    new Uint8Array([...zero, ...raw.subarray(size)]),
    raw.subarray(0, -1),
    new Uint8Array([...raw, 0]),
    new Uint8Array([0, ...raw.subarray(0, size), 0, ...raw.subarray(size)]),
    der(raw),
    new Uint8Array(1),
  ];
  for (const bytes of wrong) expect(await judge(otherBytes(token, bytes), keys)).toBe('signature');
});

/** The same signature as a sequence of two integers. */
function der(raw: Uint8Array): Uint8Array {
  const halves = [raw.subarray(0, raw.length / 2), raw.subarray(raw.length / 2)];
  const integers = halves.flatMap((half) => {
    const first = half.findIndex((byte) => byte !== 0);
    const magnitude = [...half.subarray(first)];
    const value = (magnitude[0] ?? 0) > 0x7f ? [0, ...magnitude] : magnitude;
    return [2, value.length, ...value];
  });
  const length = integers.length > 0x7f ? [0x81, integers.length] : [integers.length];
  return new Uint8Array([0x30, ...length, ...integers]);
}

test('TN-003: a token signed with the public key as secret is refused', async () => {
  const rsa = await signer('RS256');
  for (const secret of [JSON.stringify(rsa.jwk), String(rsa.jwk.n)]) {
    const bytes = new TextEncoder().encode(secret);
    const token = await signWith(bytes, claims(), { alg: 'HS256', kid: 'key-1' });
    expect(await judge(token, { keys: [rsa.jwk] })).toBe('algorithm');
    expect(await judge(token, { keys: [{ ...rsa.jwk, alg: 'HS256' }] })).toBe('algorithm');
    const shared: object = { kty: 'oct', k: base64url.encode(bytes), kid: 'key-1' };
    expect(await judge(token, { keys: [shared] })).toBe('algorithm');
  }
});

test('TN-003: a secret verifies none but HMAC', async () => {
  const rsa = await signer('RS256');
  expect(await judge(await rsa.sign(claims()), { secret: new Uint8Array(64).fill(1) })).toBe('algorithm');
});

test.each([
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
])('TN-009: a secret for %s has %d bytes or more', async (alg, least) => {
  const secret = new Uint8Array(least).fill(7);
  const token = await signWith(secret, claims(), { alg });
  expect(await judge(token, { secret })).toBe('taken');
  expect(await judge(token, { secret: secret.subarray(1) })).toBe('key');
  expect(await judge(token, { secret: new Uint8Array() })).toBe('key');
  expect(await judge(token, { secret: new Uint8Array(least).fill(8) })).toBe('signature');
});

test('TN-009: a point off its curve verifies nothing', async () => {
  const one = await signer();
  const jwk = { ...one.jwk, y: (await signer()).jwk.y ?? '' };
  expect(await judge(await one.sign(claims()), { keys: [jwk] })).toBe('signature');
});

test('TN-009: a weak RSA key verifies nothing', async () => {
  const weak = await crypto.subtle.generateKey(
    {
      name: 'RSASSA-PKCS1-v1_5',
      modulusLength: 1024,
      publicExponent: new Uint8Array([1, 0, 1]),
      hash: 'SHA-256',
    },
    true,
    ['sign', 'verify'],
  );
  const input = `${part({ alg: 'RS256' })}.${part(claims())}`;
  const bytes = await crypto.subtle.sign(
    'RSASSA-PKCS1-v1_5',
    weak.privateKey,
    new TextEncoder().encode(input),
  );
  const { n, e } = await crypto.subtle.exportKey('jwk', weak.publicKey);
  const token = `${input}.${base64url.encode(new Uint8Array(bytes))}`;
  expect(await judge(token, { keys: [{ kty: 'RSA', n, e }] })).toBe('key');
});

test('TN-004: a key, or the address of one, in the header is not used', async () => {
  const [known, stranger] = [await signer(), await signer()];
  const headers = [
    { jwk: stranger.jwk },
    { jku: 'https://eve.example/jwks' },
    { x5u: 'https://eve.example/x5u' },
    { x5c: ['MIIB'] },
  ];
  for (const header of headers) {
    const token = await stranger.sign(claims(), header);
    expect(await judge(token, { keys: [known.jwk] })).toBe('signature');
    expect(await judge(token, { keys: [] })).toBe('key');
    expect(await judge(await known.sign(claims(), header), { keys: [known.jwk] })).toBe('taken');
  }
});

test('MD-026: of several keys of one kid the one that signed is found', async () => {
  const [one, other] = [await signer(), await signer()];
  const token = await other.sign(claims());
  expect(await judge(token, { keys: [one.jwk, other.jwk] })).toBe('taken');
  expect(await judge(token, { keys: [one.jwk] })).toBe('signature');
});

test('MD-026: without kid the only fitting key is used, of two none', async () => {
  const [one, other] = [await signer(), await signer()];
  const token = await one.sign(claims(), { kid: undefined });
  expect(await judge(token, { keys: [one.jwk] })).toBe('taken');
  expect(await judge(token, { keys: [one.jwk, other.jwk] })).toBe('key');
});

test('TN-013: a key source is asked with the header, and its failure is passed on', async () => {
  const one = await signer();
  const token = await one.sign(claims());
  const asked: unknown[] = [];
  const source = async (header: unknown): Promise<readonly Jwk[]> => {
    asked.push(header);
    return [one.jwk];
  };
  expect(await judge(token, source)).toBe('taken');
  expect(asked).toEqual([{ alg: 'ES256', kid: 'key-1', typ: 'at+jwt' }]);
  expect(await judge(token, () => Promise.reject(new TypeError('unreachable')))).toBe('TypeError');
});

test('TN-003: a JWK object is imported once for each algorithm', async () => {
  const imported = new ImportedKeys();
  const { jwk } = await signer('RS256');
  expect(await imported.get(jwk, 'RS256')).toBe(await imported.get(jwk, 'RS256'));
  expect(await imported.get(jwk, 'PS256')).not.toBe(await imported.get(jwk, 'RS256'));
  expect(await imported.get({ ...jwk }, 'RS256')).not.toBe(await imported.get(jwk, 'RS256'));
});

test('TN-003: what a JWK says about its import does not count', async () => {
  const one = await signer();
  const token = await one.sign(claims());
  expect(await judge(token, { keys: [{ ...one.jwk, ext: false, key_ops: ['verify'] } as object] })).toBe(
    'taken',
  );
  expect(await judge(token, { keys: [{ ...one.jwk, ext: 'odd' } as object] })).toBe('taken');
});

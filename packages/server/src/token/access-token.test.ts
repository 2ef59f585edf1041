import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { aClient, aGrant, day, minute, noon } from '@valetkey/store-contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aStage, issuer, photos } from '../authority.fixture.ts';
import { type Authority, sealNow } from '../authority.ts';
import type { ConfigInput } from '../config.ts';
import { signJwt } from '../keys/sign-jwt.ts';
import { type AccessToken, issueAccessToken, openAccessToken } from './access-token.ts';

const grant = aGrant({ id: 'grant-1', clientId: 'shop', userId: 'ada', resources: [photos], accessEpoch: 3 });
const scopes = ['read', 'write'];
const target = { scopes, resources: [photos] };

async function issue(authority: Authority, format: 'jwt' | 'opaque' = 'jwt', of = grant): Promise<string> {
  const client = aClient({ accessTokenFormat: format });
  return (
    await issueAccessToken(authority, of, {
      client,
      target: { scopes, resources: of.resources },
      key: undefined,
    })
  ).value;
}

function base64url(content: unknown): string {
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');
}

function read(part: string | undefined): Record<string, unknown> {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString());
}

/** With the very key that signs: only the form is wrong. */
async function forge() {
  const { authority } = aStage();
  const token = await issue(authority);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const { privateKey, id: kid } = (await authority.keys.ring(noon)).signer(noon, 'ES256');
  const good = { typ: 'at+jwt', alg: 'ES256', kid };
  return { authority, token, header, payload, signature, privateKey, good, kid };
}

function signed(header: unknown, payload: unknown, key: KeyObject): string {
  const input = `${base64url(header)}.${typeof payload === 'string' ? payload : base64url(payload)}`;
  return `${input}.${sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`;
}

async function expectRefused(authority: Authority, values: readonly string[]): Promise<void> {
  for (const value of values)
    expect([value, await openAccessToken(authority, value)]).toEqual([value, undefined]);
}

describe.each(['jwt', 'opaque'] as const)('as %s', (format) => {
  test('what is issued is opened', async () => {
    const { authority } = aStage();
    expect(await openAccessToken(authority, await issue(authority, format))).toEqual({
      grantId: 'grant-1',
      accessEpoch: 3,
      jti: expect.stringMatching(/^grant-1\.3\.[A-Za-z0-9_-]{22}$/),
      clientId: 'shop',
      sub: 'ada',
      scopes,
      audience: [photos],
      iat: noon / 1000,
      exp: noon / 1000 + 600,
    } satisfies AccessToken);
  });

  test('TN-029: no two are equal, and the letters are those of token68', async () => {
    const { authority } = aStage();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => issue(authority, format)));
    expect(new Set(tokens).size).toBe(50);
    for (const token of tokens) expect(token).toMatch(/^[A-Za-z0-9\-._~+/]+$/);
  });

  test('TN-030: it never outlives its grant', async () => {
    const { authority } = aStage();
    const client = aClient({ accessTokenFormat: format });
    const short = { ...grant, endsAt: noon + 90_500 };
    const { value, expiresIn } = await issueAccessToken(authority, short, { client, target, key: undefined });
    expect(expiresIn).toBe(90);
    expect((await openAccessToken(authority, value))?.exp).toBe(noon / 1000 + 90);
  });

  test('any changed letter makes it nothing', async () => {
    const { authority } = aStage();
    const token = await issue(authority, format);
    const change = fc.tuple(fc.nat(token.length - 1), fc.constantFrom(...'ABQabq01-_.=+ '));
    await fc.assert(
      fc.asyncProperty(change, async ([at, letter]) => {
        if (token[at] === letter) return;
        await expectRefused(authority, [token.slice(0, at) + letter + token.slice(at + 1)]);
      }),
      { numRuns: 300 },
    );
  });

  test('no cut and no addition is opened', async () => {
    const { authority } = aStage();
    const token = await issue(authority, format);
    await expectRefused(authority, [
      token.slice(1),
      token.slice(0, -1),
      `${token}A`,
      `${token}=`,
      `${token}.`,
      ` ${token}`,
      `${token}\n`,
      `${token}\0`,
      token.toUpperCase(),
      token + token,
    ]);
  });
});

test('TN-013, TN-014: a token of another issuer, and a sealed value of another kind, is no access token', async () => {
  const { authority, store } = aStage();
  const other = aStage({ store, config: { issuer: 'https://other.example' } }).authority;
  await authority.keys.ring(noon);
  const content = await openAccessToken(authority, await issue(authority, 'opaque'));
  const values = [await issue(other), await issue(other, 'opaque')];
  for (const purpose of ['code', 'refreshToken', 'ticket', 'session'] as const) {
    const value = await sealNow(authority, purpose, content);
    values.push(value, `vka1_${value.slice(5)}`);
  }
  await expectRefused(authority, values);
});

test('TN-020, TN-021, TN-022, TN-023: header and claims are those of RFC 9068', async () => {
  const { authority } = aStage();
  const [header, payload, signature] = (await issue(authority)).split('.');
  const { id } = (await authority.keys.ring(noon)).signer(noon, 'ES256');
  expect(read(header)).toEqual({ typ: 'at+jwt', alg: 'ES256', kid: id });
  expect(read(payload)).toEqual({
    iss: issuer,
    sub: 'ada',
    aud: photos,
    client_id: 'shop',
    scope: 'read write',
    iat: noon / 1000,
    exp: noon / 1000 + 600,
    jti: expect.any(String),
  });
  expect(Buffer.from(signature ?? '', 'base64url')).toHaveLength(64);
});

test('TN-012: several audiences are a list', async () => {
  const { authority } = aStage();
  const token = await issue(authority, 'jwt', { ...grant, resources: ['a:1', 'b:2'] });
  expect(read(token.split('.')[1]).aud).toEqual(['a:1', 'b:2']);
  expect((await openAccessToken(authority, token))?.audience).toEqual(['a:1', 'b:2']);
});

test("the format is the client's, else that of the resource", async () => {
  const resources = [
    { identifier: photos, name: 'Photos', scopes: ['read'], accessTokenFormat: 'opaque' as const },
  ];
  const { authority } = aStage({ config: { resources } });
  const by = async (accessTokenFormat: 'jwt' | 'opaque' | null) =>
    (
      await issueAccessToken(authority, grant, {
        client: aClient({ accessTokenFormat }),
        target,
        key: undefined,
      })
    ).value.slice(0, 3);
  expect([await by(null), await by('opaque'), await by('jwt')]).toEqual(['vka', 'vka', 'eyJ']);
});

test('the algorithm is the first of the configuration, else that of the resource', async () => {
  const algorithmBy = async (config: Partial<ConfigInput>) => {
    const { authority } = aStage({ config });
    const token = await issue(authority);
    expect(await openAccessToken(authority, token)).toMatchObject({ sub: 'ada' });
    return read(token.split('.')[0]).alg;
  };
  const resource = { identifier: photos, name: 'Photos', scopes: ['read', 'write'] };
  const keys = { algorithms: ['PS256', 'RS256'] } satisfies ConfigInput['keys'];
  expect(await algorithmBy({})).toBe('ES256');
  expect(await algorithmBy({ keys })).toBe('PS256');
  expect(await algorithmBy({ keys, resources: [{ ...resource, algorithm: 'RS256' }] })).toBe('RS256');
  for (const algorithm of ['ES256', 'RS256', 'PS256', 'EdDSA'] as const)
    expect(await algorithmBy({ resources: [{ ...resource, algorithm }] })).toBe(algorithm);
});

test('TN-015: what else this server signs is no access token', async () => {
  const { authority } = await forge();
  const claims = read((await issue(authority)).split('.')[1]);
  const values = ['JWT', 'logout+jwt', undefined].map((typ) =>
    signJwt(authority, { algorithm: 'ES256', ...(typ === undefined ? {} : { typ }), claims, now: noon }),
  );
  await expectRefused(authority, await Promise.all(values));
});

test('the attack helpers make good tokens when nothing is wrong', async () => {
  const { authority, good, payload, privateKey, token } = await forge();
  const genuine = signed(good, payload, privateKey);
  expect(await openAccessToken(authority, genuine)).toEqual(await openAccessToken(authority, token));
});

test('TN-001, TN-015: another algorithm or type in the header is refused, though the signature is good', async () => {
  const { authority, payload, signature, privateKey, good } = await forge();
  const algorithms = [
    'none',
    'None',
    'NONE',
    'nOnE',
    '',
    'HS256',
    'RS256',
    'ES384',
    'es256',
    'EdDSA',
    null,
    ['ES256'],
  ];
  const types = ['JWT', 'AT+JWT', 'application/at+jwt', 'at+JWT', 'dpop+jwt', 'id_token', '', null];
  const headers = [...algorithms.map((alg) => ({ ...good, alg })), ...types.map((typ) => ({ ...good, typ }))];
  await expectRefused(
    authority,
    headers.map((header) => signed(header, payload, privateKey)),
  );
  await expectRefused(
    authority,
    headers.flatMap((header) => [
      `${base64url(header)}.${payload}.`,
      `${base64url(header)}.${payload}`,
      `${base64url(header)}.${payload}.${signature}`,
    ]),
  );
});

test('TN-003: the public key is no HMAC secret', async () => {
  const { authority, payload, good } = await forge();
  const { publicKey } = (await authority.keys.ring(noon)).signer(noon, 'ES256');
  const secrets = [
    publicKey.export({ format: 'pem', type: 'spki' }),
    publicKey.export({ format: 'der', type: 'spki' }),
    JSON.stringify(publicKey.export({ format: 'jwk' })),
    '',
  ];
  const input = `${base64url({ ...good, alg: 'HS256' })}.${payload}`;
  await expectRefused(
    authority,
    secrets.flatMap((secret) => {
      const mac = createHmac('sha256', secret).update(input).digest('base64url');
      return [`${input}.${mac}`, `${input}.${mac}${mac}`.slice(0, input.length + 87)];
    }),
  );
});

test('TN-004: a key in the header supplies nothing, whoever has signed', async () => {
  const { authority, payload, privateKey, good, kid } = await forge();
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = stranger.publicKey.export({ format: 'jwk' });
  const headers = [
    good,
    { ...good, jwk },
    { ...good, jwk: { ...jwk, kid } },
    { typ: 'at+jwt', alg: 'ES256', jwk },
    { ...good, kid: 'stranger', jwk },
    { ...good, jku: 'https://evil.example/jwks' },
    { ...good, x5u: 'https://evil.example/cert' },
    { ...good, x5c: ['MIIB'] },
  ];
  await expectRefused(
    authority,
    headers.map((header) => signed(header, payload, stranger.privateKey)),
  );
  await expectRefused(
    authority,
    headers.slice(1).map((header) => signed(header, payload, privateKey)),
  );
});

test('TN-005: critical extensions are refused, though the signature is good', async () => {
  const { authority, payload, privateKey, good } = await forge();
  const headers = [
    { ...good, crit: [] },
    { ...good, crit: ['exp'] },
    { ...good, crit: ['b64'], b64: false },
    { ...good, b64: false },
    { ...good, b64: true, crit: ['b64'] },
    { ...good, zip: 'DEF' },
    { ...good, cty: 'JWT' },
  ];
  await expectRefused(
    authority,
    headers.map((header) => signed(header, payload, privateKey)),
  );
});

test('TN-006: nothing but the compact form with one spelling', async () => {
  const { authority, header, payload, signature, privateKey, good } = await forge();
  const flattened = { protected: header, payload, signature };
  await expectRefused(authority, [
    JSON.stringify(flattened),
    JSON.stringify({ payload, signatures: [flattened] }),
    `${header}.${payload}.${signature}=`,
    `${header}.${payload}.${signature}==`,
    `${header}=.${payload}.${signature}`,
    `${header}.${payload}=.${signature}`,
    `${header}. ${payload}.${signature}`,
    `${header}.${payload}..${signature}`,
    `${header}.${payload}.${signature}.${signature}`,
    `${header}..${payload}.${signature}`,
    `.${payload}.${signature}`,
    `${header}..${signature}`,
    '..',
    '',
    `{"a":1}.${payload}.${signature}`,
    signed(`${JSON.stringify(good)} `, payload, privateKey),
    signed(` ${JSON.stringify(good)}`, payload, privateKey),
    signed(JSON.stringify(good).replace(':', ': '), payload, privateKey),
    signed({ alg: good.alg, typ: good.typ, kid: good.kid }, payload, privateKey),
    signed([good], payload, privateKey),
    signed('null', payload, privateKey),
    signed('"ES256"', payload, privateKey),
  ]);
});

test('TN-006: a payload that is no JSON object is refused, though the signature is good', async () => {
  const { authority, privateKey, good } = await forge();
  const payloads = ['', 'x', 'null', '1', '"text"', '[]', '{', '{"iss":', '\ufeff{}', '{}'];
  await expectRefused(
    authority,
    payloads.map((text) => signed(good, base64url(text), privateKey)),
  );
});

test('TN-007: a header that repeats a member is refused, though the signature is good', async () => {
  const { authority, payload, privateKey, kid } = await forge();
  const headers = [
    `{"typ":"at+jwt","alg":"ES256","kid":"${kid}","kid":"${kid}"}`,
    `{"typ":"at+jwt","alg":"none","alg":"ES256","kid":"${kid}"}`,
    `{"typ":"at+jwt","alg":"ES256","kid":"other","kid":"${kid}"}`,
    `{"typ":"at+jwt","alg":"ES256","kid":"${kid}","__proto__":{"alg":"none"}}`,
  ];
  await expectRefused(
    authority,
    headers.map((header) => signed(header, payload, privateKey)),
  );
});

test('TN-007: a claim that was added or repeated breaks the signature', async () => {
  const { authority, header, payload, signature } = await forge();
  const text = Buffer.from(payload, 'base64url').toString();
  const changed = [
    `${text.slice(0, -1)},"sub":"eve"}`,
    `{"sub":"eve",${text.slice(1)}`,
    text.replace('"read write"', '"read write admin"'),
    text.replace(/"exp":\d+/, '"exp":9999999999'),
    `${text} `,
  ];
  await expectRefused(
    authority,
    changed.map((claims) => `${header}.${base64url(claims)}.${signature}`),
  );
});

test('TN-008: a signature is R and S: no DER, no zeros, no other length', async () => {
  const { authority, header, payload, signature, privateKey } = await forge();
  const input = `${header}.${payload}`;
  const raw = Buffer.from(signature, 'base64url');
  const der = sign('sha256', Buffer.from(input), privateKey);
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  const [r, s] = [raw.subarray(0, 32), raw.subarray(32)];
  const zeros = Buffer.alloc(32);
  const one = Buffer.alloc(32, 0).fill(1, 31);
  const signatures = [
    der,
    Buffer.concat([der, Buffer.alloc(64)]).subarray(0, 64),
    Buffer.alloc(64),
    Buffer.alloc(64, 255),
    Buffer.concat([r, zeros]),
    Buffer.concat([zeros, s]),
    Buffer.concat([order, order]),
    Buffer.concat([order, s]),
    Buffer.concat([one, one]),
    Buffer.concat([s, r]),
    raw.subarray(0, 63),
    Buffer.concat([raw, Buffer.alloc(1)]),
    Buffer.alloc(0),
  ];
  await expectRefused(
    authority,
    signatures.map((bytes) => `${input}.${bytes.toString('base64url')}`),
  );
});

test('TN-008: the spare bits of the last letter of a signature spell it in one way only', async () => {
  const { authority, token } = await forge();
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const opened = await Promise.all(
    [...alphabet].map((last) => openAccessToken(authority, token.slice(0, -1) + last)),
  );
  expect(opened.filter((content) => content !== undefined)).toHaveLength(1);
});

test('TN-013: the issuer in the claims is ours, character for character', async () => {
  const { authority, payload, privateKey, good } = await forge();
  const claims = read(payload);
  const issuers = [
    'https://other.example',
    `${issuer}/`,
    issuer.toUpperCase(),
    [issuer],
    null,
    undefined,
    1,
    {},
  ];
  await expectRefused(
    authority,
    issuers.map((iss) => signed(good, { ...claims, iss }, privateKey)),
  );
});

test('TN-016: a key id that is no id is harmless', async () => {
  const { authority, payload, privateKey, good } = await forge();
  const seal = (await authority.keys.ring(noon)).sealer(noon).id;
  const ids = [
    '',
    '../../x',
    "' OR 1=1 --",
    '__proto__',
    'constructor',
    seal,
    ` ${good.kid}`,
    `${good.kid}\0`,
    7,
    null,
    [good.kid],
    {},
  ];
  await expectRefused(
    authority,
    ids.map((kid) => signed({ ...good, kid }, payload, privateKey)),
  );
});

test('TN-018: what is longer than 16 KiB is not looked at', async () => {
  const { authority, payload, privateKey, good } = await forge();
  const long = signed(good, { ...read(payload), padding: 'x'.repeat(16_384) }, privateKey);
  const fits = signed(good, { ...read(payload), padding: 'x'.repeat(8_000) }, privateKey);
  await expectRefused(authority, [long, 'x'.repeat(1_000_000), `vka1_${'A'.repeat(1_000_000)}`]);
  expect(await openAccessToken(authority, fits)).toMatchObject({ sub: 'ada' });
});

test('MD-022: a token outlives the rotation of its key, not the removal', async () => {
  const { authority, clock } = aStage({ config: { keys: { rotateEvery: 1200, publishAhead: 600 } } });
  await authority.keys.ring(clock.now);
  clock.now = noon + 10 * minute;
  await authority.keys.freshRing(clock.now);
  clock.now = noon + 20 * minute - 1;
  const token = await issue(authority, 'jwt', { ...grant, endsAt: noon + day });
  clock.now = noon + 30 * minute;
  await authority.keys.freshRing(clock.now);
  expect(await openAccessToken(authority, token)).toMatchObject({ sub: 'ada' });
  clock.now = noon + 15 * day;
  await authority.keys.freshRing(clock.now);
  expect(await openAccessToken(authority, token)).toBeUndefined();
});

test('whatever comes, nothing but a token of ours is opened, and nothing is thrown', async () => {
  const { authority } = aStage();
  await authority.keys.ring(noon);
  const letter = fc.oneof(fc.nat(0x7f), fc.nat(0xffff)).map((code) => String.fromCharCode(code));
  const part = fc.oneof(
    fc.string({ unit: letter, maxLength: 40 }),
    fc.json({ maxDepth: 2 }).map(base64url),
    fc.constantFrom('', base64url('{"kid":1}'), base64url({ kid: '__proto__' }), 'A'.repeat(86)),
  );
  const value = fc.oneof(
    fc.array(part, { maxLength: 4 }).map((parts) => parts.join('.')),
    part.map((text) => `vka1_${text}`),
  );
  await fc.assert(
    fc.asyncProperty(value, (text) => expectRefused(authority, [text])),
    { numRuns: 500 },
  );
});

import { exportJWK, generateKeyPair } from 'jose';
import { beforeEach, describe, expect, test } from 'vitest';
import { type DpopConfig, memoryReplay, type ReplayStore } from './index.ts';
import { AUDIENCE, NOW } from './issuer.fixture.ts';
import { type Prover, proved, prover } from './prover.fixture.ts';
import { request, type Stage, stage } from './stage.fixture.ts';

const METADATA = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource"';

let client: Prover;
beforeEach(async () => {
  client = await prover();
});

/** A guard that takes DPoP, and a token bound to the client's key. */
async function dpopStage(dpop: DpopConfig = {}): Promise<Stage & { token: string }> {
  const one = await stage({ dpop });
  return { ...one, token: await one.issuer.sign({ cnf: { jkt: client.jkt } }) };
}

interface Answered {
  readonly status: number;
  readonly challenge: string;
  readonly nonce: string | null;
  readonly rule: string | undefined;
}

async function answered({ guard, reasons }: Stage, asked: Request): Promise<Answered> {
  const { status, headers } = await guard.protect(asked, {}, () => new Response('photos'));
  return {
    status,
    challenge: headers.get('www-authenticate') ?? '',
    nonce: headers.get('dpop-nonce'),
    rule: reasons.at(-1)?.rule,
  };
}

test('RS-050 TN-070 a bound token with a good proof gives access, and says which key it was', async () => {
  const { guard, token } = await dpopStage();
  const verdict = await guard.check(proved(token, await client.prove(token)));
  expect(verdict).toMatchObject({ granted: { subject: 'ada', key: { jkt: client.jkt } } });
});

test.each(['DPoP', 'dpop', 'DPOP'])('RS-050 the scheme %s is understood', async (scheme) => {
  const { guard, token } = await dpopStage();
  const headers = { authorization: `${scheme} ${token}`, dpop: await client.prove(token) };
  expect(await guard.check(new Request(`${AUDIENCE}/photos`, { headers }))).toHaveProperty('granted');
});

test('RS-035 RS-050 without credentials both schemes are offered, with the algorithms of proofs', async () => {
  const one = await dpopStage({ algorithms: ['ES256', 'Ed25519'] });
  expect(await answered(one, request())).toMatchObject({
    status: 401,
    challenge: `Bearer ${METADATA}, DPoP algs="ES256 Ed25519", ${METADATA}`,
  });
});

test('RS-050 RS-035 a wrong proof is told in the challenge of DPoP', async () => {
  const one = await dpopStage();
  const { status, challenge } = await answered(one, proved(one.token, await client.prove('another')));
  expect(status).toBe(401);
  expect(challenge).toBe(
    `Bearer ${METADATA}, DPoP error="invalid_dpop_proof", error_description="The DPoP proof is missing, malformed, ` +
      `used before or not made for this request", algs="ES256 PS256 EdDSA", ${METADATA}`,
  );
});

test('TN-070 no proof, two, or a list of two is refused', async () => {
  const one = await dpopStage();
  const proof = await client.prove(one.token);
  const other = await client.prove(one.token);
  for (const proofs of [[], [proof, other], [`${proof}, ${other}`], [''], [`${proof} `, 'x']]) {
    const { status, challenge } = await answered(one, proved(one.token, ...proofs));
    expect([status, challenge.includes('DPoP error="invalid_dpop_proof"')]).toEqual([401, true]);
  }
  expect((await answered(one, proved(one.token, proof))).status).toBe(200);
});

test.each([
  ['TN-071 of another type', {}, { typ: 'at+jwt' }],
  ['TN-071 without a key', {}, { jwk: undefined }],
  ['TN-073 for another method', { htm: 'POST' }, {}],
  ['TN-073 for the method in small letters', { htm: 'get' }, {}],
  ['TN-073 for another path', { htu: `${AUDIENCE}/prints` }, {}],
  ['TN-073 for another host', { htu: 'https://evil.example/photos' }, {}],
  ['TN-073 for http', { htu: 'http://api.example/photos' }, {}],
  ['TN-073 for no URL', { htu: undefined }, {}],
  ['TN-075 a minute and a second old', { iat: NOW - 61 }, {}],
  ['TN-075 from eleven seconds ahead', { iat: NOW + 11 }, {}],
  ['TN-075 without a time', { iat: undefined }, {}],
  ['TN-078 without a token', { ath: undefined }, {}],
  ['TN-078 for another token', { ath: 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo' }, {}],
  ['TN-076 without an id', { jti: undefined }, {}],
])('%s a proof is refused', async (_, change, header) => {
  const one = await dpopStage();
  const proof = await client.prove(one.token, change, header);
  const { status, challenge } = await answered(one, proved(one.token, proof));
  expect([status, challenge.includes('DPoP error="invalid_dpop_proof"')]).toEqual([401, true]);
});

test('TN-071 the algorithm of a proof is one of the list', async () => {
  const other = await prover('ES384');
  const one = await stage({ dpop: {} });
  const token = await one.issuer.sign({ cnf: { jkt: other.jkt } });
  const proof = await other.prove(token);
  const unsigned = proof.replace(
    /^[^.]*/,
    Buffer.from('{"typ":"dpop+jwt","alg":"none"}').toString('base64url'),
  );
  for (const sent of [proof, unsigned]) {
    expect(await answered(one, proved(token, sent))).toMatchObject({ status: 401, rule: 'RS-050' });
  }
});

test('TN-071 a proof that shows a private key is refused', async () => {
  const one = await dpopStage();
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { d } = await exportJWK(privateKey);
  const proof = await client.prove(one.token, {}, { jwk: { ...client.jwk, d } });
  expect(await answered(one, proved(one.token, proof))).toMatchObject({ status: 401, rule: 'RS-050' });
});

test('TN-072 TN-078 TN-079 a proof by another key is refused, be it for the signature or for the thumbprint', async () => {
  const one = await dpopStage();
  const thief = await prover();
  const own = await thief.prove(one.token);
  const posing = await thief.prove(one.token, {}, { jwk: client.jwk });
  for (const proof of [own, posing]) {
    expect(await answered(one, proved(one.token, proof))).toMatchObject({ status: 401, rule: 'RS-050' });
  }
});

test.each(['ES256', 'PS256', 'EdDSA'])('TN-072 a proof under %s is taken', async (alg) => {
  client = await prover(alg);
  const one = await dpopStage();
  expect((await answered(one, proved(one.token, await client.prove(one.token)))).status).toBe(200);
});

test.each([
  'HTTPS://API.example:443/photos',
  'https://api.example/%70hotos',
  'https://api.example/a/../photos?page=2#top',
])('TN-074 htu %s is the same URL', async (htu) => {
  const one = await dpopStage();
  expect((await answered(one, proved(one.token, await client.prove(one.token, { htu })))).status).toBe(200);
});

test('TN-074 SB-023 behind a proxy the URL is that of the resource, whatever the request names', async () => {
  const one = await dpopStage();
  const headers = {
    authorization: `DPoP ${one.token}`,
    dpop: await client.prove(one.token),
    'x-forwarded-host': 'evil.example',
    forwarded: 'host=evil.example',
  };
  const inside = new Request('http://10.0.0.7:8080/photos', { headers });
  expect((await answered(one, inside)).status).toBe(200);
});

test('TN-074 a proxy that cuts the path is allowed for by publicUrl', async () => {
  const one = await stage({
    dpop: {},
    publicUrl: ({ url }) => `https://api.example/v1${new URL(url).pathname}`,
  });
  const token = await one.issuer.sign({ cnf: { jkt: client.jkt } });
  const at = (htu: string) => client.prove(token, { htu });
  expect((await answered(one, proved(token, await at(`${AUDIENCE}/v1/photos`)))).status).toBe(200);
  expect((await answered(one, proved(token, await at(`${AUDIENCE}/photos`)))).status).toBe(401);
});

test.each([NOW - 60, NOW + 10])('TN-075 a proof of second %i is taken', async (iat) => {
  const one = await dpopStage();
  expect((await answered(one, proved(one.token, await client.prove(one.token, { iat })))).status).toBe(200);
});

describe('a proof is used once', () => {
  test('TN-076 the second use is refused', async () => {
    const one = await dpopStage();
    const proof = await client.prove(one.token);
    expect((await answered(one, proved(one.token, proof))).status).toBe(200);
    expect(await answered(one, proved(one.token, proof))).toMatchObject({ status: 401, rule: 'TN-076' });
  });

  test('TN-076 of twenty uses at once one passes', async () => {
    const one = await dpopStage();
    const proof = await client.prove(one.token);
    const uses = Array.from({ length: 20 }, () => answered(one, proved(one.token, proof)));
    const statuses = (await Promise.all(uses)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(19);
  });

  test('TN-076 an id counts for one key and one URL, and may be very long', async () => {
    const one = await dpopStage();
    const other = await prover();
    const token = await one.issuer.sign({ cnf: { jkt: other.jkt } });
    const jti = 'j'.repeat(4_000);
    expect((await answered(one, proved(one.token, await client.prove(one.token, { jti })))).status).toBe(200);
    expect((await answered(one, proved(token, await other.prove(token, { jti })))).status).toBe(200);
  });

  test('RS-055 nodes that share a store share what was used', async () => {
    const replay = memoryReplay();
    const one = await dpopStage({ replay });
    const other = await stage({ jwks: { keys: one.issuer.keys }, dpop: { replay } });
    const proof = await client.prove(one.token);
    expect((await answered(one, proved(one.token, proof))).status).toBe(200);
    expect((await answered(other, proved(one.token, proof))).rule).toBe('TN-076');
  });

  test('TN-076 a proof that is refused for something else is not used up', async () => {
    const used: string[] = [];
    const replay: ReplayStore = {
      async use(key) {
        used.push(key);
        return 'first';
      },
    };
    const one = await dpopStage({ replay });
    await answered(one, proved(one.token, await client.prove(one.token, { htm: 'POST' })));
    await answered(one, proved(await one.issuer.sign({ exp: 1 }), await client.prove(one.token)));
    expect(used).toEqual([]);
    await answered(one, proved(one.token, await client.prove(one.token)));
    expect(used).toEqual([expect.stringMatching(/^[\w-]{43}$/)]);
  });

  test('RS-055 RS-021 a store that fails is an outage and lets nobody in', async () => {
    const one = await dpopStage({ replay: { use: () => Promise.reject(new Error('gone')) } });
    const proof = await client.prove(one.token);
    expect(await answered(one, proved(one.token, proof))).toMatchObject({
      status: 503,
      challenge: '',
      rule: 'RS-055',
    });
  });
});

describe('the scheme and the token must agree', () => {
  test('RS-051 RS-018 a bound token as Bearer is refused, and DPoP is offered', async () => {
    const one = await dpopStage();
    const headers = { authorization: `Bearer ${one.token}`, dpop: await client.prove(one.token) };
    const { status, challenge } = await answered(one, new Request(`${AUDIENCE}/photos`, { headers }));
    expect(status).toBe(401);
    expect(challenge).toMatch(/^Bearer error="invalid_token", .*, DPoP algs="ES256 PS256 EdDSA", /);
  });

  test('RS-052 an unbound token as DPoP is refused', async () => {
    const one = await dpopStage();
    const token = await one.issuer.sign();
    const { status, challenge, rule } = await answered(one, proved(token, await client.prove(token)));
    expect([status, rule]).toEqual([401, 'RS-052']);
    expect(challenge).toMatch(/^Bearer resource_metadata="[^"]+", DPoP error="invalid_token", /);
  });

  test('RS-050 where DPoP is not offered, it is another scheme', async () => {
    const one = await stage();
    const token = await one.issuer.sign({ cnf: { jkt: client.jkt } });
    const { challenge } = await answered(one, proved(token, await client.prove(token)));
    expect(challenge).toBe(`Bearer ${METADATA}`);
  });

  test('SB-014 RS-051 where DPoP is required, Bearer is not offered and no token is taken by it', async () => {
    const one = await dpopStage({ required: true });
    expect((await answered(one, request())).challenge).toMatch(/^DPoP algs="/);
    for (const token of [one.token, await one.issuer.sign()]) {
      const { status, challenge } = await answered(one, request(`Bearer ${token}`));
      expect(status).toBe(401);
      expect(challenge).toMatch(/^Bearer error="invalid_token", .*, DPoP algs="/);
    }
    expect((await answered(one, proved(one.token, await client.prove(one.token)))).status).toBe(200);
  });

  test.each([
    ['a method nobody knows', (jkt: string) => ({ jkt, 'x5t#S512': 'x' })],
    ['a thumbprint that is no text', () => ({ jkt: 7 })],
    ['a list', (jkt: string) => [{ jkt }]],
  ])('RS-018 a token with %s in cnf is refused, whatever is proved', async (_, cnf) => {
    const one = await dpopStage();
    const token = await one.issuer.sign({ cnf: cnf(client.jkt) });
    expect((await answered(one, proved(token, await client.prove(token)))).rule).toBe('RS-018');
  });

  test('IR-014 RS-020 RS-018 what introspection says of the key is held against the proof', async () => {
    const authentication = () => undefined;
    const one = await stage({ dpop: {}, introspection: { authentication } });
    const other = await prover();
    const claims = { active: true, aud: AUDIENCE, exp: NOW + 600, sub: 'ada', token_type: 'DPoP' };
    one.issuer.active.set('opaque', { ...claims, cnf: { jkt: client.jkt } });
    one.issuer.active.set('unbound', claims);
    const use = async (token: string, by: Prover) => answered(one, proved(token, await by.prove(token)));
    expect((await use('opaque', client)).status).toBe(200);
    expect((await use('opaque', other)).status).toBe(401);
    expect((await use('unbound', client)).rule).toBe('RS-052');
    expect((await answered(one, request('Bearer opaque'))).status).toBe(401);
  });
});

describe('nonces', () => {
  const nonce = { secret: new Uint8Array(32).fill(7), lifetimeSeconds: 120 };

  /** What the guard says to a proof without a nonce. */
  async function given(one: Stage & { token: string }): Promise<string> {
    const asked = await answered(one, proved(one.token, await client.prove(one.token)));
    expect(asked).toMatchObject({ status: 401, rule: 'RS-053' });
    expect(asked.challenge).toContain('DPoP error="use_dpop_nonce"');
    expect(asked.nonce).toMatch(/^[\x21\x23-\x5B\x5D-\x7E]{16,}$/);
    return String(asked.nonce);
  }

  const use = async (one: Stage & { token: string }, value: unknown) =>
    answered(
      one,
      proved(one.token, await client.prove(one.token, { nonce: value, iat: one.clock.now / 1000 })),
    );

  test('RS-053 TN-077 a proof without nonce is told one, with it it is taken, and the next one is told', async () => {
    const one = await dpopStage({ nonce });
    const first = await given(one);
    expect(await use(one, first)).toMatchObject({ status: 200, nonce: first });
    one.clock.now += 60_000;
    const { status, nonce: next } = await use(one, first);
    expect(status).toBe(200);
    expect(next).not.toBe(first);
  });

  test('RS-053 TN-077 a nonce is good for its life at least and for half as long again at most', async () => {
    const one = await dpopStage({ nonce });
    const first = await given(one);
    one.clock.now += 120_000;
    expect((await use(one, first)).status).toBe(200);
    one.clock.now += 60_000;
    expect(await use(one, first)).toMatchObject({ status: 401, rule: 'RS-053' });
  });

  test.each([['made up'], [''], [7], [null]])('TN-077 the nonce %j is refused', async (value) => {
    expect((await use(await dpopStage({ nonce }), value)).status).toBe(401);
  });

  test('RS-053 nodes with one secret know each other’s nonces, other APIs and processes do not', async () => {
    const one = await dpopStage({ nonce });
    const first = await given(one);
    const { guard } = await stage({ jwks: { keys: one.issuer.keys }, dpop: { nonce } });
    expect((await use({ ...one, guard }, first)).status).toBe(200);
    const alone = await dpopStage({ nonce: {} });
    expect((await use(alone, first)).rule).toBe('RS-053');
  });

  test('RS-053 the nonces of two APIs with one secret differ', async () => {
    const one = await dpopStage({ nonce });
    const audience = 'https://other.example';
    const other = await stage({ audience, dpop: { nonce } });
    const token = await other.issuer.sign({ aud: audience, cnf: { jkt: client.jkt } });
    const value = await given(one);
    const proof = await client.prove(token, { htu: `${audience}/photos`, nonce: value });
    expect((await answered(other, proved(token, proof))).rule).toBe('RS-053');
  });

  test('RS-053 RS-060 the nonce is told to those who use DPoP only, and scripts may read it', async () => {
    const origin = 'https://spa.example';
    const one = await stage({ dpop: { nonce }, allowedOrigins: [origin] });
    const token = await one.issuer.sign({ cnf: { jkt: client.jkt } });
    expect((await answered(one, request(`Bearer ${await one.issuer.sign()}`))).nonce).toBeNull();
    expect((await answered(one, request())).nonce).toBeNull();
    const asked = proved(token, await client.prove(token));
    asked.headers.set('origin', origin);
    const { headers } = await one.guard.protect(asked, {}, () => new Response());
    expect(headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, DPoP-Nonce');
    expect(headers.get('dpop-nonce')).not.toBeNull();
  });
});

test.each([
  ['HMAC', { algorithms: ['HS256'] }],
  ['no algorithm', { algorithms: [] }],
  ['a short secret', { nonce: { secret: new Uint8Array(16) } }],
  ['a nonce of no life', { nonce: { lifetimeSeconds: 0 } }],
  ['a nonce of a day', { nonce: { lifetimeSeconds: 86_400 } }],
])('TN-071 RS-053 settings with %s are refused', async (_, dpop) => {
  await expect(stage({ dpop })).rejects.toThrow(TypeError);
});

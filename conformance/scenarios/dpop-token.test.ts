import { createHash, createHmac, sign as signBytes } from 'node:crypto';
import { generateKeyPair } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AssertionWish, type ClientKey, newKey, secretKey } from '../support/assertions.ts';
import { callBy } from '../support/client-proof.ts';
import { dpopProof, type ProofTarget, thumbprintOf } from '../support/dpop-proof.ts';
import type { TokenAnswer } from '../support/flow.ts';
import { claimsOf } from '../support/jwt-claims.ts';
import { push, pushedUrl } from '../support/pushed-request.ts';
import { requestOf } from '../support/request-object.ts';
import { type Session, signedInSession } from '../support/signed-in-session.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import { inProcess } from '../targets/in-process.ts';
import type { RestartableTarget, Target, TestClient } from '../targets/target.ts';

const origin = 'https://app.example';

type Wish = Partial<TestClient['record']>;

/** A code, and whom it was given to. */
interface Code {
  readonly client: TestClient;
  readonly code: string;
  readonly verifier: string;
}

/** Asks for tokens at the token endpoint, with these values of the DPoP header. */
function redeem(at: Target, { client, code, verifier }: Code, ...proofs: string[]): Promise<TokenAnswer> {
  const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
  return callBy(at, { client }, { path: '/token', fields, ...carrying(proofs) });
}

function refresh(at: Target, client: TestClient, token: unknown, ...proofs: string[]): Promise<TokenAnswer> {
  const fields = { grant_type: 'refresh_token', refresh_token: String(token) };
  return callBy(at, { client }, { path: '/token', fields, ...carrying(proofs) });
}

function carrying(proofs: readonly string[]): { headers?: Record<string, string> } {
  return proofs.length === 0 ? {} : { headers: { dpop: proofs.join(', ') } };
}

function prove(at: Target, key: ClientKey, wish: AssertionWish = {}, to: Partial<ProofTarget> = {}) {
  return dpopProof(at, key, { path: '/token', ...to }, wish);
}

function refusal({ status, body }: TokenAnswer): string {
  return `${status} ${body.error}`;
}

const badProof = '400 invalid_dpop_proof';
const badGrant = '400 invalid_grant';
const wantsNonce = '400 use_dpop_nonce';

function base64url(content: unknown): string {
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');
}

/** The same proof with another header, payload or signature. */
function changed(
  proof: string,
  { header, payload, signature }: { header?: unknown; payload?: unknown; signature?: string },
) {
  const [oldHeader = '', oldPayload = '', oldSignature = ''] = proof.split('.');
  return [
    header === undefined ? oldHeader : base64url(header),
    payload === undefined ? oldPayload : base64url(payload),
    signature ?? oldSignature,
  ].join('.');
}

function headerOf(proof: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(proof.split('.')[0] ?? '', 'base64url').toString());
}

describeTargets((open) => {
  let at: RestartableTarget;
  let session: Session;
  beforeAll(async () => {
    at = await open();
    session = await signedInSession(at);
  });
  afterAll(() => at.stop());

  async function codeFor(over: Wish = {}, asking: Record<string, string> = {}): Promise<Code> {
    const client = await at.addClient({ consent: 'implied', ...over });
    return { client, ...(await session.code(client, asking)) };
  }

  test.each(['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'])(
    'TK-090, TK-091, TK-010, TN-079: with a proof by a key of %s the tokens are bound to that key',
    async (alg) => {
      const key = newKey(alg);
      const answer = await redeem(at, await codeFor(), await prove(at, key));
      expect([answer.status, answer.body.token_type]).toEqual([200, 'DPoP']);
      expect(claimsOf(answer.body.access_token).cnf).toEqual({ jkt: await thumbprintOf(key) });
    },
  );

  test('TK-010, TK-091: without a proof the token is a bearer token that names no key', async () => {
    const { status, body } = await redeem(at, await codeFor());
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    expect(claimsOf(body.access_token)).not.toHaveProperty('cnf');
  });

  test('TN-079: what the key is called, and the order of its members, does not change its thumbprint', async () => {
    const key = newKey('ES256');
    const { x, y } = key.jwk;
    const text = `{"crv":"P-256","kty":"EC","x":"${x}","y":"${y}"}`;
    const jkt = createHash('sha256').update(text).digest('base64url');
    const jwk = {
      y,
      kid: 'k',
      use: 'sig',
      x,
      key_ops: ['verify'],
      foo: 'bar',
      alg: 'ES256',
      kty: 'EC',
      crv: 'P-256',
    };
    const { status, body } = await redeem(at, await codeFor(), await prove(at, key, { header: { jwk } }));
    expect([status, claimsOf(body.access_token).cnf]).toEqual([200, { jkt }]);
  });

  test('TN-070, TN-071, TN-072: what is not exactly one proof with its public key is refused, and burns no code', async () => {
    const code = await codeFor();
    const [key, other, rsa] = [newKey('ES256'), newKey('ES256'), newKey('RS256')];
    const [good, second] = [await prove(at, key), await prove(at, key)];
    const [header, payload, signature] = good.split('.');
    const signingInput = Buffer.from(`${header}.${payload}`);
    const secret = secretKey('HS256', 'x'.repeat(32));
    const hs256 = { ...headerOf(good), alg: 'HS256' };
    const hmac = createHmac('sha256', JSON.stringify(key.jwk))
      .update(`${base64url(hs256)}.${payload}`)
      .digest('base64url');
    const es384 = await generateKeyPair('ES384', { extractable: true });
    const jwk384 = { ...(await crypto.subtle.exportKey('jwk', es384.publicKey)) };
    const bad: Record<string, string[]> = {
      'two headers': [good, second],
      'the same twice': [good, good],
      nothing: [''],
      'no JWT': ['x'],
      'JSON serialization': [JSON.stringify({ payload, protected: header, signature })],
      padding: [`${good}=`],
      'no signature': [`${header}.${payload}.`],
      'two parts': [`${header}.${payload}`],
      'typ JWT': [await prove(at, key, { header: { typ: 'JWT' } })],
      'typ of an assertion': [await prove(at, key, { header: { typ: 'client-authentication+jwt' } })],
      'no typ': [await prove(at, key, { header: { typ: undefined } })],
      none: [changed(good, { header: { ...headerOf(good), alg: 'none' }, signature: '' })],
      NONE: [changed(good, { header: { ...headerOf(good), alg: 'NONE' } })],
      'a secret': [
        await prove(
          at,
          { ...key, ...secret },
          { header: { jwk: { kty: 'oct', k: base64url('x'.repeat(32)) } } },
        ),
      ],
      'the public key as a secret': [changed(good, { header: hs256, signature: hmac })],
      'an algorithm not on offer': [
        await prove(
          at,
          { ...key, alg: 'ES384', privateKey: es384.privateKey as never },
          { header: { jwk: jwk384 } },
        ),
      ],
      'no key': [await prove(at, key, { header: { jwk: undefined } })],
      'an empty key': [await prove(at, key, { header: { jwk: {} } })],
      'a private key': [await prove(at, key, { header: { jwk: key.privateKey.export({ format: 'jwk' }) } })],
      'another key': [await prove(at, key, { header: { jwk: other.jwk } })],
      'a key of another kind': [await prove(at, key, { header: { jwk: rsa.jwk } })],
      'a key for another algorithm': [
        await prove(at, key, { header: { jwk: { ...key.jwk, alg: 'ES384' } } }),
      ],
      'a key to encrypt with': [await prove(at, key, { header: { jwk: { ...key.jwk, use: 'enc' } } })],
      'a point off the curve': [await prove(at, key, { header: { jwk: { ...key.jwk, y: key.jwk.x } } })],
      'only a kid': [await prove(at, key, { header: { jwk: undefined, kid: key.kid } })],
      'another payload': [changed(good, { payload: { ...claimsOf(good), jti: 'x' } })],
      'a repeated claim': [
        changed(good, { payload: `${JSON.stringify(claimsOf(good)).slice(0, -1)},"jti":"x"}` }),
      ],
      'a signature of zeros': [changed(good, { signature: Buffer.alloc(64).toString('base64url') })],
      'a signature in DER': [
        changed(good, { signature: signBytes('sha256', signingInput, key.privateKey).toString('base64url') }),
      ],
      crit: [changed(good, { header: { ...headerOf(good), crit: ['exp'] } })],
      b64: [changed(good, { header: { ...headerOf(good), b64: false } })],
    };
    for (const [what, proofs] of Object.entries(bad))
      expect([what, refusal(await redeem(at, code, ...proofs))]).toEqual([what, badProof]);
    expect((await redeem(at, code, good)).body.token_type).toBe('DPoP');
  });

  test('TN-073, TN-075, TN-076: a proof for another request, another time or without a jti is refused, and burns no code', async () => {
    const code = await codeFor();
    const key = newKey('ES256');
    const now = Math.floor(at.now() / 1000);
    const bad: Record<string, unknown>[] = [
      { htm: 'GET' },
      { htm: 'post' },
      { htm: undefined },
      { htm: ['POST'] },
      { htu: `${at.issuer}/userinfo` },
      { htu: `${at.issuer}/token/` },
      { htu: `${at.issuer}/Token` },
      { htu: at.issuer },
      { htu: '/token' },
      { htu: 'https://other.example/token' },
      { htu: `${at.issuer}%2Ftoken` },
      { htu: `${at.issuer}\\token` },
      { htu: at.issuer.replace('://', '://user@').concat('/token') },
      { htu: undefined },
      { htu: [`${at.issuer}/token`] },
      { iat: now - 65 },
      { iat: now + 20 },
      { iat: `${now}` },
      { iat: null },
      { iat: undefined },
      { exp: now - 60 },
      { nbf: now + 90 },
      { jti: undefined },
      { jti: '' },
      { jti: 7 },
      { nonce: 7 },
    ];
    for (const claims of bad) {
      const answer = await redeem(at, code, await prove(at, key, { claims }));
      expect([claims, refusal(answer)]).toEqual([claims, badProof]);
    }
    expect((await redeem(at, code, await prove(at, key))).body.token_type).toBe('DPoP');
  });

  test('TN-073, TN-074, TN-015: another spelling of the same address or type is the same', async () => {
    const { protocol, host } = new URL(at.issuer);
    const same: AssertionWish[] = [
      { claims: { htu: `${protocol.toUpperCase()}//${host.toUpperCase()}/token` } },
      { claims: { htu: `${at.issuer}/token?a=b` } },
      { claims: { htu: `${at.issuer}/token#c` } },
      { claims: { htu: `${at.issuer}/x/../token` } },
      { claims: { htu: `${at.issuer}/%74oken` } },
      { header: { typ: 'DPOP+JWT' } },
      { header: { typ: 'application/dpop+jwt' } },
      { claims: { foo: 'bar', exp: Math.floor(at.now() / 1000) + 60 } },
    ];
    const { client } = await codeFor();
    for (const wish of same) {
      const { status } = await redeem(
        at,
        { client, ...(await session.code(client)) },
        await prove(at, newKey('ES256'), wish),
      );
      expect([wish, status]).toEqual([wish, 200]);
    }
  });

  test('TN-075: the clock of a client may be a little behind or ahead, and have fractions', async () => {
    const { client } = await codeFor();
    for (const off of [-50, 0.123_456_7, 8]) {
      const claims = { iat: Math.floor(at.now() / 1000) + off };
      const proof = await prove(at, newKey('ES256'), { claims });
      const code = { client, ...(await session.code(client)) };
      expect([off, (await redeem(at, code, proof)).status]).toEqual([off, 200]);
      expect([off, refusal(await redeem(at, code, proof))]).toEqual([off, badProof]);
    }
  });

  test('TN-076: of many uses of one proof at once, on all nodes, one succeeds; the others have burned nothing', async () => {
    const { client } = await codeFor();
    const key = newKey('ES256');
    const proof = await prove(at, key);
    const codes: Code[] = [];
    for (let i = 0; i < 8; i += 1) codes.push({ client, ...(await session.code(client)) });
    const answers = await Promise.all(codes.map((code) => redeem(at, code, proof)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter((answer) => refusal(answer) === badProof)).toHaveLength(7);
    for (const [index, code] of codes.entries()) {
      if (answers[index]?.status === 200) continue;
      expect((await redeem(at, code, await prove(at, key))).status).toBe(200);
    }
  });

  test('TN-076: a proof stays used through a restart, for as long as it would be taken', async () => {
    const { client } = await codeFor();
    const [key, other] = [newKey('ES256'), newKey('ES256')];
    const claims = { jti: 'j'.repeat(2000) };
    const proof = await prove(at, key, { claims });
    const next = async () => ({ client, ...(await session.code(client)) });
    expect((await redeem(at, await next(), proof)).status).toBe(200);
    await at.restart();
    expect(refusal(await redeem(at, await next(), proof))).toBe(badProof);
    at.pass(40_000);
    expect(refusal(await redeem(at, await next(), proof))).toBe(badProof);
    at.pass(40_000);
    expect(refusal(await redeem(at, await next(), proof))).toBe(badProof);
    // Another key, or another address, is another proof.
    expect((await redeem(at, await next(), await prove(at, other, { claims }))).status).toBe(200);
    const headers = { dpop: await dpopProof(at, other, { path: '/par' }, { claims }) };
    expect((await push(at, { client }, requestOf(at, client).parameters, headers)).status).toBe(201);
  });

  test('TK-092: a client that is set to it sends a proof every time', async () => {
    const code = await codeFor({ binding: 'dpop' });
    const key = newKey('ES256');
    expect(refusal(await redeem(at, code))).toBe(badProof);
    const { status, body } = await redeem(at, code, await prove(at, key));
    expect([status, body.token_type]).toEqual([200, 'DPoP']);
    expect(refusal(await refresh(at, code.client, body.refresh_token))).toBe(badProof);
    const again = await refresh(at, code.client, body.refresh_token, await prove(at, key));
    expect([again.status, again.body.token_type]).toEqual([200, 'DPoP']);
  });

  test('TK-093: the refresh token of a public client works with its key, and with no other', async () => {
    const code = await codeFor({ authenticationMethod: 'none' });
    const [key, other] = [newKey('ES256'), newKey('ES256')];
    let tokens = await redeem(at, code, await prove(at, key));
    for (let round = 0; round < 2; round += 1) {
      const { refresh_token: token } = tokens.body;
      expect(refusal(await refresh(at, code.client, token, await prove(at, other)))).toBe(badGrant);
      expect(refusal(await refresh(at, code.client, token))).toBe(badGrant);
      tokens = await refresh(at, code.client, token, await prove(at, key));
      expect([tokens.status, tokens.body.token_type]).toEqual([200, 'DPoP']);
      expect(claimsOf(tokens.body.access_token).cnf).toEqual({ jkt: await thumbprintOf(key) });
    }
  });

  test('TK-093: a public client that begins to show a key is held to it from then on', async () => {
    const { client, ...code } = await codeFor({ authenticationMethod: 'none' });
    const [key, other] = [newKey('ES256'), newKey('ES256')];
    const first = await redeem(at, { client, ...code });
    const second = await refresh(at, client, first.body.refresh_token, await prove(at, key));
    expect([second.status, second.body.token_type]).toEqual([200, 'DPoP']);
    for (const proofs of [[], [await prove(at, other)]])
      expect(refusal(await refresh(at, client, second.body.refresh_token, ...proofs))).toBe(badGrant);
    const third = await refresh(at, client, second.body.refresh_token, await prove(at, key));
    expect(third.status).toBe(200);
    expect(refusal(await refresh(at, client, third.body.refresh_token))).toBe(badGrant);
    expect((await refresh(at, client, third.body.refresh_token, await prove(at, key))).status).toBe(200);
  });

  test('TK-093, TK-091: a confidential client may change its key, and each token is bound to the one shown', async () => {
    const code = await codeFor();
    const [key, other] = [newKey('ES256'), newKey('EdDSA')];
    const first = await redeem(at, code, await prove(at, key));
    const second = await refresh(at, code.client, first.body.refresh_token, await prove(at, other));
    expect([second.status, claimsOf(second.body.access_token).cnf]).toEqual([
      200,
      { jkt: await thumbprintOf(other) },
    ]);
    const third = await refresh(at, code.client, second.body.refresh_token);
    expect([third.status, third.body.token_type]).toEqual([200, 'Bearer']);
    expect(claimsOf(third.body.access_token)).not.toHaveProperty('cnf');
  });

  test('TK-058: a code that was asked for with a key is redeemed with that key', async () => {
    const [key, other] = [newKey('ES256'), newKey('ES256')];
    const client = await at.addClient({ consent: 'implied' });
    const { parameters, verifier } = requestOf(at, client);
    const dpop = await dpopProof(at, key, { path: '/par' });
    const pushed = pushedUrl(at, client, await push(at, { client }, parameters, { dpop }));
    const codes = [
      await codeFor({}, { dpop_jkt: await thumbprintOf(key) }),
      await codeFor({ authenticationMethod: 'none' }, { dpop_jkt: await thumbprintOf(key) }),
      { client, verifier, code: await session.codeAt(pushed) },
    ];
    for (const code of codes) {
      expect(refusal(await redeem(at, code, await prove(at, other)))).toBe(badGrant);
      expect(refusal(await redeem(at, code))).toBe(badGrant);
      const { status, body } = await redeem(at, code, await prove(at, key));
      expect([status, claimsOf(body.access_token).cnf]).toEqual([200, { jkt: await thumbprintOf(key) }]);
    }
  });
});

describeTargets((open) => {
  let at: RestartableTarget;
  let session: Session;
  const lifetime = 100;
  beforeAll(async () => {
    at = await open({ config: { dpop: { requireNonce: true, nonceLifetime: lifetime } } });
    session = await signedInSession(at);
  });
  afterAll(() => at.stop());

  async function stage() {
    const client = await at.addClient({ consent: 'implied' });
    const key = newKey('ES256');
    const fresh = async (): Promise<Code> => ({ client, ...(await session.code(client)) });
    const by = (nonce?: string | null) => prove(at, key, {}, { nonce: nonce ?? null });
    const nonce = (await redeem(at, await fresh(), await by())).headers.get('dpop-nonce') ?? '';
    return { client, key, fresh, by, nonce };
  }

  test('TK-094, TK-095, TN-077: a proof without the nonce is refused and burns no code; with it there are tokens, and the nonce again', async () => {
    const { fresh, by } = await stage();
    const code = await fresh();
    const refused = await redeem(at, code, await by());
    expect(refusal(refused)).toBe(wantsNonce);
    const nonce = refused.headers.get('dpop-nonce') ?? '';
    // RFC 9449 section 8.1: NQCHAR, and one value only.
    expect(nonce).toMatch(/^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{22,}$/);
    const granted = await redeem(at, code, await by(nonce));
    expect([granted.status, granted.body.token_type]).toEqual([200, 'DPoP']);
    expect(granted.headers.get('dpop-nonce')).toBe(nonce);
  });

  test('TK-094, TK-095: it is asked for at a refresh too', async () => {
    const { client, fresh, by, nonce } = await stage();
    const { body } = await redeem(at, await fresh(), await by(nonce));
    const refused = await refresh(at, client, body.refresh_token, await by());
    expect([refusal(refused), refused.headers.has('dpop-nonce')]).toEqual([wantsNonce, true]);
    const granted = await refresh(at, client, body.refresh_token, await by(nonce));
    expect([granted.status, granted.headers.has('dpop-nonce')]).toEqual([200, true]);
  });

  test('TN-077: an invented nonce is refused, and whatever else is wrong is told first', async () => {
    const { key, fresh, by, nonce } = await stage();
    const code = await fresh();
    const slots = Math.floor(at.now() / (lifetime * 500));
    const invented = ['', 'x', nonce.slice(0, -1), `${nonce}x`, nonce.toUpperCase(), 'é', String(slots)];
    for (const each of invented) {
      const answer = await redeem(at, code, await by(each));
      expect([each, refusal(answer), answer.headers.get('dpop-nonce')]).toEqual([each, wantsNonce, nonce]);
    }
    const wrong = await redeem(at, code, await prove(at, key, { claims: { htm: 'GET' } }));
    expect([refusal(wrong), wrong.headers.has('dpop-nonce')]).toEqual([badProof, true]);
    expect((await redeem(at, code, await by(nonce))).status).toBe(200);
  });

  test('TK-094: every node takes the nonces of the others, and after a restart too', async () => {
    const { fresh, by, nonce } = await stage();
    for (let i = 0; i < 4; i += 1)
      expect((await redeem(at, await fresh(), await by(nonce))).status).toBe(200);
    await at.restart();
    expect((await redeem(at, await fresh(), await by(nonce))).status).toBe(200);
  });

  test('TK-094: a nonce lives for its lifetime, its successor comes on good answers, and two lifetimes later it is stale', async () => {
    const { fresh, by, nonce } = await stage();
    at.pass(lifetime * 1000);
    const renewed = await redeem(at, await fresh(), await by(nonce));
    const next = renewed.headers.get('dpop-nonce') ?? '';
    expect([renewed.status, next === nonce]).toEqual([200, false]);
    expect((await redeem(at, await fresh(), await by(next))).status).toBe(200);
    at.pass(lifetime * 1000);
    const code = await fresh();
    const stale = await redeem(at, code, await by(nonce));
    expect(refusal(stale)).toBe(wantsNonce);
    expect((await redeem(at, code, await by(next))).status).toBe(200);
  });

  test('TK-094: who shows no key is asked for no nonce', async () => {
    const { fresh } = await stage();
    const { status, body } = await redeem(at, await fresh());
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
  });

  test('TK-011: a page of another origin may send the proof and read the nonce', async () => {
    const { client, key, nonce } = await stage();
    await at.store.clients.replace({ ...client.record, allowedOrigins: [origin] });
    at.pass(61_000);
    const preflight = await at.fetch(
      new Request(`${at.issuer}/token`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'dpop',
        },
      }),
    );
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/\bDPoP\b/i);
    const fields = { grant_type: 'refresh_token', refresh_token: 'x' };
    for (const value of [null, nonce]) {
      const headers = { origin, dpop: await prove(at, key, {}, { nonce: value }) };
      const answer = await callBy(at, { client }, { path: '/token', fields, headers });
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('access-control-expose-headers')).toMatch(/\bDPoP-Nonce\b/);
      expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
      const foreign = { ...headers, origin: 'https://evil.example' };
      const told = await callBy(at, { client }, { path: '/token', fields, headers: foreign });
      expect(told.headers.has('access-control-expose-headers')).toBe(false);
    }
  });
});

describeHandler((open) => {
  async function stage(options: Parameters<typeof open>[0] = {}, over: Wish = {}) {
    const at = await open(options);
    const session = await signedInSession(at);
    const client = await at.addClient({ consent: 'implied', ...over });
    const fresh = async (): Promise<Code> => ({ client, ...(await session.code(client)) });
    return { at, client, fresh };
  }

  test('TN-074: the default port may be written; what a proxy makes of the address counts for nothing', async () => {
    const at = await inProcess();
    const [session, client] = [await signedInSession(at), await at.addClient({ consent: 'implied' })];
    const key = newKey('ES256');
    const explicit = { claims: { htu: 'https://auth.example:443/token' } };
    const first = { client, ...(await session.code(client)) };
    expect((await redeem(at, first, await prove(at, key, explicit))).status).toBe(200);
    const inner = 'http://10.0.0.1:8080';
    const fetch = ({ url, method, headers, body }: Request) =>
      at.fetch(
        new Request(url.replace(at.issuer, inner), { method, headers, body, duplex: 'half' } as RequestInit),
      );
    const behind: Target = Object.create(at, { fetch: { value: fetch } });
    const second = { client, ...(await session.code(client)) };
    const refused = await redeem(behind, second, await prove(at, key, { claims: { htu: `${inner}/token` } }));
    expect(refusal(refused)).toBe(badProof);
    expect((await redeem(behind, second, await prove(at, key))).status).toBe(200);
  });

  test('TN-018: a proof of more than 16 KiB is refused', async () => {
    const { at, fresh } = await stage();
    const key = newKey('ES256');
    const code = await fresh();
    const large = await prove(at, key, { claims: { foo: 'x'.repeat(17_000) } });
    expect(refusal(await redeem(at, code, large))).toBe(badProof);
    expect((await redeem(at, code, await prove(at, key))).status).toBe(200);
  });

  test('TN-073: at the address for certificates a proof names that address', async () => {
    const mtlsAddress = 'https://mtls.auth.example';
    const { at, fresh } = await stage({ config: { features: { mutualTls: true }, mtlsAddress } });
    const key = newKey('ES256');
    const wish = { claims: { htu: `${mtlsAddress}/token` } };
    const proof = await prove(at, key, wish);
    expect((await redeem(at, await fresh(), proof)).status).toBe(200);
    expect(refusal(await redeem(at, await fresh(), proof))).toBe(badProof);
    expect((await redeem(at, await fresh(), await prove(at, key))).status).toBe(200);
    const other = { claims: { htu: `${mtlsAddress}/par` } };
    expect(refusal(await redeem(at, await fresh(), await prove(at, key, other)))).toBe(badProof);
    const without = await stage();
    expect(refusal(await redeem(without.at, await without.fresh(), await prove(at, key, wish)))).toBe(
      badProof,
    );
  });

  test('TK-090: where there is no DPoP, its header says nothing', async () => {
    const { at, fresh } = await stage({ config: { features: { dpop: false } } });
    for (const proof of ['x', await prove(at, newKey('ES256'))]) {
      const { status, body } = await redeem(at, await fresh(), proof);
      expect([status, body.token_type]).toEqual([200, 'Bearer']);
    }
  });

  test.each([
    ['TK-092', 'dpop', 'invalid_dpop_proof'],
    ['TN-085', 'certificate', 'invalid_request'],
  ] as const)(
    '%s: a client that is set to tokens bound by %s gets none without, where that is switched off',
    async (_row, binding, error) => {
      const { at, fresh } = await stage(
        { config: { features: { dpop: false, mutualTls: false } } },
        { binding },
      );
      const { status, body } = await redeem(at, await fresh());
      expect([status, body.error]).toEqual([400, error]);
    },
  );

  test('TK-094: nonces of another server are not known here', async () => {
    const config = { dpop: { requireNonce: true } };
    const [one, other] = [await stage({ config }), await stage({ config })];
    const key = newKey('ES256');
    const given = await redeem(one.at, await one.fresh(), await prove(one.at, key));
    const nonce = given.headers.get('dpop-nonce');
    expect((await redeem(one.at, await one.fresh(), await prove(one.at, key, {}, { nonce }))).status).toBe(
      200,
    );
    const foreign = await redeem(other.at, await other.fresh(), await prove(other.at, key, {}, { nonce }));
    expect(refusal(foreign)).toBe(wantsNonce);
  });
});

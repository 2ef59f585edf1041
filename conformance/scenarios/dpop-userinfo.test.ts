import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ClientKey, newKey, post } from '../support/assertions.ts';
import { callBy } from '../support/client-proof.ts';
import { dpopProof, thumbprintOf } from '../support/dpop-proof.ts';
import { callAs, introspect } from '../support/flow.ts';
import { askUserinfo, everyScope } from '../support/openid.ts';
import { type Session, signedInSession } from '../support/signed-in-session.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, Target, TestClient } from '../targets/target.ts';

type Wish = Parameters<typeof dpopProof>[3];

const algs = /, algs="ES256 EdDSA Ed25519 PS256 RS256"/;

/** What came of a request, as its challenge tells it. */
async function outcomeOf(response: Response): Promise<string> {
  const told = response.headers.get('www-authenticate') ?? '';
  const [, error] = /error="([^"]*)"/.exec(told) ?? [];
  return response.status === 200 ? '200' : `${response.status} ${told.split(' ')[0]} ${error ?? 'no error'}`;
}

const badProof = '401 DPoP invalid_dpop_proof';
const badToken = '401 DPoP invalid_token';
const wantsNonce = '401 DPoP use_dpop_nonce';

/** Asks with the token under the scheme DPoP; `proofs` are the values of the header. */
function ask(at: Target, token: string, ...proofs: string[]): Promise<Response> {
  const dpop: Record<string, string> = proofs.length === 0 ? {} : { dpop: proofs.join(', ') };
  return askUserinfo(at, token, { authorization: `DPoP ${token}`, ...dpop });
}

interface Bound {
  readonly client: TestClient;
  readonly key: ClientKey;
  readonly access: string;
}

/** A token that is bound to a new key, and whose it is. */
async function boundToken(
  at: Target,
  session: Session,
  {
    over = {},
    alg = 'ES256',
    nonce,
  }: { over?: Partial<TestClient['record']>; alg?: string; nonce?: string } = {},
): Promise<Bound> {
  const client = await at.addClient({ consent: 'implied', scopes: everyScope, ...over });
  const [key, { code, verifier }] = [newKey(alg), await session.code(client, { scope: 'openid' })];
  const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
  const headers = { dpop: await dpopProof(at, key, { path: '/token', nonce: nonce ?? null }) };
  const { status, body } = await callBy(at, { client }, { path: '/token', fields, headers });
  expect([status, body.token_type]).toEqual([200, 'DPoP']);
  return { client, key, access: String(body.access_token) };
}

/** A proof for a GET of userinfo. */
function prove(
  at: Target,
  { key, access }: Pick<Bound, 'key' | 'access'>,
  wish: Wish = {},
  nonce: string | null = null,
) {
  return dpopProof(at, key, { path: '/userinfo', method: 'GET', accessToken: access, nonce }, wish);
}

describeTargets((open) => {
  let at: RestartableTarget;
  let session: Session;
  beforeAll(async () => {
    at = await open();
    session = await signedInSession(at);
  });
  afterAll(() => at.stop());

  test.each(['jwt', 'opaque'] as const)(
    'TN-055, IR-009: a bound %s token and a proof by its key show who somebody is, by GET and by POST',
    async (accessTokenFormat) => {
      const bound = await boundToken(at, session, { over: { accessTokenFormat } });
      const { key, access, client } = bound;
      const got = await ask(at, access, await prove(at, bound));
      expect([got.status, await got.json()]).toEqual([200, { sub: session.user.id }]);
      const dpop = await dpopProof(at, key, { path: '/userinfo', method: 'POST', accessToken: access });
      const posted = await at.fetch(
        new Request(`${at.issuer}/userinfo`, {
          method: 'POST',
          headers: { authorization: `dpop ${access}`, dpop },
        }),
      );
      expect([posted.status, await posted.json()]).toEqual([200, { sub: session.user.id }]);
      expect((await introspect(at, client, access)).cnf).toEqual({ jkt: await thumbprintOf(key) });
    },
  );

  test('TN-055: a bound token is no bearer token, in the header or in the form, with or without a proof', async () => {
    const bound = await boundToken(at, session);
    const { access } = bound;
    const dpop = { dpop: await prove(at, bound) };
    const form = { path: '/userinfo', fields: { access_token: access } };
    const posted = await dpopProof(at, bound.key, { path: '/userinfo', accessToken: access });
    const answers = [await askUserinfo(at, access), await askUserinfo(at, access, dpop)];
    for (const headers of [{}, { dpop: posted }]) {
      const { status, headers: told } = await post(at, form.path, { ...form, headers });
      answers.push(new Response(null, { status, headers: told }));
    }
    for (const answer of answers) {
      expect(await outcomeOf(answer)).toBe('401 Bearer invalid_token');
      expect(answer.headers.get('www-authenticate')).toMatch(/, DPoP realm="valetkey", algs="ES256 /);
    }
    expect((await ask(at, access, dpop.dpop)).status).toBe(200);
  });

  test('TN-055: a bearer token is no DPoP token, whatever proof comes with it', async () => {
    const client = await at.addClient({ consent: 'implied', scopes: everyScope });
    const { code, verifier } = await session.code(client, { scope: 'openid' });
    const { body } = await callAs(at, client, '/token', {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
    });
    const access = String(body.access_token);
    const proof = await prove(at, { key: newKey('ES256'), access });
    expect(await outcomeOf(await ask(at, access, proof))).toBe(badToken);
    expect(await outcomeOf(await ask(at, access))).toBe(badToken);
    expect(await outcomeOf(await askUserinfo(at, access))).toBe('200');
  });

  test('TN-055: challenges tell the algorithms of proofs', async () => {
    const { access } = await boundToken(at, session);
    const unasked = await at.fetch(new Request(`${at.issuer}/userinfo`));
    expect(unasked.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="valetkey", DPoP realm="valetkey", algs="/,
    );
    for (const answer of [
      unasked,
      await ask(at, access),
      await ask(at, 'nothing'),
      await ask(at, access, 'x'),
    ]) {
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toMatch(algs);
    }
  });

  test('TN-070, TN-071, TN-072, TN-073, TN-075, TN-076: a proof that is missing, wrong, or for something else is refused', async () => {
    const bound = await boundToken(at, session);
    const { key, access } = bound;
    const another = await boundToken(at, session);
    const now = Math.floor(at.now() / 1000);
    const good = await prove(at, bound);
    const bad: [string, string[]][] = [
      ['none', []],
      ['empty', ['']],
      ['two', [good, await prove(at, bound)]],
      ['no JWT', ['x']],
      ['no ath', [await prove(at, bound, { claims: { ath: undefined } })]],
      ['ath of another token', [await prove(at, { key, access: another.access })]],
      ['the token for ath', [await prove(at, bound, { claims: { ath: access } })]],
      [
        'the token in hexadecimal',
        [await prove(at, bound, { claims: { ath: Buffer.from(access).toString('hex') } })],
      ],
      ['POST', [await prove(at, bound, { claims: { htm: 'POST' } })]],
      ['for the token endpoint', [await prove(at, bound, { claims: { htu: `${at.issuer}/token` } })]],
      ['old', [await prove(at, bound, { claims: { iat: now - 65 } })]],
      ['of the future', [await prove(at, bound, { claims: { iat: now + 20 } })]],
      ['no jti', [await prove(at, bound, { claims: { jti: undefined } })]],
      ['no DPoP proof', [await prove(at, bound, { header: { typ: 'JWT' } })]],
      [
        'its key with the private part',
        [await prove(at, bound, { header: { jwk: key.privateKey.export({ format: 'jwk' }) } })],
      ],
      [
        'signed by another',
        [await prove(at, { key: { ...key, privateKey: another.key.privateKey }, access })],
      ],
    ];
    for (const [what, proofs] of bad)
      expect([what, await outcomeOf(await ask(at, access, ...proofs))]).toEqual([what, badProof]);
    expect(await outcomeOf(await ask(at, access, good))).toBe('200');
  });

  test('TN-055: a good proof by another key is not enough', async () => {
    const [bound, thief] = [await boundToken(at, session), newKey('ES256')];
    const stolen = await prove(at, { key: thief, access: bound.access });
    expect(await outcomeOf(await ask(at, bound.access, stolen))).toBe(badToken);
    expect(await outcomeOf(await ask(at, bound.access, await prove(at, bound)))).toBe('200');
  });

  test('TN-076: of many uses of one proof at once, on all nodes, one succeeds', async () => {
    const bound = await boundToken(at, session);
    const proof = await prove(at, bound);
    const uses = Array.from({ length: 8 }, async () => outcomeOf(await ask(at, bound.access, proof)));
    expect((await Promise.all(uses)).toSorted()).toEqual([
      '200',
      ...Array.from({ length: 7 }, () => badProof),
    ]);
    await at.restart();
    expect(await outcomeOf(await ask(at, bound.access, proof))).toBe(badProof);
    expect(await outcomeOf(await ask(at, bound.access, await prove(at, bound)))).toBe('200');
  });

  test('TK-092, TN-055: the token of a client that is set to it works so too, and dies with its grant', async () => {
    const bound = await boundToken(at, session, { over: { binding: 'dpop' } });
    expect(await outcomeOf(await askUserinfo(at, bound.access))).toBe('401 Bearer invalid_token');
    expect(await outcomeOf(await ask(at, bound.access, await prove(at, bound)))).toBe('200');
    await callAs(at, bound.client, '/revoke', { token: bound.access });
    expect(await outcomeOf(await ask(at, bound.access, await prove(at, bound)))).toBe(badToken);
  });

  test('TN-055: without openid a proof does not help', async () => {
    const client = await at.addClient({ consent: 'implied' });
    const { code, verifier } = await session.code(client);
    const key = newKey('ES256');
    const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
    const headers = { dpop: await dpopProof(at, key, { path: '/token' }) };
    const { body } = await callBy(at, { client }, { path: '/token', fields, headers });
    const access = String(body.access_token);
    const answer = await ask(at, access, await prove(at, { key, access }));
    expect(await outcomeOf(answer)).toBe('403 DPoP insufficient_scope');
    expect(answer.headers.get('www-authenticate')).toContain('scope="openid"');
  });

  test('FP-041: of a client that has come under FAPI a proof signed with RS256 is not taken', async () => {
    const [plain, strict] = [
      await boundToken(at, session, { alg: 'RS256' }),
      await boundToken(at, session, { alg: 'PS256' }),
    ];
    expect(await outcomeOf(await ask(at, plain.access, await prove(at, plain)))).toBe('200');
    for (const { client } of [plain, strict])
      await at.store.clients.replace({ ...client.record, securityProfile: 'fapi2' });
    expect(await outcomeOf(await ask(at, plain.access, await prove(at, plain)))).toBe(badProof);
    expect(await outcomeOf(await ask(at, strict.access, await prove(at, strict)))).toBe('200');
  });
});

describeTargets((open) => {
  let at: RestartableTarget;
  let session: Session;
  let nonce: string;
  beforeAll(async () => {
    at = await open({ config: { dpop: { requireNonce: true, nonceLifetime: 100 } } });
    session = await signedInSession(at);
    const unasked = await at.fetch(new Request(`${at.issuer}/userinfo`));
    nonce = unasked.headers.get('dpop-nonce') ?? '';
  });
  afterAll(() => at.stop());

  test('TN-077, TK-094, TK-095: where a nonce is demanded it is demanded here, given with the challenge and renewed on good answers', async () => {
    const bound = await boundToken(at, session, { nonce });
    for (const absent of [null, 'x', `${nonce}x`]) {
      const refused = await ask(at, bound.access, await prove(at, bound, {}, absent));
      expect([await outcomeOf(refused), refused.headers.get('dpop-nonce')]).toEqual([wantsNonce, nonce]);
    }
    expect((await ask(at, bound.access, await prove(at, bound, {}, nonce))).status).toBe(200);
    at.pass(100_000);
    const renewed = await ask(at, bound.access, await prove(at, bound, {}, nonce));
    const next = renewed.headers.get('dpop-nonce') ?? '';
    expect([renewed.status, next === nonce]).toEqual([200, false]);
    at.pass(100_000);
    expect(await outcomeOf(await ask(at, bound.access, await prove(at, bound, {}, nonce)))).toBe(wantsNonce);
    expect((await ask(at, bound.access, await prove(at, bound, {}, next))).status).toBe(200);
  });

  test('TK-011: a page of another origin may send the proof, and read the nonce and the challenge', async () => {
    const origin = 'https://app.example';
    await at.addClient({ allowedOrigins: [origin] });
    at.pass(61_000);
    const headers = {
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization,dpop',
    };
    const preflight = await at.fetch(
      new Request(`${at.issuer}/userinfo`, { method: 'OPTIONS', headers: { origin, ...headers } }),
    );
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/\bDPoP\b/);
    for (const authorization of ['DPoP nothing', 'Bearer nothing']) {
      const answer = await askUserinfo(at, '', { origin, authorization });
      expect([answer.status, answer.headers.has('dpop-nonce')]).toEqual([401, true]);
      expect(answer.headers.get('access-control-expose-headers')).toBe('DPoP-Nonce, WWW-Authenticate');
      expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
    }
  });
});

describeHandler((open) => {
  test('TN-055: where there is no DPoP, nothing is told of it, and its scheme opens nothing', async () => {
    const at = await open({ config: { features: { dpop: false } } });
    const session = await signedInSession(at);
    const client = await at.addClient({ consent: 'implied', scopes: everyScope });
    const { code, verifier } = await session.code(client, { scope: 'openid' });
    const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
    const { body } = await callAs(at, client, '/token', fields);
    const access = String(body.access_token);
    const unasked = await at.fetch(new Request(`${at.issuer}/userinfo`));
    expect(unasked.headers.get('www-authenticate')).toBe('Bearer realm="valetkey"');
    expect(await outcomeOf(await ask(at, access, 'x'))).toBe('401 Bearer invalid_token');
    expect(await outcomeOf(await askUserinfo(at, access))).toBe('200');
  });
});

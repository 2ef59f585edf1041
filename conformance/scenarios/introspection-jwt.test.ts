import { decodeJwt, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newKey, post } from '../support/assertions.ts';
import { callBy, proofOf } from '../support/client-proof.ts';
import { dpopProof, thumbprintOf } from '../support/dpop-proof.ts';
import { basic } from '../support/flow.ts';
import { everyScope, publishedKeys } from '../support/openid.ts';
import { type Session, signedInSession } from '../support/signed-in-session.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import { photosApi, testConfig } from '../targets/in-process.ts';
import type { RestartableTarget, Target, TargetOptions, TestClient } from '../targets/target.ts';

const signedType = 'application/token-introspection+jwt';
const printsApi = 'https://prints.example/api';

const payment = {
  title: 'Make a payment',
  schema: { properties: { type: true, amount: { type: 'string' } }, required: ['amount'] },
};

const config: TargetOptions['config'] = {
  scopes: { ...testConfig().scopes, 'prints:order': { description: 'order prints' } },
  resources: [
    ...testConfig().resources,
    { identifier: printsApi, name: 'Print API', scopes: ['prints:order'] },
  ],
  authenticationContexts: [{ value: 'urn:password', methods: ['pwd'] }],
  authorizationDetails: { payment: { ...payment, resources: [photosApi] } },
};

/** Asks for a token with this `Accept`, and gives what came as it came. */
async function ask(
  at: Target,
  caller: TestClient,
  token: unknown,
  accept: string | null = signedType,
): Promise<Response> {
  const { fields, headers } = await proofOf(at, caller);
  return at.fetch(
    new Request(`${at.issuer}/introspect`, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...headers,
        ...(accept === null ? {} : { accept }),
      },
      body: `${new URLSearchParams({ ...fields, token: String(token) })}`,
    }),
  );
}

/** Reads an answer as a careful resource server does (RFC 9701 §5), with the keys that are published. */
async function readSigned(at: Target, caller: TestClient, response: Response) {
  expect([response.status, response.headers.get('content-type')]).toEqual([200, signedType]);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const { payload, protectedHeader } = await jwtVerify(await response.text(), await publishedKeys(at), {
    issuer: at.issuer,
    audience: caller.id,
    typ: 'token-introspection+jwt',
    currentDate: new Date(at.now()),
  });
  return { claims: payload, header: protectedHeader };
}

async function told(at: Target, caller: TestClient, token: unknown): Promise<unknown> {
  return (await readSigned(at, caller, await ask(at, caller, token))).claims.token_introspection;
}

const inactive = { active: false };

describeTargets((open) => {
  let at: RestartableTarget;
  let session: Session;
  beforeAll(async () => {
    at = await open({ config });
    session = await signedInSession(at);
  });
  afterAll(() => at.stop());

  function addApi(over: Partial<TestClient['record']> = {}): Promise<TestClient> {
    return at.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi], ...over });
  }

  async function tokens(
    over: Partial<TestClient['record']> = {},
    { asking = {}, dpop }: { asking?: Record<string, string>; dpop?: string } = {},
  ) {
    const client = await at.addClient({
      consent: 'implied',
      scopes: [...everyScope, 'prints:order'],
      ...over,
    });
    const { code, verifier } = await session.code(client, asking);
    const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
    const headers: Record<string, string> = dpop === undefined ? {} : { dpop };
    const { status, body } = await callBy(at, { client }, { path: '/token', fields, headers });
    expect([status, body.error_description]).toEqual([200, undefined]);
    return { client, access: String(body.access_token), refreshToken: String(body.refresh_token) };
  }

  test.each(['RS256', 'ES256', 'PS256', 'EdDSA'] as const)(
    'IR-020, IR-021, IR-024: an API that registered %s gets an answer that is signed so, for itself, with what the plain one says',
    async (introspectionAlgorithm) => {
      const [api, { access }] = [await addApi({ introspectionAlgorithm }), await tokens()];
      const { claims, header } = await readSigned(at, api, await ask(at, api, access));
      expect(header).toEqual({
        alg: introspectionAlgorithm,
        typ: 'token-introspection+jwt',
        kid: expect.any(String),
      });
      expect(claims).toEqual({
        iss: at.issuer,
        aud: api.id,
        iat: expect.any(Number),
        token_introspection: await (await ask(at, api, access, null)).json(),
      });
      // A second may have begun since.
      expect(at.now() / 1000 - Number(claims.iat)).toBeLessThan(10);
      expect(claims.token_introspection).toMatchObject({
        active: true,
        scope: 'photos:read',
        aud: photosApi,
      });
    },
  );

  test('IR-024: whoever registered no algorithm gets RS256', async () => {
    const [api, { access }] = [await addApi(), await tokens()];
    const { header } = await readSigned(at, api, await ask(at, api, access));
    expect(header.alg).toBe('RS256');
  });

  test('IR-022: sub and exp stand inside only, so that the answer passes for no other token', async () => {
    const [api, { access }] = [await addApi(), await tokens()];
    const answer = await (await ask(at, api, access)).text();
    expect(Object.keys(decodeJwt(answer)).toSorted()).toEqual(['aud', 'iat', 'iss', 'token_introspection']);
    expect(decodeJwt(answer).token_introspection).toMatchObject({
      sub: session.user.id,
      exp: expect.any(Number),
    });
  });

  test('IR-023, IR-005: of a token that is nothing to the caller it says inactive, and nothing else', async () => {
    const [api, other] = [await addApi(), await addApi({ serves: [printsApi] })];
    const stranger = await at.addClient();
    const { client, access, refreshToken } = await tokens();
    for (const caller of [other, stranger]) {
      const { claims } = await readSigned(at, caller, await ask(at, caller, access));
      expect(claims).toEqual({
        iss: at.issuer,
        aud: caller.id,
        iat: expect.any(Number),
        token_introspection: inactive,
      });
      expect(await (await ask(at, caller, access, null)).json()).toEqual(inactive);
    }
    for (const token of ['nothing', `${access}x`, refreshToken])
      expect(await told(at, api, token)).toEqual(inactive);
    expect(await told(at, api, access)).toMatchObject({ active: true });
    await post(at, '/revoke', {
      fields: { token: access },
      headers: { authorization: basic(client.id, client.secret) },
    });
    expect(await told(at, api, access)).toEqual(inactive);
  });

  test('IR-020: JSON for whoever does not ask for the other, and for a client of its own token alike', async () => {
    const [api, { client, access }] = [await addApi(), await tokens()];
    for (const accept of [
      null,
      '*/*',
      'application/json',
      'application/jwt',
      'application/token-introspection',
    ]) {
      const answer = await ask(at, api, access, accept);
      expect([accept, answer.headers.get('content-type')]).toEqual([accept, 'application/json']);
      expect(await answer.json()).toMatchObject({ active: true });
    }
    for (const accept of [
      signedType,
      signedType.toUpperCase(),
      `${signedType};q=1`,
      `text/html, ${signedType}`,
    ]) {
      for (const caller of [api, client])
        expect((await ask(at, caller, access, accept)).headers.get('content-type')).toBe(signedType);
    }
    expect(
      (await ask(at, api, access, `application/json, ${signedType};q=0`)).headers.get('content-type'),
    ).toBe('application/json');
  });

  test('IR-020: a refusal is JSON, whatever was asked for', async () => {
    const [api, { access }] = [await addApi(), await tokens()];
    const refused = await ask(at, { ...api, secret: 'wrong' }, access);
    expect([refused.status, refused.headers.get('content-type')]).toEqual([401, 'application/json']);
    expect(await refused.json()).toMatchObject({ error: 'invalid_client' });
    expect(await told(at, api, access)).toMatchObject({ active: true });
  });

  test.each(['jwt', 'opaque'] as const)(
    'IR-009, IR-010: of a bound %s token the key, the sign-in and the rich request stand at the top, signed or not',
    async (accessTokenFormat) => {
      const [key, api] = [newKey('ES256'), await addApi()];
      const details = [{ type: 'payment', amount: '12.00' }];
      const dpop = await dpopProof(at, key, { path: '/token' });
      const asking = { authorization_details: JSON.stringify(details), acr_values: 'urn:password' };
      const { access } = await tokens({ accessTokenFormat }, { asking, dpop });
      const plain = await (await ask(at, api, access, null)).json();
      expect(plain).toMatchObject({
        active: true,
        token_type: 'DPoP',
        cnf: { jkt: await thumbprintOf(key) },
        acr: 'urn:password',
        auth_time: expect.any(Number),
        authorization_details: details,
      });
      expect(await told(at, api, access)).toEqual(plain);
    },
  );

  test('IR-009: a token that is bound to no key names none', async () => {
    const [api, { access }] = [await addApi(), await tokens()];
    const plain = await (await ask(at, api, access, null)).json();
    expect(plain).toMatchObject({ active: true, token_type: 'Bearer' });
    expect(plain).not.toHaveProperty('cnf');
  });
});

describeHandler((open) => {
  test('IR-020: where answers are not signed, JSON comes, and the metadata says nothing of it', async () => {
    const at = await open({ config: { features: { signedIntrospection: false } } });
    const api = await at.addClient({ serves: [photosApi] });
    const answer = await ask(at, api, 'nothing');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(await answer.json()).toEqual(inactive);
    const metadata = async (target: Target) =>
      (await target.fetch(new Request(`${target.issuer}/.well-known/oauth-authorization-server`))).json();
    expect(await metadata(at)).not.toHaveProperty('introspection_signing_alg_values_supported');
    const on = await open();
    expect((await metadata(on)).introspection_signing_alg_values_supported).toContain('RS256');
  });

  test('IR-024: an algorithm that is signed with no longer gives way to one that is', async () => {
    const at = await open({ config: { keys: { algorithms: ['ES256'] } } });
    for (const introspectionAlgorithm of ['PS256', undefined] as const) {
      const over = introspectionAlgorithm === undefined ? {} : { introspectionAlgorithm };
      const api = await at.addClient({ serves: [photosApi], ...over });
      const { header, claims } = await readSigned(at, api, await ask(at, api, 'nothing'));
      expect([header.alg, claims.token_introspection]).toEqual(['ES256', inactive]);
    }
  });
});

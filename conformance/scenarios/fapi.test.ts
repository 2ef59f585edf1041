import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  type AssertionWish,
  addKeyClient,
  assertionOf,
  type ClientKey,
  carried,
  newKey,
  post,
} from '../support/assertions.ts';
import { ask, expectPage, expectRedirectError, pageOf, signInAt } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { callBy } from '../support/client-proof.ts';
import { dpopProof, thumbprintOf } from '../support/dpop-proof.ts';
import {
  addFapiClient,
  codeFor,
  type FapiClient,
  pushFor,
  redeemFor,
  refreshFor,
  userinfoFor,
} from '../support/fapi-client.ts';
import { type TokenAnswer, walk } from '../support/flow.ts';
import { claimsOf } from '../support/jwt-claims.ts';
import { readIdToken } from '../support/openid.ts';
import { push } from '../support/pushed-request.ts';
import { requestObject, requestOf } from '../support/request-object.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { Target, TargetOptions, TestClient } from '../targets/target.ts';

type Record_ = Partial<TestClient['record']>;

/** The rules hold for everybody, or for one client of a server that is not so strict with others. */
const ways: [string, TargetOptions, Record_][] = [
  ['the server', { config: { securityProfile: 'fapi2' } }, {}],
  [
    'one client only',
    {
      config: {
        lifetimes: { authorizationCode: 600 },
        keys: { algorithms: ['RS256', 'ES256', 'PS256', 'EdDSA'] },
      },
    },
    { securityProfile: 'fapi2' },
  ],
];

function expectRefused({ status, headers, body }: TokenAnswer, error: string, because = ''): void {
  const wanted = error === 'invalid_client' ? 401 : 400;
  expect([status, body.error], `${because} ${body.error_description}`).toEqual([wanted, error]);
  expect(headers.get('location')).toBeNull();
}

/** A refusal hurt nobody: the whole flow still ends in tokens. */
async function expectFlowWorks(at: Target, by: FapiClient): Promise<Record<string, unknown>> {
  const tokens = await redeemFor(at, by, await codeFor(at, by));
  expect([tokens.status, tokens.body.token_type], `${tokens.body.error_description}`).toEqual([200, 'DPoP']);
  return tokens.body;
}

async function metadataOf(at: Target): Promise<Record<string, unknown>> {
  const document = await at.fetch(new Request(`${at.issuer}/.well-known/openid-configuration`));
  return (await document.json()) as Record<string, unknown>;
}

describeTargets((open) => {
  test.each(ways)(
    'FP-012, FP-014, FP-016, FP-019, FP-020, FP-021, FP-026, FP-043: the whole flow under the rules of FAPI 2.0 for %s',
    async (_name, options, over) => {
      const at = await open(options);
      const by = await addFapiClient(at, over);
      const user = await at.addUser({ profile: { email: 'ada@example.org' } });
      const { url, verifier, state } = await pushFor(at, by, {
        scope: 'openid email photos:read',
        nonce: 'n'.repeat(64),
      });
      const left = await walk(new Browser(at.fetch), url, user);
      expect([left.searchParams.get('state'), left.searchParams.get('iss')]).toEqual([state, at.issuer]);
      const code = left.searchParams.get('code') ?? '';
      const { status, body } = await redeemFor(at, by, { code, verifier });
      expect([status, body.token_type, body.scope]).toEqual([200, 'DPoP', 'openid email photos:read']);
      const jkt = await thumbprintOf(by.dpopKey);
      expect(claimsOf(body.access_token)).toMatchObject({ cnf: { jkt }, client_id: by.client.id });
      const { header, claims } = await readIdToken(at, by.client, body.id_token);
      expect(claims).toMatchObject({ sub: user.id, nonce: 'n'.repeat(64) });
      expect(['ES256', 'PS256', 'EdDSA']).toContain(header.alg);
      expect(await (await userinfoFor(at, by, body.access_token)).json()).toEqual({
        sub: user.id,
        email: 'ada@example.org',
      });
      // A confidential client may change its key; its refresh token stays as it is.
      const later = { ...by, dpopKey: newKey('EdDSA') };
      const first = await refreshFor(at, later, body.refresh_token);
      const second = await refreshFor(at, by, body.refresh_token);
      for (const again of [first, second]) {
        expect([again.status, again.body.token_type]).toEqual([200, 'DPoP']);
        expect([undefined, body.refresh_token]).toContain(again.body.refresh_token);
      }
      expect(claimsOf(first.body.access_token)).toMatchObject({
        cnf: { jkt: await thumbprintOf(later.dpopKey) },
      });
      const api = await addFapiClient(at, { ...over, grantTypes: [], redirectUris: [], serves: [photosApi] });
      const seen = await callBy(at, api, {
        path: '/introspect',
        fields: { token: String(body.access_token) },
      });
      expect(seen.body).toMatchObject({ active: true, token_type: 'DPoP', cnf: { jkt } });
      const gone = await callBy(at, by, { path: '/revoke', fields: { token: String(body.refresh_token) } });
      expect(gone.status).toBe(200);
      expectRefused(await refreshFor(at, by, body.refresh_token), 'invalid_grant');
    },
  );
});

describe.each(ways)('FAPI 2.0 for %s', (_name, options, over) => {
  describeHandler((open) => {
    async function stage(more: Record_ = {}, keys: { key?: ClientKey; dpopKey?: ClientKey } = {}) {
      const at = await open(options);
      return { at, by: await addFapiClient(at, { ...over, ...more }, keys) };
    }

    test('FP-011: public clients and those with a secret are let in nowhere', async () => {
      const { at, by } = await stage();
      const methods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'none'] as const;
      for (const authenticationMethod of methods) {
        const client = await at.addClient({ ...over, authenticationMethod });
        const { parameters } = requestOf(at, client);
        expectRefused(await push(at, { client }, parameters), 'invalid_client', authenticationMethod);
        for (const path of ['/token', '/introspect', '/revoke']) {
          const fields = { grant_type: 'refresh_token', refresh_token: 'x', token: 'x' };
          expectRefused(await callBy(at, { client }, { path, fields }), 'invalid_client', path);
        }
      }
      await expectFlowWorks(at, by);
    });

    test('FP-012: no access token without a key, whichever way it is asked for', async () => {
      const { at, by } = await stage();
      const code = await codeFor(at, by);
      expectRefused(await redeemFor(at, by, code, {}), 'invalid_request');
      const other = await dpopProof(at, newKey('ES256'), { path: '/token' });
      expectRefused(await redeemFor(at, by, code, { dpop: other }), 'invalid_grant');
      expectRefused(await redeemFor(at, by, code, { dpop: 'x' }), 'invalid_dpop_proof');
      const tokens = await redeemFor(at, by, code);
      expect(tokens.status).toBe(200);
      const fields = { grant_type: 'refresh_token', refresh_token: String(tokens.body.refresh_token) };
      expectRefused(await callBy(at, by, { path: '/token', fields }), 'invalid_request');
      // Nor is one that is bound taken without its key.
      const bearer = { authorization: `Bearer ${tokens.body.access_token}` };
      expect((await at.fetch(new Request(`${at.issuer}/userinfo`, { headers: bearer }))).status).toBe(401);
      expect(
        (await userinfoFor(at, { ...by, dpopKey: newKey('ES256') }, tokens.body.access_token)).status,
      ).toBe(401);
      expect((await userinfoFor(at, by, tokens.body.access_token)).status).toBe(200);
    });

    test('FP-012: access tokens of either form say which key they are bound to', async () => {
      const { at, by } = await stage({ accessTokenFormat: 'opaque' });
      const { access_token } = await expectFlowWorks(at, by);
      const seen = await callBy(at, by, { path: '/introspect', fields: { token: String(access_token) } });
      expect(seen.body).toMatchObject({ active: true, cnf: { jkt: await thumbprintOf(by.dpopKey) } });
    });

    test('FP-013: an assertion is for the issuer, as a text and alone, whatever the operator allowed', async () => {
      const { at, by } = await stage({ compatibility: { tokenEndpointAudience: true } });
      const { parameters } = requestOf(at, by.client);
      const pushWith = async (aud: unknown) => {
        const assertion = await assertionOf(at, { id: by.client.id, key: by.key }, { claims: { aud } });
        return post(at, '/par', { fields: { ...parameters, ...carried(assertion) } });
      };
      for (const aud of [
        [at.issuer],
        [at.issuer, 'https://x.example'],
        `${at.issuer}/token`,
        `${at.issuer}/par`,
        `${at.issuer}/`,
        'x',
      ])
        expectRefused(await pushWith(aud), 'invalid_client', `${aud}`);
      expect((await pushWith(at.issuer)).status).toBe(201);
    });

    test('FP-014: refresh tokens do not rotate, not even where they would otherwise', async () => {
      const { at, by } = await stage({ rotateRefreshTokens: true });
      const { refresh_token } = await expectFlowWorks(at, by);
      for (let i = 0; i < 3; i += 1) {
        const { status, body } = await refreshFor(at, by, refresh_token);
        expect([status, body.refresh_token ?? refresh_token]).toEqual([200, refresh_token]);
        at.pass(86_400_000);
      }
    });

    test('FP-015: a code is good for a minute, and once', async () => {
      const { at, by } = await stage();
      const code = await codeFor(at, by);
      at.pass(61_000);
      expectRefused(await redeemFor(at, by, code), 'invalid_grant');
      const fresh = await codeFor(at, by);
      at.pass(55_000);
      const { status, body } = await redeemFor(at, by, fresh);
      expect(status).toBe(200);
      expectRefused(await redeemFor(at, by, fresh), 'invalid_grant');
      expectRefused(await refreshFor(at, by, body.refresh_token), 'invalid_grant');
    });

    test('FP-017: clocks may be 10 s apart, and not 60', async () => {
      const { at, by } = await stage();
      const now = () => Math.floor(at.now() / 1000);
      for (const [door, { through, error }] of Object.entries(doorsOf(at, by))) {
        for (const ahead of [0, 5, 9]) {
          const claims = { iat: now() + ahead, nbf: now() + ahead };
          expect([door, ahead, (await through(claims)).status]).toEqual([door, ahead, 201]);
        }
        for (const claim of ['iat', 'nbf'])
          expectRefused(await through({ [claim]: now() + 62 }), error, `${claim} of ${door}`);
      }
    });

    test('FP-018: the code grant only, and nobody is sent to an address that is not registered', async () => {
      const { at, by } = await stage();
      const { parameters } = requestOf(at, by.client);
      for (const response_type of ['token', 'id_token', 'code id_token', 'code token', 'none'])
        expectRefused(await push(at, by, { ...parameters, response_type }), 'unsupported_response_type');
      expectRefused(
        await push(at, by, { ...parameters, redirect_uri: 'https://evil.example/' }),
        'invalid_request',
      );
      for (const grant_type of ['password', 'implicit', 'client_credentials']) {
        const fields = { grant_type, username: 'ada', password: 'x' };
        expectRefused(await callBy(at, by, { path: '/token', fields }), 'unsupported_grant_type');
      }
      const { url } = await pushFor(at, by);
      const evil = new URLSearchParams({ redirect_uri: 'https://evil.example/' });
      expect((await ask(at, `${url}x&${evil}`)).location).toBeNull();
      expectPage(await ask(at, `${url}x&${evil}`), 'invalid_request_uri');
    });

    test('FP-019: requests come pushed, by who has proved himself', async () => {
      const { at, by } = await stage();
      const { parameters, state } = requestOf(at, by.client);
      const url = `${at.issuer}/authorize?`;
      const to = { target: at, client: by.client, state };
      expectRedirectError(await ask(at, url + new URLSearchParams(parameters)), 'invalid_request', to);
      const request = await requestObject(at, { id: by.client.id, key: by.key }, parameters);
      const signed = new URLSearchParams({ client_id: by.client.id, request });
      expectRedirectError(await ask(at, url + signed), 'invalid_request', to);
      expectRefused(await post(at, '/par', { fields: parameters }), 'invalid_client');
      expectRefused(
        await push(at, { ...by, key: { ...newKey('ES256'), kid: by.key.kid } }, parameters),
        'invalid_client',
      );
      await expectFlowWorks(at, by);
    });

    test('FP-020: PKCE with S256 and the redirect URI are part of every request, whatever the operator allowed', async () => {
      const { at, by } = await stage({ compatibility: { withoutPkce: true } });
      const { parameters } = requestOf(at, by.client, { scope: 'openid', nonce: 'n-1' });
      const bad: Record<string, string | undefined>[] = [
        { code_challenge: undefined, code_challenge_method: undefined },
        { code_challenge_method: 'plain' },
        { code_challenge_method: undefined },
        { redirect_uri: undefined },
        { redirect_uri: undefined, scope: 'photos:read' },
      ];
      for (const change of bad)
        expectRefused(
          await push(at, by, { ...parameters, ...change }),
          'invalid_request',
          JSON.stringify(change),
        );
      await expectFlowWorks(at, by);
    });

    test('FP-021: the issuer in the answer, a 303, a short life of the reference, and no http', async () => {
      const { at, by } = await stage();
      const { url, answer } = await pushFor(at, by);
      const expiresIn = Number(answer.body.expires_in);
      expect(expiresIn).toBeGreaterThan(0);
      expect(expiresIn).toBeLessThan(600);
      const [browser, user] = [new Browser(at.fetch), await at.addUser()];
      await walk(browser, url, user);
      const told = await browser.get((await pushFor(at, by)).url);
      expect(told.status).toBe(303);
      const location = new URL(told.headers.get('location') ?? '');
      expect([location.searchParams.has('code'), location.searchParams.get('iss')]).toEqual([
        true,
        at.issuer,
      ]);
      const uris: [Record_, string, 'taken' | 'refused'][] = [
        [{}, 'http://print.example/callback', 'refused'],
        [{}, 'http://127.0.0.1/callback', 'refused'],
        [{}, 'http://localhost/callback', 'refused'],
        [{ applicationType: 'native' }, 'http://print.example/callback', 'refused'],
        [{ applicationType: 'native' }, 'http://127.0.0.1/callback', 'taken'],
        [{ applicationType: 'native' }, 'http://[::1]/callback', 'taken'],
        [{ applicationType: 'native' }, 'com.example.app:/callback', 'taken'],
      ];
      for (const [more, uri, outcome] of uris) {
        const other = await addFapiClient(at, { ...over, ...more, redirectUris: [uri] });
        const pushed = await push(at, other, requestOf(at, other.client).parameters);
        if (outcome === 'refused') expectRefused(pushed, 'invalid_request', uri);
        else expect([uri, pushed.status]).toEqual([uri, 201]);
      }
    });

    test('FP-025: the person sees who asks and for what, and no more than that is granted', async () => {
      const { at, by } = await stage({ name: 'Print Shop of Ada' });
      const { url, verifier } = await pushFor(at, by, { scope: 'openid photos:write unknown' });
      const [browser, user] = [new Browser(at.fetch), await at.addUser()];
      const consent = pageOf(await signInAt(browser, url, user));
      expect(consent.html).toContain('Print Shop of Ada');
      expect(consent.html).toContain('add photos to your albums');
      expect(consent.html).toContain('know that it is you');
      expect(consent.html).not.toContain('see your photos');
      const at_ = await browser.click(consent, 'consent-approve');
      const code = 'left' in at_ ? (at_.left.searchParams.get('code') ?? '') : '';
      const { body } = await redeemFor(at, by, { code, verifier });
      expect(body.scope).toBe('openid photos:write');
      expect(claimsOf(body.access_token)).toMatchObject({ scope: 'openid photos:write', aud: photosApi });
    });

    test('FP-026: who the person is, is told by OpenID Connect and not otherwise', async () => {
      const { at, by } = await stage();
      const plain = await redeemFor(at, by, await codeFor(at, by, { over: { scope: 'photos:read' } }));
      expect(plain.body).not.toHaveProperty('id_token');
      expect((await userinfoFor(at, by, plain.body.access_token)).status).toBe(403);
      const user = await at.addUser({ name: 'Ada King', profile: { email: 'ada@example.org' } });
      const { body } = await redeemFor(at, by, await codeFor(at, by, { user }));
      expect(claimsOf(body.id_token).sub).toBe(user.id);
      expect(JSON.stringify(claimsOf(body.access_token))).not.toMatch(/Ada|example\.org/);
    });

    test('FP-041, FP-043: RS256 is nowhere, even where it was registered or comes first', async () => {
      const { at, by } = await stage({
        openid: { idTokenAlgorithm: 'RS256', userinfoAlgorithm: 'RS256' },
        requests: { responseAlgorithm: 'RS256' },
        introspectionAlgorithm: 'RS256',
        serves: [photosApi],
      });
      const user = await at.addUser();
      const { url, verifier } = await pushFor(at, by, { response_mode: 'jwt' });
      const response = (await walk(new Browser(at.fetch), url, user)).searchParams.get('response') ?? '';
      const code = String(claimsOf(response).code);
      const { body } = await redeemFor(at, by, { code, verifier });
      const again = await refreshFor(at, by, body.refresh_token);
      const info = await (await userinfoFor(at, by, body.access_token)).text();
      const headers = { accept: 'application/token-introspection+jwt' };
      const proof = carried(await assertionOf(at, { id: by.client.id, key: by.key }));
      const introspection = await at.fetch(
        new Request(`${at.issuer}/introspect`, {
          method: 'POST',
          headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
          body: `${new URLSearchParams({ ...proof, token: String(body.access_token) })}`,
        }),
      );
      const signed = [
        response,
        body.access_token,
        body.id_token,
        again.body.access_token,
        again.body.id_token,
        info,
        await introspection.text(),
      ];
      for (const jwt of signed)
        expect(['ES256', 'PS256', 'EdDSA']).toContain(decodeProtectedHeader(String(jwt)).alg);
    });

    test.each(['ES256', 'PS256', 'EdDSA', 'Ed25519'])('FP-041: %s is taken of clients', async (alg) => {
      const { at, by } = await stage({}, { key: newKey(alg), dpopKey: newKey(alg) });
      const { parameters, verifier } = requestOf(at, by.client);
      const request = await requestObject(at, { id: by.client.id, key: by.key }, parameters);
      const pushed = await push(at, by, { request });
      expect(pushed.status).toBe(201);
      const url = `${at.issuer}/authorize?${new URLSearchParams({ client_id: by.client.id, request_uri: String(pushed.body.request_uri) })}`;
      const left = await walk(new Browser(at.fetch), url, await at.addUser());
      const tokens = await redeemFor(at, by, { code: left.searchParams.get('code') ?? '', verifier });
      expect([tokens.status, tokens.body.token_type]).toEqual([200, 'DPoP']);
    });

    test('FP-041: RS256 of clients is refused, and so are keys that are too short', async () => {
      const { at, by } = await stage();
      const rsa = newKey('RS256');
      const client = await addKeyClient(at, [rsa, by.key], over);
      const { parameters } = requestOf(at, client);
      expectRefused(await push(at, { client, key: rsa }, parameters), 'invalid_client', 'assertion');
      const request = await requestObject(at, { id: client.id, key: rsa }, parameters);
      expectRefused(await push(at, { client, key: by.key }, { request }), 'invalid_request_object');
      const dpop = await dpopProof(at, rsa, { path: '/par' });
      expectRefused(await push(at, { client, key: by.key }, parameters, { dpop }), 'invalid_dpop_proof');
      const long = newKey('PS256', 'k');
      for (const [modulusLength, outcome] of [
        [1024, 401],
        [2048, 201],
      ] as const) {
        const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength });
        const jwk = { ...publicKey.export({ format: 'jwk' }), kid: 'k' };
        const of = await addKeyClient(at, [{ ...long, jwk }], over);
        const assertion = resigned(await assertionOf(at, { id: of.id, key: long }), privateKey);
        const fields = { ...requestOf(at, of).parameters, ...carried(assertion) };
        expect([modulusLength, (await post(at, '/par', { fields })).status]).toEqual([
          modulusLength,
          outcome,
        ]);
      }
      await expectFlowWorks(at, by);
    });

    test('FP-042: keys are those that were registered, whatever a header points at, and our own have names of their own', async () => {
      const { at, by } = await stage();
      const evil = newKey('ES256');
      const { parameters } = requestOf(at, by.client);
      const pushWith = async (key: ClientKey, wish: AssertionWish) => {
        const assertion = await assertionOf(at, { id: by.client.id, key }, wish);
        return post(at, '/par', { fields: { ...parameters, ...carried(assertion) } });
      };
      const pointing = { jku: 'https://evil.example/jwks', x5u: 'https://evil.example/x5u', jwk: evil.jwk };
      expectRefused(await pushWith(evil, { header: { ...pointing } }), 'invalid_client');
      expectRefused(
        await pushWith({ ...evil, kid: by.key.kid }, { header: { ...pointing } }),
        'invalid_client',
      );
      const jwks = (await (await at.fetch(new Request(`${at.issuer}/jwks`))).json()) as {
        keys: { kid: string }[];
      };
      const kids = jwks.keys.map(({ kid }) => kid);
      expect(new Set(kids).size).toBe(kids.length);
      const { id_token } = await expectFlowWorks(at, by);
      const header = decodeProtectedHeader(String(id_token));
      expect(kids).toContain(header.kid);
      for (const name of ['jku', 'x5u', 'jwk', 'x5c']) expect(header).not.toHaveProperty(name);
    });
  });
});

/** The JWTs of a client that a pushed request may come with, each with claims changed. */
function doorsOf(at: Target, by: FapiClient) {
  const { client, key } = by;
  const { parameters } = requestOf(at, client);
  type Claims = Record<string, unknown>;
  const exp = Math.floor(at.now() / 1000) + 120;
  return {
    'an assertion': {
      error: 'invalid_client',
      through: async (claims: Claims) => {
        const assertion = await assertionOf(at, { id: client.id, key }, { claims: { exp, ...claims } });
        return post(at, '/par', { fields: { ...parameters, ...carried(assertion) } });
      },
    },
    'a request object': {
      error: 'invalid_request_object',
      through: async (claims: Claims) =>
        push(at, by, { request: await requestObject(at, { id: client.id, key }, parameters, { claims }) }),
    },
    'a DPoP proof': {
      error: 'invalid_dpop_proof',
      through: async (claims: Claims) =>
        push(at, by, parameters, { dpop: await dpopProof(at, by.dpopKey, { path: '/par' }, { claims }) }),
    },
  };
}

/** The same claims, signed with PS256 by a key that careful libraries decline to use. */
function resigned(jwt: string, key: KeyObject): string {
  const input = jwt.slice(0, jwt.lastIndexOf('.'));
  const way = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 };
  return `${input}.${sign('sha256', Buffer.from(input), way).toString('base64url')}`;
}

describeHandler((open) => {
  test('FP-010, FP-011, FP-041: the server tells in both documents what its profile leaves', async () => {
    const at = await open({ config: { securityProfile: 'fapi2' } });
    const document = await metadataOf(at);
    const oauth = await at.fetch(new Request(`${at.issuer}/.well-known/oauth-authorization-server`));
    expect(await oauth.json()).toEqual(document);
    const algorithms = ['ES256', 'PS256', 'EdDSA'];
    expect(document).toMatchObject({
      issuer: at.issuer,
      pushed_authorization_request_endpoint: `${at.issuer}/par`,
      require_pushed_authorization_requests: true,
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      response_types_supported: ['code'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      id_token_signing_alg_values_supported: algorithms,
    });
    for (const [name, values] of Object.entries(document)) {
      if (!name.includes('signing_alg_values')) continue;
      const left = (values as string[]).filter((value) => ![...algorithms, 'Ed25519'].includes(value));
      expect([name, left]).toEqual([name, []]);
    }
    expect(document).not.toHaveProperty('require_signed_request_object');
  });

  test('FP-010, FP-019: a server that is strict with one client only says nothing of it, and others go on as before', async () => {
    const at = await open();
    const document = await metadataOf(at);
    expect(document).not.toHaveProperty('require_pushed_authorization_requests');
    await expectFlowWorks(at, await addFapiClient(at, { securityProfile: 'fapi2' }));
    const client = await at.addClient();
    const { parameters, verifier } = requestOf(at, client);
    const left = await walk(
      new Browser(at.fetch),
      `${at.issuer}/authorize?${new URLSearchParams(parameters)}`,
      await at.addUser(),
    );
    const fields = {
      grant_type: 'authorization_code',
      code: left.searchParams.get('code') ?? '',
      code_verifier: verifier,
    };
    const tokens = await callBy(at, { client }, { path: '/token', fields });
    expect([tokens.status, tokens.body.token_type]).toEqual([200, 'Bearer']);
  });
});

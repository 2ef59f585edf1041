import { createSecretKey } from 'node:crypto';
import type { Fetched, Fetcher, OutgoingRequest } from '@valetkey/server';
import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import {
  type AssertionWish,
  addKeyClient,
  assertionOf,
  type ClientKey,
  newKey,
} from '../support/assertions.ts';
import { answerAt } from '../support/authorization-answer.ts';
import {
  ask,
  askByPost,
  expectPage,
  expectRedirectError,
  expectSignIn,
  type Outcome,
} from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { callBy } from '../support/client-proof.ts';
import { walk, walkOn } from '../support/flow.ts';
import { push } from '../support/pushed-request.ts';
import { requestObject, requestOf } from '../support/request-object.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { Target, TestClient } from '../targets/target.ts';

type Record_ = Partial<TestClient['record']>;

const printsApi = 'https://prints.example/api';

const twoApis = {
  resources: [
    { identifier: photosApi, name: 'Photo API', scopes: ['photos:read'] },
    { identifier: printsApi, name: 'Print API', scopes: ['photos:write'] },
  ],
};

/** A client with a key, and the ways it can ask. */
async function stage(at: Target, over: Record_ = {}, key: ClientKey = newKey('ES256')) {
  const client = await addKeyClient(at, [key], over);
  const request = requestOf(at, client);
  const sign = (wish: AssertionWish = {}, parameters: Record<string, unknown> = request.parameters) =>
    requestObject(at, { id: client.id, key }, parameters, wish);
  const urlOf = (fields: Record<string, string>) =>
    `${at.issuer}/authorize?${new URLSearchParams({ client_id: client.id, ...fields })}`;
  return { client, key, request, sign, urlOf };
}

type Stage = Awaited<ReturnType<typeof stage>>;

/** Walks and redeems: what came of it. */
async function tokensBy(at: Target, { client, key, request }: Stage, url: string) {
  const left = await walk(new Browser(at.fetch), url, await at.addUser());
  const code = left.searchParams.get('code') ?? expect.unreachable(`${left}`);
  const fields = { grant_type: 'authorization_code', code, code_verifier: request.verifier };
  const tokens = await callBy(at, { client, key }, { path: '/token', fields });
  expect([tokens.status, tokens.body.error_description]).toEqual([200, undefined]);
  return { left, tokens };
}

/** A refusal hurt nobody: the good object is still good. */
async function expectStillGood(at: Target, by: Stage): Promise<void> {
  expectSignIn(at, await ask(at, by.urlOf({ request: await by.sign() })));
}

describeTargets((open) => {
  test.each(['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'])(
    'AZ-102, AZ-103: a request in an object signed with %s ends in tokens, with nothing but its client outside',
    async (alg) => {
      const at = await open();
      const by = await stage(at, {}, newKey(alg));
      const { left, tokens } = await tokensBy(at, by, by.urlOf({ request: await by.sign() }));
      expect([left.searchParams.get('state'), left.searchParams.get('iss')]).toEqual([
        by.request.state,
        at.issuer,
      ]);
      expect(tokens.body.scope).toBe('photos:read');
    },
  );
});

describeHandler((open) => {
  test('AZ-001, AZ-102: the object may come by POST as well', async () => {
    const at = await open();
    const by = await stage(at);
    expectSignIn(at, await askByPost(at, by.urlOf({ request: await by.sign() })));
  });

  test('AZ-100: switched off, each kind is refused by its own name, and registration always is', async () => {
    const off = await open({ config: { features: { requestObjects: false, requestUris: false } } });
    const by = await stage(off);
    const { parameters, state } = by.request;
    const to = { target: off, client: by.client, state };
    const request = await by.sign();
    const told = async (fields: Record<string, string>) => ask(off, by.urlOf({ ...parameters, ...fields }));
    expectRedirectError(await told({ request }), 'request_not_supported', to);
    expectRedirectError(await told({ request: 'x' }), 'request_not_supported', to);
    const uri = { request_uri: 'https://print.example/request' };
    expectRedirectError(await told(uri), 'request_uri_not_supported', to);
    expectRedirectError(await told({ registration: '{}' }), 'registration_not_supported', to);
    expectPage(await ask(off, by.urlOf({ ...parameters, request, redirect_uri: 'https://evil.example/' })));
    const pushed = await push(off, { client: by.client, key: by.key }, { request, ...parameters });
    expect([pushed.status, pushed.body.error]).toEqual([400, 'request_not_supported']);
    const metadata = await off.fetch(new Request(`${off.issuer}/.well-known/oauth-authorization-server`));
    const document = (await metadata.json()) as Record<string, unknown>;
    expect(document.request_uri_parameter_supported).toBe(false);
    for (const name of ['request_parameter_supported', 'request_object_signing_alg_values_supported'])
      expect(document).not.toHaveProperty(name);
    const on = await open();
    const other = await stage(on);
    const registering = { ...other.request.parameters, registration: '{}' };
    const inside = other.urlOf({ request: await other.sign({}, registering) });
    const toOther = { target: on, client: other.client, state: other.request.state };
    expectRedirectError(await ask(on, inside), 'registration_not_supported', toOther);
    expectRedirectError(await ask(on, other.urlOf(registering)), 'registration_not_supported', toOther);
    expectRedirectError(
      await ask(on, other.urlOf({ ...other.request.parameters, ...uri })),
      'request_uri_not_supported',
      toOther,
    );
    await expectStillGood(on, other);
  });

  test('AZ-101: an object by value and one by reference together are refused', async () => {
    const at = await open({ config: { features: { requestUris: true } }, fetcher: fetching('').fetcher });
    const by = await stage(at, { requests: { requestUris: ['https://print.example/request'] } });
    const { parameters, state } = by.request;
    const request = await by.sign();
    const both = { ...parameters, request, request_uri: 'https://print.example/request' };
    const to = { target: at, client: by.client, state };
    expectRedirectError(await ask(at, by.urlOf(both)), 'invalid_request', to);
    const pushed = await push(at, { client: by.client, key: by.key }, parameters);
    const request_uri = String(pushed.body.request_uri);
    expectPage(await ask(at, by.urlOf({ request, request_uri })), 'invalid_request');
    expectSignIn(at, await ask(at, by.urlOf({ request_uri })));
    await expectStillGood(at, by);
  });

  test('AZ-102: the client is named outside and inside, and is the same', async () => {
    const at = await open();
    const by = await stage(at);
    const other = await stage(at);
    const outer = { redirect_uri: by.client.redirectUri, state: 's-1' };
    const to = { target: at, client: by.client, state: 's-1' };
    for (const client_id of [undefined, other.client.id, 'nobody', '', 7, [by.client.id], null]) {
      const request = await by.sign({ claims: { client_id } });
      expectRedirectError(await ask(at, by.urlOf({ ...outer, request })), 'invalid_request_object', to);
    }
    const request = await by.sign();
    const foreign = by.urlOf({ request, client_id: other.client.id });
    expectPage(await ask(at, foreign), 'invalid_request_object');
    const unnamed = by.urlOf({ request, client_id: '' });
    expectPage(await ask(at, unnamed), 'invalid_request_object');
    expectPage(await ask(at, by.urlOf({ request, client_id: 'nobody' })), 'invalid_client');
    const twice = await ask(at, `${by.urlOf({ request })}&client_id=${by.client.id}`);
    expectPage(twice, 'invalid_request');
    await expectStillGood(at, by);
  });

  const signatures: [string, (by: Stage, at: Target) => Promise<string>][] = [
    [
      'of a key nobody registered',
      ({ client, key, request }, at) =>
        requestObject(at, { id: client.id, key: { ...newKey('ES256'), kid: key.kid } }, request.parameters),
    ],
    ['of a kid nobody knows', ({ sign }) => sign({ header: { kid: 'other' } })],
    ['cut off', async ({ sign }) => (await sign()).replace(/\.[^.]*$/, '.')],
    ['of other claims', async ({ sign }) => (await sign()).replace(/\.([^.]{20})/, '.$1AAAA')],
    [
      'that is none',
      async ({ sign }) => `${unsigned({ alg: 'none', typ: 'oauth-authz-req+jwt' }, await sign())}.`,
    ],
    ['that is none, spelled in capitals', async ({ sign }) => `${unsigned({ alg: 'NONE' }, await sign())}.x`],
    [
      'by HMAC with the public key as secret',
      async ({ client, key, request }, at) =>
        requestObject(
          at,
          {
            id: client.id,
            key: {
              alg: 'HS256',
              kid: key.kid,
              privateKey: createSecretKey(Buffer.from(JSON.stringify(key.jwk))),
            },
          },
          request.parameters,
        ),
    ],
    [
      'that is encrypted',
      async () => `${Buffer.from('{"alg":"RSA-OAEP","enc":"A128GCM"}').toString('base64url')}.a.b.c.d`,
    ],
    ['that is no JWT', async () => 'photos'],
    [
      'over text that is no JSON',
      async () => `${Buffer.from('{"alg":"ES256"}').toString('base64url')}.eA.eA`,
    ],
  ];
  test.each(signatures)('AZ-103: a signature %s is refused', async (_what, make) => {
    const at = await open();
    const by = await stage(at);
    const request = await make(by, at);
    expectPage(await ask(at, by.urlOf({ request })), 'invalid_request_object');
    const outer = { redirect_uri: by.client.redirectUri, state: 's-1' };
    const to = { target: at, client: by.client, state: 's-1' };
    expectRedirectError(await ask(at, by.urlOf({ ...outer, request })), 'invalid_request_object', to);
    const { status, body } = await push(at, { client: by.client, key: by.key }, { request });
    expect([status, body.error]).toEqual([400, 'invalid_request_object']);
    await expectStillGood(at, by);
  });

  test('AZ-103: of several keys the one of the kid counts, and with a registered algorithm no other does', async () => {
    const at = await open();
    const [first, second, rsa] = [newKey('ES256'), newKey('ES256'), newKey('PS256')];
    const client = await addKeyClient(at, [first, second, rsa], { requests: { objectAlgorithm: 'ES256' } });
    const { parameters } = requestOf(at, client);
    const told = async (key: Parameters<typeof requestObject>[1]['key']) =>
      ask(
        at,
        `${at.issuer}/authorize?${new URLSearchParams({ client_id: client.id, request: await requestObject(at, { id: client.id, key }, parameters) })}`,
      );
    expectSignIn(at, await told(first));
    expectSignIn(at, await told(second));
    expectPage(await told({ ...second, kid: first.kid }), 'invalid_request_object');
    // Without a kid it is not said which of the two.
    const { kid: _, ...nameless } = first;
    expectPage(await told(nameless), 'invalid_request_object');
    expectPage(await told(rsa), 'invalid_request_object');
  });

  test('AZ-103: algorithms that are not allowed are refused whatever the key', async () => {
    const at = await open();
    for (const alg of ['ES384', 'RS512', 'PS384']) {
      const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
      const jwk = { ...(await exportJWK(publicKey)), kid: 'k' };
      const client = await at.addClient({ keys: { jwks: [jwk] } });
      const { parameters } = requestOf(at, client);
      const key = { alg, kid: 'k', privateKey: privateKey as unknown as ClientKey['privateKey'] };
      const request = await requestObject(at, { id: client.id, key }, parameters);
      expectPage(
        await ask(at, `${at.issuer}/authorize?${new URLSearchParams({ client_id: client.id, request })}`),
        'invalid_request_object',
      );
    }
  });

  test('AZ-103, MD-028: keys at an address are fetched, and where they are not to be had the object is refused', async () => {
    const key = newKey('ES256');
    const net = fetching(JSON.stringify({ keys: [key.jwk] }), 'application/jwk-set+json');
    const at = await open({ fetcher: net.fetcher });
    const good = await at.addClient({ keys: { jwksUri: 'https://print.example/jwks' } });
    const bad = await at.addClient({ keys: { jwksUri: 'https://down.example/jwks' } });
    const none = await at.addClient();
    for (const client of [good, bad, none]) {
      const { parameters } = requestOf(at, client);
      const request = await requestObject(at, { id: client.id, key }, parameters);
      const outcome = await ask(
        at,
        `${at.issuer}/authorize?${new URLSearchParams({ client_id: client.id, request })}`,
      );
      if (client === good) expectSignIn(at, outcome);
      else expectPage(outcome, 'invalid_request_object');
    }
    expect(net.asked.map(({ url }) => url)).toEqual([
      'https://print.example/jwks',
      'https://down.example/jwks',
    ]);
  });

  test('AZ-104: what stands outside has no effect, beside it or instead of it', async () => {
    const at = await open();
    const by = await stage(at);
    const outer = {
      scope: 'photos:write',
      state: 'other',
      redirect_uri: 'https://evil.example/',
      response_type: 'token',
      response_mode: 'fragment',
      nonce: 'other',
      prompt: 'none',
      code_challenge: 'x',
      max_age: 'x',
      claims: '{',
      resource: 'x#y',
    };
    const { left, tokens } = await tokensBy(at, by, by.urlOf({ ...outer, request: await by.sign() }));
    expect([left.origin, left.searchParams.get('state'), left.hash]).toEqual([
      'https://print.example',
      by.request.state,
      '',
    ]);
    expect(tokens.body.scope).toBe('photos:read');
    const to = { target: at, client: by.client, state: by.request.state };
    for (const [name, error] of [
      ['scope', 'invalid_scope'],
      ['code_challenge', 'invalid_request'],
      ['response_type', 'invalid_request'],
    ] as const) {
      const { [name]: value = '', ...rest } = by.request.parameters;
      const request = await by.sign({}, rest);
      expectRedirectError(await ask(at, by.urlOf({ [name]: value, request })), error, to);
    }
    const { state: _state, ...stateless } = by.request.parameters;
    const silent = await by.sign({}, { ...stateless, prompt: 'none' });
    const told = await ask(at, by.urlOf({ state: 'outer', request: silent }));
    expectRedirectError(told, 'login_required', { ...to, state: null });
    // With two addresses registered, one outside is no help.
    const two = await stage(at, { redirectUris: ['https://print.example/a', 'https://print.example/b'] });
    const { redirect_uri: _, ...nowhere } = two.request.parameters;
    const request = await two.sign({}, nowhere);
    expectPage(await ask(at, two.urlOf({ redirect_uri: 'https://print.example/a', request })));
  });

  test('AZ-104: an object with an object or a reference in it is refused', async () => {
    const at = await open();
    const by = await stage(at);
    const outer = { redirect_uri: by.client.redirectUri };
    const to = { target: at, client: by.client, state: null };
    for (const nested of [
      { request: await by.sign() },
      { request: '' },
      { request_uri: 'https://print.example/r' },
      { request_uri: null },
    ]) {
      const request = await by.sign({ claims: nested });
      expectRedirectError(await ask(at, by.urlOf({ ...outer, request })), 'invalid_request_object', to);
    }
    await expectStillGood(at, by);
  });

  const now = (at: Target) => Math.floor(at.now() / 1000);
  const claims: [string, string, 'taken' | 'refused', (at: Target, by: Stage) => Record<string, unknown>][] =
    [
      ['AZ-106', 'the client as iss', 'taken', (_, { client }) => ({ iss: client.id })],
      ['AZ-106', 'no iss', 'taken', () => ({ iss: undefined })],
      ['AZ-106', 'another iss', 'refused', () => ({ iss: 'somebody' })],
      ['AZ-106', 'the issuer as aud', 'taken', (at) => ({ aud: at.issuer })],
      [
        'AZ-106',
        'the issuer among others as aud',
        'taken',
        (at) => ({ aud: ['https://x.example', at.issuer] }),
      ],
      ['AZ-106', 'no aud', 'taken', () => ({ aud: undefined })],
      ['AZ-106', 'another aud', 'refused', () => ({ aud: 'https://other.example' })],
      ['AZ-106', 'the endpoint as aud', 'refused', (at) => ({ aud: `${at.issuer}/authorize` })],
      ['AZ-106', 'an empty list as aud', 'refused', () => ({ aud: [] })],
      ['AZ-106', 'an object as aud', 'refused', (at) => ({ aud: { [at.issuer]: true } })],
      ['AZ-106', 'no times', 'taken', () => ({ exp: undefined, nbf: undefined, iat: undefined })],
      ['AZ-106', 'exp in the past', 'refused', (at) => ({ exp: now(at) - 31 })],
      ['AZ-106', 'exp as text', 'refused', (at) => ({ exp: `${now(at) + 60}` })],
      [
        'AZ-106, FP-017',
        'nbf and iat 10 s ahead',
        'taken',
        (at) => ({ nbf: now(at) + 10, iat: now(at) + 10 }),
      ],
      [
        'AZ-106, FP-017',
        'nbf more than 60 s ahead',
        'refused',
        (at) => ({ nbf: now(at) + 62, exp: now(at) + 120 }),
      ],
      [
        'AZ-106, FP-017',
        'iat more than 60 s ahead',
        'refused',
        (at) => ({ iat: now(at) + 62, exp: now(at) + 120 }),
      ],
    ];
  test.each(claims)(
    'AZ-106 and the like, %s: an object with %s is %s',
    async (_row, _what, outcome, change) => {
      const at = await open();
      const by = await stage(at);
      const told = await ask(at, by.urlOf({ request: await by.sign({ claims: change(at, by) }) }));
      if (outcome === 'taken') expectSignIn(at, told);
      else expectPage(told, 'invalid_request_object');
      await expectStillGood(at, by);
    },
  );

  test('AZ-107: only a request object passes, whatever else the client has signed', async () => {
    const at = await open();
    const by = await stage(at);
    for (const typ of [
      'oauth-authz-req+jwt',
      'application/oauth-authz-req+jwt',
      'OAuth-Authz-Req+JWT',
      'JWT',
      undefined,
    ])
      expectSignIn(at, await ask(at, by.urlOf({ request: await by.sign({ header: { typ } }) })));
    for (const typ of [
      'client-authentication+jwt',
      'at+jwt',
      'dpop+jwt',
      'logout+jwt',
      'secevent+jwt',
      'text/plain',
      '',
      'jwt+x',
    ])
      expectPage(
        await ask(at, by.urlOf({ request: await by.sign({ header: { typ } }) })),
        'invalid_request_object',
      );
    const assertion = await assertionOf(at, { id: by.client.id, key: by.key });
    expectPage(await ask(at, by.urlOf({ request: assertion })), 'invalid_request_object');
    // Nor does a request object authenticate.
    const fields = { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' };
    const { status, body } = await push(
      at,
      { client: by.client },
      {
        ...by.request.parameters,
        ...fields,
        client_assertion: await by.sign({ claims: { sub: by.client.id, jti: 'j-1' } }),
      },
    );
    expect([status, body.error]).toEqual([401, 'invalid_client']);
  });

  test('AZ-108: numbers are numbers, objects are objects, and several resources a list', async () => {
    const at = await open({
      config: {
        ...twoApis,
        authorizationDetails: {
          payment: {
            title: 'Make a payment',
            schema: {
              type: 'object',
              properties: { type: { type: 'string' }, amount: { type: 'number' } },
              required: ['amount'],
            },
          },
        },
      },
    });
    const by = await stage(at, {
      scopes: ['openid', 'photos:read', 'photos:write'],
      requests: { authorizationDetailsTypes: ['payment'] },
    });
    const details = [{ type: 'payment', amount: 7 }];
    const parameters = {
      ...by.request.parameters,
      scope: 'openid photos:read photos:write',
      max_age: 3600,
      resource: [photosApi, printsApi],
      claims: { id_token: { auth_time: { essential: true } }, userinfo: { name: null } },
      authorization_details: details,
      nonce: 'n-1',
      display: null,
    };
    const { tokens } = await tokensBy(at, by, by.urlOf({ request: await by.sign({}, parameters) }));
    expect(tokens.body.authorization_details).toMatchObject(details);
    const grant = await at.store.grants.find(claimsIn(tokens.body.access_token).jti?.split('.')[0] ?? '');
    expect(grant?.resources.toSorted()).toEqual([photosApi, printsApi]);
    expect(claimsIn(tokens.body.id_token)).toMatchObject({ nonce: 'n-1', auth_time: expect.any(Number) });
    const wrong: [Record<string, unknown>, string][] = [
      [{ max_age: -1 }, 'invalid_request'],
      [{ max_age: 1.5 }, 'invalid_request'],
      [{ max_age: [3600] }, 'invalid_request'],
      [{ claims: [] }, 'invalid_request'],
      [{ claims: { userinfo: 7 } }, 'invalid_request'],
      [{ resource: ['x'] }, 'invalid_target'],
      [{ resource: { a: 1 } }, 'invalid_target'],
      [{ authorization_details: {} }, 'invalid_authorization_details'],
      [{ authorization_details: [{ type: 'other' }] }, 'invalid_authorization_details'],
      [{ scope: ['photos:read'] }, 'invalid_scope'],
      [{ response_type: ['code'] }, 'unsupported_response_type'],
      [{ code_challenge: 7 }, 'invalid_request'],
    ];
    const to = { target: at, client: by.client, state: by.request.state };
    for (const [change, error] of wrong) {
      const request = await by.sign({}, { ...parameters, ...change });
      expectRedirectError(await ask(at, by.urlOf({ request })), error, to);
    }
  });

  test('AZ-108: the same as texts works as well', async () => {
    const at = await open();
    const by = await stage(at, { scopes: ['openid', 'photos:read'] });
    const parameters = {
      ...by.request.parameters,
      scope: 'openid',
      max_age: '3600',
      claims: '{"userinfo":{"name":null}}',
      resource: photosApi,
    };
    expectSignIn(at, await ask(at, by.urlOf({ request: await by.sign({}, parameters) })));
  });

  test('SB-025, AZ-104: names of the language inside are names like any other, and a name given twice is refused', async () => {
    const at = await open();
    const by = await stage(at);
    const odd = JSON.parse(
      '{"__proto__":{"client_id":"x"},"constructor":"x","toString":7,"hasOwnProperty":null}',
    );
    expectSignIn(
      at,
      await ask(
        at,
        by.urlOf({
          request: await by.sign({}, Object.assign(Object.create(null), by.request.parameters, odd)),
        }),
      ),
    );
  });

  test('AZ-110: where requests must be signed, others are refused, for the server or for one client', async () => {
    const whole = await open({ config: { requests: { requireSigned: true } } });
    const at = await open();
    for (const [target, over] of [
      [whole, {}],
      [at, { requests: { requireSigned: true } }],
    ] as const) {
      const by = await stage(target, over);
      const { parameters, state } = by.request;
      const to = { target, client: by.client, state };
      expectRedirectError(await ask(target, by.urlOf(parameters)), 'invalid_request', to);
      const pushed = await push(target, { client: by.client, key: by.key }, parameters);
      expect([pushed.status, pushed.body.error]).toEqual([400, 'invalid_request']);
      await expectStillGood(target, by);
      const signed = await push(target, { client: by.client, key: by.key }, { request: await by.sign() });
      const { left } = await tokensBy(target, by, by.urlOf({ request_uri: String(signed.body.request_uri) }));
      expect(left.searchParams.get('state')).toBe(state);
    }
    const metadata = await whole.fetch(new Request(`${whole.issuer}/.well-known/oauth-authorization-server`));
    expect(await metadata.json()).toMatchObject({ require_signed_request_object: true });
  });

  test('AZ-111: an object is fetched from an address that the client registered, and from nowhere else', async () => {
    const net = fetching('');
    const at = await open({ config: { features: { requestUris: true } }, fetcher: net.fetcher });
    const uri = 'https://print.example/request?id=1';
    const by = await stage(at, { requests: { requestUris: [uri] } });
    net.body = `${await by.sign()}\n`;
    const { left } = await tokensBy(at, by, by.urlOf({ request_uri: uri }));
    expect(left.searchParams.get('state')).toBe(by.request.state);
    expect(net.asked).toEqual([
      {
        url: uri,
        accept: ['application/oauth-authz-req+jwt', 'application/jwt'],
        longest: expect.any(Number),
      },
    ]);
    expect(net.asked[0]?.longest).toBeLessThanOrEqual(65_536);
    net.asked.length = 0;
    const outer = { redirect_uri: by.client.redirectUri, state: 's-1' };
    const to = { target: at, client: by.client, state: 's-1' };
    for (const request_uri of [
      'https://print.example/request',
      'https://print.example/request?id=2',
      `${uri}#x`,
      'https://PRINT.example/request?id=1',
      'https://evil.example/request?id=1',
      'http://127.0.0.1/latest/meta-data',
      'file:///etc/passwd',
      'urn:x',
      'not an address',
    ]) {
      expectPage(await ask(at, by.urlOf({ request_uri })), 'invalid_request_uri');
      expectRedirectError(await ask(at, by.urlOf({ ...outer, request_uri })), 'invalid_request_uri', to);
    }
    const other = await stage(at);
    expectPage(await ask(at, other.urlOf({ request_uri: uri })), 'invalid_request_uri');
    expect(net.asked).toEqual([]);
  });

  test('AZ-111: what cannot be fetched, or is no good object, is refused, and nothing is fetched on its behalf', async () => {
    const net = fetching('');
    const at = await open({ config: { features: { requestUris: true } }, fetcher: net.fetcher });
    const uri = 'https://print.example/request';
    const by = await stage(at, { requests: { requestUris: [uri, 'https://down.example/request'] } });
    const outer = { redirect_uri: by.client.redirectUri, state: 's-1' };
    const to = { target: at, client: by.client, state: 's-1' };
    const told = (request_uri = uri): Promise<Outcome> => ask(at, by.urlOf({ ...outer, request_uri }));
    expectRedirectError(await told('https://down.example/request'), 'invalid_request_uri', to);
    expectPage(
      await ask(at, by.urlOf({ request_uri: 'https://down.example/request' })),
      'invalid_request_uri',
    );
    for (const body of [
      '',
      'photos',
      await by.sign({ claims: { client_id: 'other' } }),
      `${await by.sign()}x`,
      await by.sign({ claims: { request_uri: uri } }),
    ]) {
      net.body = body;
      expectRedirectError(await told(), 'invalid_request_object', to);
    }
    expect(net.asked.filter(({ url }) => url === uri)).toHaveLength(5);
    net.body = await by.sign();
    expectSignIn(at, await told());
    const metadata = await at.fetch(new Request(`${at.issuer}/.well-known/oauth-authorization-server`));
    expect(await metadata.json()).toMatchObject({
      request_uri_parameter_supported: true,
      require_request_uri_registration: true,
    });
  });

  test('AZ-024, AZ-103: a bad object is told by the mode that is named outside, a bad request by the mode inside', async () => {
    const at = await open();
    const by = await stage(at);
    const outer = { redirect_uri: by.client.redirectUri, state: 's-1', response_mode: 'form_post' };
    const bad = answerAt(
      await walkOn(new Browser(at.fetch), by.urlOf({ ...outer, request: 'x' }), await at.addUser()),
    );
    expect([bad.by, bad.parameters.get('error'), bad.parameters.get('state')]).toEqual([
      'form_post',
      'invalid_request_object',
      's-1',
    ]);
    expectPage(
      await ask(at, by.urlOf({ ...outer, response_mode: 'fragment', request: 'x' })),
      'invalid_request_object',
    );
    const request = await by.sign(
      {},
      { ...by.request.parameters, scope: 'nonsense', response_mode: 'form_post' },
    );
    const inner = answerAt(await new Browser(at.fetch).open(by.urlOf({ request, response_mode: 'query' })));
    expect([inner.by, inner.parameters.get('error'), inner.parameters.get('state')]).toEqual([
      'form_post',
      'invalid_scope',
      by.request.state,
    ]);
  });

  test('AZ-010: a disabled client is told on a page, however good its object is', async () => {
    const at = await open();
    const by = await stage(at);
    const request = await by.sign();
    await at.store.clients.replace({ ...by.client.record, disabledAt: at.now() });
    expectPage(await ask(at, by.urlOf({ request })), 'invalid_client');
    expectPage(
      await ask(at, by.urlOf({ request: 'x', redirect_uri: by.client.redirectUri })),
      'invalid_client',
    );
  });
});

/** Answers every address but those of a host that is down, and remembers what was asked. */
function fetching(body: string, mediaType = 'application/oauth-authz-req+jwt') {
  const asked: OutgoingRequest[] = [];
  const net = { body, asked, fetcher: {} as Fetcher };
  const fetch = async (request: OutgoingRequest): Promise<Fetched> => {
    asked.push(request);
    if (new URL(request.url).hostname === 'down.example') return { outcome: 'failed', why: 'no connection' };
    return { outcome: 'fetched', status: 200, mediaType, body: net.body, freshForSeconds: null };
  };
  return Object.assign(net, { fetcher: { fetch } });
}

function unsigned(header: object, object: string): string {
  return `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${object.split('.')[1]}`;
}

function claimsIn(token: unknown): Record<string, string | undefined> {
  return JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString());
}

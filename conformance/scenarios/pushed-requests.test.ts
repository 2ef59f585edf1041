import { expect, test } from 'vitest';
import { addKeyClient, newKey, post } from '../support/assertions.ts';
import { answerAt } from '../support/authorization-answer.ts';
import {
  ask,
  askByPost,
  expectPage,
  expectRedirectError,
  expectSignIn,
  leftFor,
  pageOf,
  signInAt,
} from '../support/authorize.ts';
import { Browser, textOf } from '../support/browser.ts';
import { callBy } from '../support/client-proof.ts';
import { dpopProof, thumbprintOf } from '../support/dpop-proof.ts';
import { introspect, redeem, type TokenAnswer, walk, walkOn } from '../support/flow.ts';
import { push, pushedUrl } from '../support/pushed-request.ts';
import { requestObject, requestOf } from '../support/request-object.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

type Over = Record<string, string | undefined>;

async function stage(at: Target, over: Partial<TestClient['record']> = {}) {
  const client = await at.addClient(over);
  return { client, user: await at.addUser(), browser: new Browser(at.fetch) };
}

/** A request that was pushed, and where the browser goes with it. */
async function pushed(at: Target, client: TestClient, over: Over = {}) {
  const { parameters, verifier, state } = requestOf(at, client, over);
  const answer = await push(at, { client }, parameters);
  return { url: pushedUrl(at, client, answer), verifier, state, answer };
}

/** A refusal hurt nobody: pushing, walking and redeeming end in tokens. */
async function expectPushingWorks(at: Target, client: TestClient, user: TestUser): Promise<void> {
  const { url, verifier, state } = await pushed(at, client);
  const left = await walk(new Browser(at.fetch), url, user);
  expect([left.searchParams.get('state'), left.searchParams.get('iss')]).toEqual([state, at.issuer]);
  const code = left.searchParams.get('code') ?? '';
  const { redirectUri } = client;
  expect((await redeem(at, client, { code, verifier, redirectUri })).status).toBe(200);
}

function expectRefused({ status, headers, body }: TokenAnswer, error: string, because = ''): void {
  const wanted = error === 'invalid_client' ? 401 : 400;
  expect([status, body.error], `${because} ${body.error_description}`).toEqual([wanted, error]);
  expect(headers.get('cache-control')).toBe('no-store');
  expect(headers.get('content-type')).toMatch(/^application\/json/);
  expect(headers.get('location')).toBeNull();
  expect(body.request_uri).toBeUndefined();
}

describeTargets((open) => {
  test.each(['client_secret_basic', 'client_secret_post', 'none'] as const)(
    'AZ-120, AZ-121, AZ-123, AZ-124: a client with %s pushes a request, and the browser brings nothing but its name',
    async (authenticationMethod) => {
      const at = await open();
      const { client, user } = await stage(at, { authenticationMethod });
      const { answer } = await pushed(at, client);
      expect(answer.status).toBe(201);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(Object.keys(answer.body).toSorted()).toEqual(['expires_in', 'request_uri']);
      expect(answer.body.request_uri).toMatch(/^urn:ietf:params:oauth:request_uri:[A-Za-z0-9_-]{43}$/);
      expect(answer.body.expires_in).toBe(90);
      await expectPushingWorks(at, client, user);
    },
  );

  test('AZ-126, SB-035: looking at it again and again does no harm before the answer, on any node and after a restart', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const { url, verifier } = await pushed(at, client);
    expectSignIn(at, await ask(at, url));
    pageOf(await browser.open(url));
    pageOf(await browser.open(url));
    await at.restart();
    const consent = pageOf(await signInAt(browser, url, user));
    const again = pageOf(await browser.open(url));
    expect(again.html).toContain('id="consent-approve"');
    const left = leftFor(await browser.click(consent, 'consent-approve'));
    const code = left.searchParams.get('code') ?? '';
    expect((await redeem(at, client, { code, verifier, redirectUri: client.redirectUri })).status).toBe(200);
  });

  test('AZ-126, SB-035: it is answered once: whoever comes later, by whatever way, is told on a page', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const { url } = await pushed(at, client);
    const signIn = pageOf(await new Browser(at.fetch).open(url));
    const other = new Browser(at.fetch);
    const otherSignIn = pageOf(await other.open(url));
    const consent = pageOf(await signInAt(browser, url, user));
    expect(leftFor(await browser.click(consent, 'consent-approve')).searchParams.has('code')).toBe(true);
    expectPage(await ask(at, url), 'invalid_request_uri');
    expectPage(await ask(at, `${url}&prompt=none`), 'invalid_request_uri');
    for (const id of ['consent-approve', 'consent-deny']) {
      const late = pageOf(await browser.click(consent, id));
      expect([late.status, textOf(late.html, 'error-code')]).toEqual([400, 'invalid_request_uri']);
    }
    expect(signIn.html).toContain('id="login-submit"');
    const cancelled = pageOf(await other.click(otherSignIn, 'login-cancel'));
    expect([cancelled.status, textOf(cancelled.html, 'error-code')]).toEqual([400, 'invalid_request_uri']);
    const { username, password } = user;
    const late = pageOf(await other.click(otherSignIn, 'login-submit', { username, password }));
    expect([late.status, textOf(late.html, 'error-code')]).toEqual([400, 'invalid_request_uri']);
    await expectPushingWorks(at, client, user);
  });

  test('AZ-126, SB-035: of many tabs that complete it at once, on all nodes, one gets a code', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const first = await pushed(at, client);
    await walk(browser, first.url, user);
    for (let round = 0; round < 3; round += 1) {
      const { url, verifier } = await pushed(at, client);
      const answers = await Promise.all(Array.from({ length: 8 }, () => browser.copy().open(url)));
      const codes = answers.flatMap((answer) => ('left' in answer ? [answer.left] : []));
      expect(codes).toHaveLength(1);
      for (const answer of answers) {
        if ('left' in answer) continue;
        expect([answer.status, textOf(answer.html, 'error-code')]).toEqual([400, 'invalid_request_uri']);
      }
      const code = codes[0]?.searchParams.get('code') ?? '';
      const { redirectUri } = client;
      expect((await redeem(at, client, { code, verifier, redirectUri })).status).toBe(200);
    }
  });

  test('AZ-132, TK-058, FP-016: a code asked for with a key is redeemed with that key only', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const [key, other] = [newKey('ES256'), newKey('ES256')];
    const header = async () => ({ dpop: await dpopProof(at, key, { path: '/par' }) });
    const jkt = await thumbprintOf(key);
    const ways: [Over, Record<string, string>][] = [
      [{ dpop_jkt: jkt }, {}],
      [{}, await header()],
      [{ dpop_jkt: jkt }, await header()],
    ];
    for (const [over, headers] of ways) {
      const { parameters, verifier } = requestOf(at, client, over);
      const url = pushedUrl(at, client, await push(at, { client }, parameters, headers));
      const code = (await walk(browser, url, user)).searchParams.get('code') ?? '';
      const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
      const by = async (headers: Record<string, string>) =>
        callBy(at, { client }, { path: '/token', fields, headers });
      expectRefused(await by({}), 'invalid_grant');
      expectRefused(await by({ dpop: await dpopProof(at, other, { path: '/token' }) }), 'invalid_grant');
      const tokens = await by({ dpop: await dpopProof(at, key, { path: '/token' }) });
      expect([tokens.status, tokens.body.token_type]).toEqual([200, 'DPoP']);
      const api = await at.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
      expect(await introspect(at, api, tokens.body.access_token)).toMatchObject({ cnf: { jkt } });
    }
  });
});

describeHandler((open) => {
  test('AZ-120: only a form by POST is taken', async () => {
    const at = await open();
    const { client, user } = await stage(at);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await at.fetch(new Request(`${at.issuer}/par`, { method }));
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    }
    const { parameters } = requestOf(at, client);
    const headers = { 'content-type': 'application/json' };
    expectRefused(await push(at, { client }, parameters, headers), 'invalid_request');
    const query = `?${new URLSearchParams(parameters)}`;
    expectRefused(await callBy(at, { client }, { path: `/par${query}`, fields: {} }), 'invalid_request');
    const metadata = await at.fetch(new Request(`${at.issuer}/.well-known/oauth-authorization-server`));
    const document = (await metadata.json()) as Record<string, unknown>;
    expect(document.pushed_authorization_request_endpoint).toBe(`${at.issuer}/par`);
    expect(document.require_pushed_authorization_requests).toBeUndefined();
    await expectPushingWorks(at, client, user);
  });

  test('AZ-008, AZ-120: switched off, there is no such endpoint, and its addresses are ordinary ones', async () => {
    const at = await open({ config: { features: { pushedRequests: false } } });
    const { client } = await stage(at);
    const answer = await at.fetch(new Request(`${at.issuer}/par`, { method: 'POST' }));
    expect(answer.status).toBe(404);
    const { parameters, state } = requestOf(at, client, {
      request_uri: 'urn:ietf:params:oauth:request_uri:x',
    });
    const url = `${at.issuer}/authorize?${new URLSearchParams(parameters)}`;
    expectRedirectError(await ask(at, url), 'request_uri_not_supported', { target: at, client, state });
  });

  test('AZ-121, TK-020, TK-021, TK-022: whoever does not prove himself pushes nothing', async () => {
    const at = await open();
    const { client, user } = await stage(at);
    const key = newKey('ES256');
    const byKey = await addKeyClient(at, [key]);
    const { parameters } = requestOf(at, client);
    const wrong: [string, Promise<TokenAnswer>][] = [
      ['a wrong secret', push(at, { client: { ...client, secret: 'wrong' } }, parameters)],
      ['no proof', post(at, '/par', { fields: parameters })],
      ['nobody', post(at, '/par', { fields: { ...parameters, client_id: 'nobody' } })],
      ['another method', post(at, '/par', { fields: { ...parameters, client_secret: client.secret } })],
      [
        'another key',
        push(
          at,
          { client: byKey, key: { ...newKey('ES256'), kid: key.kid } },
          { ...parameters, client_id: byKey.id },
        ),
      ],
    ];
    for (const [what, answer] of wrong) {
      expectRefused(await answer, 'invalid_client', what);
      expect((await answer).headers.get('www-authenticate')).toMatch(/^Basic realm="/);
    }
    const both = await push(at, { client }, { ...parameters, client_secret: client.secret });
    expectRefused(both, 'invalid_request');
    const { client_id: _, ...rest } = requestOf(at, byKey).parameters;
    expect((await push(at, { client: byKey, key }, rest)).status).toBe(201);
    const disabled = await at.addClient({ disabledAt: at.now() });
    expectRefused(await push(at, { client: disabled }, requestOf(at, disabled).parameters), 'invalid_client');
    await expectPushingWorks(at, client, user);
  });

  const refusals: [string, Over, string][] = [
    ['an unregistered redirect URI', { redirect_uri: 'https://evil.example/' }, 'invalid_request'],
    ['no redirect URI beside openid', { redirect_uri: undefined, scope: 'openid' }, 'invalid_request'],
    ['no response_type', { response_type: undefined }, 'invalid_request'],
    ['another response_type', { response_type: 'token' }, 'unsupported_response_type'],
    ['an unknown response_mode', { response_mode: 'fragment' }, 'invalid_request'],
    ['no code_challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
    ['a plain code_challenge', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['only unknown scopes', { scope: 'nonsense' }, 'invalid_scope'],
    ['a malformed scope', { scope: 'photos:read\n' }, 'invalid_scope'],
    ['an unknown resource', { resource: 'https://evil.example/' }, 'invalid_target'],
    ['none among other prompts', { prompt: 'none login' }, 'invalid_request'],
    ['a negative max_age', { max_age: '-1' }, 'invalid_request'],
    ['claims that are no JSON', { claims: '{' }, 'invalid_request'],
    ['a long state', { state: 'x'.repeat(4097) }, 'invalid_request'],
    ['a thumbprint that is none', { dpop_jkt: 'short' }, 'invalid_request'],
    ['a hint that is no token', { id_token_hint: 'x.y.z' }, 'invalid_request'],
    ['a registration', { registration: '{}' }, 'registration_not_supported'],
    ['a pushed request_uri', { request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'invalid_request'],
    ['a foreign request_uri', { request_uri: 'https://print.example/request' }, 'invalid_request'],
  ];
  test.each(refusals)('AZ-123: %s is told at once, as JSON', async (_what, over, error) => {
    const at = await open();
    const { client, user } = await stage(at);
    expectRefused(await push(at, { client }, requestOf(at, client, over).parameters), error);
    await expectPushingWorks(at, client, user);
  });

  test('AZ-004, AZ-123: a repeated parameter is refused, but for resource', async () => {
    const at = await open();
    const { client } = await stage(at);
    const { parameters } = requestOf(at, client);
    const send = async (more: string) => {
      const headers = {
        authorization: `Basic ${btoa(`${client.id}:${client.secret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      };
      const body = `${new URLSearchParams(parameters)}${more}`;
      return (await at.fetch(new Request(`${at.issuer}/par`, { method: 'POST', headers, body }))).status;
    };
    expect(await send('')).toBe(201);
    expect(await send('&state=2')).toBe(400);
    expect(await send('&foo=1&foo=2')).toBe(400);
    expect(await send('&foo=%ff')).toBe(400);
    expect(await send(`&resource=${photosApi}&resource=${photosApi}`)).toBe(201);
  });

  test('AZ-123: whether the person has to be asked is not a matter of this endpoint', async () => {
    const at = await open();
    const { client } = await stage(at);
    const { url, state } = await pushed(at, client, { prompt: 'none' });
    expectRedirectError(await ask(at, url), 'login_required', { target: at, client, state });
  });

  test('AZ-124, SB-030: references are unlike each other, and are kept as hashes only', async () => {
    const at = await open();
    const { client } = await stage(at);
    const answers = await Promise.all(Array.from({ length: 20 }, () => pushed(at, client)));
    const uris = answers.map(({ answer }) => String(answer.body.request_uri));
    expect(new Set(uris).size).toBe(20);
    for (const uri of uris) {
      const secret = uri.slice(uri.lastIndexOf(':') + 1);
      expect(await at.store.pushed.find(secret, at.now())).toBeNull();
    }
  });

  test('AZ-125: a reference works for the client that pushed it, and for as long as was said', async () => {
    const at = await open({ config: { requests: { pushedLifetime: 60 } } });
    const { client, user, browser } = await stage(at);
    const other = await at.addClient();
    const { url, answer } = await pushed(at, client);
    expect(answer.body.expires_in).toBe(60);
    const with_ = (over: Record<string, string>) => {
      const changed = new URL(url);
      for (const [name, value] of Object.entries(over)) changed.searchParams.set(name, value);
      return changed.href;
    };
    for (const client_id of [other.id, 'nobody', ''])
      expectPage(await ask(at, with_({ client_id })), 'invalid_request_uri');
    const uri = String(answer.body.request_uri);
    for (const request_uri of [
      `${uri}x`,
      uri.slice(0, -1),
      'urn:ietf:params:oauth:request_uri:',
      uri.replace(/.$/, '\u0000'),
    ])
      expectPage(await ask(at, with_({ request_uri })), 'invalid_request_uri');
    expectPage(
      await ask(at, with_({ client_id: other.id, redirect_uri: other.redirectUri })),
      'invalid_request_uri',
    );
    expectPage(await askByPost(at, with_({ client_id: other.id })), 'invalid_request_uri');
    expectPage(await ask(at, `${url}&client_id=${client.id}`), 'invalid_request_uri');
    at.pass(59_000);
    const page = pageOf(await browser.open(url));
    at.pass(2_000);
    expectPage(await ask(at, url), 'invalid_request_uri');
    // Who stands at a page of it already finishes.
    const { username, password } = user;
    const consent = pageOf(await browser.click(page, 'login-submit', { username, password }));
    expect(leftFor(await browser.click(consent, 'consent-approve')).searchParams.has('code')).toBe(true);
    await expectPushingWorks(at, client, user);
  });

  test('AZ-125, AZ-076: a person may take the time of one page at each of the pages', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const { url } = await pushed(at, client);
    at.pass(80_000);
    const page = pageOf(await browser.open(url));
    at.pass(1_700_000);
    const { username, password } = user;
    const consent = pageOf(await browser.click(page, 'login-submit', { username, password }));
    at.pass(1_700_000);
    expect(leftFor(await browser.click(consent, 'consent-approve')).searchParams.has('code')).toBe(true);
  });

  test('AZ-127: what stands beside the reference changes nothing', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const beside: Over = {
      scope: 'photos:write',
      redirect_uri: 'https://evil.example/',
      state: 'other',
      response_type: 'token',
      response_mode: 'form_post',
      prompt: 'none',
      code_challenge: 'x',
      nonce: 'other',
      max_age: 'x',
      dpop_jkt: 'x',
    };
    const { url, verifier, state } = await pushed(at, client);
    const more = `${new URLSearchParams(beside as Record<string, string>)}`;
    const left = await walk(browser, `${url}&${more}&${more}`, user);
    expect([left.origin, left.searchParams.get('state')]).toEqual(['https://print.example', state]);
    const code = left.searchParams.get('code') ?? '';
    const tokens = await redeem(at, client, { code, verifier, redirectUri: client.redirectUri });
    expect([tokens.status, tokens.body.scope]).toEqual([200, 'photos:read']);
    // Neither is it told to others where it fails.
    const used = await ask(at, `${url}&redirect_uri=${encodeURIComponent(client.redirectUri)}&state=x`);
    expectPage(used, 'invalid_request_uri');
  });

  test('AZ-001, AZ-127: the reference may come by POST as well', async () => {
    const at = await open();
    const { client } = await stage(at);
    const { url } = await pushed(at, client);
    expectSignIn(at, await askByPost(at, url));
    expectSignIn(at, await ask(at, url));
  });

  test('AZ-128: where requests must be pushed, others are refused, for the server or for one client', async () => {
    const whole = await open({ config: { requests: { requirePushed: true } } });
    const at = await open();
    for (const [target, over] of [
      [whole, {}],
      [at, { requests: { requirePushed: true } }],
    ] as const) {
      const { client, user } = await stage(target, over);
      const direct = requestOf(target, client);
      const url = `${target.issuer}/authorize?${new URLSearchParams(direct.parameters)}`;
      expectRedirectError(await ask(target, url), 'invalid_request', { target, client, state: direct.state });
      const bad = new URLSearchParams({ ...direct.parameters, redirect_uri: 'https://evil.example/' });
      expectPage(await ask(target, `${target.issuer}/authorize?${bad}`));
      await expectPushingWorks(target, client, user);
    }
    const free = await at.addClient();
    expectSignIn(
      at,
      await ask(at, `${at.issuer}/authorize?${new URLSearchParams(requestOf(at, free).parameters)}`),
    );
    const metadata = await whole.fetch(new Request(`${whole.issuer}/.well-known/oauth-authorization-server`));
    expect(await metadata.json()).toMatchObject({ require_pushed_authorization_requests: true });
  });

  test('AZ-129: a signed request is pushed as one object, which is that of the client', async () => {
    const at = await open();
    const [key, otherKey] = [newKey('ES256'), newKey('ES256')];
    const client = await addKeyClient(at, [key]);
    const other = await addKeyClient(at, [otherKey]);
    const [user, browser] = [await at.addUser(), new Browser(at.fetch)];
    const { parameters, verifier, state } = requestOf(at, client);
    const request = await requestObject(at, { id: client.id, key }, parameters);
    const by = { client, key };
    const foreign = await requestObject(at, { id: other.id, key: otherKey }, requestOf(at, other).parameters);
    const claims = { client_id: other.id, iss: other.id };
    const posing = await requestObject(at, { id: client.id, key }, parameters, { claims });
    for (const bad of [foreign, posing, `${request}x`, 'x', request.replace(/\.[^.]*$/, '.')])
      expectRefused(await push(at, by, { request: bad }), 'invalid_request_object', bad);
    expectRefused(await push(at, by, { request: foreign, client_id: client.id }), 'invalid_request_object');
    const beside = { scope: 'photos:write', redirect_uri: 'https://evil.example/', state: 'other' };
    for (const more of [{}, beside]) {
      const url = pushedUrl(at, client, await push(at, by, { request, ...more }));
      const left = await walk(browser, url, user);
      expect([left.origin, left.searchParams.get('state')]).toEqual(['https://print.example', state]);
      const code = left.searchParams.get('code') ?? '';
      const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
      const tokens = await callBy(at, by, { path: '/token', fields });
      expect([tokens.status, tokens.body.scope]).toEqual([200, 'photos:read']);
    }
    const bad = await requestObject(
      at,
      { id: client.id, key },
      { ...parameters, redirect_uri: 'https://evil.example/' },
    );
    expectRefused(await push(at, by, { request: bad }), 'invalid_request');
    const both = { request, request_uri: 'urn:ietf:params:oauth:request_uri:x' };
    expectRefused(await push(at, by, both), 'invalid_request');
  });

  test('AZ-101, SB-032: beside an object by value the reference is refused, and its name is in no log', async () => {
    const at = await open();
    const { client, user } = await stage(at);
    const { url, answer } = await pushed(at, client);
    expectPage(await ask(at, `${url}&request=x.y.z`), 'invalid_request');
    expect(at.events.at(-1)).toMatchObject({ type: 'request.refused', requirement: 'AZ-101' });
    const secret = String(answer.body.request_uri).split(':').at(-1);
    expect(JSON.stringify(at.events)).not.toContain(secret);
    // And the pushed request is as good as before.
    expectSignIn(at, await ask(at, url));
    await expectPushingWorks(at, client, user);
  });

  test('AZ-130, SB-026: size and rate have limits, told by 413 and 429, and others go on', async () => {
    const at = await open({ config: { throttling: { client: { limit: 3, windowSeconds: 60 } } } });
    const { client, user } = await stage(at);
    const large = await push(
      at,
      { client },
      { ...requestOf(at, client).parameters, foo: 'x'.repeat(70_000) },
    );
    expect(large.status).toBe(413);
    const wrong = { ...client, secret: 'wrong' };
    const { parameters } = requestOf(at, client);
    for (let i = 0; i < 3; i += 1)
      expectRefused(await push(at, { client: wrong }, parameters), 'invalid_client');
    const late = await push(at, { client }, parameters);
    expect([late.status, Number(late.headers.get('retry-after')) > 0]).toEqual([429, true]);
    const other = await at.addClient();
    await expectPushingWorks(at, other, user);
    at.pass(61_000);
    await expectPushingWorks(at, client, user);
  });

  test('AZ-132: a proof at the endpoint has to be good, and of the key that is named', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const [key, other] = [newKey('ES256'), newKey('ES256')];
    const { parameters } = requestOf(at, client, { dpop_jkt: await thumbprintOf(other) });
    const by = (proof: string, fields = parameters) => push(at, { client }, fields, { dpop: proof });
    expectRefused(await by(await dpopProof(at, key, { path: '/par' })), 'invalid_dpop_proof', 'mismatch');
    const plain = requestOf(at, client).parameters;
    const proof = await dpopProof(at, key, { path: '/par' });
    expect((await by(proof, plain)).status).toBe(201);
    expectRefused(await by(proof, plain), 'invalid_dpop_proof', 'used before');
    const bad = [
      'x',
      await dpopProof(at, key, { path: '/token' }),
      await dpopProof(at, key, { path: '/par', method: 'GET' }),
      await dpopProof(at, key, { path: '/par' }, { claims: { iat: Math.floor(at.now() / 1000) - 120 } }),
      await dpopProof(at, key, { path: '/par' }, { header: { typ: 'JWT' } }),
      `${await dpopProof(at, key, { path: '/par' })}, ${await dpopProof(at, key, { path: '/par' })}`,
    ];
    for (const each of bad) expectRefused(await by(each, plain), 'invalid_dpop_proof');
    const { url } = await pushed(at, client);
    expect((await walk(browser, url, user)).searchParams.has('code')).toBe(true);
  });

  test('AZ-132, TK-094, TK-095: where proofs carry a nonce, they do so here', async () => {
    const at = await open({ config: { dpop: { requireNonce: true } } });
    const { client } = await stage(at);
    const key = newKey('ES256');
    const { parameters } = requestOf(at, client);
    const first = await push(at, { client }, parameters, {
      dpop: await dpopProof(at, key, { path: '/par' }),
    });
    expectRefused(first, 'use_dpop_nonce');
    const nonce = first.headers.get('dpop-nonce') ?? '';
    const dpop = await dpopProof(at, key, { path: '/par', nonce });
    const second = await push(at, { client }, parameters, { dpop });
    expect([second.status, second.headers.get('dpop-nonce')]).toEqual([201, nonce]);
  });

  test('AZ-132: where there is no DPoP, neither its header nor its parameter says anything', async () => {
    const at = await open({ config: { features: { dpop: false } } });
    const { client, user, browser } = await stage(at);
    const key = newKey('ES256');
    const { parameters, verifier } = requestOf(at, client, { dpop_jkt: await thumbprintOf(key) });
    const headers = { dpop: await dpopProof(at, key, { path: '/par' }) };
    const url = pushedUrl(at, client, await push(at, { client }, parameters, headers));
    const code = (await walk(browser, url, user)).searchParams.get('code') ?? '';
    const tokens = await redeem(at, client, { code, verifier, redirectUri: client.redirectUri });
    expect([tokens.status, tokens.body.token_type]).toEqual([200, 'Bearer']);
  });

  test('AZ-024, AZ-123: the mode of the answer is pushed too', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const { url, state } = await pushed(at, client, { response_mode: 'form_post' });
    const { by, to, parameters } = answerAt(await walkOn(browser, url, user));
    expect([by, to, parameters.get('state')]).toEqual(['form_post', client.redirectUri, state]);
  });

  test('AZ-070, AZ-126: a refusal by the person ends it as well', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const { url } = await pushed(at, client);
    const consent = pageOf(await signInAt(browser, url, user));
    const left = leftFor(await browser.click(consent, 'consent-deny'));
    expect(left.searchParams.get('error')).toBe('access_denied');
    expectPage(await ask(at, url), 'invalid_request_uri');
    await expectPushingWorks(at, client, user);
  });
});

import { expect, test } from 'vitest';
import { createGuard, type GuardConfig } from './index.ts';
import { AUDIENCE } from './issuer.fixture.ts';
import { outcome, request, stage } from './stage.fixture.ts';

const METADATA = 'resource_metadata="https://api.example/.well-known/oauth-protected-resource"';
const ORIGIN = 'https://spa.example';

test('RS-031 RS-035 RS-036 a bad token gets 401, invalid_token and the place of the metadata', async () => {
  const one = await stage();
  const { status, challenge } = await outcome(one, await one.issuer.sign({ exp: 1 }));
  expect(status).toBe(401);
  expect(challenge).toBe(
    'Bearer error="invalid_token", error_description="The access token is malformed, expired, revoked or not meant for ' +
      `this resource", ${METADATA}`,
  );
});

test('RS-032 a scope too small gets 403 with all the scope the call needs', async () => {
  const one = await stage();
  const { status, challenge } = await outcome(one, await one.issuer.sign(), ['photos:read', 'photos:write']);
  expect(status).toBe(403);
  expect(challenge).toMatch(/^Bearer error="insufficient_scope", .*, scope="photos:read photos:write", /);
});

test('RS-032 scope tokens are compared whole and with case', async () => {
  const one = await stage();
  for (const scope of ['photos:readx', 'xphotos:read', 'Photos:Read', 'photos', 'photos:read, x', '']) {
    expect((await outcome(one, await one.issuer.sign({ scope }), ['photos:read'])).status).toBe(403);
  }
  expect((await outcome(one, await one.issuer.sign({ scope: undefined }), ['photos:read'])).status).toBe(403);
  expect(
    (await outcome(one, await one.issuer.sign({ scope: 'a photos:read b' }), ['photos:read'])).status,
  ).toBe(200);
});

test('RS-034 a challenge is one scheme with quoted attributes, each once, from the allowed characters', async () => {
  const one = await stage();
  const token = await one.issuer.sign({ scope: '"\\<script>' });
  const answers = [await outcome(one, token, ['a', 'b']), await outcome(one, 'x', ['a', 'b'])];
  for (const { challenge } of answers) {
    expect(challenge).toMatch(/^Bearer [a-z_]+="[^"\\]*"(, [a-z_]+="[^"\\]*")*$/);
    const names = [...(challenge ?? '').matchAll(/([a-z_]+)="/g)].map(([, name]) => name);
    expect(names).toEqual(['error', 'error_description', 'scope', 'resource_metadata']);
  }
});

test('RS-037 a refusal is not stored, what a handler serves is private unless it says something itself', async () => {
  const { guard, issuer } = await stage();
  expect(await guard.check(request())).toHaveProperty('refused');
  const authorization = `Bearer ${await issuer.sign()}`;
  const serve = (response: Response) => guard.protect(request(authorization), {}, () => response);
  const refused = await guard.protect(request(), {}, () => new Response('never'));
  expect([refused.status, refused.headers.get('cache-control')]).toEqual([401, 'no-store']);
  expect((await serve(new Response('photo'))).headers.get('cache-control')).toBe('private');
  const own = new Response('photo', { headers: { 'cache-control': 'no-store' } });
  expect((await serve(own)).headers.get('cache-control')).toBe('no-store');
});

test('RS-021 an outage is 503 with Retry-After and says nothing about the token', async () => {
  const { guard, issuer } = await stage();
  issuer.misbehave.set('/jwks', () => new Response(null, { status: 500 }));
  const verdict = await guard.check(request(`Bearer ${await issuer.sign()}`));
  if ('granted' in verdict) throw new Error('granted');
  expect(verdict.refused.status).toBe(503);
  expect(verdict.refused.headers.get('retry-after')).toBe('5');
  expect(verdict.refused.headers.has('www-authenticate')).toBe(false);
  expect(await verdict.refused.json()).toMatchObject({ error: 'temporarily_unavailable' });
});

test('a failure of the handler is not turned into a refusal', async () => {
  const { guard, issuer } = await stage();
  const answer = guard.protect(request(`Bearer ${await issuer.sign()}`), {}, () =>
    Promise.reject(new Error('a bug')),
  );
  await expect(answer).rejects.toThrow('a bug');
});

test.each([
  [AUDIENCE, 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
  ['https://api.example/v1', 'https://api.example/.well-known/oauth-protected-resource/v1'],
  ['https://api.example/v1?tenant=7', 'https://api.example/.well-known/oauth-protected-resource/v1?tenant=7'],
])('MD-070 MD-071 the metadata of %s is at %s', async (audience, url) => {
  const { guard } = await stage({ audience, resourceName: 'Photos', scopesSupported: ['photos:read'] });
  expect(guard.metadataUrl).toBe(url);
  const response = guard.metadata(new Request(url));
  expect([response?.status, response?.headers.get('content-type')]).toEqual([200, 'application/json']);
  expect(await response?.json()).toEqual({
    resource: audience,
    authorization_servers: ['https://as.example'],
    bearer_methods_supported: ['header'],
    scopes_supported: ['photos:read'],
    resource_name: 'Photos',
  });
  const verdict = await guard.check(request());
  if ('granted' in verdict) throw new Error('granted');
  expect(verdict.refused.headers.get('www-authenticate')).toContain(`resource_metadata="${url}"`);
});

test('MD-071 empty lists are left out, other paths are not answered, other methods are refused', async () => {
  const { guard } = await stage({ scopesSupported: [] });
  const url = 'https://api.example/.well-known/oauth-protected-resource';
  expect(await guard.metadata(new Request(url))?.json()).not.toHaveProperty('scopes_supported');
  expect(guard.metadata(new Request(`${url}/v1`))).toBeUndefined();
  expect(guard.metadata(new Request(url, { method: 'POST' }))?.status).toBe(405);
});

test('MD-072 the metadata says which bindings are taken, and which are needed', async () => {
  const url = 'https://api.example/.well-known/oauth-protected-resource';
  const document = async (overrides: Parameters<typeof stage>[0]) =>
    (await stage(overrides)).guard.metadata(new Request(url))?.json();
  const plain = ['resource', 'authorization_servers', 'bearer_methods_supported'];
  expect(Object.keys(await document({}))).toEqual(plain);
  expect(await document({ dpop: {}, mtls: {} })).toMatchObject({
    dpop_signing_alg_values_supported: ['ES256', 'PS256', 'EdDSA'],
    tls_client_certificate_bound_access_tokens: true,
  });
  expect(await document({ dpop: {} })).not.toHaveProperty('dpop_bound_access_tokens_required');
  expect(
    await document({
      dpop: { required: true, algorithms: ['ES256'] },
      authorizationDetailsTypes: ['payment'],
    }),
  ).toMatchObject({
    dpop_signing_alg_values_supported: ['ES256'],
    dpop_bound_access_tokens_required: true,
    authorization_details_types_supported: ['payment'],
  });
});

test('MC-020 MC-021 MC-028 an MCP server’s document names its issuer and no scope for refresh tokens', async () => {
  const { guard } = await stage({
    audience: 'https://api.example/mcp',
    scopesSupported: ['tools:use', 'offline_access'],
  });
  const response = guard.metadata(
    new Request('https://api.example/.well-known/oauth-protected-resource/mcp'),
  );
  expect(await response?.json()).toMatchObject({
    resource: 'https://api.example/mcp',
    authorization_servers: ['https://as.example'],
    scopes_supported: ['tools:use'],
  });
});

test('SB-021 every answer over TLS says that it stays so, unless the handler says something itself', async () => {
  const { guard, issuer } = await stage();
  const sts = 'strict-transport-security';
  const authorization = `Bearer ${await issuer.sign()}`;
  const own = () => new Response('', { headers: { [sts]: 'max-age=60' } });
  const answers = [
    await guard.protect(request(authorization), {}, () => new Response()),
    await guard.protect(request(), {}, () => new Response()),
    guard.metadata(new Request(guard.metadataUrl)),
  ];
  expect(answers.map((answer) => answer?.headers.get(sts))).toEqual(Array(3).fill('max-age=31536000'));
  const kept = await guard.protect(request(authorization), {}, own);
  expect(kept.headers.get(sts)).toBe('max-age=60');
});

const preflight = (origin = ORIGIN) =>
  new Request(`${AUDIENCE}/photos`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'GET' },
  });

test('RS-060 CORS is off by default: a preflight is a call without a token', async () => {
  const { guard } = await stage();
  const response = await guard.protect(preflight(), {}, () => new Response());
  expect(response.status).toBe(401);
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('RS-060 RS-061 a listed origin may send the headers it needs, without token and without credentials', async () => {
  const { guard } = await stage({ allowedOrigins: [ORIGIN] });
  const { status, headers } = await guard.protect(preflight(), {}, () => new Response());
  expect(status).toBe(204);
  expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
  expect(headers.get('access-control-allow-headers')).toBe('Authorization, DPoP, Content-Type');
  expect(headers.has('access-control-allow-credentials')).toBe(false);
  expect(headers.get('vary')).toBe('Origin');
});

test('RS-060 an origin that is not listed gets none of it', async () => {
  const { guard } = await stage({ allowedOrigins: [ORIGIN] });
  for (const origin of ['https://evil.example', `${ORIGIN}.evil.example`, 'null', `${ORIGIN}:8443`]) {
    const { headers } = await guard.protect(preflight(origin), {}, () => new Response());
    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
  }
});

test('RS-061 answers and refusals carry the headers that let a script read them', async () => {
  const { guard, issuer } = await stage({ allowedOrigins: [ORIGIN] });
  const call = (authorization: string) =>
    guard.protect(
      new Request(`${AUDIENCE}/photos`, { headers: { origin: ORIGIN, authorization } }),
      { scope: ['photos:read'] },
      () => new Response(),
    );
  const tokens = [await issuer.sign(), await issuer.sign({ exp: 1 }), await issuer.sign({ scope: 'x' })];
  const answers = await Promise.all(tokens.map((token) => call(`Bearer ${token}`)));
  expect(answers.map(({ status }) => status)).toEqual([200, 401, 403]);
  for (const { headers } of answers) {
    expect(headers.get('access-control-allow-origin')).toBe(ORIGIN);
    expect(headers.get('access-control-expose-headers')).toBe('WWW-Authenticate, DPoP-Nonce');
  }
});

test.each([
  ['an issuer over http', { issuer: 'http://as.example' }],
  ['an issuer with a query', { issuer: 'https://as.example?x' }],
  ['an audience over http', { audience: 'http://api.example' }],
  ['an audience with a fragment', { audience: 'https://api.example#x' }],
  ['the algorithm none', { algorithms: ['none'] }],
  ['an HMAC algorithm', { algorithms: ['ES256', 'HS256'] }],
  ['leeway of two minutes', { leeway: 120 }],
  ['any origin', { allowedOrigins: ['*'] }],
  ['no issuers', { issuers: [] }],
  ['an issuer twice', { issuers: [{ issuer: 'https://as.example' }, { issuer: 'https://as.example' }] }],
  [
    'introspection over http',
    { introspection: { endpoint: 'http://as.example/introspect', authentication: () => undefined } },
  ],
])('SB-006 RS-012 TN-011 RS-060 settings with %s are refused', (_, change) => {
  const config = { issuer: 'https://as.example', audience: AUDIENCE, ...change } as GuardConfig;
  expect(() => createGuard(config)).toThrow(TypeError);
});

test('SB-006 http works on loopback in development only', () => {
  const config = { issuer: 'http://localhost:9000', audience: 'http://localhost:9002' };
  expect(() => createGuard(config)).toThrow(TypeError);
  expect(createGuard({ ...config, allowInsecureLoopback: true })).toHaveProperty('check');
});

import { memoryStore } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, obtainCode, redeem, refresh, walk } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import type { TargetOptions } from '../targets/target.ts';

const forged: Record<string, string>[] = [
  { host: 'evil.example' },
  { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http', 'x-forwarded-port': '81' },
  {
    'x-forwarded-prefix': '/evil.example',
    'x-original-url': '/evil.example',
    'x-rewrite-url': '/evil.example',
  },
  { forwarded: 'for=192.0.2.60;proto=http;host=evil.example' },
  { 'x-http-method-override': 'DELETE', 'x-forwarded-scheme': 'http', 'x-host': 'evil.example' },
];

/** The same request as it arrives when its Host header was forged: the URL of the request follows it. */
async function asForged(request: Request, headers: Record<string, string>): Promise<Request> {
  const url = new URL(request.url);
  if (headers.host !== undefined) url.host = headers.host;
  return new Request(url, {
    method: request.method,
    headers: { ...Object.fromEntries(request.headers), ...headers },
    body: request.method === 'POST' ? await request.text() : null,
    redirect: 'manual',
  });
}

const proxied: [string, TargetOptions][] = [
  ['alone', {}],
  ['behind a proxy that it trusts', { handler: { trustedProxies: ['192.0.2.1'] } }],
];

test.each(proxied)('SB-023, MD-016: forged hosts change no address, %s', async (_name, options) => {
  const target = await inProcess(options);
  const client = await target.addClient();
  const user = await target.addUser();
  for (const headers of forged) {
    const seen: string[] = [];
    const listening = async (request: Request) => {
      const response = await target.fetch(await asForged(request, headers));
      seen.push(JSON.stringify([...response.headers]), await response.clone().text());
      return response;
    };
    const browser = new Browser(listening);
    const paths = [
      '/.well-known/oauth-authorization-server',
      '/',
      '/nothing',
      '/account',
      '/authorize',
      '/jwks',
    ];
    for (const path of paths) await browser.get(target.issuer + path);
    const { url, state, verifier } = authorizeUrl(target, client, { prompt: 'login consent' });
    const answer = await walk(browser, url, user);
    expect(answer.searchParams.get('iss')).toBe(target.issuer);
    expect([answer.origin, answer.searchParams.get('state')]).toEqual(['https://print.example', state]);
    const code = answer.searchParams.get('code') ?? '';
    const overheard = { ...target, issuer: target.issuer, fetch: listening };
    const { redirectUri } = client;
    expect((await redeem(overheard, client, { code, verifier, redirectUri })).status).toBe(200);
    expect(seen.length).toBeGreaterThan(20);
    for (const text of seen) {
      expect(text).not.toContain('evil.example');
      expect(text).not.toContain('http://auth.example');
    }
  }
  await target.stop();
});

/** The address that a failed sign-in is counted for. */
async function countedFor(options: TargetOptions, forwarded: string): Promise<string | undefined> {
  const target = await inProcess(options);
  const client = await target.addClient();
  const browser = new Browser(target.fetch, {
    'x-forwarded-for': forwarded,
    'x-real-ip': '203.0.113.99',
    forwarded: 'for=203.0.113.98',
    'cf-connecting-ip': '203.0.113.97',
  });
  const page = await browser.open(authorizeUrl(target, client).url);
  if ('left' in page) return expect.unreachable();
  await browser.click(page, 'login-submit', { username: 'nobody', password: 'x' });
  const failure = target.events.findLast((event) => event.type === 'sign_in.failed');
  await target.stop();
  return failure?.address;
}

test('SB-023: a forwarded address is believed of configured proxies only, and no further than they reach', async () => {
  const behind: TargetOptions = { handler: { trustedProxies: ['192.0.2.1', '10.0.0.0/8'] } };
  const cases: [TargetOptions, string, string][] = [
    [{}, '198.51.100.7', '192.0.2.1'],
    [{ handler: { trustedProxies: ['192.0.2.2'] } }, '198.51.100.7', '192.0.2.1'],
    [behind, '198.51.100.7', '198.51.100.7'],
    [behind, '203.0.113.1, 198.51.100.7', '198.51.100.7'],
    [behind, '203.0.113.1, 198.51.100.7, 10.1.2.3', '198.51.100.7'],
    [behind, '203.0.113.1, not-an-address', '192.0.2.1'],
    [behind, '', '192.0.2.1'],
    [behind, '::ffff:198.51.100.7', '198.51.100.7'],
    [{ ...behind, address: '203.0.113.5' }, '198.51.100.7', '203.0.113.5'],
  ];
  for (const [options, forwarded, address] of cases)
    expect([forwarded, await countedFor(options, forwarded)]).toEqual([forwarded, address]);
});

test('SB-021: over https every answer tells browsers to come by https only; over http none does', async () => {
  for (const issuer of ['https://auth.example', 'http://127.0.0.1:9000']) {
    const target = await inProcess({ config: { issuer } });
    const client = await target.addClient();
    const requests: [string, RequestInit?][] = [
      ['/'],
      ['/login'],
      ['/account'],
      ['/jwks'],
      ['/healthz'],
      ['/nothing'],
      ['/authorize'],
      ['/authorize', { method: 'PUT' }],
      ['/token', { method: 'POST' }],
      ['/.well-known/oauth-authorization-server'],
      [authorizeUrl(target, client).url.slice(issuer.length)],
      [authorizeUrl(target, client, { scope: 'x' }).url.slice(issuer.length)],
    ];
    for (const [path, init] of requests) {
      const told = (await new Browser(target.fetch).send(issuer + path, init)).headers.get(
        'strict-transport-security',
      );
      if (issuer.startsWith('http:')) expect([path, told]).toEqual([path, null]);
      else expect([path, told]).toEqual([path, expect.stringMatching(/^max-age=\d{8,}/)]);
    }
    await target.stop();
  }
});

test('SB-031: whoever reads the store finds nothing in it that opens a session, redeems or refreshes', async () => {
  const store = memoryStore();
  const read = new Set<string>();
  const remember = (value: unknown): void => {
    if (typeof value === 'string' && value.length > 8) read.add(value);
    else if (typeof value === 'object' && value !== null)
      for (const member of Object.values(value)) remember(member);
  };
  const target = await inProcess({ store });
  const client = await target.addClient();
  const user = await target.addUser();
  const browser = new Browser(target.fetch);
  await walk(browser, authorizeUrl(target, client).url, user);
  const tokens = (await redeem(target, client, await obtainCode(target, client, user))).body;
  const grantIds = target.events.flatMap((event) => (event.type === 'grant.opened' ? [event.grantId] : []));
  const sessions = await store.sessions.listOf(user.id, target.now());
  remember([await store.clients.find(client.id), await store.users.findByUsername(user.username), sessions]);
  remember([await store.consents.find(user.id, client.id), await store.keys.list(), grantIds]);
  expect(read.size).toBeGreaterThan(10);
  for (const text of read) {
    const cookie = `__Host-vk_session=${encodeURIComponent(text)}`;
    const account = new Request(`${target.issuer}/account`, { headers: { cookie }, redirect: 'manual' });
    expect((await target.fetch(account)).status).toBe(303);
    expect((await refresh(target, client, text)).body.error).toBe('invalid_grant');
    const code = { code: text, verifier: 'x'.repeat(43), redirectUri: client.redirectUri };
    expect((await redeem(target, client, code)).status).toBe(400);
    const posing = await refresh(target, { ...client, secret: text }, tokens.refresh_token);
    expect([401, 429]).toContain(posing.status);
  }
  target.pass(301_000);
  expect((await refresh(target, client, tokens.refresh_token)).status).toBe(200);
  await target.stop();
});

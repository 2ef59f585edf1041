import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { newKey } from '../support/assertions.ts';
import { answerInPage } from '../support/authorization-answer.ts';
import { expectStillWorks, pageOf, signInAt } from '../support/authorize.ts';
import { Browser, formWith } from '../support/browser.ts';
import { authorizeUrl, walk } from '../support/flow.ts';
import { push } from '../support/pushed-request.ts';
import { requestObject, requestOf } from '../support/request-object.ts';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

let target: Target;
let clients: readonly [TestClient, TestClient];
let user: TestUser;
/** One that was never here, one signed in; tickets of its pages, and requests that were signed or pushed. */
let browsers: readonly [Browser, Browser];
let tickets: readonly string[];

beforeAll(async () => {
  target = await inProcess();
  const key = newKey('ES256');
  clients = [
    await target.addClient({
      id: 'print',
      keys: { jwks: [key.jwk] },
      redirectUris: ['https://print.example/a?x=1', 'https://print.example/b'],
    }),
    await target.addClient({
      id: 'native',
      authenticationMethod: 'none',
      applicationType: 'native',
      redirectUris: ['http://127.0.0.1/cb'],
    }),
  ];
  user = await target.addUser();
  browsers = [new Browser(target.fetch), new Browser(target.fetch)];
  await walk(browsers[1], authorizeUrl(target, clients[0]).url, user);
  const again = authorizeUrl(target, clients[0], { prompt: 'login consent' }).url;
  const signIn = pageOf(await browsers[1].open(again));
  const consent = pageOf(await signInAt(browsers[1], again, user));
  const { parameters: request } = requestOf(target, clients[0], { response_mode: 'form_post' });
  const pushed = await push(target, { client: clients[0] }, request);
  tickets = [
    formWith(signIn.html, 'login-submit').fields.ticket ?? '',
    formWith(consent.html, 'consent-approve').fields.ticket ?? '',
    await requestObject(target, { id: 'print', key }, { ...request, prompt: 'none' }),
    String(pushed.body.request_uri),
  ];
});
afterAll(() => target.stop());

const names = [
  'client_id',
  'redirect_uri',
  'response_type',
  'scope',
  'state',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'login_hint',
  'response_mode',
  'request',
  'request_uri',
  'resource',
  'nonce',
  'max_age',
  'claims',
  'acr_values',
  'id_token_hint',
  'authorization_details',
  'dpop_jkt',
  'registration',
  'ticket',
  'action',
  'decision',
  'username',
  'password',
  '__proto__',
  'constructor',
  'toString',
  'scope[]',
  'client_id[x]',
  '',
];
const values = [
  'print',
  'native',
  'code',
  'S256',
  'query',
  'form_post',
  'jwt',
  'fragment.jwt',
  'form_post.jwt',
  'fragment',
  '{"id_token":{"sub":{"value":"ada"}}}',
  '0',
  'openid photos:read',
  'none',
  'login',
  'photos:read',
  'approve',
  'cancel',
  'sign-in',
  'https://print.example/a?x=1',
  'https://print.example/b',
  'http://127.0.0.1:5/cb',
  'https://evil.example/',
  'https://print.example@evil.example/',
  '__proto__',
  'constructor',
  'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
];

const escapedBytes = fc
  .uint8Array({ maxLength: 12 })
  .map((bytes) => [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''));
const text = fc.oneof(
  fc.constantFrom(...values.map(encodeURIComponent)),
  fc.string({ unit: 'binary', maxLength: 20 }).map((value) => encodeURIComponent(value.toWellFormed())),
  fc.string({ unit: 'grapheme-ascii', maxLength: 20 }),
  escapedBytes,
  fc.nat(3).map((i) => encodeURIComponent(tickets[i] ?? '')),
);
const name = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...names.map(encodeURIComponent)) }, text);
const noise = fc
  .array(fc.tuple(name, text), { maxLength: 8 })
  .map((pairs) => pairs.map((pair) => pair.join('=')).join('&'));
/** A request that is good but for what is put after it, or noise alone. */
const parameters = fc.tuple(fc.constantFrom('', 'print', 'native'), noise).map(([clientId, rest]) => {
  if (clientId === '') return rest;
  const client = clients.find(({ id }) => id === clientId) ?? clients[0];
  return `${new URL(authorizeUrl(target, client, {}).url).search.slice(1)}&${rest}`;
});

/** A page, or a redirect to us or to what the named client registered, or a form to it. Nothing else, and no fault of ours. */
async function expectSafe(response: Response, at: string, sent: string): Promise<void> {
  expect([200, 303, 400, 403, 413, 414, 429]).toContain(response.status);
  // The tickets that are tried are of the first client; elsewhere the request has to name it.
  const named = at === '/authorize' ? new URLSearchParams(sent).getAll('client_id') : ['print'];
  const reachable = clients
    .filter(({ id }) => named.includes(id))
    .flatMap(({ record }) => record.redirectUris);
  const portless = (uri: string) => uri.replace(/^(http:\/\/127\.0\.0\.1):\d+\//, '$1/');
  const location = response.headers.get('location');
  expect(location === null).toBe(response.status !== 303);
  if (location === null) {
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const html = await response.text();
    const form = answerInPage(html);
    if (form === undefined) expect(html).not.toMatch(/<script|http-equiv/i);
    else expect(reachable).toContain(portless(form.to));
    return;
  }
  expect(location).toMatch(/^[\x21-\x7e]+$/);
  if (/^\/(login|consent|account|authorize)(\?|$)/.test(location)) return;
  const told = reachable.flatMap((uri) => [uri + (uri.includes('?') ? '&' : '?'), `${uri}#response=`]);
  expect([location, told.some((uri) => portless(location).startsWith(uri))]).toEqual([location, true]);
}

function expectNoFault(): void {
  expect(target.events.filter(({ type }) => type === 'fault' || type === 'store.unavailable')).toEqual([]);
}

const path = fc.constantFrom('/authorize', '/login', '/consent');
const who = fc.nat(1);

test('AZ-010, SB-024, SB-025: whatever the query is, the answer is a page, or leads to us or to the client that was named', async () => {
  await fc.assert(
    fc.asyncProperty(path, who, parameters, async (at, browser, query) => {
      const url = `${target.issuer}${at}?${query}`;
      await expectSafe(await (browsers[browser] ?? browsers[0]).get(url), at, new URL(url).search);
    }),
    { numRuns: 300 },
  );
  expectNoFault();
  await expectStillWorks(target, clients[0], user);
});

test('AZ-010, AZ-073, SB-024, SB-025: whatever the form is, the same holds', async () => {
  const body = fc.oneof(
    { weight: 4, arbitrary: parameters },
    {
      weight: 1,
      arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    },
  );
  const type = fc.constantFrom(
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=x',
    'text/plain',
    'application/json',
  );
  await fc.assert(
    fc.asyncProperty(path, who, fc.tuple(body, type), async (at, browser, [sent, contentType]) => {
      const init = {
        method: 'POST',
        body: Buffer.from(sent, 'latin1'),
        headers: { 'content-type': contentType },
      };
      const response = await (browsers[browser] ?? browsers[0]).send(`${target.issuer}${at}`, init);
      await expectSafe(response, at, sent);
    }),
    { numRuns: 300 },
  );
  expectNoFault();
  await expectStillWorks(target, clients[1], user);
});

test('SB-024: cookies of any content or length harm nobody', async () => {
  const { url } = authorizeUrl(target, clients[0]);
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme-ascii', maxLength: 300 }), async (value) => {
      const cookie = `__Host-vk_session=${value}; __Host-vk_browser=${value}; ${value}`;
      const response = await target.fetch(new Request(url, { headers: { cookie }, redirect: 'manual' }));
      expect(response.headers.get('location')).toMatch(/^\/login\?ticket=/);
    }),
    { numRuns: 100 },
  );
  expectNoFault();
});

test('SB-024: what is too large, or too much, is refused with its own status, and the server goes on', async () => {
  const browser = new Browser(target.fetch);
  const { url } = authorizeUrl(target, clients[0]);
  const status = async (response: Promise<Response>) => {
    const { status: told, headers } = await response;
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    return told;
  };
  expect(await status(browser.get(`${url}&x=${'x'.repeat(20_000)}`))).toBe(414);
  for (const at of ['/authorize', '/login', '/consent']) {
    const large = { client_id: 'print', x: 'x'.repeat(70_000) };
    expect(await status(browser.post(target.issuer + at, large))).toBe(413);
    const chunks = new Blob(['x'.repeat(70_000)]).stream();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const streamed = { method: 'POST', body: chunks, headers, duplex: 'half' } as const;
    expect(await status(browser.send(target.issuer + at, streamed))).toBe(413);
  }
  const many = Array.from({ length: 200 }, (_, i) => `p${i}=1`).join('&');
  expect(await status(browser.get(`${url}&${many}`))).toBe(400);
  const state = 'x'.repeat(60_000);
  const long = await browser.post(`${target.issuer}/authorize`, {
    ...Object.fromEntries(new URL(url).searchParams),
    state,
  });
  expect([303, 400, 413, 414]).toContain(long.status);
  expectNoFault();
  await expectStillWorks(target, clients[0], user);
});

test('SB-025: names of the language are names like any other', async () => {
  for (const odd of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf']) {
    const browser = new Browser(target.fetch);
    const { url } = authorizeUrl(target, clients[0], {
      scope: `photos:read ${odd}`,
      state: odd,
      login_hint: odd,
    });
    const answer = await walk(browser, `${url}&${odd}=x&${odd}[y]=z&scope[]=x`, user);
    expect([answer.searchParams.has('code'), answer.searchParams.get('state')]).toEqual([true, odd]);
    const unknown = await browser.get(authorizeUrl(target, clients[0], { client_id: odd }).url);
    expect(unknown.status).toBe(400);
    const signIn = pageOf(await new Browser(target.fetch).open(url));
    expect(signIn.html).toContain(`value="${odd}"`);
  }
  expectNoFault();
});

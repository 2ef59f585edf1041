import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answerAt, readAnswer } from '../support/authorization-answer.ts';
import { expectStillWorks, outcomeOf, pageOf } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { type Answer, authorizeUrl, redeem, refresh, walk } from '../support/flow.ts';
import { claimsOf } from '../support/jwt-claims.ts';
import { askUserinfo } from '../support/openid.ts';
import type { Place } from '../support/pages.ts';
import { push, pushedUrl } from '../support/pushed-request.ts';
import { type Exchange, recording } from '../support/recorder.ts';
import { requestOf } from '../support/request-object.ts';
import { describeTargets } from '../targets/each-target.ts';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TargetOptions, TestClient, TestUser } from '../targets/target.ts';

const longestAddress = 8_000;

/** Details of payments, without limit of their number. */
const rich: TargetOptions = {
  config: {
    authorizationDetails: {
      payment: {
        title: 'Make a payment',
        schema: {
          type: 'object',
          properties: { type: { type: 'string' }, purpose: { type: 'string' }, amount: { type: 'number' } },
        },
      },
    },
  },
};

const details = Array.from({ length: 20 }, (_, i) => ({
  type: 'payment',
  purpose: 'rent '.repeat(20),
  amount: i,
}));

/** A claims parameter of exactly so many characters. */
function claimsOfLength(length: number): string {
  const around = JSON.stringify({ userinfo: { email: { value: '' } }, id_token: { auth_time: null } });
  const padded = {
    userinfo: { email: { value: 'x'.repeat(length - around.length) } },
    id_token: { auth_time: null },
  };
  return JSON.stringify(padded);
}

const largest = {
  scope: 'openid email photos:read',
  claims: claimsOfLength(4096),
  authorization_details: JSON.stringify(details),
  state: '<é>"'.repeat(1024),
  nonce: 'n'.repeat(1024),
};

async function stage(at: Target) {
  const client = await at.addClient({
    scopes: ['openid', 'email', 'photos:read'],
    requests: { authorizationDetailsTypes: ['payment'] },
  });
  return { client, user: await at.addUser({ profile: { email: 'ada@example.org' } }) };
}

/** Signs in and approves at whatever page comes, to the end. */
async function finish(browser: Browser, start: Place, user: TestUser): Promise<Place> {
  let at = start;
  const { username, password } = user;
  if (!('left' in at) && at.html.includes('id="login-submit"'))
    at = await browser.click(at, 'login-submit', { username, password });
  if (!('left' in at) && at.html.includes('id="consent-approve"'))
    at = await browser.click(at, 'consent-approve');
  return at;
}

async function postRequest(
  at: Target,
  browser: Browser,
  url: string,
  headers: Record<string, string> = {},
): Promise<Place> {
  const init = {
    method: 'POST',
    body: new URL(url).search.slice(1),
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
  };
  return browser.follow(`${at.issuer}/authorize`, await browser.send(`${at.issuer}/authorize`, init));
}

/** Every address that a browser was sent to or came by, without the state that its client made so long. */
function addressesOf(exchanges: readonly Exchange[]): string[] {
  return exchanges.flatMap(({ url, headers }) => {
    const location = headers.get('location');
    return [url, ...(location === null ? [] : [new URL(location, url)])].map((each) => {
      const bare = new URL(each);
      bare.searchParams.delete('state');
      return bare.href;
    });
  });
}

function expectShort(exchanges: readonly Exchange[]): void {
  expect(exchanges.length).toBeGreaterThan(1);
  for (const address of addressesOf(exchanges))
    expect(address.length, address.slice(0, 100)).toBeLessThan(longestAddress);
}

/** The tokens hold what was asked for. */
async function expectEverything(at: Target, client: TestClient, answer: Answer): Promise<void> {
  const { status, body } = await redeem(at, client, answer);
  expect([status, body.error_description]).toEqual([200, undefined]);
  expect(body.authorization_details).toMatchObject(details);
  expect(claimsOf(body.id_token)).toMatchObject({ nonce: largest.nonce, auth_time: expect.any(Number) });
  const info = await askUserinfo(at, String(body.access_token));
  expect(await info.json()).toMatchObject({ email: 'ada@example.org' });
  expect((await refresh(at, client, body.refresh_token)).status).toBe(200);
  expect((await redeem(at, client, answer)).body.error).toBe('invalid_grant');
}

describeTargets((open) => {
  test('AZ-009, AZ-067, AZ-095: the largest request there can be ends in tokens, and no address on the way is too long', async () => {
    const opened = await open(rich);
    const { fetch, exchanges } = recording(opened.fetch);
    const at = Object.create(opened, { fetch: { value: fetch } }) as typeof opened;
    const { client, user } = await stage(at);
    const { url, verifier } = authorizeUrl(at, client, largest);
    const browser = new Browser(at.fetch);
    const first = await finish(browser, await postRequest(at, browser, url), user);
    const answer = answerAt(first);
    expect(answer.parameters.get('state')).toBe(largest.state);
    expect(exchanges.length).toBeGreaterThan(3);
    expectShort(exchanges);
    const { redirectUri } = client;
    await expectEverything(at, client, { code: answer.parameters.get('code') ?? '', verifier, redirectUri });
    // Whoever is signed in and has agreed gets the answer at once.
    const again = authorizeUrl(at, client, largest);
    const second = answerAt(await postRequest(at, browser, again.url));
    const code = second.parameters.get('code') ?? '';
    await expectEverything(at, client, { code, verifier: again.verifier, redirectUri });
  });

  test('AZ-009, AZ-124: pushed, it travels by its reference, also where the answer is signed', async () => {
    const opened = await open(rich);
    const { fetch, exchanges } = recording(opened.fetch);
    const at = Object.create(opened, { fetch: { value: fetch } }) as typeof opened;
    const { client, user } = await stage(at);
    for (const response_mode of ['query', 'form_post', 'form_post.jwt']) {
      const { parameters, verifier } = requestOf(at, client, { ...largest, response_mode });
      const url = pushedUrl(at, client, await push(at, { client }, parameters));
      const browser = new Browser(at.fetch);
      const answer = readAnswer(answerAt(await finish(browser, await browser.open(url), user)));
      expect(answer.get('state')).toBe(largest.state);
      const { redirectUri } = client;
      await expectEverything(at, client, { code: answer.get('code') ?? '', verifier, redirectUri });
    }
    expectShort(exchanges);
  });
});

let folder: string;
let target: Target;
let client: TestClient;
let user: TestUser;
let writes: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'valetkey-size-'));
  const store = await openSqliteStore({
    file: join(folder, 'valetkey.db'),
    onStatement: (kind, sql) => {
      const [, what = ''] = /((?:INSERT INTO|UPDATE|DELETE FROM)\s+\w+)/i.exec(sql) ?? [];
      if (kind === 'write') writes.push(what);
    },
  });
  target = await inProcess({ ...rich, store });
  ({ client, user } = await stage(target));
  await target.fetch(new Request(`${target.issuer}/jwks`));
});
afterAll(async () => {
  await target.stop();
  rmSync(folder, { recursive: true });
});

async function writesOf(act: () => Promise<unknown>): Promise<string[]> {
  writes = [];
  await act();
  return writes;
}

test('AZ-083: an ordinary request writes nothing on its way to the answer, whatever it asks for', async () => {
  const browser = new Browser(target.fetch);
  await walk(browser, authorizeUrl(target, client, { scope: 'openid email photos:read' }).url, user);
  const ordinary: Record<string, string>[] = [
    {},
    { scope: 'openid email', nonce: 'n'.repeat(64), max_age: '3600', acr_values: 'a b', login_hint: 'ada' },
    {
      scope: 'openid email',
      claims: '{"userinfo":{"email":{"essential":true}},"id_token":{"auth_time":null}}',
    },
    { state: 's'.repeat(2048), response_mode: 'form_post' },
    { response_mode: 'jwt', resource: 'https://photos.example/api' },
    { authorization_details: JSON.stringify(details.slice(0, 1)), prompt: 'consent' },
    { scope: 'nonsense' },
    { prompt: 'none', response_mode: 'fragment.jwt' },
  ];
  for (const over of ordinary) {
    const { url } = authorizeUrl(target, client, over);
    for (const by of [browser, new Browser(target.fetch)])
      expect([over, await writesOf(() => by.get(url))]).toEqual([over, []]);
  }
});

test('AZ-076: what is too large for an address is one row at each step', async () => {
  const browser = new Browser(target.fetch);
  const { url } = authorizeUrl(target, client, { ...largest, prompt: 'login consent' });
  const kept = ['INSERT INTO pushed_requests'];
  let place: Place = { url, status: 0, headers: new Headers(), html: '' };
  const step = async (act: () => Promise<Place>) => {
    const all = await writesOf(async () => {
      place = await act();
    });
    return all.filter((what) => what.includes('pushed_requests'));
  };
  expect(await step(() => postRequest(target, browser, url))).toEqual(kept);
  const { username, password } = user;
  // On the way to the page, and in the page, which is for this session only.
  const signIn = () => browser.click(pageOf(place), 'login-submit', { username, password });
  expect(await step(signIn)).toEqual([...kept, ...kept]);
  expect(await step(() => browser.click(pageOf(place), 'consent-approve'))).toEqual(kept);
  expect(answerAt(place).parameters.has('code')).toBe(true);
});

test('AZ-009: it is the bytes that count: a state of other scripts takes no more room in our addresses', async () => {
  const { fetch, exchanges } = recording(target.fetch);
  const browser = new Browser(fetch);
  for (const state of ['€'.repeat(3000), '😀'.repeat(1500), '漢'.repeat(4096)]) {
    const { url } = authorizeUrl(target, client, { state, prompt: 'consent' });
    const answer = answerAt(await finish(browser, await postRequest(target, browser, url), user));
    expect([answer.parameters.get('state') === state, answer.parameters.has('code')]).toEqual([true, true]);
  }
  expectShort(exchanges);
});

test('AZ-001, SL-003: a large form that another site posts goes on without cookies, and a small one with them', async () => {
  const browser = new Browser(target.fetch);
  await walk(browser, authorizeUrl(target, client, { scope: 'openid email' }).url, user);
  // Browsers keep Lax cookies back from such a request.
  const foreign = new Browser(target.fetch);
  const post = async (over: Record<string, string>) => {
    const { url } = authorizeUrl(target, client, over);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'cross-site' };
    const init = { method: 'POST', body: new URL(url).search.slice(1), headers };
    return outcomeOf(target, await foreign.send(`${target.issuer}/authorize`, init));
  };
  const small = await post({ scope: 'openid email' });
  expect([small.status, small.location?.pathname]).toEqual([303, '/authorize']);
  expect((await browser.get(`${small.location}`)).headers.get('location')).toContain('code=');
  const large = await post(largest);
  expect([large.status, large.location?.pathname]).toEqual([303, '/login']);
  const answer = answerAt(await finish(foreign, await foreign.open(`${large.location}`), user));
  expect(answer.parameters.get('state')).toBe(largest.state);
});

test('AZ-009, AZ-067: one character more is refused, and what is refused is not kept', async () => {
  const over: [Record<string, string>, string][] = [
    [{ claims: claimsOfLength(4097) }, 'invalid_request'],
    [{ state: 'x'.repeat(4097) }, 'invalid_request'],
    [{ nonce: 'n'.repeat(1025) }, 'invalid_request'],
  ];
  for (const [change, error] of over) {
    const { url } = authorizeUrl(target, client, { ...largest, ...change });
    const browser = new Browser(target.fetch);
    const kept = await writesOf(async () => {
      const answer = answerAt(await postRequest(target, browser, url));
      expect(answer.parameters.get('error')).toBe(error);
    });
    expect(kept).toEqual([]);
  }
  await expectStillWorks(target, client, user);
});

test('AZ-076, AZ-083: kept values end with what they stand for', async () => {
  const { url, verifier } = authorizeUrl(target, client, largest);
  const browser = new Browser(target.fetch);
  const page = pageOf(await postRequest(target, browser, url));
  const { redirectUri } = client;
  const answer = answerAt(await finish(browser, page, user));
  target.pass(61_000);
  const late = await redeem(target, client, {
    code: answer.parameters.get('code') ?? '',
    verifier,
    redirectUri,
  });
  expect([late.status, late.body.error]).toEqual([400, 'invalid_grant']);
  target.pass(1_800_000);
  const { username, password } = user;
  const expired = pageOf(await browser.click(page, 'login-submit', { username, password }));
  expect([expired.status, expired.html.includes('interaction_expired')]).toEqual([400, true]);
  target.pass(7_200_000);
  expect((await target.store.sweep(target.now())).pushed).toBeGreaterThan(0);
  expect((await target.store.sweep(target.now())).pushed).toBe(0);
});

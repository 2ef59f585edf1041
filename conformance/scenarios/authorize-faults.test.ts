import { type Store, StoreUnavailable } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expectRedirectError, type Outcome, outcomeOf } from '../support/authorize.ts';
import { Browser, textOf } from '../support/browser.ts';
import { authorizeUrl, walk } from '../support/flow.ts';
import { enterPassword, leftTo, pageOf, signIn } from '../support/pages.ts';
import { describeHandler } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const secretCause = 'connect ECONNREFUSED postgres://valetkey:hunter2@10.1.2.3/prod';

/** A store of which single verbs can be made to throw, as `clients.find`. */
function breakable(store: Store): { store: Store; broken: Map<string, Error> } {
  const broken = new Map<string, Error>();
  const watch = <T extends object>(of: T, prefix: string): T =>
    new Proxy(of, {
      get(whole, name, receiver) {
        const member: unknown = Reflect.get(whole, name, receiver);
        const path = prefix + String(name);
        if (typeof member === 'object' && member !== null) return watch(member, `${path}.`);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]) => {
          const error = broken.get(path) ?? broken.get('*');
          return error === undefined ? Reflect.apply(member, whole, values) : Promise.reject(error);
        };
      },
    });
  return { store: watch(store, ''), broken };
}

const faults = [
  {
    what: 'the store is gone',
    error: new StoreUnavailable(secretCause),
    status: 503,
    code: 'temporarily_unavailable',
  },
  { what: 'something of ours fails', error: new TypeError(secretCause), status: 500, code: 'server_error' },
];

describeHandler((open) => {
  const { store, broken } = breakable(memoryStore());
  let target: RestartableTarget;
  let client: TestClient;
  let user: TestUser;
  let known: Browser;
  beforeAll(async () => {
    target = await open({ store });
    client = await target.addClient();
    user = await target.addUser();
    known = new Browser(target.fetch);
    await walk(known, authorizeUrl(target, client).url, user);
  });
  beforeEach(() => broken.clear());
  afterAll(() => {
    broken.clear();
    return target.stop();
  });

  function expectFaultPage(outcome: Outcome, fault: (typeof faults)[number]): void {
    const { status, headers, html } = outcome;
    expect([status, headers.get('location')]).toEqual([fault.status, null]);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    expect(textOf(html, 'error-code')).toBe(fault.code);
    expect(headers.get('retry-after')).toEqual(fault.status === 503 ? expect.stringMatching(/^\d+$/) : null);
    expect(html).not.toMatch(/hunter2|ECONN|TypeError|10\.1\.2\.3/);
    const reference = textOf(html, 'error-reference');
    const told = target.events.filter((event) => 'reference' in event && event.reference === reference);
    expect(told).toMatchObject([{ cause: fault.error, endpoint: expect.any(String) }]);
  }

  test.each(faults)('AZ-010: before the address is proved a fault is a page: $what', async (fault) => {
    broken.set('clients.find', fault.error);
    const { url } = authorizeUrl(target, client);
    expectFaultPage(await outcomeOf(target, await known.get(url)), fault);
    broken.clear();
    expect(leftTo(await known.open(url)).searchParams.has('code')).toBe(true);
  });

  test.each(faults)('AZ-081, AZ-085: after that it is told to the client as $code: $what', async (fault) => {
    for (const prompt of [undefined, 'none']) {
      broken.set('standing', fault.error);
      const { url, state } = authorizeUrl(target, client, { prompt });
      const outcome = await outcomeOf(target, await known.get(url));
      const location = expectRedirectError(outcome, fault.code, { target, client, state });
      expect(decodeURIComponent(location.href)).not.toMatch(/hunter2|ECONN|TypeError|10\.1\.2\.3/);
      broken.clear();
      expect(leftTo(await known.open(url)).searchParams.has('code')).toBe(true);
    }
  });

  test.each(faults)(
    'AZ-076: a form that met a fault has done nothing and can be sent again: $what',
    async (fault) => {
      const person = await target.addUser();
      const browser = new Browser(target.fetch);
      const { url, state } = authorizeUrl(target, client);
      const login = pageOf(await browser.open(url));
      for (const verb of ['attempts.take', 'users.findByUsername', 'sessions.open']) {
        broken.set(verb, fault.error);
        const page = pageOf(await enterPassword(browser, login, person));
        expectFaultPage({ ...page, location: null }, fault);
        expect([...browser.cookies.keys()].some((name) => name.includes('session'))).toBe(false);
        broken.clear();
      }
      const consent = pageOf(await enterPassword(browser, login, person));
      broken.set('consents.record', fault.error);
      const failed = pageOf(await browser.click(consent, 'consent-approve'));
      expectFaultPage({ ...failed, location: null }, fault);
      broken.clear();
      expect(await target.store.consents.find(person.id, client.id)).toBeNull();
      const answer = leftTo(await browser.click(consent, 'consent-approve'));
      expect([answer.searchParams.get('state'), answer.searchParams.has('code')]).toEqual([state, true]);
    },
  );

  test.each(faults)(
    'SL-005: the account pages say so too, and nobody is signed out by it: $what',
    async (fault) => {
      const browser = new Browser(target.fetch);
      await signIn(browser, target, await target.addUser());
      for (const path of ['/account', '/account/sessions', '/logout', '/', '/login']) {
        broken.set('*', fault.error);
        const outcome = await outcomeOf(target, await browser.get(target.issuer + path));
        broken.clear();
        if (path === '/login') expect(outcome.status).toBe(200);
        else expectFaultPage(outcome, fault);
      }
      const sessions = pageOf(await browser.open(`${target.issuer}/account/sessions`));
      broken.set('users.endSessions', fault.error);
      const failed = pageOf(await browser.click(sessions, 'sign-out-everywhere'));
      expectFaultPage({ ...failed, location: null }, fault);
      broken.clear();
      expect((await browser.get(`${target.issuer}/account`)).status).toBe(200);
      expect(pageOf(await browser.click(sessions, 'sign-out-everywhere')).url).toBe(
        `${target.issuer}/logged-out`,
      );
    },
  );
});

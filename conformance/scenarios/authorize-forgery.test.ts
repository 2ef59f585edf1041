import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { leftFor, pageOf, signInAt } from '../support/authorize.ts';
import { Browser, formWith, type Page, textOf } from '../support/browser.ts';
import { authorizeUrl, walk } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

const sessionCookie = '__Host-vk_session';
let target: Target;
let client: TestClient;
let ada: TestUser;
let eve: TestUser;
beforeAll(async () => {
  target = await inProcess();
  client = await target.addClient();
  ada = await target.addUser();
  eve = await target.addUser();
});
afterAll(() => target.stop());

/** A page with a form: who fills it in, and how it is sent. */
interface FormUnderTest {
  readonly browser: Browser;
  readonly page: Page;
  readonly action: string;
  readonly fields: Record<string, string>;
  /** What must be so while nothing has been done. */
  readonly expectUntouched: () => Promise<void>;
  readonly expectDone: () => Promise<void>;
}

const forms: Record<string, () => Promise<FormUnderTest>> = {
  'sign-in': async () => {
    const browser = new Browser(target.fetch);
    const page = pageOf(await browser.open(authorizeUrl(target, client).url));
    const { action, fields } = formWith(page.html, 'login-submit');
    const before = target.events.length;
    const signIns = () =>
      target.events
        .slice(before)
        .filter((event) => event.type === 'sign_in.succeeded' && event.userId === ada.id);
    return {
      browser,
      page,
      action: new URL(action, page.url).href,
      fields: { ...fields, username: ada.username, password: ada.password },
      expectUntouched: async () => {
        expect(browser.cookies.has(sessionCookie)).toBe(false);
        expect(signIns()).toEqual([]);
      },
      expectDone: async () => expect(browser.cookies.has(sessionCookie)).toBe(true),
    };
  },
  consent: async () => {
    const browser = new Browser(target.fetch);
    const fresh = await target.addUser();
    const page = pageOf(await signInAt(browser, authorizeUrl(target, client).url, fresh));
    const { action, fields } = formWith(page.html, 'consent-approve');
    return {
      browser,
      page,
      action: new URL(action, page.url).href,
      fields,
      expectUntouched: async () => expect(await target.store.consents.find(fresh.id, client.id)).toBeNull(),
      expectDone: async () =>
        expect((await target.store.consents.find(fresh.id, client.id))?.scopes).toEqual(['photos:read']),
    };
  },
};

function altered(ticket: string): string[] {
  const middle = Math.floor(ticket.length / 2);
  const other = ticket[middle] === 'A' ? 'B' : 'A';
  return [
    '',
    'x',
    ticket.slice(0, -4),
    ticket.slice(4),
    `${ticket}AAAA`,
    `${ticket.slice(0, middle)}${other}${ticket.slice(middle + 1)}`,
  ];
}

describe.each(Object.entries(forms))('the form of %s', (_name, prepare) => {
  async function expectRefused(form: FormUnderTest, response: Response): Promise<void> {
    expect([response.status, response.headers.get('location')]).toEqual([400, null]);
    expect(textOf(await response.text(), 'error-code')).toMatch(/^(interaction_invalid|invalid_request)$/);
    await form.expectUntouched();
  }

  async function expectRightOneWorks(form: FormUnderTest): Promise<void> {
    const response = await form.browser.post(form.action, form.fields);
    expect(response.status).toBe(303);
    await form.expectDone();
  }

  test('AZ-073, SL-008: without its ticket, or with an altered one, nothing changes; the right one works', async () => {
    const form = await prepare();
    const { ticket = '', ...rest } = form.fields;
    await expectRefused(form, await form.browser.post(form.action, rest));
    for (const wrong of altered(ticket))
      await expectRefused(form, await form.browser.post(form.action, { ...form.fields, ticket: wrong }));
    await expectRightOneWorks(form);
  });

  test('AZ-073: in another browser the ticket does nothing, with or without cookies there', async () => {
    const form = await prepare();
    const stranger = new Browser(target.fetch);
    await expectRefused(form, await stranger.post(form.action, form.fields));
    await walk(stranger, authorizeUrl(target, client).url, eve);
    const before = stranger.cookies.get(sessionCookie);
    await expectRefused(form, await stranger.post(form.action, form.fields));
    expect(stranger.cookies.get(sessionCookie)).toBe(before);
    await expectRightOneWorks(form);
  });

  test('AZ-073, SL-008: another site cannot post the form, however the browser says so', async () => {
    const form = await prepare();
    const body = new URLSearchParams(form.fields).toString();
    const forged: Record<string, string>[] = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site', origin: target.issuer },
      { origin: 'https://evil.example' },
      { origin: `${target.issuer}.evil.example` },
      { origin: target.issuer.replace('https', 'http') },
    ];
    for (const headers of forged) {
      const type = { 'content-type': 'application/x-www-form-urlencoded' };
      const init = { method: 'POST', body, headers: { ...type, ...headers } };
      await expectRefused(form, await form.browser.send(form.action, init));
    }
    const inUrl = await form.browser.get(`${form.action}?${body}`);
    expect(inUrl.headers.get('location')).toBeNull();
    await form.expectUntouched();
    await expectRightOneWorks(form);
  });
});

test('AZ-073: a consent page that was shown to one person does nothing when another has signed in since', async () => {
  const [first, second] = [await target.addUser(), await target.addUser()];
  const browser = new Browser(target.fetch);
  const { url, state } = authorizeUrl(target, client);
  const shownToFirst = pageOf(await signInAt(browser, url, first));
  const asSecond = authorizeUrl(target, client, { prompt: 'login' }).url;
  pageOf(await signInAt(browser, asSecond, second));
  const asked = pageOf(await browser.click(shownToFirst, 'consent-approve'));
  expect(asked.html).toContain(second.username);
  for (const { id } of [first, second]) expect(await target.store.consents.find(id, client.id)).toBeNull();
  const end = leftFor(await browser.click(asked, 'consent-approve'));
  expect([end.searchParams.get('state'), end.searchParams.has('code')]).toEqual([state, true]);
  expect(await target.store.consents.find(first.id, client.id)).toBeNull();
});

test('AZ-073: the ticket of the sign-in page allows nothing', async () => {
  const fresh = await target.addUser();
  const browser = new Browser(target.fetch);
  const signIn = pageOf(await browser.open(authorizeUrl(target, client).url));
  const { ticket = '' } = formWith(signIn.html, 'login-submit').fields;
  const { username, password } = fresh;
  await browser.click(signIn, 'login-submit', { username, password });
  const url = `${target.issuer}/consent`;
  const asked = pageOf(await browser.follow(url, await browser.post(url, { ticket, decision: 'approve' })));
  expect(await target.store.consents.find(fresh.id, client.id)).toBeNull();
  expect(leftFor(await browser.click(asked, 'consent-approve')).searchParams.has('code')).toBe(true);
});

test('AZ-073: a client that was disabled, or gave up its address, while a page was open gets no code', async () => {
  const changes = [{ disabledAt: 1 }, { redirectUris: ['https://print.example/elsewhere'] }];
  for (const change of changes) {
    const of = await target.addClient();
    const browser = new Browser(target.fetch);
    const page = pageOf(await signInAt(browser, authorizeUrl(target, of).url, ada));
    await target.store.clients.replace({ ...of.record, ...change });
    const refused = pageOf(await browser.click(page, 'consent-approve'));
    expect(refused.status).toBe(400);
    expect(await target.store.consents.find(ada.id, of.id)).toBeNull();
  }
  await walk(new Browser(target.fetch), authorizeUrl(target, client).url, ada);
});

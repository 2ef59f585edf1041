import { expect, test } from 'vitest';
import { addKeyClient, newKey } from '../support/assertions.ts';
import { answerAt } from '../support/authorization-answer.ts';
import {
  ask,
  askByPost,
  expectPage,
  expectRedirectError,
  expectSignIn,
  type Outcome,
  pageOf,
} from '../support/authorize.ts';
import { attribute, Browser, textOf } from '../support/browser.ts';
import { authorizeUrl, obtainCode, redeem, walk } from '../support/flow.ts';
import { push, pushedUrl } from '../support/pushed-request.ts';
import { requestObject, requestOf } from '../support/request-object.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import type { Target, TestClient } from '../targets/target.ts';

type Over = Record<string, string | undefined>;

/** One that registered itself. */
function addStranger(at: Target, over: Partial<TestClient['record']> = {}): Promise<TestClient> {
  return at.addClient({ origin: 'registered', name: 'Photo <b>Wall</b>', ...over });
}

/** The person stays, sees who sent her and where the way back leads, and nothing moves by itself; gives that address. */
function expectInterstitial(outcome: Outcome, error: string): string {
  expect([outcome.status, outcome.headers.get('location'), outcome.headers.get('refresh')]).toEqual([
    400,
    null,
    null,
  ]);
  expect(outcome.html).not.toMatch(/<script|<form|http-equiv|<b>/i);
  expect(outcome.html).toContain('Photo &lt;b&gt;Wall&lt;/b&gt;');
  expect(textOf(outcome.html, 'error-code')).toBe(error);
  const [link = ''] = /<a [^>]*id="go-back"[^>]*>/.exec(outcome.html) ?? [];
  expect(attribute(link, 'rel')).toBe('noopener noreferrer');
  return attribute(link, 'href') ?? expect.unreachable(`No way back:\n${outcome.html}`);
}

const bad: [string, Over, string][] = [
  ['an unknown scope', { scope: 'nonsense' }, 'invalid_scope'],
  ['another response_type', { response_type: 'token' }, 'unsupported_response_type'],
  ['no response_type', { response_type: undefined }, 'invalid_request'],
  ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }, 'invalid_request'],
  ['an unknown resource', { resource: 'https://evil.example/' }, 'invalid_target'],
  ['a contradiction', { prompt: 'none login' }, 'invalid_request'],
  ['a registration', { registration: '{}' }, 'registration_not_supported'],
];

describeTargets((open) => {
  test('AZ-051: an app that registered itself has nobody sent to it by a bad request', async () => {
    const at = await open();
    const client = await addStranger(at);
    const { url, state } = authorizeUrl(at, client, { scope: 'nonsense' });
    const back = new URL(expectInterstitial(await ask(at, url), 'invalid_scope'));
    expect([
      back.origin + back.pathname,
      back.searchParams.get('state'),
      back.searchParams.get('error'),
    ]).toEqual([client.redirectUri, state, 'invalid_scope']);
    expectSignIn(at, await ask(at, authorizeUrl(at, client).url));
    const user = await at.addUser();
    expect((await redeem(at, client, await obtainCode(at, client, user))).status).toBe(200);
  });
});

describeHandler((open) => {
  test('AZ-051, AZ-073: the link to a page of somebody else leads on to no app that registered itself', async () => {
    const at = await open();
    for (const [client, leads] of [
      [await addStranger(at), false],
      [await at.addClient(), true],
    ] as const) {
      const { url } = pageOf(await new Browser(at.fetch).open(authorizeUrl(at, client).url));
      const page = pageOf(await new Browser(at.fetch).open(url));
      expect([page.status, page.html.includes('href="https://print.example')]).toEqual([400, leads]);
    }
  });

  test('AZ-073: who came from it herself and was late is led back to it', async () => {
    const at = await open();
    const browser = new Browser(at.fetch);
    const { url } = pageOf(await browser.open(authorizeUrl(at, await addStranger(at)).url));
    at.pass(1_800_000);
    const page = pageOf(await browser.open(url));
    expect([page.status, page.html.includes('href="https://print.example')]).toEqual([400, true]);
  });

  test.each(bad)('AZ-051: %s is told on a page first, by GET and by POST', async (_what, over, error) => {
    const at = await open();
    const client = await addStranger(at);
    const { url, state } = authorizeUrl(at, client, over);
    for (const outcome of [await ask(at, url), await askByPost(at, url)]) {
      const back = new URL(expectInterstitial(outcome, error)).searchParams;
      expect([back.get('error'), back.get('state'), back.get('iss'), back.has('code')]).toEqual([
        error,
        state,
        at.issuer,
        false,
      ]);
    }
    // One that an operator put in is answered at once.
    const known = await at.addClient();
    const direct = authorizeUrl(at, known, over);
    expectRedirectError(await ask(at, direct.url), error, { target: at, client: known, state: direct.state });
  });

  test('AZ-051, AZ-052: who asks in silence is told in silence', async () => {
    const at = await open();
    const client = await addStranger(at);
    const silent: [Over, string][] = [
      [{ prompt: 'none' }, 'login_required'],
      [{ prompt: 'none', scope: 'nonsense' }, 'invalid_scope'],
      [{ prompt: 'none', response_type: 'token' }, 'unsupported_response_type'],
    ];
    for (const [over, error] of silent) {
      const { url, state } = authorizeUrl(at, client, over);
      expectRedirectError(await ask(at, url), error, { target: at, client, state });
    }
    for (const prompt of ['None', 'none none x', ' none login'])
      expectInterstitial(
        await ask(at, authorizeUrl(at, client, { prompt, scope: 'nonsense' }).url),
        prompt === 'None' ? 'invalid_scope' : 'invalid_request',
      );
  });

  test('AZ-051: whoever is signed in is sent on, and who only says so is not', async () => {
    const at = await open();
    const client = await addStranger(at);
    const [user, browser] = [await at.addUser(), new Browser(at.fetch)];
    await walk(browser, authorizeUrl(at, client).url, user);
    const { url, state } = authorizeUrl(at, client, { scope: 'nonsense' });
    const left = await browser.open(url);
    expect(
      'left' in left && [left.left.searchParams.get('error'), left.left.searchParams.get('state')],
    ).toEqual(['invalid_scope', state]);
    const cookie = '__Host-vk_session=forged';
    const forged = await at.fetch(new Request(url, { headers: { cookie }, redirect: 'manual' }));
    expect([forged.status, forged.headers.get('location')]).toEqual([400, null]);
    at.pass(15 * 86_400_000);
    expect(pageOf(await browser.open(url)).status).toBe(400);
  });

  test('AZ-051: one that declines on a page of ours has seen where she goes', async () => {
    const at = await open();
    const client = await addStranger(at);
    const browser = new Browser(at.fetch);
    const { url, state } = authorizeUrl(at, client);
    const left = await browser.click(pageOf(await browser.open(url)), 'login-cancel');
    expect(
      'left' in left && [left.left.searchParams.get('error'), left.left.searchParams.get('state')],
    ).toEqual(['access_denied', state]);
  });

  test('AZ-051, AZ-140: the way back holds the answer in the mode that was asked for, as far as a link can', async () => {
    const at = await open();
    const client = await addStranger(at);
    const wayBack = async (response_mode: string) =>
      expectInterstitial(
        await ask(at, authorizeUrl(at, client, { response_mode, scope: 'nonsense' }).url),
        'invalid_scope',
      );
    expect(await wayBack('jwt')).toMatch(/^https:\/\/print\.example\/callback\?response=[\w.-]+$/);
    expect(await wayBack('fragment.jwt')).toMatch(/^https:\/\/print\.example\/callback#response=[\w.-]+$/);
    for (const mode of ['form_post', 'form_post.jwt']) expect(await wayBack(mode)).toBe(client.redirectUri);
    // What cannot be answered at all stays a page without a way back.
    expectPage(await ask(at, authorizeUrl(at, client, { response_mode: 'fragment' }).url));
    expectPage(await ask(at, authorizeUrl(at, client, { redirect_uri: 'https://evil.example/' }).url));
  });

  test('AZ-051: pushed or signed, a request is no better', async () => {
    const at = await open();
    const key = newKey('ES256');
    const client = await addKeyClient(at, [key], { origin: 'registered', name: 'Photo <b>Wall</b>' });
    const by = { client, key };
    const { parameters } = requestOf(at, client, {
      acr_values: 'x',
      claims: '{"id_token":{"acr":{"essential":true,"value":"x"}}}',
    });
    const url = pushedUrl(at, client, await push(at, by, parameters));
    expectSignIn(at, await ask(at, url));
    const { parameters: wrong } = requestOf(at, client, { scope: 'nonsense' });
    const object = (parameters: object) => requestObject(at, { id: client.id, key }, { ...parameters });
    const told = async (fields: Record<string, string>) =>
      ask(at, `${at.issuer}/authorize?${new URLSearchParams({ client_id: client.id, ...fields })}`);
    expectInterstitial(await told({ request: await object(wrong) }), 'invalid_scope');
    const { redirectUri: redirect_uri } = client;
    expectInterstitial(await told({ redirect_uri, request: 'x' }), 'invalid_request_object');
    // Silence counts where it counts as part of the request.
    expectInterstitial(await told({ prompt: 'none', request: await object(wrong) }), 'invalid_scope');
    const silent = await told({ request: await object({ ...wrong, prompt: 'none' }) });
    expect(silent.location?.searchParams.get('error')).toBe('invalid_scope');
  });

  test('AZ-051, AZ-007: what came in the request is text on the page', async () => {
    const at = await open();
    const client = await addStranger(at);
    const state = `"><script>alert(1)</script>&lt;`;
    const { url } = authorizeUrl(at, client, { scope: '"><script>', state });
    const outcome = await ask(at, url);
    const back = new URL(expectInterstitial(outcome, 'invalid_scope'));
    expect(back.searchParams.get('state')).toBe(state);
    const form = authorizeUrl(at, client, { state, prompt: 'none', response_mode: 'form_post' });
    expect(answerAt(pageOf(await new Browser(at.fetch).open(form.url))).parameters.get('state')).toBe(state);
  });
});

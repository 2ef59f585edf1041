import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { answerAt, answerInPage } from '../support/authorization-answer.ts';
import {
  ask,
  askByPost,
  expectPage,
  expectRedirectError,
  expectSignIn,
  expectStillWorks,
  pageOf,
  signInAt,
} from '../support/authorize.ts';
import { Browser, type Page } from '../support/browser.ts';
import { authorizeUrl, redeem, walk, walkOn } from '../support/flow.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import type { Target, TestClient } from '../targets/target.ts';

async function stage(at: Target, over: Partial<TestClient['record']> = {}) {
  return { client: await at.addClient(over), user: await at.addUser(), browser: new Browser(at.fetch) };
}

describeTargets((open) => {
  test('AZ-024, AZ-016: by form_post the answer is one form of hidden fields that goes to exactly the redirect URI', async () => {
    const at = await open();
    const redirectUri = 'https://print.example/callback?a=1&b=%20%22';
    const { client, user, browser } = await stage(at, { redirectUris: [redirectUri] });
    const { url, verifier, state } = authorizeUrl(at, client, { response_mode: 'form_post' });
    const page = pageOf(await walkOn(browser, url, user));
    expect(page.status).toBe(200);
    const { by, to, parameters } = answerAt(page);
    expect([by, to]).toEqual(['form_post', redirectUri]);
    expect([...parameters.keys()].toSorted()).toEqual(['code', 'iss', 'state']);
    expect([parameters.get('state'), parameters.get('iss')]).toEqual([state, at.issuer]);
    const code = parameters.get('code') ?? '';
    expect((await redeem(at, client, { code, verifier, redirectUri })).status).toBe(200);
    // The next time nobody is asked anything: the form comes at once.
    const again = pageOf(
      await browser.open(authorizeUrl(at, client, { response_mode: 'form_post', prompt: 'none' }).url),
    );
    expect(answerAt(again).parameters.has('code')).toBe(true);
  });
});

describeHandler((open) => {
  test('AZ-016: a query of the redirect URI stays, and the answer is added to it', async () => {
    const at = await open();
    const uris = [
      'https://c.example/cb?a=1',
      'https://c.example/cb?',
      'https://c.example/cb?a=%20b&',
      'https://c.example/cb',
    ];
    const { client, user, browser } = await stage(at, { redirectUris: uris });
    const starts = ['?a=1&code=', '?code=', '?a=%20b&code=', '?code='];
    for (const [i, redirect_uri] of uris.entries()) {
      const left = await walk(browser, authorizeUrl(at, client, { redirect_uri }).url, user);
      expect(left.href.startsWith(`https://c.example/cb${starts[i]}`), left.href).toBe(true);
      const refused = await ask(at, authorizeUrl(at, client, { redirect_uri, scope: 'no' }).url);
      expect(refused.headers.get('location')).toMatch(
        `https://c.example/cb${starts[i]?.replace('code', 'error')}`,
      );
    }
  });

  test('AZ-020, AZ-021, AZ-022: only the response type code, and only of clients that may', async () => {
    const at = await open();
    const { client } = await stage(at);
    const idle = await at.addClient({ grantTypes: ['refresh_token'] });
    const refusals: [TestClient, string | undefined, string][] = [
      [client, undefined, 'invalid_request'],
      [client, '', 'invalid_request'],
      [client, 'token', 'unsupported_response_type'],
      [client, 'id_token', 'unsupported_response_type'],
      [client, 'code id_token', 'unsupported_response_type'],
      [client, 'id_token code', 'unsupported_response_type'],
      [client, 'token id_token code', 'unsupported_response_type'],
      [client, 'code token', 'unsupported_response_type'],
      [client, 'code code', 'unsupported_response_type'],
      [client, 'none', 'unsupported_response_type'],
      [client, 'Code', 'unsupported_response_type'],
      [idle, 'code', 'unauthorized_client'],
    ];
    for (const [of, response_type, error] of refusals) {
      const { url, state } = authorizeUrl(at, of, { response_type });
      expectRedirectError(await ask(at, url), error, { target: at, client: of, state });
      const form = authorizeUrl(at, of, { response_type, response_mode: 'form_post' });
      const { parameters } = answerAt(pageOf(await new Browser(at.fetch).open(form.url)));
      expect([parameters.get('error'), parameters.get('state')]).toEqual([error, form.state]);
    }
    await expectStillWorks(at, client, await at.addUser());
  });

  test('AZ-023: without response_mode, and with query, the answer is in the query', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    for (const response_mode of [undefined, '', 'query']) {
      const { url, state } = authorizeUrl(at, client, { response_mode });
      const left = await walk(browser, url, user);
      expect([left.searchParams.get('state'), left.hash]).toEqual([state, '']);
      expect([...left.searchParams.keys()].toSorted()).toEqual(['code', 'iss', 'state']);
    }
  });

  test.each([
    'fragment',
    'Query',
    'form-post',
    'form_post ',
    'query form_post',
    'web_message',
    'none',
    'fragment.JWT',
    '.jwt',
    '__proto__',
    '"><script>alert(1)</script>',
  ])(
    'AZ-023: the response mode %s gives a bare page, and nothing goes to the client',
    async (response_mode) => {
      const at = await open();
      const { client } = await stage(at);
      const { url } = authorizeUrl(at, client, { response_mode });
      expectPage(await ask(at, url));
      expectPage(await askByPost(at, url));
      expectPage(await ask(at, authorizeUrl(at, client, { response_mode, scope: 'nonsense' }).url));
      expectPage(await ask(at, authorizeUrl(at, client, { response_mode, prompt: 'none' }).url));
      expectSignIn(at, await ask(at, authorizeUrl(at, client, { response_mode: 'query' }).url));
    },
  );

  test('AZ-023: modes of signed answers are unknown where those are off', async () => {
    const at = await open({ config: { features: { signedResponses: false } } });
    const { client } = await stage(at);
    for (const response_mode of ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'])
      expectPage(await ask(at, authorizeUrl(at, client, { response_mode }).url));
    const metadata = await at.fetch(new Request(`${at.issuer}/.well-known/oauth-authorization-server`));
    expect(((await metadata.json()) as Record<string, unknown>).response_modes_supported).toEqual([
      'query',
      'form_post',
    ]);
    await expectStillWorks(at, client, await at.addUser());
  });

  test('FP-055: a client uses only the response modes that it registered', async () => {
    const at = await open();
    const modes = ['query', 'form_post', 'jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'];
    for (const only of modes) {
      const { client } = await stage(at, { requests: { responseModes: [only] } });
      for (const response_mode of modes) {
        const outcome = await ask(at, authorizeUrl(at, client, { response_mode }).url);
        if (response_mode === only) expectSignIn(at, outcome);
        else expectPage(outcome);
      }
      const byDefault = await ask(at, authorizeUrl(at, client).url);
      if (only === 'query') expectSignIn(at, byDefault);
      else expectPage(byDefault);
    }
  });

  const hostile = [
    `"'><script>alert(1)</script>`,
    '&quot;&lt;&amp;&#39;',
    `" onfocus="alert(1)" autofocus="`,
    '</form></noscript><form action="https://evil.example">',
    'a\nb\tc  d ',
    '<!--',
    '\u202Eevil ünï £€ 😀',
    '__proto__',
    '%00%0d%0aX: y',
    '+&=;',
  ];

  test('AZ-007, AZ-024: whatever the state is, the form brings it back and nothing of it becomes part of the page', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    for (const state of hostile) {
      const { url } = authorizeUrl(at, client, { state, response_mode: 'form_post' });
      const page = pageOf(await walkOn(browser, url, user));
      expect(answerAt(page).parameters.get('state')).toBe(state);
      expectOneForm(page, client.redirectUri);
      const refused = authorizeUrl(at, client, { state, response_mode: 'form_post', scope: 'no' });
      const error = pageOf(await browser.open(refused.url));
      expect(answerAt(error).parameters.get('state')).toBe(state);
      expectOneForm(error, client.redirectUri);
    }
  });

  test('AZ-024, AZ-026: the page is not kept, runs its one script by its hash, may post to the target only, and works without script', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at, { name: 'Print & <b>Shop</b>' });
    const page = pageOf(
      await walkOn(browser, authorizeUrl(at, client, { response_mode: 'form_post' }).url, user),
    );
    expect(page.headers.get('cache-control')).toBe('no-store');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    const policy = page.headers.get('content-security-policy') ?? '';
    const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page.html) ?? [];
    const hash = createHash('sha256').update(script).digest('base64');
    expect(policy.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${hash}'`,
      "style-src 'self'",
      "img-src 'self' data:",
      "form-action 'self' https://print.example",
      "frame-ancestors 'none'",
      "base-uri 'none'",
    ]);
    expect(script).toContain('submit');
    const [noscript = ''] = /<noscript>[\s\S]*?<\/noscript>/.exec(page.html) ?? [];
    expect(noscript).toMatch(/<button(?![^>]*type="button")[^>]*>/);
    const form = /<form[\s\S]*<\/form>/.exec(page.html)?.[0] ?? '';
    expect(form).toContain(noscript);
    expect(page.html).toContain('Print &amp; &lt;b&gt;Shop&lt;/b&gt;');
  });

  test('AZ-024, AZ-052, AZ-070, AZ-085: errors come by form_post too, wherever they arise', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const over = { response_mode: 'form_post' };
    const silent = authorizeUrl(at, client, { ...over, prompt: 'none' });
    const declined = authorizeUrl(at, client, over);
    const pages: [string, string, Page][] = [
      ['login_required', silent.state, pageOf(await browser.open(silent.url))],
      [
        'access_denied',
        declined.state,
        pageOf(await browser.click(pageOf(await signInAt(browser, declined.url, user)), 'consent-deny')),
      ],
    ];
    const cancelled = authorizeUrl(at, client, over);
    const other = new Browser(at.fetch);
    const signIn = pageOf(await other.open(cancelled.url));
    pages.push(['access_denied', cancelled.state, pageOf(await other.click(signIn, 'login-cancel'))]);
    for (const [error, state, page] of pages) {
      const { to, parameters } = answerAt(page);
      expect([page.status, to]).toEqual([200, client.redirectUri]);
      expect([...parameters.keys()].toSorted()).toEqual(['error', 'error_description', 'iss', 'state']);
      expect([parameters.get('error'), parameters.get('state'), parameters.get('iss')]).toEqual([
        error,
        state,
        at.issuer,
      ]);
      for (const name of ['error', 'error_description'])
        expect(parameters.get(name)).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
    }
    await expectStillWorks(at, client, user);
  });

  test('AZ-024: an app on this device gets its form too', async () => {
    const at = await open();
    const uris = ['com.example.app:/cb', 'http://127.0.0.1/cb', 'http://[::1]/cb'];
    const { client, user, browser } = await stage(at, {
      applicationType: 'native',
      authenticationMethod: 'none',
      redirectUris: uris,
    });
    const sources = ['com.example.app:', 'http://127.0.0.1:4711', 'http:'];
    for (const [i, uri] of uris.entries()) {
      const redirect_uri = uri.replace(/(\.1|\])\//, '$1:4711/');
      const { url } = authorizeUrl(at, client, { redirect_uri, response_mode: 'form_post' });
      const page = pageOf(await walkOn(browser, url, user));
      expect(answerAt(page).to).toBe(redirect_uri);
      expect(page.headers.get('content-security-policy')).toContain(`form-action 'self' ${sources[i]};`);
    }
  });

  test('AZ-010, AZ-024: no form for an address that is not registered', async () => {
    const at = await open();
    const { client } = await stage(at);
    for (const redirect_uri of ['https://evil.example/', `${client.redirectUri}/`, 'javascript:alert(1)'])
      expectPage(await ask(at, authorizeUrl(at, client, { redirect_uri, response_mode: 'form_post' }).url));
    expectPage(
      await ask(at, authorizeUrl(at, client, { client_id: 'nobody', response_mode: 'form_post' }).url),
      'invalid_client',
    );
  });
});

/** Exactly one form, its fields hidden, and nothing on the page that it did not write itself. */
function expectOneForm(page: Page, to: string): void {
  expect(answerInPage(page.html)?.to).toBe(to);
  expect(page.html.match(/<form\b/g)).toHaveLength(1);
  expect(page.html.match(/<script\b/g)).toHaveLength(1);
  for (const [tag] of page.html.matchAll(/<input\b[^>]*>/g))
    expect(tag).toMatch(/^<input type="hidden" name="[a-z_]+" value="[^"<>]*">$/);
  expect(page.html).not.toMatch(/<!--|alert\(1\)<|\son[a-z]+="/);
}

import { expect, test } from 'vitest';
import { inProcess } from '../targets/in-process.ts';
import type { Target } from '../targets/target.ts';
import { Browser } from './browser.ts';
import { authorizeUrl, redeem, walk } from './flow.ts';
import { type Exchange, recording } from './recorder.ts';
import { expectSound } from './soundness.ts';

/** A whole flow with a refusal in it, as it passed by. */
async function flow(): Promise<{ target: Target; exchanges: readonly Exchange[] }> {
  const plain = await inProcess();
  const { fetch, exchanges } = recording(plain.fetch);
  const target = { ...plain, fetch };
  const [client, user] = [await target.addClient(), await target.addUser()];
  const browser = new Browser(fetch);
  await browser.get(authorizeUrl(target, client, { scope: 'nonsense' }).url);
  await browser.get(authorizeUrl(target, client, { client_id: 'nobody' }).url);
  await browser.get(authorizeUrl(target, client, { prompt: 'none', response_mode: 'form_post' }).url);
  await browser.get(authorizeUrl(target, client, { prompt: 'none', response_mode: 'jwt' }).url);
  const { url, verifier } = authorizeUrl(target, client);
  const code = (await walk(browser, url, user)).searchParams.get('code') ?? '';
  expect((await redeem(target, client, { code, verifier, redirectUri: client.redirectUri })).status).toBe(
    200,
  );
  return { target, exchanges };
}

const { target, exchanges } = await flow();
const at = (path: string, status: number) =>
  exchanges.findIndex((exchange) => exchange.url.pathname === path && exchange.status === status);

/** The same flow, with one answer changed. */
function changed(index: number, change: (exchange: Exchange) => Partial<Exchange>): readonly Exchange[] {
  return exchanges.map((exchange, i) => (i === index ? { ...exchange, ...change(exchange) } : exchange));
}

function header(name: string, value: string | null): (exchange: Exchange) => Partial<Exchange> {
  return ({ headers }) => {
    const other = new Headers(headers);
    if (value === null) other.delete(name);
    else other.set(name, value);
    return { headers: other };
  };
}

test('a flow as it is holds', () => {
  expect(exchanges.length).toBeGreaterThan(7);
  expectSound({ target, exchanges, faulty: false });
});

const page = at('/login', 200);
const redirect = exchanges.findLastIndex(
  ({ headers }) => headers.get('location')?.includes('code=') ?? false,
);
const formPost = at('/authorize', 200);
const tokens = JSON.parse(exchanges.at(-1)?.body ?? '{}') as Record<string, string>;
const form = new URLSearchParams(exchanges.at(-1)?.requestBody);
const cookie = exchanges.flatMap(({ headers }) => headers.getSetCookie())[0]?.split(/[=;]/)[1] ?? '';

test.each<[string, number, (exchange: Exchange) => Partial<Exchange>]>([
  ['a page without a policy', page, header('content-security-policy', null)],
  ['a page that may be framed', page, header('x-frame-options', null)],
  [
    'a page with an unsafe policy',
    page,
    header('content-security-policy', "default-src 'none'; script-src 'unsafe-inline'"),
  ],
  ['a page with a script', page, ({ body }) => ({ body: `${body}<script src="/x.js"></script>` })],
  [
    'a page with a foreign image',
    page,
    ({ body }) => ({ body: `${body}<img src="https://evil.example/x.png">` }),
  ],
  ['a form with a second script', formPost, ({ body }) => ({ body: `${body}<script>x</script>` })],
  ['a form with another script', formPost, ({ body }) => ({ body: body.replace('submit', 'reset') })],
  [
    'a script of a page without a form',
    formPost,
    ({ body }) => ({ body: body.replaceAll(/<\/?form[^>]*>/g, '') }),
  ],
  ['an answer that is kept', page, header('cache-control', 'max-age=60')],
  ['an answer with a referrer', redirect, header('referrer-policy', null)],
  ['an answer without HSTS', redirect, header('strict-transport-security', null)],
  ['a 302', redirect, () => ({ status: 302 })],
  ['a redirect without issuer', redirect, header('location', 'https://print.example/callback?code=x')],
  [
    'a cookie for scripts',
    redirect,
    header('set-cookie', '__Host-vk_session=x; Path=/; Secure; SameSite=Lax'),
  ],
  ['an access token on a page', page, () => ({ body: `>${tokens.access_token?.slice(0, 40)}<` })],
  ['a refresh token on a page', page, () => ({ body: `>${tokens.refresh_token}<` })],
  ['a code on a page', page, () => ({ body: `x${form.get('code')?.slice(0, 30)}` })],
  ['a verifier in a header', redirect, header('x-debug', form.get('code_verifier'))],
  ['a cookie on a page', page, () => ({ body: cookie })],
  [
    'a password in an address',
    redirect,
    header(
      'location',
      `https://print.example/?iss=x&code=y&p=${encodeURIComponent('correct horse battery staple')}`,
    ),
  ],
  ['a fault', page, () => ({ status: 500 })],
  ['a reference that leads nowhere', page, () => ({ body: '<code id="error-reference">ABCDEFGH</code>' })],
  ['a refusal without its reference', at('/authorize', 400), () => ({ body: '' })],
])('%s is noticed', (_what, index, change) => {
  expect(index).not.toBe(-1);
  expect(() => expectSound({ target, exchanges: changed(index, change), faulty: false })).toThrow();
});

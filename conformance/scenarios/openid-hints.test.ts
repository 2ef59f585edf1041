import { createHash, generateKeyPairSync } from 'node:crypto';
import { decodeProtectedHeader, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRedirectError, outcomeOf } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl } from '../support/flow.ts';
import {
  addOpenIdClient,
  askUserinfo,
  readIdToken,
  redeemAnswer,
  signInWith,
  silently,
} from '../support/openid.ts';
import { enterPassword, leftTo, pageOf } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const day = 86_400_000;

type Over = Record<string, string | undefined>;

/** How a request can name the one person it is about. */
const ways: [string, (of: { idToken: string; sub: string }) => Over][] = [
  ['id_token_hint', ({ idToken }) => ({ id_token_hint: idToken })],
  ['sub of the ID token', ({ sub }) => ({ claims: JSON.stringify({ id_token: { sub: { value: sub } } }) })],
  ['sub of userinfo', ({ sub }) => ({ claims: JSON.stringify({ userinfo: { sub: { value: sub } } }) })],
];

describeTargets((open) => {
  let at: RestartableTarget;
  let ada: TestUser;
  let bob: TestUser;
  beforeAll(async () => {
    at = await open({ config: { throttling: { address: { limit: 10_000 } } } });
    [ada, bob] = [await at.addUser(), await at.addUser()];
  });
  afterAll(() => at.stop());

  /** A client that asks nobody, a browser with Ada signed in, and one with Bob. */
  async function stage(over: Partial<TestClient['record']> = {}) {
    const client = await addOpenIdClient(at, { consent: 'implied', ...over });
    const [adas, bobs] = [new Browser(at.fetch), new Browser(at.fetch)];
    const { claims, tokens, access } = await signInWith(at, { client, user: ada, browser: adas });
    await signInWith(at, { client, user: bob, browser: bobs });
    return { client, adas, bobs, access, idToken: String(tokens.body.id_token), sub: String(claims.sub) };
  }

  const urlOf = (client: TestClient, over: Over) => authorizeUrl(at, client, { scope: 'openid', ...over });

  async function expectError(
    client: TestClient,
    error: string,
    { browser, over }: { browser: Browser; over: Over },
  ) {
    const { url, state } = urlOf(client, over);
    const outcome = await outcomeOf(at, await browser.get(url));
    expectRedirectError(outcome, error, { target: at, client, state });
  }

  async function silentSubject(client: TestClient, browser: Browser, over: Over) {
    return (await redeemAnswer(at, client, await silently(at, client, { browser, over }))).claims.sub;
  }

  test.each(ways)(
    'AZ-060: %s names the person who is signed in: she is answered for without a page',
    async (_, name) => {
      for (const subjectType of ['public', 'pairwise'] as const) {
        const on = await stage({ openid: { subjectType } });
        for (const prompt of [undefined, 'none'])
          expect(await silentSubject(on.client, on.adas, { ...name(on), prompt })).toBe(on.sub);
      }
    },
  );

  test.each(ways)(
    'AZ-060: %s names another person: login_required where no page may be shown, else the sign-in page',
    async (_, name) => {
      const on = await stage();
      const over = name(on);
      await expectError(on.client, 'login_required', { browser: on.bobs, over: { ...over, prompt: 'none' } });
      await expectError(on.client, 'login_required', {
        browser: new Browser(at.fetch),
        over: { ...over, prompt: 'none' },
      });
      const { url, verifier } = urlOf(on.client, over);
      const login = pageOf(await on.bobs.open(url));
      expect(new URL(login.url).pathname).toBe('/login');
      const answer = leftTo(await enterPassword(on.bobs, login, ada));
      expect((await redeemAnswer(at, on.client, { answer, verifier })).claims.sub).toBe(on.sub);
    },
  );

  test.each(ways)('AZ-060: %s: whoever else signs in on the page is not answered for', async (_, name) => {
    const on = await stage();
    for (const browser of [on.bobs, new Browser(at.fetch)]) {
      const login = pageOf(await browser.open(urlOf(on.client, name(on)).url));
      const answer = leftTo(await enterPassword(browser, login, bob));
      expect([answer.searchParams.get('error'), answer.searchParams.has('code')]).toEqual([
        'login_required',
        false,
      ]);
      // He is signed in all the same, for requests that are about anybody.
      expect(await silentSubject(on.client, browser, {})).toBe(bob.id);
    }
  });

  test('AZ-060: with prompt=select_account the choice of another account is not answered for either', async () => {
    const on = await stage();
    const over = { id_token_hint: on.idToken, prompt: 'select_account' };
    const choice = pageOf(await on.bobs.open(urlOf(on.client, over).url));
    const login = pageOf(await on.bobs.click(choice, 'account-continue'));
    expect(new URL(login.url).pathname).toBe('/login');
    const answer = leftTo(await enterPassword(on.bobs, login, bob));
    expect(answer.searchParams.get('error')).toBe('login_required');
  });

  test('AZ-060: an ID token that expired long ago is still a hint, after rotations of the keys too', async () => {
    const at = await open();
    const user = await at.addUser();
    const client = await addOpenIdClient(at, { consent: 'implied' });
    const { tokens, header } = await signInWith(at, { client, user });
    // As long as a session can last, and past the day a key is replaced.
    at.pass(29 * day);
    const browser = new Browser(at.fetch);
    await signInWith(at, { client, user, browser });
    at.pass(1.5 * day);
    expect((await signInWith(at, { client, user, browser })).header.kid).not.toBe(header.kid);
    at.pass(day);
    const over = { id_token_hint: String(tokens.body.id_token), prompt: 'none' };
    const answer = await silently(at, client, { browser, over });
    expect((await redeemAnswer(at, client, answer)).claims.sub).toBe(user.id);
    await at.stop();
  });

  test('AZ-060: a hint that was forged, is no ID token, or is for another client is refused', async () => {
    const { client, adas, access, idToken } = await stage();
    const [head = '', payload = '', signature = ''] = idToken.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const toBob = Buffer.from(JSON.stringify({ ...claims, sub: bob.id })).toString('base64url');
    const kid = String(decodeProtectedHeader(idToken).kid);
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const other = await stage();
    const jwks = await (await at.fetch(new Request(`${at.issuer}/jwks`))).text();
    const signer = (alg: string, extra: object = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid, typ: 'JWT', ...extra });
    const hints: [string, string][] = [
      ['nonsense', 'x'],
      ['another person', `${head}.${toBob}.${signature}`],
      ['another signature', `${head}.${payload}.${signature.slice(0, -8)}AAAAAAAA`],
      ['no signature', `${head}.${payload}.`],
      ['alg none', new UnsecuredJWT(claims).encode()],
      ['another key', await signer('RS256').sign(privateKey)],
      ['the public key as a secret', await signer('HS256').sign(createHash('sha256').update(jwks).digest())],
      [
        'the header changed',
        `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${payload}.${signature}`,
      ],
      ['an access token', access],
      ['for another client', other.idToken],
      ['too long', `${idToken}${'A'.repeat(5000)}`],
    ];
    for (const [what, hint] of hints) {
      for (const prompt of [undefined, 'none']) {
        const { url, state } = urlOf(client, { id_token_hint: hint, prompt });
        const outcome = await outcomeOf(at, await adas.get(url));
        expect(outcome.location?.searchParams.get('error'), what).toBe('invalid_request');
        expectRedirectError(outcome, 'invalid_request', { target: at, client, state });
      }
    }
    expect(await silentSubject(client, adas, { id_token_hint: idToken })).toBe(ada.id);
  });

  test('AZ-060: a signed userinfo answer is no hint', async () => {
    const { client, adas, access } = await stage({ openid: { userinfoAlgorithm: 'RS256' } });
    const signed = await (await askUserinfo(at, access)).text();
    await expectError(client, 'invalid_request', { browser: adas, over: { id_token_hint: signed } });
  });

  test('AZ-060: an ID token of another server is no hint', async () => {
    const { client, adas } = await stage();
    const other = await open();
    const user = await other.addUser();
    const there = await addOpenIdClient(other, { id: client.id });
    const { tokens } = await signInWith(other, { client: there, user });
    expect((await readIdToken(other, there, tokens.body.id_token)).claims.aud).toBe(client.id);
    const over = { id_token_hint: String(tokens.body.id_token) };
    await expectError(client, 'invalid_request', { browser: adas, over });
    await other.stop();
  });

  test('AZ-060: a hint and a claims parameter that name two people are refused; a name that nobody has needs a sign-in', async () => {
    const on = await stage();
    const claims = (sub: unknown) => JSON.stringify({ id_token: { sub: { value: sub } } });
    const both = { id_token_hint: on.idToken, claims: claims(bob.id) };
    await expectError(on.client, 'invalid_request', { browser: on.adas, over: both });
    const agreed = { id_token_hint: on.idToken, claims: claims(ada.id) };
    expect(await silentSubject(on.client, on.adas, { ...agreed, prompt: 'none' })).toBe(ada.id);
    const nobody = { claims: claims('nobody'), prompt: 'none' };
    await expectError(on.client, 'login_required', { browser: on.adas, over: nobody });
  });

  test('AZ-060: a pairwise client names a person as it knows her, and not as others do', async () => {
    const on = await stage({ openid: { subjectType: 'pairwise' } });
    const claims = JSON.stringify({ id_token: { sub: { value: ada.id } } });
    await expectError(on.client, 'login_required', { browser: on.adas, over: { claims, prompt: 'none' } });
  });
});

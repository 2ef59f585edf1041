import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRedirectError, outcomeOf } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, introspect, obtainCode, redeem, refresh } from '../support/flow.ts';
import {
  addOpenIdClient,
  claimsAtUserinfo,
  everyScope,
  readIdToken,
  redeemAnswer,
  type SignedIn,
  signInWith,
  silently,
} from '../support/openid.ts';
import { enterPassword, leftTo, pageOf } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const recent = 'urn:example:recent';
const password = 'urn:example:password';
const otp = 'urn:example:otp';
const bankApi = 'https://bank.example/api';

/** Two APIs, of which one has its calls stepped up; contexts of which one is out of reach and one runs out. */
const config = {
  throttling: { address: { limit: 10_000 } },
  scopes: { 'photos:read': { description: 'see your photos' }, 'bank:pay': { description: 'pay' } },
  resources: [
    { identifier: photosApi, name: 'Photo API', scopes: ['photos:read'] },
    { identifier: bankApi, name: 'Bank API', scopes: ['bank:pay'], stepUp: true },
  ],
  authenticationContexts: [
    { value: otp, methods: ['pwd', 'otp'] },
    { value: recent, methods: ['pwd'], within: 300 },
    { value: password, methods: ['pwd'] },
  ],
};

type Over = Record<string, string | undefined>;

const essential = (wish: object) => JSON.stringify({ id_token: { acr: { essential: true, ...wish } } });

describeTargets((open) => {
  let at: RestartableTarget;
  let ada: TestUser;
  beforeAll(async () => {
    at = await open({ config });
    ada = await at.addUser();
  });
  afterAll(() => at.stop());

  /** A client that asks nobody; at the browser Ada signed in, ten minutes ago unless told otherwise. */
  async function stage(over: Partial<TestClient['record']> = {}, secondsAgo = 600) {
    const client = await addOpenIdClient(at, {
      consent: 'implied',
      scopes: [...everyScope, 'bank:pay'],
      ...over,
    });
    const browser = new Browser(at.fetch);
    const { claims, tokens } = await signInWith(at, { client, user: ada, browser });
    at.pass(secondsAgo * 1000);
    return { client, browser, claims, tokens };
  }

  const urlOf = (client: TestClient, over: Over) => authorizeUrl(at, client, { scope: 'openid', ...over });

  async function expectUnmet(client: TestClient, browser: Browser, over: Over): Promise<void> {
    const { url, state } = urlOf(client, over);
    const outcome = await outcomeOf(at, await browser.get(url));
    expectRedirectError(outcome, 'unmet_authentication_requirements', { target: at, client, state });
  }

  async function silent(client: TestClient, browser: Browser, over: Over = {}): Promise<SignedIn> {
    return redeemAnswer(at, client, await silently(at, client, { browser, over }));
  }

  async function afterLogin(client: TestClient, browser: Browser, over: Over): Promise<SignedIn> {
    const { url, verifier } = urlOf(client, over);
    const login = pageOf(await browser.open(url));
    expect(new URL(login.url).pathname).toBe('/login');
    return redeemAnswer(at, client, {
      answer: leftTo(await enterPassword(browser, login, ada)),
      verifier,
    });
  }

  test('AZ-063: acr tells the strongest context that was reached, whether one was asked for or not', async () => {
    const { client, browser, claims } = await stage();
    expect(claims.acr).toBe(recent);
    expect((await silent(client, browser)).claims.acr).toBe(password);
  });

  test('AZ-063: of the contexts that were asked for and reached it tells the first', async () => {
    const { client, browser } = await stage({}, 0);
    for (const [asked, told] of [
      [`${password} ${recent}`, password],
      [`${recent} ${password}`, recent],
      [`${otp} ${password}`, password],
      [`urn:unknown ${password}`, password],
    ] as const)
      expect((await silent(client, browser, { acr_values: asked })).claims.acr).toBe(told);
  });

  test('AZ-063: acr_values out of reach, or unknown, cause no error: acr tells what there is', async () => {
    const { client, browser } = await stage();
    for (const acrValues of [otp, 'urn:unknown', '0', 'x'.repeat(1000)]) {
      const { claims } = await silent(client, browser, { acr_values: acrValues });
      expect(claims.acr).toBe(password);
    }
    const voluntary = JSON.stringify({ id_token: { acr: { value: otp } } });
    expect((await silent(client, browser, { claims: voluntary })).claims.acr).toBe(password);
  });

  test('AZ-063: a wish that a sign-in can meet leads to one, unless no page may be shown', async () => {
    const { client, browser, claims } = await stage();
    const wish = { acr_values: recent };
    expect((await silent(client, browser, { ...wish, prompt: 'none' })).claims.acr).toBe(password);
    const stepped = await afterLogin(client, browser, wish);
    expect(stepped.claims.acr).toBe(recent);
    expect(stepped.claims.auth_time).toBeGreaterThan(Number(claims.auth_time));
    expect((await silent(client, browser, { ...wish, prompt: 'none' })).claims.acr).toBe(recent);
  });

  test('AZ-063: default_acr_values are the wish of a request that names none', async () => {
    const { client, browser } = await stage({ openid: { defaultAcrValues: [recent] } });
    expect((await silent(client, browser, { acr_values: password })).claims.acr).toBe(password);
    expect((await afterLogin(client, browser, {})).claims.acr).toBe(recent);
  });

  test('AZ-064: where the resource steps up, acr_values are needed: reached by signing in again, or the request fails', async () => {
    const { client, browser } = await stage();
    const bank = { scope: 'openid bank:pay', resource: bankApi };
    await expectUnmet(client, browser, { ...bank, acr_values: otp });
    await expectUnmet(client, browser, { ...bank, acr_values: recent, prompt: 'none' });
    const { access, claims } = await afterLogin(client, browser, { ...bank, acr_values: `${otp} ${recent}` });
    expect(claims.acr).toBe(recent);
    expect(decodeJwt(access)).toMatchObject({ acr: recent, auth_time: claims.auth_time, aud: bankApi });
    const photos = { scope: 'openid photos:read', resource: photosApi, acr_values: otp };
    expect((await silent(client, browser, photos)).claims.acr).toBe(recent);
    expect((await silent(client, browser, bank)).claims.acr).toBe(recent);
  });

  test('AZ-064: a request that names the resource by its scopes only steps up too', async () => {
    const { client, browser } = await stage();
    const bank = { scope: 'openid bank:pay' };
    await expectUnmet(client, browser, { ...bank, acr_values: otp });
    expect((await afterLogin(client, browser, { ...bank, acr_values: recent })).claims.acr).toBe(recent);
  });

  test('AZ-064, TN-027: plain OAuth steps up without openid', async () => {
    const { client, browser } = await stage();
    await expectUnmet(client, browser, { scope: 'bank:pay', acr_values: otp });
    const code = await obtainCode(at, client, ada, { scope: 'bank:pay', acr_values: recent });
    const { body } = await redeem(at, client, code);
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      acr: recent,
      auth_time: expect.any(Number),
    });
  });

  test.each<[string, object]>([
    ['value', { value: otp }],
    ['values', { values: [otp, 'urn:unknown'] }],
  ])(
    'AZ-065: an essential acr whose %s is out of reach: unmet_authentication_requirements',
    async (_, wish) => {
      const { client, browser } = await stage();
      for (const prompt of [undefined, 'none'])
        await expectUnmet(client, browser, { claims: essential(wish), prompt });
      const { url } = urlOf(client, { claims: essential(wish) });
      const fresh = new Browser(at.fetch);
      const answer = leftTo(await enterPassword(fresh, await fresh.open(url), ada));
      expect(answer.searchParams.get('error')).toBe('unmet_authentication_requirements');
      expect((await silent(client, browser)).claims.sub).toBe(ada.id);
    },
  );

  test('AZ-065: an essential acr that a sign-in reaches leads to one; one that is reached is told', async () => {
    const { client, browser } = await stage();
    const need = { claims: essential({ values: [otp, recent] }) };
    await expectUnmet(client, browser, { ...need, prompt: 'none' });
    expect((await afterLogin(client, browser, need)).claims.acr).toBe(recent);
    expect((await silent(client, browser, need)).claims.acr).toBe(recent);
    const other = { claims: essential({ value: password }) };
    expect((await silent(client, browser, { ...other, prompt: 'none' })).claims.acr).toBe(password);
  });

  test('AZ-065, AZ-068: an essential acr without a value is no condition', async () => {
    const { client, browser } = await stage();
    expect((await silent(client, browser, { claims: essential({}) })).claims.acr).toBe(password);
  });

  test('AZ-065: whoever waits at the consent page until the context has run out signs in again', async () => {
    const { client, browser } = await stage({ consent: 'ask', scopes: everyScope }, 0);
    const { url, verifier } = urlOf(client, { claims: essential({ value: recent }), prompt: 'consent' });
    const late = pageOf(await browser.open(url));
    at.pass(301_000);
    const login = pageOf(await browser.click(late, 'consent-approve'));
    expect(new URL(login.url).pathname).toBe('/login');
    const consent = pageOf(await enterPassword(browser, login, ada));
    const answer = leftTo(await browser.click(consent, 'consent-approve'));
    expect((await redeemAnswer(at, client, { answer, verifier })).claims.acr).toBe(recent);
  });

  test.each(['jwt', 'opaque'] as const)(
    'TN-027, IR-010, TK-082: acr and auth_time of the sign-in are told with %s access tokens, and stay when the session moves on',
    async (accessTokenFormat) => {
      const { client, browser } = await stage({ accessTokenFormat }, 0);
      const api = await at.addClient({ grantTypes: [], redirectUris: [], serves: [bankApi] });
      const over = { scope: 'openid bank:pay' };
      const { claims, tokens, access } = await silent(client, browser, over);
      const made = { acr: recent, auth_time: claims.auth_time };
      expect(await introspect(at, api, access)).toMatchObject(made);
      at.pass(400_000);
      await afterLogin(client, browser, { prompt: 'login' });
      const again = await refresh(at, client, tokens.body.refresh_token);
      expect((await readIdToken(at, client, again.body.id_token)).claims).toMatchObject(made);
      expect(await introspect(at, api, again.body.access_token)).toMatchObject(made);
      if (accessTokenFormat === 'jwt')
        for (const token of [access, again.body.access_token])
          expect(decodeJwt(String(token))).toMatchObject(made);
    },
  );

  test('AZ-063: acr and amr of the sign-in are for the ID token, not for userinfo', async () => {
    const { client, browser } = await stage();
    const claims = JSON.stringify({ userinfo: { acr: null, auth_time: { essential: true }, amr: null } });
    const { access } = await silent(client, browser, { claims });
    expect(await claimsAtUserinfo(at, access)).toEqual({ sub: ada.id });
  });

  test('AZ-063: the contexts are published', async () => {
    const answer = await at.fetch(new Request(`${at.issuer}/.well-known/openid-configuration`));
    expect((await answer.json()) as object).toMatchObject({ acr_values_supported: [otp, recent, password] });
  });
});

describeTargets((open) => {
  test('AZ-063: where no contexts are configured there is no acr, and a wish for one changes nothing', async () => {
    const at = await open();
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const { claims } = await signInWith(at, { client, user, over: { acr_values: recent } });
    expect(claims).not.toHaveProperty('acr');
    expect(claims.amr).toEqual(['pwd']);
    await at.stop();
  });
});

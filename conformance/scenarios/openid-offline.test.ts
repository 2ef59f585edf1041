import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectPage, expectStillWorks, outcomeOf } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, introspect, obtainCode, redeem, refresh } from '../support/flow.ts';
import { addOpenIdClient, askUserinfo, redeemAnswer, signInWith, silently } from '../support/openid.ts';
import { leftTo, pageOf } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient } from '../targets/target.ts';

const day = 86_400_000;

describeTargets((open) => {
  let at: RestartableTarget;
  beforeAll(async () => {
    at = await open({ config: { throttling: { address: { limit: 10_000 } } } });
  });
  afterAll(() => at.stop());

  /** A person who signed in to a client that was granted these scopes. */
  async function stage(scope: string, over: Partial<TestClient['record']> = {}) {
    const [client, user, browser] = [
      await addOpenIdClient(at, over),
      await at.addUser(),
      new Browser(at.fetch),
    ];
    const { tokens, access } = await signInWith(at, { client, user, browser, over: { scope } });
    return { client, user, browser, access, granted: tokens.body, refreshToken: tokens.body.refresh_token };
  }

  async function signOut(browser: Browser): Promise<void> {
    await browser.click(pageOf(await browser.open(`${at.issuer}/logout`)), 'logout-confirm');
  }

  test('AZ-035: offline_access is granted when the person has said yes to it, and she is asked in so many words', async () => {
    const { client, browser } = await stage('openid');
    const over = { scope: 'openid offline_access' };
    const { url, verifier } = authorizeUrl(at, client, over);
    const silent = leftTo(await browser.copy().open(`${url}&prompt=none`));
    expect(silent.searchParams.get('error')).toBe('consent_required');
    const page = pageOf(await browser.open(url));
    expect(page.html).toContain('stay connected while you are away');
    const answer = leftTo(await browser.click(page, 'consent-approve'));
    const { tokens } = await redeemAnswer(at, client, { answer, verifier });
    expect(tokens.body).toMatchObject({ scope: 'openid offline_access', refresh_token: expect.any(String) });
  });

  test('AZ-035: what she has said yes to once is on file; prompt=consent asks again', async () => {
    const { client, browser } = await stage('openid offline_access');
    const over = { scope: 'openid offline_access' };
    const answer = await silently(at, client, { browser, over: { ...over, prompt: 'none' } });
    const { tokens } = await redeemAnswer(at, client, answer);
    expect(tokens.body.scope).toBe('openid offline_access');
    const page = pageOf(await browser.open(authorizeUrl(at, client, { ...over, prompt: 'consent' }).url));
    expect(page.html).toContain('stay connected while you are away');
    const denied = leftTo(await browser.click(page, 'consent-deny'));
    expect(denied.searchParams.get('error')).toBe('access_denied');
  });

  test('AZ-035: for a client without refresh tokens, or without the scope, it is dropped without an error and not asked about', async () => {
    const user = await at.addUser();
    for (const over of [
      { grantTypes: ['authorization_code'] },
      { scopes: ['openid', 'photos:read'] },
    ] satisfies Partial<TestClient['record']>[]) {
      const client = await addOpenIdClient(at, over);
      const signedIn = await signInWith(at, { client, user, over: { scope: 'openid offline_access' } });
      expect(signedIn.tokens.body.scope).toBe('openid');
      const consent = await at.store.consents.find(user.id, client.id);
      expect(consent?.scopes).toEqual(['openid']);
    }
  });

  test('AZ-035: offline_access alone, which nobody can use, is refused', async () => {
    const client = await addOpenIdClient(at, { grantTypes: ['authorization_code'] });
    const answer = leftTo(
      await new Browser(at.fetch).open(authorizeUrl(at, client, { scope: 'offline_access' }).url),
    );
    expect(answer.searchParams.get('error')).toBe('invalid_scope');
    await expectStillWorks(at, client, await at.addUser());
  });

  test('TK-070: who registered the grant gets a refresh token, with and without openid and offline_access; who did not gets none', async () => {
    const user = await at.addUser();
    for (const [grantTypes, expected] of [
      [['authorization_code', 'refresh_token'], true],
      [['authorization_code'], false],
    ] as const) {
      const client = await addOpenIdClient(at, { grantTypes });
      for (const scope of ['photos:read', 'openid', 'openid offline_access', 'openid photos:read']) {
        const { body } = await redeem(at, client, await obtainCode(at, client, user, { scope }));
        expect([scope, 'refresh_token' in body]).toEqual([scope, expected]);
      }
    }
  });

  test('TK-070: a refresh token is tied to client, person and scopes as consented', async () => {
    const { client, user, refreshToken } = await stage('openid email');
    const other = await addOpenIdClient(at);
    expect((await refresh(at, other, refreshToken)).body.error).toBe('invalid_grant');
    const wider = await refresh(at, client, refreshToken, { scope: 'openid email phone' });
    expect(wider.body.error).toBe('invalid_scope');
    const good = await refresh(at, client, refreshToken);
    expect(good.body.scope).toBe('openid email');
    expect((await introspect(at, client, good.body.access_token)).sub).toBe(user.id);
  });

  test('SL-034: with the session end the tokens of grants with openid and without offline_access; others live on', async () => {
    const bound = await stage('openid photos:read');
    const { browser, user } = bound;
    const others = [];
    for (const scope of ['openid offline_access', 'photos:read']) {
      const client = await addOpenIdClient(at, { consent: 'implied' });
      const { url, verifier } = authorizeUrl(at, client, { scope });
      const code = leftTo(await browser.open(url)).searchParams.get('code') ?? '';
      const { body } = await redeem(at, client, { code, verifier, redirectUri: client.redirectUri });
      others.push({ client, body });
    }
    expect((await refresh(at, bound.client, bound.refreshToken)).status).toBe(200);
    await signOut(browser);
    expect((await refresh(at, bound.client, bound.refreshToken)).body.error).toBe('invalid_grant');
    expect(await introspect(at, bound.client, bound.access)).toEqual({ active: false });
    expect((await askUserinfo(at, bound.access)).status).toBe(401);
    for (const { client, body } of others) {
      expect(await introspect(at, client, body.access_token)).toMatchObject({ active: true });
      expect((await refresh(at, client, body.refresh_token)).status).toBe(200);
    }
    const again = await signInWith(at, { client: bound.client, user, browser });
    expect((await refresh(at, bound.client, again.tokens.body.refresh_token)).status).toBe(200);
  });

  test('SL-034: the end of a session somewhere else leaves a grant alone', async () => {
    const on = await stage('openid');
    const elsewhere = new Browser(at.fetch);
    const { tokens } = await signInWith(at, { client: on.client, user: on.user, browser: elsewhere });
    await signOut(elsewhere);
    expect((await refresh(at, on.client, tokens.body.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(at, on.client, on.refreshToken)).status).toBe(200);
  });

  test('SL-034: when the session reaches its end by age, so does such a grant; offline_access outlives it', async () => {
    const bound = await stage('openid');
    const offline = await stage('openid offline_access');
    at.pass(14 * day - 60_000);
    for (const { client, refreshToken } of [bound, offline])
      expect((await refresh(at, client, refreshToken)).status).toBe(200);
    at.pass(120_000);
    expect((await refresh(at, bound.client, bound.refreshToken)).body.error).toBe('invalid_grant');
    const renewed = await refresh(at, offline.client, offline.refreshToken);
    expect((await askUserinfo(at, String(renewed.body.access_token))).status).toBe(200);
  });

  test('SL-034, AZ-084: a code with offline_access needs the session too until it is redeemed', async () => {
    const { client, browser } = await stage('openid offline_access');
    const over = { scope: 'openid offline_access' };
    const { answer, verifier } = await silently(at, client, { browser, over });
    await signOut(browser);
    const code = answer.searchParams.get('code') ?? '';
    const late = await redeem(at, client, { code, verifier, redirectUri: client.redirectUri });
    expect(late.body.error).toBe('invalid_grant');
  });

  test('AZ-015: with openid the redirect_uri is needed even if only one is registered; plain OAuth may leave it out', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    for (const scope of ['openid', 'photos:read openid', 'email openid']) {
      for (const redirectUri of [undefined, '']) {
        const { url } = authorizeUrl(at, client, { scope, redirect_uri: redirectUri });
        const outcome = await outcomeOf(at, await new Browser(at.fetch).get(url));
        expectPage(outcome);
      }
    }
    const code = await obtainCode(at, client, user, { redirect_uri: undefined });
    expect((await redeem(at, client, code, { redirect_uri: undefined })).status).toBe(200);
    await expectStillWorks(at, client, user);
  });

  test('AZ-015: it is needed too where openid comes by default', async () => {
    const client = await addOpenIdClient(at, { defaultScopes: ['openid'] });
    const { url } = authorizeUrl(at, client, { scope: undefined, redirect_uri: undefined });
    expectPage(await outcomeOf(at, await new Browser(at.fetch).get(url)));
    const signedIn = await signInWith(at, { client, user: await at.addUser(), over: { scope: undefined } });
    expect(signedIn.tokens.body.scope).toBe('openid');
  });
});

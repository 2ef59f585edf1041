import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRedirectError, outcomeOf } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, refresh } from '../support/flow.ts';
import {
  addOpenIdClient,
  claimsAtUserinfo,
  fullProfile,
  readIdToken,
  redeemAnswer,
  type SignedIn,
  signInWith,
  silently,
} from '../support/openid.ts';
import { enterPassword, leftTo, pageOf } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

/** Claims that every ID token of these scenarios has. */
const ofTheToken = ['iss', 'sub', 'aud', 'exp', 'iat', 'auth_time', 'amr', 'at_hash', 'sid'];

describeTargets((open) => {
  let at: RestartableTarget;
  let ada: TestUser;
  beforeAll(async () => {
    at = await open({ config: { throttling: { address: { limit: 10_000 } } } });
    ada = await at.addUser({ profile: fullProfile });
  });
  afterAll(() => at.stop());

  async function ask(
    claims: unknown,
    {
      over = {},
      client: registered = {},
    }: { over?: Record<string, string>; client?: Partial<TestClient['record']> } = {},
  ): Promise<SignedIn & { client: TestClient; told: Record<string, unknown> }> {
    const client = await addOpenIdClient(at, registered);
    const signedIn = await signInWith(at, {
      client,
      user: ada,
      over: { claims: JSON.stringify(claims), ...over },
    });
    return { ...signedIn, client, told: await claimsAtUserinfo(at, signedIn.access) };
  }

  /** What an ID token says of the person. */
  function profileIn(claims: SignedIn['claims']): Record<string, unknown> {
    return Object.fromEntries(Object.entries(claims).filter(([name]) => !ofTheToken.includes(name)));
  }

  test('AZ-067: claims are asked for by name and by place: some for userinfo, others for the ID token', async () => {
    const { claims, told } = await ask({
      userinfo: { email: null, address: { essential: false } },
      id_token: { given_name: { essential: true }, updated_at: {}, phone_number_verified: null },
    });
    expect(told).toEqual({ sub: ada.id, email: fullProfile.email, address: fullProfile.address });
    expect(profileIn(claims)).toEqual({
      given_name: 'Ada',
      updated_at: fullProfile.updated_at,
      phone_number_verified: false,
    });
  });

  test('AZ-067: they come on top of what the scopes give, and stay for each refresh', async () => {
    const { client, tokens, told } = await ask(
      { userinfo: { nickname: null }, id_token: { email: null } },
      { over: { scope: 'openid phone' } },
    );
    const phone = { phone_number: fullProfile.phone_number, phone_number_verified: false };
    expect(told).toEqual({ sub: ada.id, nickname: 'Ada', ...phone });
    const again = await refresh(at, client, tokens.body.refresh_token);
    expect(await claimsAtUserinfo(at, String(again.body.access_token))).toEqual(told);
    const renewed = await readIdToken(at, client, again.body.id_token);
    expect(profileIn(renewed.claims)).toEqual({ email: fullProfile.email });
  });

  test.each<[string, string]>([
    ['no JSON', 'email'],
    ['JSON cut off', '{"userinfo":{"email":null}'],
    ['an array', '["email"]'],
    ['a text', '"email"'],
    ['null', 'null'],
    ['a place that is an array', '{"userinfo":["email"]}'],
    ['a place that is a text', '{"id_token":"email"}'],
    ['a claim that is a text', '{"userinfo":{"email":"yes"}}'],
    ['a claim that is true', '{"id_token":{"email":true}}'],
    ['a claim that is an array', '{"id_token":{"email":[]}}'],
    ['essential as a text', '{"id_token":{"email":{"essential":"true"}}}'],
    ['values that are no array', '{"id_token":{"acr":{"values":"x"}}}'],
    ['a text too long to carry', JSON.stringify({ userinfo: { email: { value: 'x'.repeat(5000) } } })],
  ])('AZ-067: %s is refused', async (_what, claims) => {
    const client = await addOpenIdClient(at);
    const { url, state } = authorizeUrl(at, client, { scope: 'openid', claims });
    const outcome = await outcomeOf(at, await new Browser(at.fetch).get(url));
    expectRedirectError(outcome, 'invalid_request', { target: at, client, state });
    const { told } = await ask({ userinfo: { email: null } });
    expect(told).toEqual({ sub: ada.id, email: fullProfile.email });
  });

  test('AZ-067: members that nobody knows are passed over', async () => {
    const { claims, told } = await ask({
      userinfo: { email: { essential: true, purpose: 'mail', max_age: 7 }, 'https://x.example/claim': null },
      id_token: null,
      access_token: { email: null },
      transaction: 7,
    });
    expect(told).toEqual({ sub: ada.id, email: fullProfile.email });
    expect(profileIn(claims)).toEqual({});
  });

  test('AZ-067: a request that wants nothing is one', async () => {
    for (const claims of [{}, { userinfo: {}, id_token: {} }, { userinfo: null }])
      expect((await ask(claims)).told).toEqual({ sub: ada.id });
  });

  test('AZ-068: a claim that cannot be given, even an essential one, is left out without an error', async () => {
    const bob = await at.addUser({ name: 'Bob' });
    const client = await addOpenIdClient(at);
    const wish = { essential: true };
    const names = [
      'name',
      'email',
      'birthdate',
      'shoe_size',
      'password',
      'passwordHash',
      '__proto__',
      'constructor',
    ];
    const wanted = `{${names.map((name) => `"${name}":${JSON.stringify(wish)}`).join(',')}}`;
    const claims = `{"userinfo":${wanted},"id_token":${wanted}}`;
    const signedIn = await signInWith(at, { client, user: bob, over: { claims } });
    expect(profileIn(signedIn.claims)).toEqual({ name: 'Bob' });
    expect(await claimsAtUserinfo(at, signedIn.access)).toEqual({ sub: bob.id, name: 'Bob' });
  });

  test('AZ-068: a value that is asked for changes nothing: the person is told of as she is', async () => {
    const { told } = await ask({
      userinfo: { email: { value: 'bob@example.org' }, locale: { values: ['de'] } },
    });
    expect(told).toEqual({ sub: ada.id, email: fullProfile.email, locale: 'en-GB' });
  });

  test('AZ-068, TN-041: claims of the token are never taken from the request or the profile', async () => {
    const user = await at.addUser({
      profile: { ...fullProfile, iss: 'x', exp: 1, aud: 'x', sid: 'x', acr: 'x' },
    });
    const client = await addOpenIdClient(at);
    const named = { iss: { value: 'x' }, aud: null, exp: null, sid: null, acr: null, nonce: { value: 'x' } };
    const claims = JSON.stringify({ userinfo: named, id_token: named });
    const signedIn = await signInWith(at, { client, user, over: { claims } });
    expect(signedIn.claims).toMatchObject({ iss: at.issuer, aud: client.id });
    expect(profileIn(signedIn.claims)).toEqual({});
    expect(await claimsAtUserinfo(at, signedIn.access)).toEqual({ sub: user.id });
  });

  test('AZ-033, AZ-068: a client gets no claim by name that no scope of its own holds', async () => {
    const everything = {
      userinfo: { email: null, name: null },
      id_token: { email: null, phone_number: null },
    };
    const { claims, told, client } = await ask(everything, { client: { scopes: ['openid', 'profile'] } });
    expect(told).toEqual({ sub: ada.id, name: 'Ada Lovelace' });
    expect(profileIn(claims)).toEqual({});
    expect((await at.store.consents.find(ada.id, client.id))?.scopes.toSorted()).toEqual([
      'openid',
      'profile',
    ]);
  });

  test('AZ-068: a claim goes when the scope that holds it is taken from the client', async () => {
    const { client, access, tokens } = await ask({ userinfo: { email: null }, id_token: { email: null } });
    await at.store.clients.replace({ ...client.record, scopes: ['openid'] });
    expect(await claimsAtUserinfo(at, access)).toEqual({ sub: ada.id });
    const again = await refresh(at, client, tokens.body.refresh_token);
    expect(profileIn((await readIdToken(at, client, again.body.id_token)).claims)).toEqual({});
  });

  test('AZ-070: what is asked for by name is shown at consent, and asked about when it is new', async () => {
    const client = await addOpenIdClient(at);
    const browser = new Browser(at.fetch);
    await signInWith(at, { client, user: ada, browser });
    const claims = JSON.stringify({ id_token: { email: null } });
    const { url, verifier } = authorizeUrl(at, client, { scope: 'openid', claims });
    const none = leftTo(await browser.copy().open(`${url}&prompt=none`));
    expect(none.searchParams.get('error')).toBe('consent_required');
    const page = pageOf(await browser.open(url));
    expect(page.html).toContain('see your email address');
    const answer = leftTo(await browser.click(page, 'consent-approve'));
    const first = await redeemAnswer(at, client, { answer, verifier });
    expect(profileIn(first.claims)).toEqual({ email: fullProfile.email });
    expect(first.tokens.body.scope).toBe('openid');
    const over = { claims, prompt: 'none' };
    const again = await redeemAnswer(at, client, await silently(at, client, { browser, over }));
    expect(profileIn(again.claims)).toEqual({ email: fullProfile.email });
  });

  test('AZ-070: a request of somebody who is not signed in shows it too', async () => {
    const client = await addOpenIdClient(at);
    const claims = JSON.stringify({ userinfo: { phone_number: null } });
    const browser = new Browser(at.fetch);
    const login = await browser.open(authorizeUrl(at, client, { scope: 'openid', claims }).url);
    const consent = pageOf(await enterPassword(browser, login, ada));
    expect(consent.html).toContain('see your phone number');
    expect(leftTo(await browser.click(consent, 'consent-deny')).searchParams.get('error')).toBe(
      'access_denied',
    );
  });

  test('AZ-067: the parameter and the claims are published', async () => {
    const answer = await at.fetch(new Request(`${at.issuer}/.well-known/openid-configuration`));
    const { claims_parameter_supported: supported, claims_supported: known } =
      (await answer.json()) as Record<string, unknown>;
    expect(supported).toBe(true);
    expect(known).toEqual(expect.arrayContaining([...Object.keys(fullProfile), 'sub', 'name', 'auth_time']));
  });
});

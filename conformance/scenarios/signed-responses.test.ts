import { decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { answerAt, readAnswer, verifyAnswer } from '../support/authorization-answer.ts';
import { ask, expectPage, expectSignIn, leftFor, pageOf, signInAt } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, redeem, walkOn } from '../support/flow.ts';
import type { Place } from '../support/pages.ts';
import { push, pushedUrl } from '../support/pushed-request.ts';
import { requestOf } from '../support/request-object.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import type { Target, TestClient } from '../targets/target.ts';

const algorithms = ['RS256', 'ES256', 'PS256', 'EdDSA'] as const;

const modes = [
  ['jwt', 'query'],
  ['query.jwt', 'query'],
  ['fragment.jwt', 'fragment'],
  ['form_post.jwt', 'form_post'],
] as const;

async function stage(at: Target, over: Partial<TestClient['record']> = {}) {
  return { client: await at.addClient(over), user: await at.addUser(), browser: new Browser(at.fetch) };
}

/** Only the signed answer is there, for this client and not for long; gives what it says. */
async function expectSigned(at: Target, client: TestClient, place: Place, algorithm = 'RS256') {
  const answer = answerAt(place);
  expect(answer.to).toBe(client.redirectUri);
  expect([...answer.parameters.keys()]).toEqual(['response']);
  const { payload, protectedHeader } = await verifyAnswer(at, client, answer);
  expect(protectedHeader.alg).toBe(algorithm);
  const now = at.now() / 1000;
  expect([payload.iss, payload.aud]).toEqual([at.issuer, client.id]);
  expect(payload.exp).toBeGreaterThan(now + 60);
  expect(payload.exp).toBeLessThanOrEqual(now + 600);
  return { by: answer.by, claims: payload };
}

describeTargets((open) => {
  test.each(algorithms)(
    'AZ-140, AZ-141, AZ-142: a code comes in an answer signed with %s, by every mode',
    async (responseAlgorithm) => {
      const at = await open();
      const { client, user, browser } = await stage(at, { requests: { responseAlgorithm } });
      for (const [response_mode, by] of modes) {
        const { url, verifier, state } = authorizeUrl(at, client, { response_mode });
        const told = await expectSigned(at, client, await walkOn(browser, url, user), responseAlgorithm);
        expect([told.by, told.claims.state]).toEqual([by, state]);
        expect(Object.keys(told.claims).toSorted()).toEqual(['aud', 'code', 'exp', 'iat', 'iss', 'state']);
        const answer = { code: String(told.claims.code), verifier, redirectUri: client.redirectUri };
        expect((await redeem(at, client, answer)).status).toBe(200);
      }
    },
  );
});

describeHandler((open) => {
  test('AZ-142: without a registered algorithm it is RS256, or the first one that there is', async () => {
    for (const [keys, expected] of [
      [{}, 'RS256'],
      [{ algorithms: ['PS256', 'ES256'] as ['PS256', 'ES256'] }, 'PS256'],
    ] as const) {
      const at = await open({ config: { keys } });
      const { client, user, browser } = await stage(at);
      const { url } = authorizeUrl(at, client, { response_mode: 'jwt' });
      await expectSigned(at, client, await walkOn(browser, url, user), expected);
      const metadata = await at.fetch(new Request(`${at.issuer}/.well-known/oauth-authorization-server`));
      const document = (await metadata.json()) as Record<string, string[]>;
      expect(document.authorization_signing_alg_values_supported).toContain(expected);
      expect(document.authorization_signing_alg_values_supported).not.toContain('none');
      expect(document.response_modes_supported).toEqual(expect.arrayContaining(modes.map(([mode]) => mode)));
    }
  });

  test.each(modes)(
    'AZ-140, AZ-141: errors in the mode %s are signed too, wherever they arise',
    async (response_mode, by) => {
      const at = await open();
      const { client, user, browser } = await stage(at, { requests: { responseAlgorithm: 'ES256' } });
      const bad: [string, Record<string, string | undefined>][] = [
        ['login_required', { prompt: 'none' }],
        ['invalid_scope', { scope: 'nonsense' }],
        ['invalid_request', { code_challenge_method: 'plain' }],
        ['invalid_request', { response_type: undefined }],
        ['unsupported_response_type', { response_type: 'token' }],
        ['invalid_request', { prompt: 'none login' }],
      ];
      for (const [error, over] of bad) {
        const { url, state } = authorizeUrl(at, client, { response_mode, ...over });
        const told = await expectSigned(at, client, await new Browser(at.fetch).open(url), 'ES256');
        expect([told.by, told.claims.error, told.claims.state]).toEqual([by, error, state]);
        expect(Object.keys(told.claims).toSorted()).toEqual([
          'aud',
          'error',
          'error_description',
          'exp',
          'iat',
          'iss',
          'state',
        ]);
        expect(told.claims.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
      }
      const { url, state } = authorizeUrl(at, client, { response_mode });
      const consent = pageOf(await signInAt(browser, url, user));
      const told = await expectSigned(at, client, await browser.click(consent, 'consent-deny'), 'ES256');
      expect([told.by, told.claims.error, told.claims.state]).toEqual([by, 'access_denied', state]);
    },
  );

  test('AZ-036, AZ-141: no state was sent, none comes back; a claim of its name is a parameter and nothing else', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    for (const state of [undefined, '', '7', 'true', '{"exp":0}', 'ünï "x"']) {
      const { url } = authorizeUrl(at, client, { response_mode: 'jwt', state });
      const { claims } = await expectSigned(at, client, await walkOn(browser, url, user));
      expect(claims.state).toBe(state || undefined);
    }
  });

  test('AZ-016, AZ-140: the redirect URI keeps its query, and nothing but the answer is added', async () => {
    const at = await open();
    const uri = 'https://c.example/cb?a=1';
    const { client, user, browser } = await stage(at, { redirectUris: [uri] });
    const added = async (response_mode: string) =>
      leftFor(await walkOn(browser, authorizeUrl(at, client, { response_mode }).url, user)).href;
    expect(await added('query.jwt')).toMatch(/^https:\/\/c\.example\/cb\?a=1&response=[\w.-]+$/);
    expect(await added('fragment.jwt')).toMatch(/^https:\/\/c\.example\/cb\?a=1#response=[\w.-]+$/);
    const page = pageOf(
      await walkOn(browser, authorizeUrl(at, client, { response_mode: 'form_post.jwt' }).url, user),
    );
    expect(answerAt(page)).toMatchObject({ by: 'form_post', to: uri });
  });

  test('AZ-141, TN-009: an answer is no token of another kind, and is good for its client only', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at, { scopes: ['openid', 'photos:read'] });
    const over = { response_mode: 'jwt', scope: 'openid' };
    const answer = answerAt(await walkOn(browser, authorizeUrl(at, client, over).url, user));
    await expect(verifyAnswer(at, { id: 'somebody' }, answer)).rejects.toThrow('aud');
    const response = answer.parameters.get('response') ?? '';
    const info = await at.fetch(
      new Request(`${at.issuer}/userinfo`, { headers: { authorization: `Bearer ${response}` } }),
    );
    expect(info.status).toBe(401);
    const hint = authorizeUrl(at, client, {
      ...over,
      response_mode: 'query',
      id_token_hint: response,
      prompt: 'none',
    });
    const told = leftFor(await browser.open(hint.url)).searchParams;
    expect([told.get('error'), told.has('code')]).toEqual(['invalid_request', false]);
  });

  test('AZ-140: what stays a page stays one, and a mode that is not there is never signed instead', async () => {
    const at = await open();
    const { client } = await stage(at);
    const over = { response_mode: 'query.jwt' };
    expectPage(
      await ask(at, authorizeUrl(at, client, { ...over, redirect_uri: 'https://evil.example/' }).url),
    );
    expectPage(
      await ask(at, authorizeUrl(at, client, { ...over, client_id: 'nobody' }).url),
      'invalid_client',
    );
    for (const response_mode of ['web_message.jwt', 'JWT', 'jwt.jwt', 'query.jwt.jwt'])
      expectPage(await ask(at, authorizeUrl(at, client, { response_mode }).url));
    expectSignIn(at, await ask(at, authorizeUrl(at, client, over).url));
  });

  test('AZ-123, AZ-140: the mode of a pushed request holds as well', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const { parameters, state } = requestOf(at, client, { response_mode: 'fragment.jwt' });
    const url = pushedUrl(at, client, await push(at, { client }, parameters), { response_mode: 'query' });
    const told = await expectSigned(at, client, await walkOn(browser, url, user));
    expect([told.by, told.claims.state]).toEqual(['fragment', state]);
  });

  test('AZ-142, MD-022: after the keys have changed an answer is signed by the new one, which is published', async () => {
    const at = await open();
    const { client, user, browser } = await stage(at);
    const asked = async () =>
      answerAt(await walkOn(browser, authorizeUrl(at, client, { response_mode: 'jwt' }).url, user));
    const before = await asked();
    // The next key is published a day before it signs.
    at.pass(29.5 * 86_400_000);
    await asked();
    at.pass(86_400_000);
    const after = await asked();
    const kids = [before, after].map(
      ({ parameters }) => decodeProtectedHeader(parameters.get('response') ?? '').kid,
    );
    expect(kids[0]).not.toBe(kids[1]);
    await verifyAnswer(at, client, after);
    expect(readAnswer(after).has('code')).toBe(true);
  });
});

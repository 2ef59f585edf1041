import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, expectRedirectError, expectSignIn } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import {
  type Answer,
  authorizeUrl,
  introspect,
  obtainCode,
  redeem,
  refresh,
  type TokenAnswer,
  walk,
} from '../support/flow.ts';
import { claimsOf } from '../support/jwt-claims.ts';
import { leftTo, pageOf, signIn } from '../support/pages.ts';
import { push, pushedUrl } from '../support/pushed-request.ts';
import { describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const notesApi = 'https://notes.example/api?tenant=1';
const mailApi = 'urn:example:mail';
const config = {
  scopes: {
    'photos:read': { description: 'see your photos' },
    'photos:write': { description: 'change your photos' },
    'notes:read': { description: 'read your notes' },
    'mail:read': { description: 'read your mail' },
    search: { description: 'search through your things' },
    theme: { description: 'see what colors you like' },
  },
  resources: [
    { identifier: photosApi, name: 'Photo API', scopes: ['photos:read', 'photos:write', 'search'] },
    { identifier: notesApi, name: 'Notes API', scopes: ['notes:read', 'search'], accessTokenLifetime: 120 },
    { identifier: mailApi, name: 'Mail API', scopes: ['mail:read'] },
  ],
};
const mine = ['photos:read', 'photos:write', 'notes:read', 'search', 'theme', 'openid', 'profile'];
const all = 'photos:read notes:read search theme';

describeTargets((open) => {
  let target: RestartableTarget;
  let client: TestClient;
  let notes: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    target = await open({ config });
    client = await target.addClient({ scopes: mine });
    notes = await target.addClient({ grantTypes: [], redirectUris: [], serves: [notesApi] });
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  const requestFor = (resources: readonly string[], over: Record<string, string | undefined> = {}) => {
    const { url, ...rest } = authorizeUrl(target, client, over);
    const more = resources.map((resource) => `&resource=${encodeURIComponent(resource)}`).join('');
    return { url: url + more, ...rest };
  };
  const codeFor = async (
    resources: readonly string[],
    over: Record<string, string | undefined> = {},
  ): Promise<Answer> => {
    const { url, verifier } = requestFor(resources, over);
    const answer = await walk(new Browser(target.fetch), url, user);
    return { code: answer.searchParams.get('code') ?? '', verifier, redirectUri: client.redirectUri };
  };
  const said = ({ status, body }: TokenAnswer) => {
    const { aud, scope } = claimsOf(body.access_token);
    expect([status, body.scope]).toEqual([200, scope]);
    return { aud, scope };
  };

  test('AZ-090: a resource that is no absolute URI, or has a fragment, is refused', async () => {
    const malformed = [
      'photos',
      '/api',
      '//photos.example',
      `${photosApi}#part`,
      `${photosApi}#`,
      'https://',
      'https://a b/',
      'x',
    ];
    for (const resource of malformed) {
      for (const resources of [[resource], [photosApi, resource]]) {
        const { url, state } = requestFor(resources);
        expectRedirectError(await ask(target, url), 'invalid_target', { target, client, state });
      }
    }
  });

  test('AZ-090, MC-006: it may occur several times, and an empty one is none', async () => {
    for (const resources of [[photosApi], [photosApi, notesApi], [photosApi, photosApi], [photosApi, '']])
      expectSignIn(target, await ask(target, requestFor(resources).url));
    expect(said(await redeem(target, client, await codeFor(['']))).aud).toBe(photosApi);
  });

  test('AZ-090: it bounds the whole grant: scopes of other resources are not in it, nor asked for at consent', async () => {
    const browser = new Browser(target.fetch);
    await signIn(browser, target, await target.addUser());
    const { url, verifier } = requestFor([notesApi], { scope: all });
    const page = pageOf(await browser.open(url));
    expect(page.html).toContain('read your notes');
    expect(page.html).toContain('Notes API');
    expect(page.html).not.toContain('see your photos');
    expect(page.html).not.toContain('Photo API');
    const code = leftTo(await browser.click(page, 'consent-approve')).searchParams.get('code') ?? '';
    const first = await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
    expect(said(first)).toEqual({ aud: notesApi, scope: 'notes:read search theme' });
    const beyond = await refresh(target, client, first.body.refresh_token, { resource: photosApi });
    expect([beyond.status, beyond.body.error]).toEqual([400, 'invalid_target']);
    const wider = await refresh(target, client, first.body.refresh_token, { scope: 'photos:read' });
    expect([wider.status, wider.body.error]).toEqual([400, 'invalid_scope']);
  });

  test('AZ-090: a resource for which none of the scopes is leaves nothing to grant', async () => {
    const { url, state } = requestFor([notesApi], { scope: 'photos:read' });
    expectRedirectError(await ask(target, url), 'invalid_scope', { target, client, state });
  });

  test('AZ-090: consent to one resource is none to another', async () => {
    const browser = new Browser(target.fetch);
    await signIn(browser, target, await target.addUser());
    const ends = async (resource: string, prompt?: string) => {
      const { url } = requestFor([resource], { scope: 'search', prompt });
      return browser.open(url);
    };
    await browser.click(pageOf(await ends(photosApi)), 'consent-approve');
    expect(leftTo(await ends(photosApi, 'none')).searchParams.has('code')).toBe(true);
    expect(leftTo(await ends(notesApi, 'none')).searchParams.get('error')).toBe('consent_required');
  });

  test('AZ-091: a resource that is unknown, or of which the client may have nothing, is refused', async () => {
    const strange = [
      'https://other.example/api',
      `${photosApi}/`,
      photosApi.toUpperCase(),
      mailApi,
      target.issuer,
      `${target.issuer}/userinfo`,
    ];
    for (const resource of strange) {
      for (const resources of [[resource], [photosApi, resource]]) {
        const { url, state } = requestFor(resources);
        expectRedirectError(await ask(target, url), 'invalid_target', { target, client, state });
      }
    }
  });

  test('AZ-091: a pushed request is held to the same', async () => {
    const pushing = (resource: string) => {
      const fields = Object.fromEntries(new URL(requestFor([resource]).url).searchParams);
      return push(target, { client }, fields);
    };
    expect((await pushing(mailApi)).body.error).toBe('invalid_target');
    expectSignIn(target, await ask(target, pushedUrl(target, client, await pushing(photosApi))));
  });

  test.each([
    ['photos:read', photosApi],
    ['notes:read theme', notesApi],
    ['search photos:write', photosApi],
    ['theme', photosApi],
  ])('AZ-092, TN-024: without a resource, a token for %s is for %s', async (scope, aud) => {
    const answer = await obtainCode(target, client, user, { scope });
    expect(said(await redeem(target, client, answer))).toEqual({ aud, scope });
  });

  test('TN-024: scopes that only tell who the person is are for userinfo', async () => {
    const answer = await obtainCode(target, client, user, { scope: 'openid profile' });
    expect(said(await redeem(target, client, answer)).aud).toBe(`${target.issuer}/userinfo`);
  });

  test.each(['photos:read notes:read', 'search', 'search theme'])(
    'TN-025, AZ-092: scopes %s without a resource could mean several, and are refused; with one they are good',
    async (scope) => {
      const { url, state } = requestFor([], { scope });
      expectRedirectError(await ask(target, url), 'invalid_scope', { target, client, state });
      expectSignIn(target, await ask(target, requestFor([notesApi], { scope }).url));
    },
  );

  test.each([photosApi, notesApi])(
    'TN-024, MC-006: aud is the resource that was asked for: %s',
    async (resource) => {
      const answer = await codeFor([resource], { scope: 'search' });
      expect(said(await redeem(target, client, answer))).toEqual({ aud: resource, scope: 'search' });
      const again = await codeFor([resource], { scope: 'search' });
      const { body } = await redeem(target, client, again, { resource });
      expect(claimsOf(body.access_token).aud).toBe(resource);
      const active = resource === notesApi;
      expect((await introspect(target, notes, body.access_token)).active).toBe(active);
    },
  );

  test('MC-006: answers say who gives them, good and bad ones, and the metadata announces it', async () => {
    const good = await walk(new Browser(target.fetch), requestFor([photosApi]).url, user);
    const bad = await ask(target, requestFor([mailApi]).url);
    for (const at of [good, bad.location]) expect(at?.searchParams.get('iss')).toBe(target.issuer);
    const response = await target.fetch(
      new Request(`${target.issuer}/.well-known/oauth-authorization-server`),
    );
    expect(await response.json()).toMatchObject({
      authorization_response_iss_parameter_supported: true,
      protected_resources: [photosApi, notesApi, mailApi],
    });
  });

  test('TK-077, TN-023: of a grant for two resources, each token is for what was named, with the scopes that mean something there', async () => {
    const answer = await codeFor([photosApi, notesApi], { scope: all });
    const first = await redeem(target, client, answer, { resource: notesApi });
    expect(said(first)).toEqual({ aud: notesApi, scope: 'notes:read search theme' });
    const second = await refresh(target, client, first.body.refresh_token, { resource: photosApi });
    expect(said(second)).toEqual({ aud: photosApi, scope: 'photos:read search theme' });
    const third = await refresh(target, client, second.body.refresh_token, {
      resource: notesApi,
      scope: 'search',
    });
    expect(said(third)).toEqual({ aud: notesApi, scope: 'search' });
    // The refresh token keeps the full set, however narrow the last token was.
    const fourth = await refresh(target, client, third.body.refresh_token);
    expect(said(fourth)).toEqual({ aud: photosApi, scope: 'photos:read search theme' });
    const fifth = await refresh(target, client, fourth.body.refresh_token, { scope: 'notes:read theme' });
    expect(said(fifth)).toEqual({ aud: notesApi, scope: 'notes:read theme' });
  });

  test('TK-077: a rotating refresh token keeps the full set too', async () => {
    const rotating = await target.addClient({ scopes: mine, rotateRefreshTokens: true });
    const { url, verifier } = authorizeUrl(target, rotating, { scope: all });
    const both = `${url}&resource=${encodeURIComponent(notesApi)}&resource=${encodeURIComponent(photosApi)}`;
    const code = (await walk(new Browser(target.fetch), both, user)).searchParams.get('code') ?? '';
    let last = await redeem(
      target,
      rotating,
      { code, verifier, redirectUri: rotating.redirectUri },
      { resource: notesApi },
    );
    for (const resource of [photosApi, notesApi, photosApi]) {
      const next = await refresh(target, rotating, last.body.refresh_token, { resource });
      expect(said(next).aud).toBe(resource);
      expect(next.body.refresh_token).not.toBe(last.body.refresh_token);
      last = next;
    }
  });

  test('TK-077: a token for several resources names them all, and lives as long as the strictest allows', async () => {
    const poster = await target.addClient({ scopes: mine, authenticationMethod: 'client_secret_post' });
    const { url, verifier } = authorizeUrl(target, poster, { scope: all });
    const both = `&resource=${encodeURIComponent(photosApi)}&resource=${encodeURIComponent(notesApi)}`;
    const code = (await walk(new Browser(target.fetch), url + both, user)).searchParams.get('code') ?? '';
    const fields = {
      grant_type: 'authorization_code',
      code,
      code_verifier: verifier,
      redirect_uri: poster.redirectUri,
      client_id: poster.id,
      client_secret: poster.secret,
    };
    const response = await target.fetch(
      new Request(`${target.issuer}/token`, {
        method: 'POST',
        body: `${new URLSearchParams(fields)}${both}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
      }),
    );
    const tokens = (await response.json()) as Record<string, unknown>;
    expect([response.status, tokens.expires_in]).toEqual([200, 120]);
    expect(claimsOf(tokens.access_token)).toMatchObject({ aud: [photosApi, notesApi], scope: all });
    expect((await introspect(target, notes, tokens.access_token)).active).toBe(true);
  });

  test('TK-077: a token request for more than was granted is refused, and spoils nothing', async () => {
    const answer = await codeFor([photosApi], { scope: all });
    for (const resource of [
      notesApi,
      mailApi,
      'https://other.example/',
      `${photosApi}/`,
      `${photosApi}#x`,
      'photos',
    ]) {
      const refused = await redeem(target, client, answer, { resource });
      expect([resource, refused.status, refused.body.error]).toEqual([resource, 400, 'invalid_target']);
    }
    const { status, body } = await redeem(target, client, answer);
    expect(status).toBe(200);
    for (const resource of [notesApi, 'photos']) {
      const refused = await refresh(target, client, body.refresh_token, { resource });
      expect([resource, refused.status, refused.body.error]).toEqual([resource, 400, 'invalid_target']);
    }
    const scopeElsewhere = await codeFor([photosApi, notesApi], { scope: 'photos:read' });
    const none = await redeem(target, client, scopeElsewhere, { resource: notesApi });
    expect([none.status, none.body.error]).toEqual([400, 'invalid_scope']);
    expect(said(await refresh(target, client, body.refresh_token)).aud).toBe(photosApi);
  });

  test('TK-077: of a client that rotates, a refused refresh leaves the token good', async () => {
    const rotating = await target.addClient({ scopes: mine, rotateRefreshTokens: true });
    const { body } = await redeem(target, rotating, await obtainCode(target, rotating, user));
    const refused = await refresh(target, rotating, body.refresh_token, { resource: notesApi });
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_target']);
    expect((await refresh(target, rotating, body.refresh_token)).status).toBe(200);
  });

  test('AZ-003: where resource indicators are off, the parameter is passed over everywhere', async () => {
    const off = await open({ config: { ...config, features: { resourceIndicators: false } } });
    const other = await off.addClient({ scopes: mine });
    const answer = await obtainCode(off, other, await off.addUser(), { resource: mailApi });
    const first = await redeem(off, other, answer, { resource: notesApi });
    expect(said(first).aud).toBe(photosApi);
    expect(said(await refresh(off, other, first.body.refresh_token, { resource: mailApi })).aud).toBe(
      photosApi,
    );
    await off.stop();
  });
});

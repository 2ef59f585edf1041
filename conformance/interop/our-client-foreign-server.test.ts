import { clientSecretBasic } from '@valetkey/client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { type ForeignServer, startForeignServer } from './foreign-server.ts';
import { callPhotos, type OurParties, openOurParties, Person } from './our-parties.ts';

describe('our client and guard with oidc-provider', () => {
  let parties: OurParties;
  let server: ForeignServer;
  let person: Person;
  /** Ahead of the clock of the parties of ours. */
  let ahead: number;

  beforeEach(async () => {
    parties = await openOurParties();
    const { photosUrl: audience, redirectUri } = parties;
    server = await startForeignServer({ audience, redirectUri });
    const { issuer, clientId, clientSecret, user } = server;
    ahead = 0;
    const clock = () => Date.now() + ahead;
    parties.start(
      { issuer, clientId, authentication: clientSecretBasic(clientSecret), clock },
      { issuer, audience, clock, allowInsecureLoopback: true },
    );
    person = new Person(parties, user);
  });
  afterEach(async () => {
    await parties.stop();
    await server.stop();
  });

  /** Somebody else with the client's credentials and a refresh token. */
  async function replay(refreshToken: string | undefined) {
    const { clientId, clientSecret, issuer } = server;
    const credentials = new URLSearchParams([[clientId, clientSecret]]).toString().replace('=', ':');
    const response = await fetch(`${issuer}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(credentials)}` },
      body: new URLSearchParams({ grant_type: 'refresh_token', refresh_token: String(refreshToken) }),
    });
    return { status: response.status, body: await response.json() };
  }

  it('connects, calls the API, refreshes with rotation and disconnects', async () => {
    const photos = await person.connect();
    expect(photos).toMatchObject({ status: 200 });
    const access = { subject: server.user.id, clientId: server.clientId, scope: ['photos:read'] };
    expect(JSON.parse(photos.html)).toEqual(access);

    const refreshed = await person.press('/refresh');
    expect(JSON.parse(refreshed.html)).toMatchObject({ renewals: 1, refreshable: true, missingScope: [] });
    const [first, second] = parties.tokens;
    expect(second?.accessToken).not.toBe(first?.accessToken);
    expect(second?.refreshToken).not.toBe(first?.refreshToken);
    expect(JSON.parse((await person.open('/photos')).html)).toEqual(access);

    expect(await person.press('/disconnect')).toMatchObject({ status: 401, html: 'not connected' });
    expect(await replay(second?.refreshToken)).toMatchObject({
      status: 400,
      body: { error: 'invalid_grant' },
    });
  });

  it('renews a token about to run out before it calls', async () => {
    await person.connect();
    ahead = 580_000;
    expect((await person.open('/photos')).status).toBe(200);
    expect(parties.tokens).toHaveLength(2);
  });

  it('sends what the server needs: PKCE, state and the resource', async () => {
    const { searchParams } = new URL(await person.asked());
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.any(String),
      resource: parties.photosUrl,
    });
  });

  it('checks the issuer of the answer', async () => {
    const answer = await person.approve();
    expect(answer.searchParams.get('iss')).toBe(server.issuer);
    answer.searchParams.set('iss', 'https://elsewhere.example');
    const refused = await person.open(answer.href);
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.html)).toEqual({ code: 'issuer_mismatch' });
  });

  it('reports that the person said no', async () => {
    const browser = new Browser((request) => fetch(request));
    const login = await browser.open(await person.asked());
    if ('left' in login) throw new Error(`Sent away: ${login.left}`);
    const { username, password } = server.user;
    const consent = await browser.click(login, 'login-submit', { username, password });
    if ('left' in consent) throw new Error(`Sent away: ${consent.left}`);
    const denied = await browser.click(consent, 'consent-deny');
    if (!('left' in denied)) throw new Error(`Not sent back: ${denied.html}`);
    const refused = await person.open(denied.left.href);
    expect(refused.status).toBe(403);
    expect(JSON.parse(refused.html)).toEqual({
      code: 'access_denied',
      server: { error: 'access_denied', description: 'The person said no' },
    });
  });

  it('reports a code the server does not take', async () => {
    const answer = await person.approve();
    answer.searchParams.set('code', 'x'.repeat(43));
    const refused = await person.open(answer.href);
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.html)).toMatchObject({
      code: 'grant_refused',
      server: { error: 'invalid_grant' },
    });
  });

  it('ends the session when the server has ended the grant', async () => {
    await person.connect();
    await person.press('/refresh');
    // The server takes the reuse of a replaced refresh token for a theft and ends the grant.
    expect(await replay(parties.tokens[0]?.refreshToken)).toMatchObject({ status: 400 });
    const refused = await person.press('/refresh');
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.html)).toMatchObject({ code: 'session_ended' });
    expect(await person.open('/photos')).toMatchObject({ status: 401, html: 'not connected' });
  });

  it('guards: a token that was tampered with or has run out is refused', async () => {
    await person.connect();
    const token = String(parties.tokens[0]?.accessToken);
    expect((await callPhotos(parties, token)).status).toBe(200);
    const [header, payload = '', signature] = token.split('.');
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), sub: 'eve' };
    const forged = [header, Buffer.from(JSON.stringify(claims)).toString('base64url'), signature].join('.');
    expect((await callPhotos(parties, forged)).status).toBe(401);
    ahead = 631_000;
    expect((await callPhotos(parties, token)).status).toBe(401);
    expect(parties.refusals.map(({ message }) => message)).toEqual([
      'no key of the header made the signature',
      'the token has expired',
    ]);
  });
});

import express from 'express';
import session from 'express-session';
import passport from 'passport';
import { Strategy, type VerifyCallback } from 'passport-oauth2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { type Listening, listenTo } from '../targets/listening.ts';
import { nodeServer } from '../targets/node-server.ts';
import type { Target, TestUser } from '../targets/target.ts';

/** Express with Passport and its OAuth 2.0 strategy, as most of the web has it: a session, `state` and PKCE. */
describe('passport-oauth2', () => {
  let target: Target;
  let user: TestUser;
  let app: Listening;
  const tokens: { accessToken: string; refreshToken: string }[] = [];

  beforeAll(async () => {
    target = await nodeServer();
    user = await target.addUser();
    app = await listenTo((url) => shop(url));
  });
  afterAll(async () => {
    await app.close();
    await target.stop();
  });

  async function shop(url: string): Promise<express.Express> {
    const callbackURL = `${url}/callback`;
    const client = await target.addClient({
      authenticationMethod: 'client_secret_post',
      redirectUris: [callbackURL],
    });
    const authenticator = new passport.Passport();
    authenticator.use(
      'valetkey',
      new Strategy(
        {
          authorizationURL: `${target.issuer}/authorize`,
          tokenURL: `${target.issuer}/token`,
          clientID: client.id,
          clientSecret: client.secret,
          callbackURL,
          scope: 'photos:read',
          state: true,
          pkce: true,
        },
        (accessToken: string, refreshToken: string, _profile: object, done: VerifyCallback) => {
          tokens.push({ accessToken, refreshToken });
          done(null, { id: 'someone' });
        },
      ),
    );
    const web = express();
    web.use(session({ secret: 'not a secret', resave: false, saveUninitialized: false }));
    web.use(authenticator.initialize());
    web.get('/login', authenticator.authenticate('valetkey', { session: false }));
    web.get('/callback', authenticator.authenticate('valetkey', { session: false }), (_request, response) => {
      response.send('connected');
    });
    return web;
  }

  it('signs a person in, with state and PKCE', async () => {
    const atShop = new Browser((request) => fetch(request));
    const away = await atShop.open(`${app.url}/login`);
    if (!('left' in away)) throw new Error(away.html);
    expect(away.left.searchParams.get('code_challenge_method')).toBe('S256');
    const answer = await walk(new Browser(target.fetch), away.left.href, user);
    const back = await atShop.open(answer.href);
    expect('html' in back && back.html).toBe('connected');
    expect(tokens).toMatchObject([{ accessToken: expect.any(String), refreshToken: expect.any(String) }]);
  });

  it('does not take an answer that another browser asked for', async () => {
    const asked = await new Browser((request) => fetch(request)).open(`${app.url}/login`);
    if (!('left' in asked)) throw new Error(asked.html);
    const answer = await walk(new Browser(target.fetch), asked.left.href, user);
    const elsewhere = await fetch(answer);
    expect(elsewhere.status).toBe(403);
  });
});

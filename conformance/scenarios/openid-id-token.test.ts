import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRedirectError, outcomeOf } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, introspect, obtainCode, redeem, refresh, walk } from '../support/flow.ts';
import {
  addOpenIdClient,
  askUserinfo,
  fullProfile,
  leftHalfHash,
  readIdToken,
  redeemAnswer,
  signInWith,
} from '../support/openid.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget } from '../targets/target.ts';

/** Each algorithm with the hash that its signatures use. */
const algorithms = [
  ['RS256', 'sha256'],
  ['PS256', 'sha256'],
  ['ES256', 'sha256'],
  ['EdDSA', 'sha512'],
] as const;

test('TN-044: the left half of a hash is as in the published examples', () => {
  const token = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';
  expect(leftHalfHash('sha256', token)).toBe('77QmUPtjPfzWtF2AnpK9RQ');
  expect(leftHalfHash('sha384', token)).toBe('jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs');
  expect(leftHalfHash('sha512', token)).toBe('q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM');
});

describeTargets((open) => {
  let at: RestartableTarget;
  beforeAll(async () => {
    at = await open({ config: { throttling: { address: { limit: 10_000 } } } });
  });
  afterAll(() => at.stop());

  test.each(algorithms)(
    'TN-040, TN-044: a client that registered %s gets ID tokens with that signature, named by a published key, and their hash',
    async (algorithm, hash) => {
      const client = await addOpenIdClient(at, { openid: { idTokenAlgorithm: algorithm } });
      const { header, claims, access, tokens } = await signInWith(at, { client, user: await at.addUser() });
      expect(header).toEqual({ typ: 'JWT', alg: algorithm, kid: expect.any(String) });
      expect(claims.at_hash).toBe(leftHalfHash(hash, access));
      const again = await refresh(at, client, tokens.body.refresh_token);
      const renewed = await readIdToken(at, client, again.body.id_token);
      expect(renewed.header).toEqual(header);
      expect(renewed.claims.at_hash).toBe(leftHalfHash(hash, String(again.body.access_token)));
    },
  );

  test('TN-040: without a registered algorithm it is RS256, and each algorithm has a key of its own', async () => {
    const user = await at.addUser();
    const { header } = await signInWith(at, { client: await addOpenIdClient(at), user });
    expect(header.alg).toBe('RS256');
    const kids = new Set([header.kid]);
    for (const [algorithm] of algorithms) {
      const client = await addOpenIdClient(at, { openid: { idTokenAlgorithm: algorithm } });
      kids.add((await signInWith(at, { client, user })).header.kid);
    }
    expect(kids.size).toBe(algorithms.length);
  });

  test('TN-041, TN-042, TN-043, TN-045, TN-047, TN-050: it says who signed in, when and how, to one client and for ten minutes, and nothing else', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser({ profile: fullProfile })];
    const before = Math.floor(at.now() / 1000);
    const { claims } = await signInWith(at, {
      client,
      user,
      over: { scope: 'openid profile email address phone', nonce: 'n-0S6_WzA2Mj' },
    });
    const seconds = expect.any(Number);
    const text = expect.stringMatching(/^[A-Za-z0-9_-]+$/);
    expect(claims).toEqual({
      ...{ iss: at.issuer, sub: user.id, aud: client.id, nonce: 'n-0S6_WzA2Mj', amr: ['pwd'] },
      ...{ iat: seconds, exp: seconds, auth_time: seconds, at_hash: text, sid: text },
    });
    expect(String(claims.sub)).toMatch(/^[\x21-\x7e]{1,255}$/);
    const { iat = 0, exp = 0, auth_time: authTime } = claims;
    expect(exp - iat).toBe(600);
    for (const instant of [iat, Number(authTime)]) {
      expect(Number.isInteger(instant)).toBe(true);
      expect(instant).toBeGreaterThanOrEqual(before);
      expect(instant).toBeLessThanOrEqual(Math.floor(at.now() / 1000));
    }
  });

  test('TN-041: two people are two subjects, and one is the same at every client', async () => {
    const [client, other] = [await addOpenIdClient(at), await addOpenIdClient(at)];
    const [ada, bob] = [await at.addUser(), await at.addUser()];
    const subjects = [];
    for (const [to, user] of [
      [client, ada],
      [other, ada],
      [client, bob],
    ] as const)
      subjects.push((await signInWith(at, { client: to, user })).claims.sub);
    expect(subjects).toEqual([ada.id, ada.id, bob.id]);
    expect(ada.id).not.toBe(bob.id);
  });

  test('TN-042: a nonce comes back letter by letter if it was sent, and is not there if it was not', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const browser = new Browser(at.fetch);
    const long = 'n'.repeat(1024);
    const nonces = ['0', long, 'a b+c%20&=#"<\\>\'', 'naïve ☃ 𝄞', 'n'.repeat(64), `${'-._~'.repeat(95)}abcd`];
    for (const nonce of nonces) {
      const { claims } = await signInWith(at, { client, user, browser, over: { nonce } });
      expect(claims.nonce).toBe(nonce);
    }
    for (const nonce of [undefined, '']) {
      const { claims } = await signInWith(at, { client, user, browser, over: { nonce } });
      expect(claims).not.toHaveProperty('nonce');
    }
  });

  test('TN-042, AZ-009: a nonce that is too long to carry is refused, and the next request is not', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const { url, state } = authorizeUrl(at, client, { scope: 'openid', nonce: 'n'.repeat(1025) });
    const outcome = await outcomeOf(at, await new Browser(at.fetch).get(url));
    expectRedirectError(outcome, 'invalid_request', { target: at, client, state });
    const { claims } = await signInWith(at, { client, user, over: { nonce: 'n-1' } });
    expect(claims.nonce).toBe('n-1');
  });

  test('TK-051, TK-052, AZ-084: a code that carries more than fits into an address works, once', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser({ profile: fullProfile })];
    const names = ['email', 'given_name', 'family_name', 'birthdate', 'phone_number'];
    const wish = Object.fromEntries(names.map((name) => [name, { essential: true }]));
    const over = {
      scope: 'openid photos:read',
      nonce: 'n'.repeat(1024),
      claims: JSON.stringify({ userinfo: wish, id_token: wish }),
    };
    const answer = await obtainCode(at, client, user, over);
    expect(answer.code.length).toBeLessThan(2000);
    const { status, body } = await redeem(at, client, answer);
    expect(status).toBe(200);
    const { claims } = await readIdToken(at, client, body.id_token);
    expect(claims).toMatchObject({ nonce: over.nonce, email: 'ada@example.org', birthdate: '1815-12-10' });
    expect((await askUserinfo(at, String(body.access_token))).status).toBe(200);
    expect((await redeem(at, client, answer)).body.error).toBe('invalid_grant');
    expect((await askUserinfo(at, String(body.access_token))).status).toBe(401);
  });

  test('AZ-034: without openid it is plain OAuth: no ID token and no error, whatever else is sent', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const tokens = await redeem(
      at,
      client,
      await obtainCode(at, client, user, {
        scope: 'photos:read',
        nonce: 'n-1',
        max_age: '3600',
        claims: '{"id_token":{"email":null}}',
      }),
    );
    expect(tokens.status).toBe(200);
    expect(tokens.body).not.toHaveProperty('id_token');
    expect(tokens.body.scope).toBe('photos:read');
    const again = await refresh(at, client, tokens.body.refresh_token);
    expect([again.status, 'id_token' in again.body]).toEqual([200, false]);
    const info = await askUserinfo(at, String(tokens.body.access_token));
    expect(info.status).toBe(403);
  });

  test('AZ-034: openid is dropped for a client that may not have it, and the rest is granted', async () => {
    const [client, user] = [await at.addClient(), await at.addUser()];
    const tokens = await redeem(
      at,
      client,
      await obtainCode(at, client, user, { scope: 'openid photos:read' }),
    );
    expect([tokens.status, tokens.body.scope, 'id_token' in tokens.body]).toEqual([
      200,
      'photos:read',
      false,
    ]);
  });

  test('TK-059, AZ-084: each code keeps the nonce and the sign-in of its own request', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const browser = new Browser(at.fetch);
    const ask = async (over: Record<string, string>) => {
      const { url, verifier } = authorizeUrl(at, client, { scope: 'openid', ...over });
      return { answer: await walk(browser, url, user), verifier };
    };
    const first = await ask({ nonce: 'first' });
    const second = await ask({ nonce: 'second' });
    at.pass(10_000);
    const third = await ask({ nonce: 'third', prompt: 'login' });
    at.pass(10_000);
    const told = [];
    for (const answer of [third, first, second]) told.push((await redeemAnswer(at, client, answer)).claims);
    expect(told.map(({ nonce }) => nonce)).toEqual(['third', 'first', 'second']);
    const [last, ...others] = told.map((claims) => Number(claims.auth_time));
    const [early = 0] = others;
    expect(others).toEqual([early, early]);
    expect(last).toBeGreaterThanOrEqual(early + 10);
    for (const { iat, auth_time: authTime } of told) expect(Number(iat)).toBeGreaterThan(Number(authTime));
  });

  test('TK-082: an ID token of a refresh is about the same sign-in, newly issued and without nonce', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const browser = new Browser(at.fetch);
    const { claims, tokens } = await signInWith(at, { client, user, browser, over: { nonce: 'n-1' } });
    at.pass(5000);
    // The session moves on; the grant does not.
    await signInWith(at, { client, user, browser, over: { prompt: 'login' } });
    at.pass(5000);
    const again = await refresh(at, client, tokens.body.refresh_token);
    const renewed = (await readIdToken(at, client, again.body.id_token)).claims;
    const { nonce, at_hash: _, iat = 0, exp = 0, ...kept } = claims;
    expect(nonce).toBe('n-1');
    expect(renewed).toEqual({
      ...kept,
      iat: expect.any(Number),
      exp: expect.any(Number),
      at_hash: leftHalfHash('sha256', String(again.body.access_token)),
    });
    expect(renewed.iat).toBeGreaterThanOrEqual(iat + 10);
    expect(Number(renewed.exp) - Number(renewed.iat)).toBe(exp - iat);
  });

  test('TK-082: a refresh that leaves openid out has no ID token, and the next one has', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const { tokens } = await signInWith(at, { client, user, over: { scope: 'openid photos:read' } });
    const narrow = await refresh(at, client, tokens.body.refresh_token, { scope: 'photos:read' });
    expect([narrow.status, narrow.body.scope, 'id_token' in narrow.body]).toEqual([
      200,
      'photos:read',
      false,
    ]);
    expect((await askUserinfo(at, String(narrow.body.access_token))).status).toBe(403);
    const whole = await refresh(at, client, tokens.body.refresh_token);
    expect((await readIdToken(at, client, whole.body.id_token)).claims.sub).toBe(user.id);
  });

  test('TN-045: claims of the scopes go into the ID token of a client that registered so, now and at each refresh', async () => {
    const user = await at.addUser({ profile: fullProfile });
    const client = await addOpenIdClient(at, { openid: { claimsInIdToken: true } });
    const { claims, tokens } = await signInWith(at, { client, user, over: { scope: 'openid email' } });
    expect(claims).toMatchObject({ email: 'ada@example.org', email_verified: true });
    expect(claims).not.toHaveProperty('name');
    const again = await refresh(at, client, tokens.body.refresh_token);
    expect((await readIdToken(at, client, again.body.id_token)).claims).toMatchObject({
      email: 'ada@example.org',
      email_verified: true,
    });
    const narrow = await refresh(at, client, tokens.body.refresh_token, { scope: 'openid' });
    const { claims: fewer } = await readIdToken(at, client, narrow.body.id_token);
    expect([fewer.sub, 'email' in fewer]).toEqual([user.id, false]);
  });

  test('TN-047: sid is one for a session and client: the same at the next request, another one at another client or in another browser', async () => {
    const [client, other, user] = [await addOpenIdClient(at), await addOpenIdClient(at), await at.addUser()];
    const browser = new Browser(at.fetch);
    const sid = async (to: typeof client, from: Browser, over: Record<string, string> = {}) =>
      String((await signInWith(at, { client: to, user, browser: from, over })).claims.sid);
    const first = await sid(client, browser);
    expect(await sid(client, browser)).toBe(first);
    expect(await sid(client, browser, { prompt: 'login' })).toBe(first);
    const all = [first, await sid(other, browser), await sid(client, new Browser(at.fetch))];
    expect(new Set(all).size).toBe(3);
    // At least 128 bits, and nothing of the session's own name.
    for (const each of all) expect(each).toMatch(/^[A-Za-z0-9_-]{22,}$/);
    const sessions = await at.store.sessions.listOf(user.id, at.now());
    expect(sessions.length).toBe(2);
    for (const { id } of sessions) expect(all.join(' ')).not.toContain(id);
  });

  test('TN-014: an ID token is no access token and no refresh token', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const { tokens, access } = await signInWith(at, { client, user });
    const idToken = String(tokens.body.id_token);
    const info = await askUserinfo(at, idToken);
    expect([info.status, info.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ]);
    expect(await introspect(at, client, idToken)).toEqual({ active: false });
    expect((await refresh(at, client, idToken)).body.error).toBe('invalid_grant');
    expect((await askUserinfo(at, access)).status).toBe(200);
  });

  test('TN-041: its audience is a client, that of its access token is not', async () => {
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const { claims, access } = await signInWith(at, { client, user });
    expect(claims.aud).toBe(client.id);
    expect([decodeJwt(access).aud].flat()).not.toContain(client.id);
  });
});

describeTargets((open) => {
  test('TN-047, TN-050: without logout there is no sid; the life of an ID token is configured', async () => {
    const features = { rpLogout: false, backChannelLogout: false, frontChannelLogout: false };
    const at = await open({ config: { features, lifetimes: { idToken: 300 } } });
    const [client, user] = [await addOpenIdClient(at), await at.addUser()];
    const { claims } = await signInWith(at, { client, user });
    expect(claims).not.toHaveProperty('sid');
    expect(Number(claims.exp) - Number(claims.iat)).toBe(300);
    await at.stop();
  });
});

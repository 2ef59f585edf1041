import { type JWTPayload, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { addKeyClient, assertionOf, type ClientKey, carried, knock, newKey } from '../support/assertions.ts';
import { ask } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { callBy, proofOf } from '../support/client-proof.ts';
import { dpopProof } from '../support/dpop-proof.ts';
import { authorizeUrl } from '../support/flow.ts';
import { logoutUrl, Mailbox } from '../support/logout.ts';
import { askUserinfo, everyScope } from '../support/openid.ts';
import { leftTo, signIn } from '../support/pages.ts';
import { requestObject, requestOf } from '../support/request-object.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const home = 'https://print.example/bye';
const backchannel = 'https://print.example/backchannel';

/** A client that is as careless as can be: one key for all it signs, and every signed answer there is. */
interface Stage {
  readonly at: RestartableTarget;
  readonly client: TestClient;
  readonly key: ClientKey;
  readonly user: TestUser;
  readonly mailbox: Mailbox;
}

async function stage(): Promise<Stage> {
  const mailbox = new Mailbox();
  const at = await inProcess({ fetcher: mailbox });
  const key = newKey('ES256');
  const client = await addKeyClient(at, [key], {
    consent: 'implied',
    scopes: everyScope,
    serves: [photosApi],
    openid: { userinfoAlgorithm: 'RS256' },
    logout: { backchannelUri: backchannel, postLogoutRedirectUris: [home] },
  });
  return { at, client, key, user: await at.addUser(), mailbox };
}

/** Where something signed is read, and whether it was taken for what belongs there. */
const places: Record<string, (on: Stage, jwt: string) => Promise<boolean>> = {
  'access token at introspection': async ({ at, client, key }, token) =>
    (await callBy(at, { client, key }, { path: '/introspect', fields: { token } })).body.active === true,
  'access token at userinfo': async ({ at }, token) => (await askUserinfo(at, token)).status === 200,
  'refresh token': async ({ at, client, key }, token) => {
    const fields = { grant_type: 'refresh_token', refresh_token: token };
    return (await callBy(at, { client, key }, { path: '/token', fields })).status === 200;
  },
  id_token_hint: async ({ at, client }, hint) => {
    const { url } = authorizeUrl(at, client, { scope: 'openid', id_token_hint: hint });
    return (await ask(at, url)).location?.pathname === '/login';
  },
  'id_token_hint at logout': async ({ at }, hint) => {
    const fields = { id_token_hint: hint, post_logout_redirect_uri: home };
    return 'left' in (await new Browser(at.fetch).open(logoutUrl(at, fields)));
  },
  'client assertion': async ({ at }, assertion) => (await knock(at, carried(assertion))) === 'in',
  'request object': async ({ at, client }, request) => {
    const url = `${at.issuer}/authorize?${new URLSearchParams({ client_id: client.id, request })}`;
    return (await ask(at, url)).location?.pathname === '/login';
  },
  'request object that is pushed': async ({ at, client, key }, request) =>
    (await callBy(at, { client, key }, { path: '/par', fields: { request } })).status === 201,
  'DPoP proof': async ({ at, client, key }, dpop) => {
    const pushed = { path: '/par', fields: requestOf(at, client).parameters, headers: { dpop } };
    return (await callBy(at, { client, key }, pushed)).status === 201;
  },
};

/** In which places the value passes. What may be used once is made anew for each. */
async function passes(on: Stage, make: () => Promise<string>): Promise<string[]> {
  const found: string[] = [];
  for (const [place, takes] of Object.entries(places)) if (await takes(on, await make())) found.push(place);
  return found;
}

/** What the server signs, one of each kind. */
async function issued(on: Stage): Promise<Record<string, string>> {
  const { at, client, key, user, mailbox } = on;
  const browser = new Browser(at.fetch);
  await signIn(browser, at, user);
  const [plain, signed] = [
    authorizeUrl(at, client, { scope: 'openid' }),
    authorizeUrl(at, client, { scope: 'openid', response_mode: 'query.jwt' }),
  ];
  const answer = leftTo(await browser.open(plain.url));
  const jarm = leftTo(await browser.open(signed.url)).searchParams.get('response') ?? '';
  const code = answer.searchParams.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, code_verifier: plain.verifier };
  const { body } = await callBy(at, { client, key }, { path: '/token', fields });
  const accessToken = String(body.access_token);
  const { fields: proof, headers } = await proofOf(at, client, key);
  const introspected = await at.fetch(
    new Request(`${at.issuer}/introspect`, {
      method: 'POST',
      headers: {
        ...headers,
        accept: 'application/token-introspection+jwt',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `${new URLSearchParams({ ...proof, token: accessToken })}`,
    }),
  );
  const fromUserinfo = await (await askUserinfo(at, accessToken)).text();
  return {
    'access token': accessToken,
    'refresh token': String(body.refresh_token),
    'ID token': String(body.id_token),
    'answer of userinfo': fromUserinfo,
    'answer of introspection': await introspected.text(),
    'authorization answer': jarm,
    'logout token': await logoutToken(on, mailbox),
  };
}

/** Signs in to the client with another browser, so that other tokens live on, signs out, and gives what the client hears of it. */
async function logoutToken({ at, client, key, user }: Stage, mailbox: Mailbox): Promise<string> {
  const browser = new Browser(at.fetch);
  await signIn(browser, at, user);
  const { url, verifier } = authorizeUrl(at, client, { scope: 'openid' });
  const code = leftTo(await browser.open(url)).searchParams.get('code') ?? '';
  const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
  const { body } = await callBy(at, { client, key }, { path: '/token', fields });
  const hint = { id_token_hint: String(body.id_token), post_logout_redirect_uri: home };
  await browser.open(logoutUrl(at, hint));
  await expect.poll(() => mailbox.tokensAt(backchannel)).toHaveLength(1);
  return mailbox.tokensAt(backchannel)[0] ?? '';
}

test('TN-014: of what the server signs, each kind passes in its own places and in no other', async () => {
  const on = await stage();
  const values = await issued(on);
  const found: Record<string, string[]> = {};
  for (const [kind, value] of Object.entries(values)) found[kind] = await passes(on, async () => value);
  const jwts = Object.entries(values).filter(([kind]) => kind !== 'refresh token');
  for (const [kind, value] of jwts) expect([kind, value.split('.').length]).toEqual([kind, 3]);
  expect(found).toEqual({
    'access token': ['access token at introspection', 'access token at userinfo'],
    'refresh token': ['access token at introspection', 'refresh token'],
    'ID token': ['id_token_hint', 'id_token_hint at logout'],
    'answer of userinfo': [],
    'answer of introspection': [],
    'authorization answer': [],
    'logout token': [],
  });
});

test('TN-014: of what a client signs with one key, each kind passes in its own place and in no other', async () => {
  const on = await stage();
  const { at, client, key } = on;
  const by = { id: client.id, key };
  const { parameters } = requestOf(at, client);
  const kinds: [string, () => Promise<string>, string[]][] = [
    ['assertion', () => assertionOf(at, by), ['client assertion']],
    ['assertion of type JWT', () => assertionOf(at, by, { header: { typ: 'JWT' } }), ['client assertion']],
    [
      'assertion with its type',
      () => assertionOf(at, by, { header: { typ: 'client-authentication+jwt' } }),
      ['client assertion'],
    ],
    ...[undefined, 'JWT', 'oauth-authz-req+jwt'].map((typ): [string, () => Promise<string>, string[]] => [
      `request object, ${typ}`,
      () => requestObject(at, by, parameters, { header: { typ } }),
      ['request object', 'request object that is pushed'],
    ]),
    ['DPoP proof', () => dpopProof(at, key, { path: '/par' }), ['DPoP proof']],
  ];
  for (const [kind, make, expected] of kinds)
    expect([kind, await passes(on, make)]).toEqual([kind, expected]);
});

test('TN-014: a JWT that says all that any kind would say passes by its type for one kind at most', async () => {
  const on = await stage();
  const { at, client, key, user } = on;
  const everything = async (typ: string) => {
    const claims = async (jwt: Promise<string>) =>
      JSON.parse(Buffer.from((await jwt).split('.')[1] ?? '', 'base64url').toString()) as JWTPayload;
    const all: JWTPayload = {
      ...requestOf(at, client).parameters,
      ...(await claims(dpopProof(at, key, { path: '/par' }))),
      ...(await claims(assertionOf(at, { id: client.id, key }))),
      nbf: Math.floor(at.now() / 1000),
      events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
      token_introspection: { active: true, sub: user.id },
    };
    const { kid: _, ...jwk } = key.jwk;
    return new SignJWT(all).setProtectedHeader({ alg: key.alg, kid: key.kid, typ, jwk }).sign(key.privateKey);
  };
  const expected: Record<string, string[]> = {
    'client-authentication+jwt': ['client assertion'],
    'oauth-authz-req+jwt': ['request object', 'request object that is pushed'],
    'dpop+jwt': ['DPoP proof'],
    'at+jwt': [],
    'logout+jwt': [],
    'token-introspection+jwt': [],
    'secevent+jwt': [],
    'text/dpop+jwt': [],
    'x/application/client-authentication+jwt': [],
    '': [],
  };
  for (const [typ, taken] of Object.entries(expected))
    expect([typ, await passes(on, () => everything(typ))]).toEqual([typ, taken]);
});

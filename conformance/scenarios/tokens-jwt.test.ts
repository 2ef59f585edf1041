import { createHmac, generateKeyPairSync, randomBytes, sign as signBytes } from 'node:crypto';
import { memoryStore } from '@valetkey/store-contract';
import { type JSONWebKeySet, SignJWT } from 'jose';
import { expect, test } from 'vitest';
import { startNode } from '../simulation/node.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, callAs, introspect, obtainCode, redeem, refresh } from '../support/flow.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';

/** The server reads JWTs of its own only: access tokens, at introspection and revocation. Whatever it did not make is nothing. */
async function stage() {
  const target = await inProcess();
  const client = await target.addClient();
  const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  const user = await target.addUser();
  const tokens = await redeem(target, client, await obtainCode(target, client, user));
  const token = String(tokens.body.access_token);
  const [header = '', payload = '', signature = ''] = token.split('.');
  const jwks = (await (await target.fetch(new Request(`${target.issuer}/jwks`))).json()) as JSONWebKeySet;
  return { target, client, api, user, tokens, token, header, payload, signature, jwks };
}

const inactive = { active: false };

function base64url(content: unknown): string {
  return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)).toString('base64url');
}

function read(part: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(part, 'base64url').toString());
}

/** None of `forged` may pass, nor revoke anything; the genuine token passes before and after. */
async function expectRefused(
  { target, api, client, token }: Awaited<ReturnType<typeof stage>>,
  forged: readonly string[],
) {
  expect(await introspect(target, api, token)).toMatchObject({ active: true });
  for (const value of forged) {
    expect([value, await introspect(target, api, value)]).toEqual([value, inactive]);
    expect((await callAs(target, client, '/revoke', { token: value })).status).toBe(200);
  }
  expect(await introspect(target, api, token)).toMatchObject({ active: true });
}

test('TN-001: a token with alg none, in any spelling, with or without a signature, is nothing', async () => {
  const on = await stage();
  const forged = ['none', 'None', 'NONE', 'nOnE', '', 'HS256', 'RS256', 'PS256', 'ES384', 'EdDSA'].flatMap(
    (alg) => {
      const header = base64url({ ...read(on.header), alg });
      return [`${header}.${on.payload}.`, `${header}.${on.payload}.${on.signature}`];
    },
  );
  await expectRefused(on, forged);
});

test('TN-003: the published key used as an HMAC secret signs nothing', async () => {
  const on = await stage();
  const [key] = on.jwks.keys;
  const spki = JSON.stringify(key);
  const secrets = [spki, String(key?.x), Buffer.from(String(key?.x), 'base64url'), `${key?.x}${key?.y}`];
  const forged = secrets.map((secret) => {
    const header = base64url({ typ: 'at+jwt', alg: 'HS256', kid: key?.kid });
    return `${header}.${on.payload}.${createHmac('sha256', secret).update(`${header}.${on.payload}`).digest('base64url')}`;
  });
  await expectRefused(on, forged);
});

test('TN-004: a key that comes in the header of the token is no key of ours, whatever it is called', async () => {
  const on = await stage();
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = String(read(on.header).kid);
  const headers = [
    { alg: 'ES256', typ: 'at+jwt', kid },
    { alg: 'ES256', typ: 'at+jwt', kid, jwk },
    { alg: 'ES256', typ: 'at+jwt', jwk },
    { alg: 'ES256', typ: 'at+jwt', kid, jku: 'https://evil.example/jwks' },
    { alg: 'ES256', typ: 'at+jwt', kid, x5u: 'https://evil.example/cert', x5c: ['MIIB'] },
  ];
  const forged = await Promise.all(
    headers.map((header) =>
      new SignJWT(read(on.payload)).setProtectedHeader(header as never).sign(privateKey),
    ),
  );
  await expectRefused(on, forged);
});

test('TN-005, TN-007, TN-015: a header with crit, b64, a repeated member or another typ is not the one we wrote', async () => {
  const on = await stage();
  const { kid } = read(on.header);
  const headers = [
    { ...read(on.header), crit: ['exp'] },
    { ...read(on.header), crit: [] },
    { ...read(on.header), crit: ['b64'], b64: false },
    { ...read(on.header), typ: 'JWT' },
    { ...read(on.header), typ: 'AT+JWT' },
    { alg: 'ES256', kid },
    `{"typ":"at+jwt","alg":"ES256","alg":"ES256","kid":"${kid}"}`,
    `{"typ":"at+jwt", "alg":"ES256","kid":"${kid}"}`,
    '[]',
    'null',
    'at+jwt',
  ];
  await expectRefused(
    on,
    headers.map((header) => `${base64url(header)}.${on.payload}.${on.signature}`),
  );
});

test('TN-006: only the compact form passes: no JSON, no padding, no blanks, no other spelling of the same bytes', async () => {
  const on = await stage();
  const { token, header, payload, signature } = on;
  const spare = signature.slice(0, -1) + nextLetter(signature.at(-1) ?? '');
  await expectRefused(on, [
    JSON.stringify({ payload, protected: header, signature }),
    JSON.stringify({ payload, signatures: [{ protected: header, signature }] }),
    `${header}.${payload}`,
    `${token}.`,
    `${token}=`,
    `${token}==`,
    ` ${token}`,
    `${token} `,
    `${token}\n`,
    `${header}=.${payload}.${signature}`,
    `${header}..${signature}`,
    `.${payload}.${signature}`,
    `${header}.${payload}.${signature.replace(/[_-]/, '+')}x`,
    `${header}.${payload}.${spare}`,
    `Bearer ${token}`,
    '..',
    '.',
  ]);
});

/** The letter after this one in the alphabet: it differs in spare bits only, where the last letter has four of them. */
function nextLetter(letter: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(letter) + 1] ?? '';
}

test('TN-007: a payload with a changed, added or repeated claim does not pass', async () => {
  const on = await stage();
  const claims = read(on.payload);
  const changed = [
    { ...claims, scope: 'photos:read photos:write' },
    { ...claims, exp: Number(claims.exp) + 3600 },
    { ...claims, aud: [photosApi, 'https://other.example'] },
    { ...claims, sub: 'admin' },
    `${JSON.stringify(claims).slice(0, -1)},"sub":"admin"}`,
    `${JSON.stringify(claims).slice(0, -1)},"__proto__":{"scope":"photos:write"}}`,
  ];
  await expectRefused(
    on,
    changed.map((payload) => `${on.header}.${base64url(payload)}.${on.signature}`),
  );
});

test('TN-008: signatures of zeros, in DER, cut or prolonged do not pass', async () => {
  const on = await stage();
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const der = signBytes('sha256', Buffer.from(`${on.header}.${on.payload}`), privateKey);
  const raw = Buffer.from(on.signature, 'base64url');
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex');
  const signatures = [
    Buffer.alloc(64),
    Buffer.alloc(0),
    Buffer.concat([raw.subarray(0, 32), Buffer.alloc(32)]),
    Buffer.concat([order, order]),
    der,
    raw.subarray(0, 63),
    Buffer.concat([raw, Buffer.alloc(1)]),
    Buffer.concat([raw.subarray(32), raw.subarray(0, 32)]),
  ];
  await expectRefused(
    on,
    signatures.map((signature) => `${on.header}.${on.payload}.${signature.toString('base64url')}`),
  );
});

test('TN-013: the same keys under another issuer: its tokens, codes and refresh tokens are nothing here', async () => {
  const shared = { store: memoryStore(), rootKey: randomBytes(32), clock: { now: Date.now() } };
  const here = startNode({ ...shared, config: { issuer: 'https://auth.example' } });
  const there = startNode({ ...shared, config: { issuer: 'https://auth.example/tenant' } });
  const client = await here.addClient({ accessTokenFormat: 'jwt' });
  const opaque = await here.addClient({ accessTokenFormat: 'opaque' });
  const api = await here.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  const user = await here.addUser();
  for (const holder of [client, opaque]) {
    const answer = await obtainCode(there, holder, user);
    expect((await redeem(here, holder, answer)).body.error).toBe('invalid_grant');
    const tokens = await redeem(there, holder, answer);
    expect(tokens.status).toBe(200);
    expect(await introspect(here, api, tokens.body.access_token)).toEqual(inactive);
    expect((await refresh(here, holder, tokens.body.refresh_token)).body.error).toBe('invalid_grant');
    for (const token of [tokens.body.access_token, tokens.body.refresh_token]) {
      expect((await callAs(here, holder, '/revoke', { token: String(token) })).status).toBe(200);
    }
    expect(await introspect(there, api, tokens.body.access_token)).toMatchObject({ active: true });
    expect((await refresh(there, holder, tokens.body.refresh_token)).status).toBe(200);
  }
});

test('TN-014: every kind of value that is issued passes in its own place and in no other', async () => {
  const { target, client, api, user } = await stage();
  const browser = new Browser(target.fetch);
  const { url, verifier } = authorizeUrl(target, client);
  const page = await browser.open(url);
  const ticket = 'url' in page ? (new URL(page.url).searchParams.get('ticket') ?? '') : '';
  const opaque = await target.addClient({ accessTokenFormat: 'opaque' });
  const answer = await obtainCode(target, client, user);
  const tokens = await redeem(target, client, await obtainCode(target, client, user));
  const sealed = await redeem(target, opaque, await obtainCode(target, opaque, user));
  if ('url' in page)
    await browser.click(page, 'login-submit', { username: user.username, password: user.password });
  const session = browser.cookies.get('__Host-vk_session') ?? '';
  expect([ticket.length, session.length].every((length) => length > 50)).toBe(true);
  const values = {
    code: answer.code,
    refresh: tokens.body.refresh_token,
    jwt: tokens.body.access_token,
    opaque: sealed.body.access_token,
    ticket,
    session,
  };
  const passes: Record<string, string[]> = {};
  for (const [kind, value] of Object.entries(values)) {
    const token = String(value);
    const asTicket = await browser.get(`${target.issuer}/login?ticket=${token}`);
    const places = {
      code: (await redeem(target, client, { ...answer, code: token })).status === 200,
      refresh: (await refresh(target, client, token)).status === 200,
      introspection: (await introspect(target, api, token)).active,
      ticket: asTicket.status === 200 && (await asTicket.text()).includes('login-submit'),
      session: await isSignedIn(target.fetch, `${target.issuer}/account`, token),
    };
    passes[kind] = Object.entries(places).flatMap(([place, passed]) => (passed === true ? [place] : []));
  }
  expect(verifier).toHaveLength(43);
  expect(passes).toEqual({
    code: ['code'],
    refresh: ['refresh'],
    jwt: ['introspection'],
    opaque: ['introspection'],
    ticket: ['ticket'],
    session: ['session'],
  });
});

async function isSignedIn(
  fetch: (request: Request) => Promise<Response>,
  url: string,
  cookie: string,
): Promise<boolean> {
  const response = await fetch(
    new Request(url, { headers: { cookie: `__Host-vk_session=${cookie}` }, redirect: 'manual' }),
  );
  return response.status === 200;
}

test('TN-016: a kid is data: paths, quotes, names of JavaScript and long ones find no key and break nothing', async () => {
  const on = await stage();
  const kids = [
    '../../x',
    "' OR 1=1 --",
    '__proto__',
    'constructor',
    '',
    'x'.repeat(8000),
    '\u0000',
    0,
    null,
    {},
    ['a'],
  ];
  await expectRefused(
    on,
    kids.map((kid) => `${base64url({ typ: 'at+jwt', alg: 'ES256', kid })}.${on.payload}.${on.signature}`),
  );
  expect(on.target.events.filter(({ type }) => type === 'fault')).toEqual([]);
});

test('TN-018: a token beyond 16 KiB is nothing, and beyond the size of a body 413', async () => {
  const on = await stage();
  const { header, payload, signature } = on;
  await expectRefused(on, [
    `${header}.${payload}${'A'.repeat(17_000)}.${signature}`,
    `vka1_${'A'.repeat(17_000)}`,
    `vkr1_${'A'.repeat(17_000)}`,
  ]);
  const huge = await callAs(on.target, on.api, '/introspect', { token: 'x'.repeat(70_000) });
  expect(huge.status).toBe(413);
});

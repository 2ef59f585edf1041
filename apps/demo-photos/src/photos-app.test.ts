import { expect, test } from 'vitest';
import { createPhotosApp } from './index.ts';

const ISSUER = 'http://localhost:9000';
const AUDIENCE = 'http://localhost:9002';
const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

async function stage() {
  const { publicKey, privateKey } = await crypto.subtle.generateKey(ES256, true, ['sign', 'verify']);
  const keys = [{ ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: '1', alg: 'ES256' }];
  const app = createPhotosApp({
    issuer: ISSUER,
    audience: AUDIENCE,
    fetch: async ({ url }) =>
      Response.json(url.endsWith('/jwks') ? { keys } : { issuer: ISSUER, jwks_uri: `${ISSUER}/jwks` }),
  });
  const now = Math.floor(Date.now() / 1000);
  const token = async (scope: string) => {
    const claims = {
      iss: ISSUER,
      aud: AUDIENCE,
      sub: 'ada',
      client_id: 'c',
      jti: 'j',
      iat: now,
      exp: now + 60,
      scope,
    };
    const input = `${encode({ typ: 'at+jwt', alg: 'ES256', kid: '1' })}.${encode(claims)}`;
    const signature = await crypto.subtle.sign(ES256, privateKey, Buffer.from(input));
    return `${input}.${Buffer.from(signature).toString('base64url')}`;
  };
  const get = (path: string, bearer?: string) =>
    app.request(
      AUDIENCE + path,
      bearer === undefined ? {} : { headers: { authorization: `Bearer ${bearer}` } },
    );
  return { get, token };
}

test('with photos:read the list and every photo in it are served', async () => {
  const { get, token } = await stage();
  const bearer = await token('photos:read');
  const list = (await (await get('/photos', bearer)).json()) as { owner: string; photos: { url: string }[] };
  expect([list.owner, list.photos.length]).toEqual(['ada', 6]);
  for (const { url } of list.photos) {
    const photo = await get(url.slice(AUDIENCE.length), bearer);
    expect([photo.status, photo.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(photo.headers.get('cache-control')).toBe('private');
    expect(await photo.text()).toMatch(/^<svg .*<\/svg>$/);
  }
});

test('RS-030 without a token neither list nor photo is served, and the challenge says where to go', async () => {
  const { get } = await stage();
  for (const path of ['/photos', '/photos/harbor.svg', '/photos/unknown.svg']) {
    const response = await get(path);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe(
      `Bearer scope="photos:read", resource_metadata="${AUDIENCE}/.well-known/oauth-protected-resource"`,
    );
  }
});

test('RS-032 another scope is not enough', async () => {
  const { get, token } = await stage();
  expect((await get('/photos', await token('prints:order'))).status).toBe(403);
});

test('a photo that does not exist is 404 for those who may look', async () => {
  const { get, token } = await stage();
  expect((await get('/photos/unknown.svg', await token('photos:read'))).status).toBe(404);
});

test('MD-070 the metadata is where the page and the challenge say', async () => {
  const { get } = await stage();
  const page = await (await get('/')).text();
  expect(page).toContain('href="/.well-known/oauth-protected-resource"');
  expect(await (await get('/.well-known/oauth-protected-resource')).json()).toMatchObject({
    resource: AUDIENCE,
    authorization_servers: [ISSUER],
    scopes_supported: ['photos:read'],
  });
});

test('SB-020 the page has a strict content security policy and no inline style', async () => {
  const { get } = await stage();
  const response = await get('/');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await response.text()).not.toMatch(/<style|style=|<script/);
  expect((await get('/style.css')).headers.get('content-type')).toContain('text/css');
});

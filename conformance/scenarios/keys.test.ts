import { createPrivateKey, randomBytes } from 'node:crypto';
import { ConfigError, readConfig, WrongRootKey } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { createLocalJWKSet, decodeProtectedHeader, errors, type JSONWebKeySet, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { type Node, type NodeOptions, startNode } from '../simulation/node.ts';
import { introspect, obtainCode, redeem, refresh } from '../support/flow.ts';
import { photosApi, testConfig } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

function ground(): Pick<NodeOptions, 'store' | 'rootKey' | 'clock'> {
  return { store: memoryStore(), rootKey: randomBytes(32), clock: { now: Date.now() } };
}

async function stage(options = ground()) {
  const node = startNode(options);
  const client = await node.addClient();
  const api = await node.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  const user = await node.addUser();
  return { ...options, node, client, api, user };
}

async function readKeys(target: Target) {
  const response = await target.fetch(new Request(`${target.issuer}/jwks`));
  return { headers: response.headers, set: (await response.json()) as JSONWebKeySet };
}

/** Ids of the published keys that access tokens are signed with. */
async function kids(target: Target): Promise<unknown[]> {
  return kidsOf(target, 'ES256');
}

async function kidsOf(target: Target, algorithm: string): Promise<unknown[]> {
  const { keys } = (await readKeys(target)).set;
  return keys.filter(({ alg }) => alg === algorithm).map(({ kid }) => kid);
}

/** A new access token and the key it names. */
async function issue(target: Target, client: TestClient, user: TestUser) {
  const tokens = await redeem(target, client, await obtainCode(target, client, user));
  const token = String(tokens.body.access_token);
  return { token, kid: decodeProtectedHeader(token).kid, refreshToken: tokens.body.refresh_token };
}

function verify(token: string, set: JSONWebKeySet, at: number) {
  return jwtVerify(token, createLocalJWKSet(set), {
    typ: 'at+jwt',
    audience: photosApi,
    currentDate: new Date(at),
  });
}

test('MD-020, MD-021: the key set holds public keys only, each with its own kid, its use and its algorithm', async () => {
  const { node } = await stage();
  const { headers, set } = await readKeys(node);
  expect(headers.get('content-type')).toMatch(/^application\/(jwk-set\+)?json(;|$)/);
  const kid = expect.stringMatching(/^[\w-]{16,}$/);
  const [n, coordinate] = [expect.stringMatching(/^[\w-]{342}$/), expect.stringMatching(/^[\w-]{43}$/)];
  const common = { kid, use: 'sig' };
  expect(Object.fromEntries(set.keys.map((key) => [key.alg, key]))).toEqual({
    ES256: { ...common, alg: 'ES256', kty: 'EC', crv: 'P-256', x: coordinate, y: coordinate },
    RS256: { ...common, alg: 'RS256', kty: 'RSA', n, e: 'AQAB' },
    PS256: { ...common, alg: 'PS256', kty: 'RSA', n, e: 'AQAB' },
    EdDSA: { ...common, alg: 'EdDSA', kty: 'OKP', crv: 'Ed25519', x: coordinate },
  });
  expect(set.keys.length).toBe(4);
  expect(new Set(set.keys.map(({ kid }) => kid)).size).toBe(set.keys.length);
  // One key, one algorithm: PS256 does not share a modulus with RS256.
  expect(new Set(set.keys.map(({ n, x }) => n ?? x)).size).toBe(set.keys.length);
});

test('MD-023: the key set may be kept for far less time than a key is published ahead', async () => {
  const { node } = await stage();
  const { headers } = await readKeys(node);
  const [, maxAge] = /max-age=(\d+)/.exec(headers.get('cache-control') ?? '') ?? [];
  expect(Number(maxAge)).toBeGreaterThan(0);
  expect(Number(maxAge)).toBeLessThanOrEqual(node.authority.config.keys.publishAhead / 2);
  const config = (publishAhead: number) => readConfig(testConfig({ keys: { publishAhead } })).keys;
  expect(Number(maxAge)).toBeLessThanOrEqual(config(600).publishAhead / 2);
  expect(() => config(599)).toThrow(ConfigError);
});

test('MD-024: keys for signing and sealing are separate, and the store holds the private parts of neither in the clear', async () => {
  const { node, store } = await stage();
  await kids(node);
  const stored = await store.keys.list();
  const purposes = ['seal', 'sign', 'sign', 'sign', 'sign'];
  expect(stored.map(({ purpose }) => purpose).toSorted()).toEqual(purposes);
  for (const key of stored) {
    const bytes = Buffer.from(key.sealedPrivate, 'base64url');
    expect(() => createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })).toThrow();
    // An unwrapped key would begin with the head of a PKCS #8 structure, or be 32 bytes long.
    expect(bytes.subarray(0, 2)).not.toEqual(Buffer.from([0x30, 0x81]));
    expect(bytes.length).toBeGreaterThanOrEqual(32 + 28);
  }
  expect(JSON.stringify((await readKeys(node)).set)).not.toContain(
    stored.find(({ purpose }) => purpose === 'seal')?.id,
  );
});

test('MD-022: a new key is published a day ahead, signs only then, and the old one stays until its last token is dead', async () => {
  const { node, client, user, api } = await stage();
  const first = await issue(node, client, user);
  expect(await kids(node)).toEqual([first.kid]);

  node.pass(29 * day - minute);
  expect(await kids(node)).toEqual([first.kid]);
  node.pass(minute);
  const ahead = await kids(node);
  expect(ahead).toEqual([first.kid, expect.any(String)]);
  const [, second] = ahead;
  expect((await issue(node, client, user)).kid).toBe(first.kid);

  node.pass(day - minute);
  const last = await issue(node, client, user);
  expect(last.kid).toBe(first.kid);
  node.pass(minute);
  const next = await issue(node, client, user);
  expect(next.kid).toBe(second);

  node.pass(5 * minute);
  const overlap = (await readKeys(node)).set;
  for (const { token } of [last, next]) {
    await verify(token, overlap, node.now());
    expect(await introspect(node, api, token)).toMatchObject({ active: true });
  }
  node.pass(5 * minute);
  expect(await introspect(node, api, last.token)).toEqual({ active: false });
  expect(await kids(node)).toEqual([first.kid, second]);

  node.pass(2 * hour);
  expect(await kids(node)).toEqual([second]);
  const late = (await readKeys(node)).set;
  await expect(verify(last.token, late, node.now())).rejects.toThrow(errors.JWKSNoMatchingKey);
});

test('MD-022: for half a year, with a request every six hours, each token verifies with the key set fetched before it', async () => {
  const { node, client, user } = await stage();
  let cached = (await readKeys(node)).set;
  const signers = new Set<unknown>();
  const { refreshToken } = await issue(node, client, user);
  for (let hours = 0; hours < 179 * 24; hours += 6) {
    node.pass(6 * hour);
    const tokens = await refresh(node, client, refreshToken);
    expect(tokens.status).toBe(200);
    await verify(String(tokens.body.access_token), cached, node.now());
    signers.add(decodeProtectedHeader(String(tokens.body.access_token)).kid);
    cached = (await readKeys(node)).set;
    expect(cached.keys.filter(({ alg }) => alg === 'ES256').length).toBeLessThanOrEqual(2);
  }
  expect(signers.size).toBe(6);
});

test.each(['RS256', 'PS256', 'ES256', 'EdDSA'] as const)(
  'MD-022, TN-040: an ID token signed with %s verifies across a rotation with the key set of the day before',
  async (idTokenAlgorithm) => {
    const { node, user } = await stage();
    const client = await node.addClient({ scopes: ['openid'], openid: { idTokenAlgorithm } });
    const scope = { scope: 'openid' };
    const idToken = async () => {
      const tokens = await redeem(node, client, await obtainCode(node, client, user, scope));
      return String(tokens.body.id_token);
    };
    const before = await idToken();
    node.pass(29 * day);
    const cached = createLocalJWKSet((await readKeys(node)).set);
    node.pass(day);
    const after = await idToken();
    expect(decodeProtectedHeader(after).kid).not.toBe(decodeProtectedHeader(before).kid);
    for (const [token, at] of [
      [before, node.now() - 30 * day],
      [after, node.now()],
    ] as const)
      await jwtVerify(token, cached, { audience: client.id, currentDate: new Date(at) });
  },
);

test('MD-022: after months without a request the next key is still published before it signs', async () => {
  const { node, client, user } = await stage();
  const before = await issue(node, client, user);
  node.pass(100 * day);
  const woken = await issue(node, client, user);
  expect(woken.kid).toBe(before.kid);
  const published = await kids(node);
  expect(published).toHaveLength(2);
  node.pass(day);
  await kids(node);
  expect((await issue(node, client, user)).kid).toBe(published[1]);
});

test('MD-022: a node that starts anew uses the keys that are there, and opens what was sealed before', async () => {
  const on = await stage();
  const { token, kid, refreshToken } = await issue(on.node, on.client, on.user);
  const code = await obtainCode(on.node, on.client, on.user);
  const restarted = startNode(on);
  expect(await introspect(restarted, on.api, token)).toMatchObject({ active: true });
  expect((await redeem(restarted, on.client, code)).status).toBe(200);
  expect((await refresh(restarted, on.client, refreshToken)).status).toBe(200);
  expect((await issue(restarted, on.client, on.user)).kid).toBe(kid);
  expect(await kids(restarted)).toEqual([kid]);
});

test('MD-022: refresh tokens and codes outlive the rotation of the key they were sealed with', async () => {
  const { node, client, user, store } = await stage();
  const { refreshToken } = await issue(node, client, user);
  for (let days = 0; days < 175; days += 5) {
    node.pass(5 * day);
    expect((await refresh(node, client, refreshToken)).status).toBe(200);
  }
  const sealKeys = (await store.keys.list()).filter(({ purpose }) => purpose === 'seal');
  expect(sealKeys.length).toBeGreaterThan(15);
  const code = await obtainCode(node, client, user);
  expect((await redeem(node, client, code)).status).toBe(200);
});

test('SB-035, MD-022: two nodes over one store make each key once, at the start and at every rotation', async () => {
  const shared = ground();
  const nodes = [startNode(shared), startNode(shared)];
  const sets = await Promise.all([...nodes, ...nodes].map(kids));
  expect(new Set(sets.map(String)).size).toBe(1);
  for (let rotations = 1; rotations <= 3; rotations += 1) {
    shared.clock.now += 30 * day - hour;
    await Promise.all(nodes.map(kids));
    const slots = (await shared.store.keys.list()).map(({ algorithm, slot }) => `${algorithm} ${slot}`);
    expect(new Set(slots).size).toBe(slots.length);
    expect(new Set((await Promise.all(nodes.map(kids))).map(String)).size).toBe(1);
    shared.clock.now += hour;
    await Promise.all(nodes.map(kids));
  }
});

test('MD-022: two nodes whose rotations meet sign and open for each other all the while', async () => {
  const shared = ground();
  const { node, client, api, user } = await stage(shared);
  const nodes: Node[] = [node, startNode(shared)];
  for (let hours = 0; hours < 40 * 24; hours += 11) {
    shared.clock.now += 11 * hour;
    const [here, there] = hours % 2 === 0 ? nodes : nodes.toReversed();
    if (here === undefined || there === undefined) continue;
    const tokens = await redeem(there, client, await obtainCode(here, client, user));
    expect(tokens.status).toBe(200);
    expect(await introspect(here, api, tokens.body.access_token)).toMatchObject({ active: true });
    expect((await refresh(here, client, tokens.body.refresh_token)).status).toBe(200);
  }
});

test('MD-022: a key made by hand signs at once, and the other node knows it', async () => {
  const shared = ground();
  const { node, client, api, user } = await stage(shared);
  const other = startNode(shared);
  const old = await issue(other, client, user);
  shared.clock.now += 2000;
  const [made] = await node.authority.keys.rotate(shared.clock.now, 'at-once', 'ES256');
  const fresh = await issue(node, client, user);
  expect(fresh.kid).toBe(made?.id);
  expect(await introspect(other, api, fresh.token)).toMatchObject({ active: true });
  expect(await introspect(node, api, old.token)).toMatchObject({ active: true });
  expect(await kids(other)).toEqual([old.kid, made?.id]);
});

test('MD-022: a key withdrawn in an emergency takes its JWTs with it, and leaves opaque and refresh tokens', async () => {
  const { node, client, api, user, store } = await stage();
  const opaqueClient = await node.addClient({ accessTokenFormat: 'opaque' });
  const jwt = await issue(node, client, user);
  const opaque = await redeem(node, opaqueClient, await obtainCode(node, opaqueClient, user));
  await store.keys.revoke(String(jwt.kid), node.now());
  node.pass(61_000);
  // Whoever asks first starts the reading.
  await kids(node);
  expect(await kids(node)).not.toContain(jwt.kid);
  expect(await introspect(node, api, jwt.token)).toEqual({ active: false });
  expect(await introspect(node, api, opaque.body.access_token)).toMatchObject({ active: true });
  const next = await refresh(node, client, jwt.refreshToken);
  expect(next.status).toBe(200);
  expect(await introspect(node, api, next.body.access_token)).toMatchObject({ active: true });
});

test('MD-024: a store opened with a wrong root key is a clear fault for the operator, and nothing is made or lost', async () => {
  const on = await stage();
  const { token } = await issue(on.node, on.client, on.user);
  // A rotation is due: a node that cannot open the keys must not add one that the others cannot open.
  on.clock.now += 29 * day;
  const before = await on.store.keys.list();
  const stranger = startNode({ ...on, rootKey: randomBytes(32) });
  for (const path of ['/jwks', '/authorize']) {
    const answer = await stranger.fetch(new Request(`${stranger.issuer}${path}?client_id=${on.client.id}`));
    expect((await answer.text()).includes(token)).toBe(false);
  }
  const answer = await stranger.fetch(new Request(`${stranger.issuer}/jwks`));
  expect([answer.status, (await answer.json()).error]).toEqual([500, 'server_error']);
  expect((await stranger.fetch(new Request(`${stranger.issuer}/readyz`))).status).toBe(503);
  const fault = stranger.events.find((event) => event.type === 'fault');
  expect(fault).toMatchObject({ endpoint: 'jwks', cause: expect.any(WrongRootKey) });
  expect(String(fault?.type === 'fault' ? fault.cause : '')).toMatch(/root key this store was created with/);
  await expect(stranger.authority.keys.rotate(on.clock.now, 'at-once')).rejects.toThrow(WrongRootKey);
  expect(await on.store.keys.list()).toEqual(before);
  expect((await issue(on.node, on.client, on.user)).token).not.toBe('');
  expect(await kids(on.node)).toHaveLength(2);
});

test('SB-033: every key that is made is told to the operator', async () => {
  const { node } = await stage();
  await kids(node);
  node.pass(29 * day);
  await kids(node);
  for (const algorithm of ['ES256', 'RS256', 'PS256', 'EdDSA']) {
    const made = node.events.filter((event) => event.type === 'key.created' && event.algorithm === algorithm);
    const published = await kidsOf(node, algorithm);
    expect(published.length).toBe(2);
    expect(made.map((event) => event.type === 'key.created' && event.keyId)).toEqual(published);
  }
});

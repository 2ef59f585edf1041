import { createSecretKey } from 'node:crypto';
import type { Client, Fetched, Fetcher } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { startNode } from '../simulation/node.ts';
import {
  addKeyClient,
  assertionOf,
  type ClientKey,
  carried,
  knock,
  newKey,
  redeemWith,
  secretKey,
} from '../support/assertions.ts';
import { obtainCode } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import { secretRecord } from '../targets/registry.ts';
import type { Target } from '../targets/target.ts';

const refused = '401 invalid_client';

/** Knocks with an assertion by this key. */
async function knockBy(
  at: Target,
  id: string,
  key: Parameters<typeof assertionOf>[1]['key'],
): Promise<string> {
  return knock(at, carried(await assertionOf(at, { id, key })));
}

test.each(['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519'])(
  'TK-034: assertions may be signed with %s',
  async (alg) => {
    const at = await inProcess();
    const key = newKey(alg);
    const { id } = await addKeyClient(at, [key]);
    expect(await knockBy(at, id, key)).toBe('in');
    expect(await knockBy(at, id, { ...newKey(alg), kid: key.kid })).toBe(refused);
  },
);

test.each(['RS512', 'PS384', 'ES384'])('TK-034: assertions signed with %s are refused', async (alg) => {
  const at = await inProcess();
  const pair = newKey(alg === 'ES384' ? 'ES256' : 'RS256');
  const { id } = await addKeyClient(at, [pair]);
  const signed = alg === 'ES384' ? pair : { ...pair, alg };
  const assertion = await assertionOf(at, { id, key: signed });
  const [header = '', ...rest] = assertion.split('.');
  const changed = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), alg };
  const forged = [Buffer.from(JSON.stringify(changed)).toString('base64url'), ...rest].join('.');
  expect(await knock(at, carried(alg === 'ES384' ? forged : assertion))).toBe(refused);
});

test('TK-034: an assertion that is not signed is refused', async () => {
  const at = await inProcess();
  const key = newKey('ES256');
  const { id } = await addKeyClient(at, [key]);
  const [, payload = ''] = (await assertionOf(at, { id, key })).split('.');
  for (const alg of ['none', 'None', 'NONE']) {
    const header = Buffer.from(JSON.stringify({ alg })).toString('base64url');
    for (const signature of ['', 'AA']) {
      expect(await knock(at, { ...carried(`${header}.${payload}.${signature}`), client_id: id })).toBe(
        refused,
      );
    }
  }
  expect(await knockBy(at, id, key)).toBe('in');
});

test('TK-034: neither a public key nor a secret is a key of HMAC under private_key_jwt', async () => {
  const at = await inProcess();
  const key = newKey('RS256');
  const { id, secret } = await at.addClient({
    authenticationMethod: 'private_key_jwt',
    keys: {
      jwks: [key.jwk, { kty: 'oct', k: Buffer.from('shared'.repeat(8)).toString('base64url'), kid: 'oct' }],
    },
  });
  const { kid } = key;
  const publicPem = createSecretKey(Buffer.from(JSON.stringify(key.jwk)));
  expect(await knockBy(at, id, { alg: 'HS256', kid, privateKey: publicPem })).toBe(refused);
  expect(await knockBy(at, id, secretKey('HS256', secret))).toBe(refused);
  expect(await knockBy(at, id, { ...secretKey('HS256', 'shared'.repeat(8)), kid: 'oct' })).toBe(refused);
  expect(await knockBy(at, id, key)).toBe('in');
});

test('TK-034: a client that registered an algorithm is held to it', async () => {
  const at = await inProcess();
  const [es, rs] = [newKey('ES256'), newKey('RS256')];
  const { id } = await addKeyClient(at, [es, rs], { keys: { assertionAlgorithm: 'ES256' } });
  expect(await knockBy(at, id, rs)).toBe(refused);
  expect(await knockBy(at, id, es)).toBe('in');
});

test.each(['HS256', 'HS384', 'HS512'])(
  'TK-034, TK-020: client_secret_jwt proves the secret with %s',
  async (alg) => {
    const at = await inProcess();
    const client = await at.addClient({ authenticationMethod: 'client_secret_jwt' });
    const { id, secret } = client;
    const answer = await obtainCode(at, client, await at.addUser());
    expect(await knockBy(at, id, secretKey(alg, `${secret}x`))).toBe(refused);
    expect(await knockBy(at, id, newKey('ES256'))).toBe(refused);
    expect(await knock(at, { client_id: id, client_secret: secret })).toBe(refused);
    const assertion = await assertionOf(at, { id, key: secretKey(alg, secret) });
    expect((await redeemWith(at, answer, { fields: carried(assertion) })).status).toBe(200);
    expect(await knock(at, carried(assertion))).toBe(refused);
  },
);

test('TK-035: an assertion stays used up while a node whose clock is late would take it, though another one sweeps', async () => {
  const now = Date.now();
  const common = { store: memoryStore(), rootKey: Buffer.alloc(32, 3) };
  const late = startNode({ ...common, clock: { now } });
  const early = startNode({ ...common, clock: { now: now + 50_000 } });
  const key = newKey('ES256');
  const { id } = await addKeyClient(late, [key]);
  const assertion = await assertionOf(late, { id, key });
  for (const outcome of ['in', refused, refused]) {
    expect(await knock(late, carried(assertion))).toBe(outcome);
    for (const node of [late, early]) node.pass(44_000);
    await early.store.sweep(early.now());
  }
});

test('TK-034: of several secrets each that lives is good; one that is kept as a hash only is not', async () => {
  const clock = { now: Date.now() };
  const node = startNode({ store: memoryStore(), rootKey: Buffer.alloc(32, 3), clock });
  const method = 'client_secret_jwt';
  const [old, current, hashed] = ['old', 'current', 'hashed'].map((word) => word.padEnd(64, '.'));
  const record = (secret = '', secretId = '', as: Client['authenticationMethod'] = method) =>
    secretRecord(node.authority, { id: 'print', secret, method: as, secretId });
  const { id } = await node.addClient({
    id: 'print',
    authenticationMethod: method,
    secrets: [
      { ...record(old, 'a'), expiresAt: clock.now + 60_000 },
      record(current, 'b'),
      record(hashed, 'c', 'client_secret_basic'),
    ],
  });
  const tryAll = () =>
    Promise.all([old, current, hashed].map((secret = '') => knockBy(node, id, secretKey('HS512', secret))));
  expect(await tryAll()).toEqual(['in', 'in', refused]);
  clock.now += 60_000;
  expect(await tryAll()).toEqual([refused, 'in', refused]);
});

/** Publishes key sets, and counts how often they are asked for. */
function aPublisher(keys: readonly ClientKey[]) {
  const state = { keys, isDown: false, reads: 0 };
  const fetcher: Fetcher = {
    async fetch(): Promise<Fetched> {
      state.reads += 1;
      if (state.isDown) return { outcome: 'failed', why: 'connection refused' };
      const body = JSON.stringify({ keys: state.keys.map(({ jwk }) => jwk) });
      return { outcome: 'fetched', status: 200, mediaType: 'application/json', body, freshForSeconds: null };
    },
  };
  return { state, fetcher };
}

test('MD-028: keys are read from jwks_uri, and once more when a new one is used', async () => {
  const [old, next] = [newKey('ES256', 'old'), newKey('ES256', 'next')];
  const { state, fetcher } = aPublisher([old]);
  const at = await inProcess({ fetcher });
  const { id } = await at.addClient({
    authenticationMethod: 'private_key_jwt',
    keys: { jwksUri: 'https://print.example/jwks' },
  });
  expect([await knockBy(at, id, old), await knockBy(at, id, old), state.reads]).toEqual(['in', 'in', 1]);
  state.keys = [next];
  for (let i = 0; i < 20; i += 1) expect(await knockBy(at, id, newKey('ES256'))).toBe(refused);
  expect(state.reads).toBe(1);
  at.pass(30_000);
  expect([await knockBy(at, id, next), await knockBy(at, id, old)]).toEqual(['in', refused]);
  expect(state.reads).toBe(2);
});

test('MD-028: while the keys cannot be read the client is refused, the log says why, and then it is let in', async () => {
  const key = newKey('ES256');
  const { state, fetcher } = aPublisher([key]);
  const at = await inProcess({ fetcher });
  const { id } = await at.addClient({
    authenticationMethod: 'private_key_jwt',
    keys: { jwksUri: 'https://print.example/jwks' },
  });
  state.isDown = true;
  expect(await knockBy(at, id, key)).toBe(refused);
  expect(at.events.at(-1)).toMatchObject({
    requirement: 'MD-028',
    got: expect.stringContaining('connection refused'),
  });
  state.isDown = false;
  at.pass(5_000);
  expect(await knockBy(at, id, key)).toBe('in');
});

test('TK-033: with the switch the token endpoint is taken as audience, and the log says so once an hour', async () => {
  const at = await inProcess();
  const key = newKey('ES256');
  const { id } = await addKeyClient(at, [key], { compatibility: { tokenEndpointAudience: true } });
  const knockFor = async (aud: unknown) =>
    knock(at, carried(await assertionOf(at, { id, key }, { claims: { aud } })));
  const told = () => at.events.filter(({ type }) => type === 'compatibility.used');
  expect(await knockFor(at.issuer)).toBe('in');
  expect(told()).toEqual([]);
  expect([await knockFor(`${at.issuer}/token`), await knockFor([`${at.issuer}/token`])]).toEqual([
    'in',
    'in',
  ]);
  expect(told()).toEqual([
    { type: 'compatibility.used', at: expect.any(Number), clientId: id, what: 'tokenEndpointAudience' },
  ]);
  expect(await knockFor(`${at.issuer}/revoke`)).toBe(refused);
  expect(await knockFor([`${at.issuer}/token`, at.issuer])).toBe(refused);
  at.pass(3_600_000);
  expect([await knockFor(`${at.issuer}/token`), told().length]).toEqual(['in', 2]);
});

test.each<[string, Partial<Client>]>([
  ['of the client', { securityProfile: 'fapi2' }],
  ['of the server', {}],
])(
  'FP-011, FP-013, FP-041: under the profile %s keys only, no RS256, and aud is the issuer as a text',
  async (_, over) => {
    const at = await inProcess(over.securityProfile ? {} : { config: { securityProfile: 'fapi2' } });
    const [es, rs, ps] = [newKey('ES256'), newKey('RS256'), newKey('PS256')];
    const { id } = await addKeyClient(at, [es, rs, ps], {
      ...over,
      compatibility: { tokenEndpointAudience: true },
    });
    const knockFor = async (aud: unknown) =>
      knock(at, carried(await assertionOf(at, { id, key: es }, { claims: { aud } })));
    expect([await knockBy(at, id, es), await knockBy(at, id, ps), await knockBy(at, id, rs)]).toEqual([
      'in',
      'in',
      refused,
    ]);
    expect([await knockFor([at.issuer]), await knockFor(`${at.issuer}/token`)]).toEqual([refused, refused]);
    const secretive = await at.addClient({ ...over, authenticationMethod: 'client_secret_post' });
    expect(await knock(at, { client_id: secretive.id, client_secret: secretive.secret })).toBe(refused);
    expect(at.events.at(-1)).toMatchObject({ requirement: 'FP-011' });
    const hmac = await at.addClient({ ...over, authenticationMethod: 'client_secret_jwt' });
    expect(await knockBy(at, hmac.id, secretKey('HS256', hmac.secret))).toBe(refused);
    const open = await at.addClient({ ...over, authenticationMethod: 'none' });
    expect(await knock(at, { client_id: open.id })).toBe(refused);
    expect(await knockBy(at, id, es)).toBe('in');
  },
);

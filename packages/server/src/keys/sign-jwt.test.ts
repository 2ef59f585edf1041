import { constants, type KeyObject, sign } from 'node:crypto';
import { minute, noon } from '@valetkey/store-contract';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { aStage, issuer } from '../authority.fixture.ts';
import type { Authority } from '../authority.ts';
import type { SigningAlgorithm } from '../model.ts';
import { signJwt, verifyOwnJwt } from './sign-jwt.ts';

const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;
const claims = { iss: issuer, sub: 'ada' };

function signed(authority: Authority, algorithm: SigningAlgorithm, typ = 'JWT'): Promise<string> {
  return signJwt(authority, { algorithm, typ, claims, now: noon });
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}

async function expectRefused(authority: Authority, values: readonly string[], typ = 'JWT'): Promise<void> {
  for (const value of values)
    expect([value, await verifyOwnJwt(authority, value, { typ })]).toEqual([value, undefined]);
}

describe.each(algorithms)('%s', (algorithm) => {
  test('TN-003, MD-021: a stranger verifies what is signed, with the published keys', async () => {
    const { authority } = aStage();
    const value = await signed(authority, algorithm);
    const ring = await authority.keys.ring(noon);
    const keys = createLocalJWKSet({ keys: ring.publicKeys } as unknown as JSONWebKeySet);
    const opened = await jwtVerify(value, keys, { algorithms: [algorithm], issuer, typ: 'JWT' });
    expect(opened.payload).toEqual(claims);
    expect(opened.protectedHeader).toEqual({
      typ: 'JWT',
      alg: algorithm,
      kid: ring.signer(noon, algorithm).id,
    });
  });

  test('what is signed is opened, also after its key has been followed, and by another node', async () => {
    const { authority, store, clock } = aStage();
    const value = await signed(authority, algorithm);
    clock.now += minute;
    await authority.keys.rotate(clock.now, 'at-once');
    expect(await verifyOwnJwt(authority, value, { typ: 'JWT' })).toEqual(claims);
    const other = aStage({ store, clock, seed: 'other' }).authority;
    expect(await verifyOwnJwt(other, value, { typ: 'JWT' })).toEqual(claims);
    await expectRefused(aStage({ seed: 'stranger' }).authority, [value]);
  });

  test('TN-015: without a type there is none in the header, and one type does not pass for another', async () => {
    const { authority } = aStage();
    const plain = await signJwt(authority, { algorithm, claims, now: noon });
    const { id } = (await authority.keys.ring(noon)).signer(noon, algorithm);
    expect(plain.split('.')[0]).toBe(base64url(`{"alg":"${algorithm}","kid":"${id}"}`));
    expect(await verifyOwnJwt(authority, plain, {})).toEqual(claims);
    await expectRefused(authority, [plain, await signed(authority, algorithm, 'jwt')]);
    expect(await verifyOwnJwt(authority, await signed(authority, algorithm), {})).toBeUndefined();
  });

  test('TN-008: one byte changed, added or taken away, or another spelling, and nothing is opened', async () => {
    const { authority } = aStage();
    const [header, payload, signature = ''] = (await signed(authority, algorithm)).split('.');
    const bytes = Buffer.from(signature, 'base64url');
    const changed = [0, bytes.length >> 1, bytes.length - 1].map((at) =>
      bytes.with(at, (bytes[at] ?? 0) ^ 1),
    );
    const shapes = [
      ...changed,
      bytes.subarray(1),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.concat([Buffer.alloc(1), bytes]),
      Buffer.alloc(bytes.length),
      Buffer.alloc(bytes.length, 255),
      Buffer.alloc(0),
    ].map((shape) => Buffer.from(shape).toString('base64url'));
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const spelled = [...alphabet]
      .map((last) => signature.slice(0, -1) + last)
      .filter((text) => text !== signature);
    await expectRefused(
      authority,
      [...shapes, ...spelled, `${signature}=`, `${signature}==`].map(
        (text) => `${header}.${payload}.${text}`,
      ),
    );
  });

  test('TN-013: the issuer is ours, and the claims are an object', async () => {
    const { authority } = aStage();
    const payloads: object[] = [{ ...claims, iss: `${issuer}/` }, { ...claims, iss: [issuer] }, {}, [issuer]];
    const values = payloads.map((payload) =>
      signJwt(authority, { algorithm, typ: 'JWT', claims: payload, now: noon }),
    );
    await expectRefused(authority, await Promise.all(values));
  });
});

/** By the key of an algorithm, though the header names what it likes. */
async function forge(by: SigningAlgorithm) {
  const { authority } = aStage();
  const { privateKey, id } = (await authority.keys.ring(noon)).signer(noon, by);
  const input = (alg: string, kid = id) =>
    `${base64url(JSON.stringify({ typ: 'JWT', alg, kid }))}.${base64url(JSON.stringify(claims))}`;
  return { authority, privateKey, input };
}

type RsaOptions = { padding: number; saltLength?: number };

function rsa(input: string, key: KeyObject, options: RsaOptions, hash = 'sha256'): string {
  return `${input}.${sign(hash, Buffer.from(input), { key, ...options }).toString('base64url')}`;
}

const pkcs1 = { padding: constants.RSA_PKCS1_PADDING };
const pss = (saltLength: number) => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });

test('TN-003: an RSA key signs with its own algorithm only, whatever the header says', async () => {
  for (const [by, good, bad] of [
    ['RS256', pkcs1, pss(32)],
    ['PS256', pss(32), pkcs1],
  ] as const) {
    const { authority, privateKey, input } = await forge(by);
    expect(await verifyOwnJwt(authority, rsa(input(by), privateKey, good), { typ: 'JWT' })).toEqual(claims);
    await expectRefused(authority, [
      rsa(input(by), privateKey, bad),
      rsa(input(by), privateKey, good, 'sha512'),
      rsa(input(by === 'RS256' ? 'PS256' : 'RS256'), privateKey, bad),
      rsa(input('none'), privateKey, good),
    ]);
  }
});

test('PS256: the salt is as long as the hash', async () => {
  const { authority, privateKey, input } = await forge('PS256');
  const salts = [0, 20, 31, 33, 64, constants.RSA_PSS_SALTLEN_MAX_SIGN];
  await expectRefused(
    authority,
    salts.map((length) => rsa(input('PS256'), privateKey, pss(length))),
  );
});

test('TN-003: the id of one key does not go with the signature of another', async () => {
  const { authority, input } = await forge('ES256');
  const ring = await authority.keys.ring(noon);
  for (const named of algorithms) {
    for (const by of algorithms.filter((algorithm) => algorithm !== named)) {
      const [, , signature] = (await signed(authority, by)).split('.');
      await expectRefused(authority, [
        `${input(named, ring.signer(noon, named).id)}.${signature}`,
        `${input(by, ring.signer(noon, named).id)}.${signature}`,
      ]);
    }
  }
});

test('an algorithm that is not configured is not signed with', async () => {
  const { authority } = aStage({ config: { keys: { algorithms: ['ES256'] } } });
  await expect(signed(authority, 'RS256')).rejects.toThrow('RS256');
});

test('a token of an algorithm that was left out is opened as long as its key is kept', async () => {
  const { authority, store, clock } = aStage();
  const value = await signed(authority, 'RS256');
  const without = { config: { keys: { algorithms: ['ES256' as const] as [SigningAlgorithm] } } };
  const after = aStage({ store, clock, seed: 'after', ...without }).authority;
  expect(await verifyOwnJwt(after, value, { typ: 'JWT' })).toEqual(claims);
  await store.keys.remove((await authority.keys.ring(noon)).signer(noon, 'RS256').id);
  clock.now += 6000;
  await after.keys.freshRing(clock.now);
  await expectRefused(after, [value]);
});

test('a key of an algorithm that is not known here opens nothing, and harms nothing', async () => {
  const { authority, store, clock } = aStage();
  const value = await signed(authority, 'ES256');
  const key = (await store.keys.list()).find(({ algorithm }) => algorithm === 'ES256');
  if (key === undefined) return expect.unreachable();
  await store.keys.remove(key.id);
  await store.keys.add({ ...key, algorithm: 'ES999' });
  clock.now += 6000;
  await authority.keys.freshRing(clock.now);
  const [header = '', ...rest] = value.split('.');
  const renamed = Buffer.from(header, 'base64url').toString().replace('ES256', 'ES999');
  await expectRefused(authority, [value, [base64url(renamed), ...rest].join('.')]);
});

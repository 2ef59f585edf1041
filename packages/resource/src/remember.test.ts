import { expect, test, vi } from 'vitest';
import { NOW } from './issuer.fixture.ts';
import { proved, prover } from './prover.fixture.ts';
import { Recent } from './recent.ts';
import { outcome, request, type Stage, stage } from './stage.fixture.ts';

/** How many signatures are verified in a while; WebCrypto is the only way to do so. */
async function verifications(during: () => Promise<unknown>): Promise<number> {
  const counted = vi.spyOn(crypto.subtle, 'verify');
  try {
    await during();
    return counted.mock.calls.length;
  } finally {
    counted.mockRestore();
  }
}

const remembering = (most = 10_000) => stage({ remember: { most } });

test('a token is verified once where it is remembered, and each time where not', async () => {
  for (const [one, expected] of [
    [await remembering(), 1],
    [await stage(), 5],
  ] as const) {
    const token = await one.issuer.sign();
    const used = await verifications(async () => {
      for (let call = 0; call < 5; call += 1) expect((await outcome(one, token)).status).toBe(200);
    });
    expect(used).toBe(expected);
  }
});

test('RS-016 a remembered token ends when it expires', async () => {
  const one = await remembering();
  const token = await one.issuer.sign({ exp: NOW + 10 });
  expect((await outcome(one, token)).status).toBe(200);
  one.clock.now += 39_999;
  expect((await outcome(one, token)).status).toBe(200);
  one.clock.now += 1;
  expect(await outcome(one, token)).toMatchObject({ status: 401, rule: 'RS-016' });
});

test('MD-022 MD-025 a key that was withdrawn stops to count with the next reading, for remembered tokens too', async () => {
  const one = await remembering();
  const token = await one.issuer.sign({ exp: 1_999_999_999 });
  expect((await outcome(one, token)).status).toBe(200);
  one.issuer.keys.splice(0);
  await one.issuer.addKey('key-2');
  one.clock.now += 599_999;
  expect((await outcome(one, token)).status).toBe(200);
  one.clock.now += 1;
  expect(await outcome(one, token)).toMatchObject({ status: 401, rule: 'RS-014' });
});

test('RS-014 a token that differs from a remembered one in its last letter is another', async () => {
  const one = await remembering();
  const token = await one.issuer.sign();
  expect((await outcome(one, token)).status).toBe(200);
  const changed = token.slice(0, -1) + (token.endsWith('A') ? 'Q' : 'A');
  expect((await outcome(one, changed)).status).toBe(401);
});

test('RS-031 what was refused is not remembered', async () => {
  const one = await remembering();
  const token = await one.issuer.sign({ nbf: NOW + 100 });
  expect((await outcome(one, token)).status).toBe(401);
  one.clock.now += 100_000;
  expect((await outcome(one, token)).status).toBe(200);
});

test('RS-032 RS-018 RS-050 scope, key and proof are looked at each time', async () => {
  const client = await prover();
  const one = await stage({ remember: {}, dpop: {} });
  const token = await one.issuer.sign({ cnf: { jkt: client.jkt } });
  const call = async (asked: Request, scope: string[] = []) => {
    const verdict = await one.guard.check(asked, { scope });
    return 'granted' in verdict ? 200 : verdict.refused.status;
  };
  const proof = await client.prove(token);
  expect(await call(proved(token, proof))).toBe(200);
  expect(await call(proved(token, proof))).toBe(401);
  expect(await call(proved(token))).toBe(401);
  expect(await call(request(`Bearer ${token}`))).toBe(401);
  expect(await call(proved(token, await client.prove(token)), ['photos:write'])).toBe(403);
  expect(await call(proved(token, await client.prove(token)))).toBe(200);
});

test('SB-024 no more than so many are remembered, and those in use stay', async () => {
  const one: Stage = await remembering(10);
  const busy = await one.issuer.sign({ jti: 'busy' });
  await outcome(one, busy);
  const used = await verifications(async () => {
    for (let call = 0; call < 40; call += 1) {
      await outcome(one, await one.issuer.sign({ jti: `token-${call}` }));
      await outcome(one, busy);
    }
  });
  expect(used).toBe(40);
  await expect(stage({ remember: { most: 0 } })).rejects.toThrow('remember.most');
});

test('SB-024 a bounded map keeps the latest half of what it may hold, and no more than all of it', () => {
  for (let size = 1; size < 40; size += 1) {
    const recent = new Recent<number>(10);
    for (let key = 0; key < size; key += 1) recent.set(`${key}`, key);
    // From the latest back, as looking moves what is found.
    const keys = Array.from({ length: size }, (_, index) => size - 1 - index);
    const held = keys.filter((key) => recent.get(`${key}`) === key);
    expect(held.length).toBeLessThanOrEqual(10);
    expect(held.slice(0, 5)).toEqual(keys.slice(0, 5));
  }
});

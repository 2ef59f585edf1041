import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aStage } from './authority.fixture.ts';
import { sealNow } from './authority.ts';
import { SealKey } from './keys/key-ring.ts';
import { type Purpose, purposes } from './keys/purposes.ts';
import { open, seal, sealAlike, sealKeyId } from './seal.ts';

const bytes = Buffer.alloc(32, 7);
const nonce = Buffer.alloc(12, 9);
const issuer = 'https://auth.example';
const key = new SealKey('keyId1', bytes, issuer);
const all = Object.keys(purposes) as Purpose[];

test('golden: values that are out stay readable, whatever is changed in the code', () => {
  const sealed = Object.fromEntries(all.map((purpose) => [purpose, seal(purpose, ['a', 1], { key, nonce })]));
  expect(sealed).toMatchInlineSnapshot(`
    {
      "accessToken": "vka1_keyId1CQkJCQkJCQkJCQkJ9PzWtEI1T-b1ywigjsKpyJ6sgDFu2z4",
      "code": "vkc1_keyId1CQkJCQkJCQkJCQkJ5d9OPEd0LlH6ViXM2gkFMDM6jkug8XY",
      "refreshToken": "vkr1_keyId1CQkJCQkJCQkJCQkJ33ENf1R3m957RDp8h6t2wQPTTuW7jz8",
      "session": "vks1_keyId1CQkJCQkJCQkJCQkJE5EitI4NtqOFKgN8YX226ln3Q7VTOrA",
      "ticket": "vkt1_keyId1CQkJCQkJCQkJCQkJzLZ0JTenoaRMvHM7bt3TN8UQHvdSOY0",
    }
  `);
  for (const purpose of all) expect(open(purpose, sealed[purpose] ?? '', key)).toEqual(['a', 1]);
});

test('golden: the value that is derived from its content', () => {
  expect(sealAlike('refreshToken', ['a', 1], key)).toMatchInlineSnapshot(
    `"vkr1_keyId1NcLoEO55YCHY2R3gJcOD1RzLe6CcFiyqjucoLUWKLAurcuo"`,
  );
});

describe('a value opens for nothing but what it was made for', () => {
  const pairs = all.flatMap((made) =>
    all.filter((other) => other !== made).map((other) => [made, other] as const),
  );

  test.each(pairs)('%s is no %s, under its own prefix or the other', (made, other) => {
    const value = seal(made, { a: 1 }, { key, nonce });
    expect(sealKeyId(other, value)).toBeUndefined();
    expect(open(other, value, key)).toBeUndefined();
    expect(open(other, purposes[other] + value.slice(purposes[made].length), key)).toBeUndefined();
  });

  test('another issuer, key, or key id', () => {
    const value = seal('code', { a: 1 }, { key, nonce });
    for (const foreign of [
      new SealKey('keyId1', bytes, 'https://other.example'),
      new SealKey('keyId1', Buffer.alloc(32, 8), issuer),
      new SealKey('keyId2', bytes, issuer),
    ]) {
      expect(open('code', value, foreign)).toBeUndefined();
    }
  });

  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

  function opens(value: string): boolean {
    return sealKeyId('code', value) === key.id && open('code', value, key) !== undefined;
  }

  // Contents of three lengths: the last letter carries no, two or four bits that mean nothing.
  test.each(['', 'x', 'xy'])('any change of any letter (content %j)', (content) => {
    const value = seal('code', content, { key, nonce });
    expect(opens(value)).toBe(true);
    for (let at = 0; at < value.length; at += 1) {
      for (const letter of `${alphabet}=+/. `) {
        if (letter !== value[at])
          expect(opens(value.slice(0, at) + letter + value.slice(at + 1))).toBe(false);
      }
    }
  });

  test.each(['', 'x', 'xy'])('any cut and any addition (content %j)', (content) => {
    const value = seal('code', content, { key, nonce });
    for (let at = 0; at < value.length; at += 1) {
      expect(opens(value.slice(0, at))).toBe(false);
      expect(opens(value.slice(0, at) + value.slice(at + 1))).toBe(false);
      expect(opens(`${value.slice(0, at)}A${value.slice(at)}`)).toBe(false);
    }
    for (const tail of ['A', '=', '==', '.', '\n', '\0', ' ', value]) expect(opens(value + tail)).toBe(false);
  });

  test('whatever else comes', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        for (const value of [text, `vkc1_keyId1${text}`]) {
          if (sealKeyId('code', value) !== undefined) expect(open('code', value, key)).toBeUndefined();
        }
      }),
    );
  });
});

test('TN-029: equal content gives equal values, different content different ones, in token68 letters', () => {
  const content = fc.tuple(fc.string(), fc.nat());
  fc.assert(
    fc.property(content, content, (a, b) => {
      const [left, right] = [sealAlike('refreshToken', a, key), sealAlike('refreshToken', b, key)];
      expect(left === right).toBe(JSON.stringify(a) === JSON.stringify(b));
      expect(left).toMatch(/^[A-Za-z0-9\-._~+/]+=*$/);
      expect(open('refreshToken', left, key)).toEqual(a);
    }),
  );
});

test('what is sealed is opened, whatever it is', () => {
  const fresh = fc.uint8Array({ minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(fc.jsonValue(), fresh, fc.constantFrom(...all), (content, bits, purpose) => {
      const opened = open(purpose, seal(purpose, content, { key, nonce: bits }), key);
      expect(JSON.stringify(opened)).toBe(JSON.stringify(content));
    }),
  );
});

test('each value has a nonce of its own, and the same content never looks the same', async () => {
  const { authority } = aStage();
  const values = await Promise.all(Array.from({ length: 500 }, () => sealNow(authority, 'ticket', { a: 1 })));
  const nonces = values.map((value) =>
    Buffer.from(value.slice(11), 'base64url').subarray(0, 12).toString('hex'),
  );
  expect(new Set(nonces).size).toBe(500);
  expect(new Set(values).size).toBe(500);
});

test('a value that is derived from its content is of another kind than the same content sealed for another purpose', () => {
  const [a, b] = (['refreshToken', 'code'] as const).map((purpose) =>
    sealAlike(purpose, ['x'], key).slice(11),
  );
  expect(a).not.toBe(b);
  expect(a?.slice(0, 16)).not.toBe(b?.slice(0, 16));
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { JwtError } from './index.ts';
import { NOW } from './signer.fixture.ts';
import { checkTimes } from './times.ts';

type Rules = Omit<Parameters<typeof checkTimes>[1], 'now'>;

/** `good`, or the detail of the refusal. */
function judge(claims: Record<string, unknown>, rules: Rules = {}): string {
  try {
    checkTimes(claims, { now: NOW * 1000, ...rules });
    return 'good';
  } catch (error) {
    if (!(error instanceof JwtError)) throw error;
    expect(error.code).toBe('time');
    return error.detail;
  }
}

test.each([
  [NOW + 1, 30, 'good'],
  [NOW - 29.999, 30, 'good'],
  [NOW - 30, 30, 'the token has expired'],
  [NOW, 0, 'the token has expired'],
  [NOW + 0.001, 0, 'good'],
  [NOW - 59, 60, 'good'],
  [NOW - 60, 60, 'the token has expired'],
  [0, 30, 'the token has expired'],
  [-1, 30, 'the token has expired'],
  [1e300, 30, 'good'],
])('TN-010: exp %d at a leeway of %d s is %s', (exp, leewaySeconds, expected) => {
  expect(judge({ exp }, { leewaySeconds })).toBe(expected);
});

test.each(['exp', 'nbf', 'iat'])('TN-010: %s must be a finite number', (name) => {
  for (const value of [
    String(NOW),
    null,
    true,
    [NOW],
    {},
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    '',
  ]) {
    expect(judge({ [name]: value })).toBe(`${name} is not a number`);
  }
  expect(judge(JSON.parse(`{"${name}":1e999}`))).toBe(`${name} is not a number`);
});

test('TN-010: a default leeway of 30 s, fractions of seconds count', () => {
  expect(judge({ exp: NOW - 29.5, nbf: NOW + 29.5, iat: NOW + 29.5 })).toBe('good');
  expect(judge({ exp: NOW - 30.5 })).toBe('the token has expired');
  expect(judge({ nbf: NOW + 30.5 })).toBe('nbf lies in the future');
});

test.each(['iat', 'nbf'])(
  'TN-011: %s up to 10 s ahead is taken, more by the leeway, over 60 s never',
  (name) => {
    const ahead = (seconds: number, leewaySeconds: number) =>
      judge({ [name]: NOW + seconds }, { leewaySeconds });
    expect(ahead(10, 0)).toBe('good');
    expect(ahead(10.001, 0)).toBe(`${name} lies in the future`);
    expect(ahead(30, 30)).toBe('good');
    expect(ahead(31, 30)).toBe(`${name} lies in the future`);
    expect(ahead(60, 60)).toBe('good');
    expect(ahead(61, 60)).toBe(`${name} lies in the future`);
  },
);

test.each([-1, 60.1, Number.NaN, Number.POSITIVE_INFINITY])(
  'TN-011: a leeway of %d s is a fault of the caller',
  (leewaySeconds) => {
    expect(() => checkTimes({}, { now: NOW * 1000, leewaySeconds })).toThrow(RangeError);
  },
);

test('TK-036: exp further ahead than the longest life and the leeway is refused', () => {
  const rules = { longestLife: 300, leewaySeconds: 30 };
  expect(judge({ exp: NOW + 330 }, rules)).toBe('good');
  expect(judge({ exp: NOW + 331 }, rules)).toBe('exp lies too far ahead');
  expect(judge({ exp: NOW + 301 }, { longestLife: 300, leewaySeconds: 0 })).toBe('exp lies too far ahead');
});

test.each(['iat', 'nbf'])('TK-036: %s longer ago than the oldest and the leeway is refused', (name) => {
  const rules = { oldest: 3600, leewaySeconds: 30 };
  expect(judge({ [name]: NOW - 3630 }, rules)).toBe('good');
  expect(judge({ [name]: NOW - 3631 }, rules)).toBe(`${name} lies too far back`);
  expect(judge({ [name]: 0 })).toBe('good');
});

test('FP-050: exp at most so long after nbf, and both are there', () => {
  const rules = { longestSpan: 3600 };
  expect(judge({ nbf: NOW, exp: NOW + 3600 }, rules)).toBe('good');
  expect(judge({ nbf: NOW - 1, exp: NOW + 3600 }, rules)).toBe('exp lies too long after nbf');
  expect(judge({ exp: NOW + 3600 }, rules)).toBe('exp or nbf is missing');
  expect(judge({ nbf: NOW }, rules)).toBe('exp or nbf is missing');
});

test('TN-010, TN-011: times are good exactly inside the limits', () => {
  const near = fc.integer({ min: -100_000, max: 100_000 }).map((milliseconds) => milliseconds / 1000);
  fc.assert(
    fc.property(near, near, fc.integer({ min: 0, max: 60 }), (end, begin, leewaySeconds) => {
      const good = end > -leewaySeconds && begin <= Math.max(leewaySeconds, 10);
      const claims = { exp: NOW + end, iat: NOW + begin, nbf: NOW + begin };
      // Sums of fractions near the limit are not exact.
      fc.pre(Math.abs(end + leewaySeconds) > 1e-4 && Math.abs(begin - Math.max(leewaySeconds, 10)) > 1e-4);
      expect(judge(claims, { leewaySeconds }) === 'good').toBe(good);
    }),
  );
});

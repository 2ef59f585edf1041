import fc from 'fast-check';
import { expect, test } from 'vitest';
import { request, stage } from './stage.fixture.ts';

test.each(['Bearer', 'bearer', 'BEARER', 'bEaReR'])('RS-001 the scheme %s is understood', async (scheme) => {
  const { guard, issuer } = await stage();
  const token = await issuer.sign();
  expect(await guard.check(request(`${scheme} ${token}`))).toHaveProperty('granted');
  expect(await guard.check(request(`${scheme}   ${token}`))).toHaveProperty('granted');
});

test('RS-002 a token in the query is as if it were not there', async () => {
  const { guard, issuer, reasons } = await stage();
  const url = `https://api.example/photos?access_token=${await issuer.sign()}`;
  expect(await guard.check(request(undefined, url))).toHaveProperty('refused.status', 401);
  expect(reasons[0]?.code).toBe('no_token');
  expect(await guard.check(request(`Bearer ${await issuer.sign()}`, url))).toHaveProperty('granted');
});

test('RS-003 a token in the form body is ignored, and the body is left for the handler', async () => {
  const { guard, issuer, reasons } = await stage();
  const body = new URLSearchParams({ access_token: await issuer.sign() });
  const post = new Request('https://api.example/photos', { method: 'POST', body });
  expect(await guard.check(post)).toHaveProperty('refused.status', 401);
  expect(reasons[0]?.code).toBe('no_token');
  expect(post.bodyUsed).toBe(false);
});

test.each([
  ['Bearer', 'Bearer'],
  ['Bearer', 'Basic'],
  ['Basic', 'Bearer'],
  ['Bearer', 'DPoP'],
])('RS-004 RS-033 two Authorization headers, %s and %s, are a malformed request', async (first, second) => {
  const { guard, issuer } = await stage();
  const token = await issuer.sign();
  const headers = new Headers({ authorization: `${first} ${token}` });
  headers.append('authorization', `${second} ${token}`);
  const verdict = await guard.check(new Request('https://api.example/photos', { headers }));
  if ('granted' in verdict) throw new Error('granted');
  expect(verdict.refused.status).toBe(400);
  expect(verdict.refused.headers.get('www-authenticate')).toMatch(/^Bearer error="invalid_request"/);
});

test.each([
  ['no token', 'Bearer'],
  ['a blank inside', 'Bearer a b'],
  ['a comma', 'Bearer a,b'],
  ['an equals sign inside', 'Bearer a=b'],
  ['quotes', 'Bearer "abc"'],
  ['an umlaut', 'Bearer \xe4'],
  ['a tab', 'Bearer\tabc'],
])('RS-005 a value with %s is refused before anything is asked', async (_, authorization) => {
  const { guard, issuer } = await stage();
  expect(await guard.check(request(authorization))).toHaveProperty('refused.status', 401);
  expect(issuer.seen).toEqual([]);
});

test('TN-018 a token of more than 16 KiB is refused before it is parsed', async () => {
  const { guard, issuer, reasons } = await stage();
  const verdict = await guard.check(request(`Bearer ${await issuer.sign({ big: 'x'.repeat(16_384) })}`));
  expect(verdict).toHaveProperty('refused.status', 401);
  expect(reasons[0]?.rule).toBe('TN-018');
});

test('RS-030 no credentials, or those of another scheme, get a challenge without an error', async () => {
  const { guard } = await stage();
  for (const authorization of [undefined, 'Basic YTpi', 'DPoP abc', 'Bearerabc']) {
    const verdict = await guard.check(request(authorization), { scope: ['photos:read'] });
    if ('granted' in verdict) throw new Error('granted');
    expect(verdict.refused.status).toBe(401);
    expect(verdict.refused.headers.get('www-authenticate')).toBe(
      'Bearer scope="photos:read", resource_metadata="https://api.example/.well-known/oauth-protected-resource"',
    );
    expect(await verdict.refused.text()).toBe('');
  }
});

test('RS-005 SB-024 SB-025 whatever stands in the header, the answer is 400 or 401 and never a failure', async () => {
  const { guard } = await stage();
  const segment = fc.oneof(
    fc.base64String().map((text) => text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')),
    fc.json().map((json) => Buffer.from(json).toString('base64url')),
    fc.constant(Buffer.from('{"alg":"ES256","typ":"at+jwt","__proto__":{"kid":"x"}}').toString('base64url')),
  );
  const jwt = fc.array(segment, { minLength: 1, maxLength: 5 }).map((parts) => parts.join('.'));
  const bytes = fc.string({
    unit: fc.integer({ min: 1, max: 255 }).map((code) => String.fromCharCode(code)),
  });
  const header = fc.oneof(
    bytes,
    bytes.map((text) => `Bearer ${text}`),
    jwt.map((token) => `bearer ${token}`),
  );
  await fc.assert(
    fc.asyncProperty(header, async (value) => {
      const authorization = value.replace(/[\r\n]/g, ' ');
      const verdict = await guard.check(request(authorization));
      expect('refused' in verdict && [400, 401].includes(verdict.refused.status)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

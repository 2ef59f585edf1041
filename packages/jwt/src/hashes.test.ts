import { exportJWK, generateKeyPair } from 'jose';
import { expect, test } from 'vitest';
import { accessTokenHash, certificateThumbprint, type Jwk, leftHalfHash, thumbprint } from './index.ts';

const rfc7638 =
  '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';

test.each<[string, Jwk, string]>([
  [
    'RFC 7638 §3.1',
    { kty: 'RSA', n: rfc7638, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' },
    'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
  ],
  [
    'RFC 9449',
    {
      y: '9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA',
      x: 'l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs',
      kty: 'EC',
      crv: 'P-256',
    },
    '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I',
  ],
  [
    'RFC 8037 A.3',
    { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  ],
])('TN-079: the thumbprint of the key of %s', async (_, jwk, expected) => {
  expect(await thumbprint(jwk)).toBe(expected);
});

test('TN-079: a private key has the thumbprint of its public one', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  expect(await thumbprint(await exportJWK(privateKey))).toBe(await thumbprint(await exportJWK(publicKey)));
});

test.each<Jwk>([{ kty: 'EC', crv: 'P-256', x: 'a' }, { kty: 'RSA', n: 1, e: 'AQAB' }, { kty: 'oct' }, {}])(
  'TN-079: %o has none',
  async (jwk) => {
    await expect(thumbprint(jwk)).rejects.toMatchObject({ name: 'JwtError', code: 'key' });
  },
);

test('TN-078: the ath of the access token of RFC 9449 §7.1', async () => {
  expect(await accessTokenHash('Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU')).toBe(
    'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo',
  );
});

test('TN-085: the x5t#S256 of the certificate of RFC 8705 Appendix A', async () => {
  const der = Buffer.from(
    'MIIBBjCBrAIBAjAKBggqhkjOPQQDAjAPMQ0wCwYDVQQDDARtdGxzMB4XDTE4MTAxODEyMzcwOVoXDTIyMDUwMjEyMzcwOVowDzENMAsGA1UEAwwEbXRsczBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNcnyxwqV6hY8QnhxxzFQ03C7HKW9OylMbnQZjjJ/Au08/coZwxS7LfA4vOLS9WuneIXhbGGWvsDSb0tH6IxLm8wCgYIKoZIzj0EAwIDSQAwRgIhAP0RC1E+vwJD/D1AGHGzuri+hlV/PpQEKTWUVeORWz83AiEA5x2eXZOVbUlJSGQgjwD5vaUaKlLR50Q2DmFfQj1L+SY=',
    'base64',
  );
  expect(await certificateThumbprint(der)).toBe('A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0');
});

const token = 'jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y';

test.each([
  ...['RS256', 'ES256', 'PS256', 'HS256'].map((alg) => [alg, '77QmUPtjPfzWtF2AnpK9RQ'] as const),
  ...['RS384', 'ES384', 'PS384', 'HS384'].map((alg) => [alg, 'jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs'] as const),
  ...['RS512', 'ES512', 'PS512', 'HS512', 'Ed25519', 'EdDSA'].map(
    (alg) => [alg, 'q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM'] as const,
  ),
])('TN-044: the at_hash under %s', async (alg, expected) => {
  expect(await leftHalfHash(alg, token)).toBe(expected);
});

test('TN-044: the c_hash of OpenID Connect Core Appendix A', async () => {
  const code = 'Qcb0Orv1zh30vL1MPRsbm-diHiMwcLyZvn1arpZv-Jxf_11jnpEX3Tgfvk';
  expect(await leftHalfHash('RS256', code)).toBe('LDktKdoQak3Pk0cnXxCltA');
});

test.each(['none', 'Ed448', 'RS1', 'RS128', 'XS256', '', 'constructor'])(
  'TN-044: no hash belongs to %s',
  async (alg) => {
    await expect(leftHalfHash(alg, token)).rejects.toMatchObject({ name: 'JwtError', code: 'algorithm' });
  },
);

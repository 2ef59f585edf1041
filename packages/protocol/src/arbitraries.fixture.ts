import fc from 'fast-check';

/** Any text that can travel: lone surrogates cannot, UTF-8 has no form for them. */
export const text = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
  .filter((value) => value.isWellFormed());

const scopeToken = fc
  .string({ unit: fc.constantFrom(...'!#$%&()*+,-./09:;<=>?@AZ[]^_`az{|}~'), minLength: 1, maxLength: 12 })
  .filter((token) => token !== '');

export const scope = fc.uniqueArray(scopeToken, { minLength: 1, maxLength: 6 });

/** 32 bytes in base64url. */
export const codeChallenge = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => toBase64url(bytes));

export const codeVerifier = fc.string({
  unit: fc.constantFrom(...'ABCXYZabcxyz0189-._~'),
  minLength: 43,
  maxLength: 128,
});

/** Any code point, half surrogate pairs among them. */
export const anyLetter = fc
  .oneof(fc.nat(0x7f), fc.nat(0xffff), fc.nat(0x10_ffff))
  .map((code) => String.fromCodePoint(code));

/** Whatever a stranger may send. */
export const anything = fc.oneof(
  fc.string({ unit: anyLetter, maxLength: 300 }),
  fc.string({
    unit: fc.constantFrom('%', '&', '=', '+', 'a', '2', 'F', '\0', '\n', ' ', '\u{1f600}', '\ud800'),
    maxLength: 60,
  }),
  fc.constantFrom('__proto__=1&constructor=2', '&&&===', '%', '%zz=%', 'a=1&a=2', '='.repeat(500)),
);

function toBase64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** A name as its relative names, most specific first; each is a sorted list of `type=value` texts, value unescaped. */
export type DistinguishedName = readonly (readonly string[])[];

/**
 * Reads a distinguished name as RFC 4514 writes it, so that two can be compared: without the case of types, the order
 * inside a relative name, blanks around separators, and the ways of escaping. `undefined`: it is none.
 */
export function readDistinguishedName(text: string): DistinguishedName | undefined {
  const names: string[][] = [];
  for (const relative of split(text, ',')) {
    const pairs = split(relative, '+').map(readPair);
    if (pairs.includes(undefined)) return undefined;
    names.push(pairs.map(String).toSorted());
  }
  return names;
}

/** Whether two names are the same, in the same order. */
export function isSameName(a: DistinguishedName, b: DistinguishedName): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Types that have several spellings (RFC 4514 §3, RFC 4519, and those of OpenSSL). */
const spellings: Readonly<Record<string, string>> = {
  '2.5.4.3': 'cn',
  '2.5.4.4': 'sn',
  '2.5.4.5': 'serialnumber',
  '2.5.4.6': 'c',
  '2.5.4.7': 'l',
  '2.5.4.8': 'st',
  s: 'st',
  '2.5.4.9': 'street',
  '2.5.4.10': 'o',
  '2.5.4.11': 'ou',
  '2.5.4.12': 'title',
  t: 'title',
  '2.5.4.42': 'gn',
  givenname: 'gn',
  '2.5.4.97': 'organizationidentifier',
  '0.9.2342.19200300.100.1.1': 'uid',
  userid: 'uid',
  '0.9.2342.19200300.100.1.25': 'dc',
  '1.2.840.113549.1.9.1': 'emailaddress',
  e: 'emailaddress',
  email: 'emailaddress',
};

/** At every separator that is not escaped. */
function split(text: string, separator: string): string[] {
  const pieces = [''];
  for (const [letter] of text.matchAll(/\\.|./gsu)) {
    if (letter === separator) pieces.push('');
    else pieces.push(pieces.pop() + letter);
  }
  return pieces;
}

function readPair(pair: string): string | undefined {
  const [, type, raw] = /^ *([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+) *= *(.*)$/su.exec(pair) ?? [];
  if (type === undefined || raw === undefined) return undefined;
  const value = raw.startsWith('#') ? fromHex(raw.trimEnd().slice(1)) : withoutEscapes(raw);
  const name = type.toLowerCase();
  return value === undefined ? undefined : `${spellings[name] ?? name}=${value}`;
}

/**
 * RFC 4514 §3: a backslash before a special character, or before two hexadecimal digits that are a byte of UTF-8. Blanks
 * at the end are none of the value, but for one that is escaped.
 */
function withoutEscapes(raw: string): string | undefined {
  const letters = [...raw.matchAll(/\\[\da-f]{2}|\\.|./gisu)].map(([letter]) => letter);
  const end = letters.findLastIndex((letter) => letter !== ' ') + 1;
  const bytes = letters.slice(0, end).map((letter) => {
    const isByte = /^\\[\da-f]{2}$/i.test(letter);
    return isByte ? Buffer.from(letter.slice(1), 'hex') : Buffer.from(letter.replace(/^\\(?=.)/su, ''));
  });
  return utf8(Buffer.concat(bytes));
}

/** A BER-encoded text of less than 128 bytes: tag, length, content. */
function fromHex(hex: string): string | undefined {
  const bytes = Buffer.from(hex, 'hex');
  const isWhole = bytes.length * 2 === hex.length && bytes[1] === bytes.length - 2 && bytes.length < 130;
  return isWhole ? utf8(bytes.subarray(2)) : undefined;
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * A URL in the one spelling by which `htu` is compared (RFC 9449 §4.3, RFC 3986 §6.2.2, §6.2.3): case of scheme and host,
 * default port, percent-encoding, dot segments; without query and fragment. `undefined` for what is no http(s) URL.
 */
export function normalizeHtu(text: string): string | undefined {
  // The URL parser forgives backslashes, blanks and missing slashes.
  if (!/^https?:\/\/[^/?#]/i.test(text) || /[\s\\\p{Cc}]/u.test(text)) return undefined;
  if (!URL.canParse(text)) return undefined;
  const { protocol, username, password, host, pathname } = new URL(text);
  // It forgives stray percent signs too, and two spellings could come out of one.
  if (username !== '' || password !== '' || /%(?![0-9a-f]{2})/i.test(pathname)) return undefined;
  return `${protocol}//${host}${normalizePercents(pathname)}`;
}

/** RFC 3986 §6.2.2.1, §6.2.2.2: capital digits, and no encoding of unreserved characters. */
function normalizePercents(path: string): string {
  return path.replaceAll(/%([0-9a-f]{2})/gi, (encoded, digits: string) => {
    const character = String.fromCharCode(Number.parseInt(digits, 16));
    return /[\w.~-]/.test(character) ? character : encoded.toUpperCase();
  });
}

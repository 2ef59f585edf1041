const LONGEST = 2_000;

/**
 * Where to send the person after sign-in: the path, if it stays on this origin, otherwise `/`.
 * RFC 9700 §4.11.1: a target that leads elsewhere would make the app an open redirector.
 */
export function returnTarget(wanted: string | undefined, origin: string): string {
  if (wanted === undefined || wanted.length > LONGEST) return '/';
  if (!/^\/(?!\/)/.test(wanted) || [...wanted].some(isTreacherous)) return '/';
  const url = new URL(wanted, origin);
  // Dot segments are resolved by now: `/..//evil.example` has become `//evil.example`.
  if (url.origin !== origin || url.pathname.startsWith('//')) return '/';
  return url.pathname + url.search + url.hash;
}

/** Browsers drop tabs and newlines from a URL and read a backslash as a slash. */
function isTreacherous(character: string): boolean {
  return character <= ' ' || character === '\x7f' || character === '\\';
}

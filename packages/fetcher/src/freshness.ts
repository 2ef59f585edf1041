import type { IncomingHttpHeaders } from 'node:http';

/** Seconds, at most: more than anybody means. */
const longest = 2 ** 31;

/**
 * For how many more seconds an answer may be kept (RFC 9111 §4.2), the time it spent in caches on its way deducted.
 * 0: not at all; `null`: nothing is said. `now` in milliseconds.
 */
export function freshForSeconds(headers: IncomingHttpHeaders, now: number): number | null {
  const directives = readDirectives(headers['cache-control']);
  if (directives.has('no-store') || directives.has('no-cache')) return 0;
  const lifetime = directives.has('max-age')
    ? wholeSeconds(directives.get('max-age'))
    : untilExpiry(headers, now);
  return lifetime === null ? null : Math.max(0, lifetime - wholeSeconds(headers.age));
}

/** The first of two with the same name is taken (RFC 9111 §4.2.1). */
function readDirectives(text = ''): ReadonlyMap<string, string> {
  const directives = new Map<string, string>();
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=', 2);
    const key = name.trim().toLowerCase();
    if (!directives.has(key)) directives.set(key, value.trim().replace(/^"(.*)"$/, '$1'));
  }
  return directives;
}

function untilExpiry({ expires, date }: IncomingHttpHeaders, now: number): number | null {
  if (expires === undefined) return null;
  const sent = Date.parse(date ?? '');
  const left = Math.floor((Date.parse(expires) - (Number.isNaN(sent) ? now : sent)) / 1000);
  // What is no date has passed (RFC 9111 §5.3).
  return Number.isNaN(left) ? 0 : Math.min(Math.max(0, left), longest);
}

/** What is no number is 0: an answer whose age cannot be read is not kept (RFC 9111 §4.2.1). */
function wholeSeconds(text = ''): number {
  return /^\d+$/.test(text) ? Math.min(Number(text), longest) : 0;
}

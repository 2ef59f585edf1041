import type { Context } from './context.ts';

/** On every answer. */
export function commonHeaders(context: Pick<Context, 'https'>): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    // RFC 6797: browsers that came once over TLS never come without it.
    ...(context.https ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
}

/** What one page needs beyond what every page may. Each is a CSP source. */
export interface PageSources {
  /** Where a form on the page may lead. */
  readonly formTarget?: string | null;
  /** The hash of the one script that may run: `'sha256-…'`. */
  readonly script?: string;
  /** Origins that the page may show in frames. */
  readonly frames?: readonly string[];
}

/**
 * On pages: nothing is loaded from elsewhere, nothing runs, nobody frames them, nobody keeps them (RFC 9700 §4.2.4, §4.16),
 * but for what the page names. `form-action` also governs the redirect that answers a form, so the client's address is let
 * through by name.
 */
export function pageHeaders(
  context: Pick<Context, 'https'>,
  sources: PageSources = {},
): Record<string, string> {
  const { formTarget, script, frames = [] } = sources;
  const policy = [
    "default-src 'none'",
    ...(script === undefined ? [] : [`script-src ${script}`]),
    "style-src 'self'",
    "img-src 'self' data:",
    ...(frames.length === 0 ? [] : [`frame-src ${[...new Set(frames)].join(' ')}`]),
    ["form-action 'self'", ...(formTarget ? [formTarget] : [])].join(' '),
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ];
  return {
    ...commonHeaders(context),
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Frame-Options': 'DENY',
    'Content-Security-Policy': policy.join('; '),
  };
}

/** A CSP source for a redirect URI: its origin, or its scheme where CSP knows no way to write the origin. */
export function formTargetOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  const writable = url.origin !== 'null' && !url.hostname.startsWith('[');
  return writable ? url.origin : url.protocol;
}

import type { Context } from './context.ts';

/** On every answer. */
export function commonHeaders(context: Context): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    // RFC 6797: browsers that came once over TLS never come without it.
    ...(context.https ? { 'Strict-Transport-Security': 'max-age=31536000' } : {}),
  };
}

/**
 * On pages: nothing is loaded from elsewhere, nothing runs, nobody frames them, nobody keeps them (RFC 9700 §4.2.4, §4.16).
 * `form-action` also governs the redirect that answers a form, so the client's address is let through by name.
 */
export function pageHeaders(context: Context, formTarget: string | null): Record<string, string> {
  const target = formTarget === null ? '' : ` ${formTarget}`;
  return {
    ...commonHeaders(context),
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    'X-Frame-Options': 'DENY',
    'Content-Security-Policy':
      `default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'${target}; ` +
      `frame-ancestors 'none'; base-uri 'none'`,
  };
}

/** A CSP source for a redirect URI: its origin, or its scheme where CSP knows no way to write the origin. */
export function formTargetOf(redirectUri: string): string {
  const url = new URL(redirectUri);
  const writable = url.origin !== 'null' && !url.hostname.startsWith('[');
  return writable ? url.origin : url.protocol;
}

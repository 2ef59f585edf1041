import { type OAuthError, safeErrorText } from '@valetkey/protocol';
import type { Context } from './context.ts';
import { commonHeaders, type PageSources, pageHeaders } from './headers.ts';
import type { Asset } from './pages/asset.ts';
import type { ErrorView, Html } from './pages/views.ts';

/** The only file that knows status codes. */

/** The request passes a limit of size. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge';
  readonly what: 'body' | 'url';
  constructor(what: 'body' | 'url') {
    super(`The ${what} is too large.`);
    this.what = what;
  }
  get status(): 413 | 414 {
    return this.what === 'body' ? 413 : 414;
  }
}

export interface PageOptions extends PageSources {
  readonly status?: number;
  readonly cookies?: readonly string[];
  readonly retryAfterSeconds?: number;
}

export async function page(context: Context, html: Html, options: PageOptions = {}): Promise<Response> {
  const headers = new Headers(pageHeaders(context, options));
  for (const cookie of options.cookies ?? []) headers.append('Set-Cookie', cookie);
  if (options.retryAfterSeconds !== undefined) headers.set('Retry-After', String(options.retryAfterSeconds));
  return new Response(String(await html), { status: options.status ?? 200, headers });
}

/** Options of a page that says to come back later. `at`: milliseconds since the epoch. */
export function retryAfter(
  { authority }: Context,
  at: number,
): { status: number; retryAfterSeconds: number } {
  return { status: 429, retryAfterSeconds: Math.max(1, Math.ceil((at - authority.clock()) / 1000)) };
}

export function errorPage(
  context: Context,
  view: Omit<ErrorView, 'status'>,
  options: PageOptions = {},
): Promise<Response> {
  const status = options.status ?? 400;
  return page(context, context.pages.error({ ...view, status }, context.frame()), { ...options, status });
}

/** 303: the next request is a GET, whatever this one was, and carries no form (RFC 9700 §4.12). */
export function redirect(context: Context, url: string, cookies: readonly string[] = []): Response {
  const headers = { ...commonHeaders(context), Location: url, 'Cache-Control': 'no-store' };
  const response = new Response(null, { status: 303, headers });
  for (const cookie of cookies) response.headers.append('Set-Cookie', cookie);
  return response;
}

export function json(context: Context, body: unknown, headers: Record<string, string> = {}): Response {
  return send(context, { status: 200, body, headers: { 'Cache-Control': 'no-store', ...headers } });
}

/** A signed answer (OpenID Connect Core §5.3.2, RFC 9701 §5). */
export function jwt(
  context: Context,
  token: string,
  { type, headers = {} }: { type: string; headers?: Record<string, string> },
): Response {
  return new Response(token, {
    status: 200,
    headers: { ...commonHeaders(context), 'Content-Type': type, 'Cache-Control': 'no-store', ...headers },
  });
}

/** RFC 9126 §2.2: something was made. */
export function created(context: Context, body: unknown, headers: Record<string, string> = {}): Response {
  return send(context, { status: 201, body, headers });
}

export function empty(context: Context): Response {
  return new Response(null, {
    status: 200,
    headers: { ...commonHeaders(context), 'Cache-Control': 'no-store' },
  });
}

/** RFC 7592 §2.3: something is gone. */
export function removed(context: Context): Response {
  return new Response(null, {
    status: 204,
    headers: { ...commonHeaders(context), 'Cache-Control': 'no-store' },
  });
}

/** A static file. */
export function file(context: Context, asset: Asset): Response {
  const headers = {
    ...commonHeaders(context),
    'Content-Type': asset.contentType,
    'Cache-Control': asset.cacheControl,
  };
  return new Response(asset.body, { status: 200, headers });
}

/** RFC 6749 §5.2: 401 for `invalid_client` only, always with a challenge. */
export function oauthError(
  context: Context,
  error: OAuthError,
  { reference, headers = {} }: { reference: string; headers?: Record<string, string> },
): Response {
  const body = errorBody(error.code, `${error.description} (reference ${reference})`);
  if (error.code !== 'invalid_client') return send(context, { status: 400, body, headers });
  const challenge = { 'WWW-Authenticate': 'Basic realm="valetkey", charset="UTF-8"' };
  return send(context, { status: 401, body, headers: { ...challenge, ...headers } });
}

/** A way to present an access token, as a challenge offers it. */
export interface Scheme {
  readonly name: 'Bearer' | 'DPoP';
  /** JWS algorithms of proofs (RFC 9449 §7.1). */
  readonly algs?: readonly string[];
}

export const bearer: Scheme = { name: 'Bearer' };

interface Refused {
  readonly reference: string;
  /** The one that was tried is told what was wrong; whoever failed may try the others. */
  readonly schemes: readonly [Scheme, ...Scheme[]];
  readonly headers?: Record<string, string>;
}

/** How a refusal is told to whoever presents an access token (RFC 6750 §3.1, RFC 9449 §7.1). */
export function resourceError(
  context: Context,
  error: OAuthError,
  { reference, schemes: [tried, ...others], headers = {} }: Refused,
): Response {
  const body = errorBody(error.code, `${error.description} (reference ${reference})`);
  const told = `error="${error.code}", error_description="${body.error_description}"`;
  const scope = error.code === 'insufficient_scope' ? ', scope="openid"' : '';
  const status = resourceStatus(error);
  const offers = [
    offer(tried, `, ${told}${scope}`),
    ...(status === 401 ? others : []).map((one) => offer(one)),
  ];
  const challenge = { 'WWW-Authenticate': offers.join(', ') };
  return send(context, { status, body, headers: { ...challenge, ...headers } });
}

function offer({ name, algs }: Scheme, told = ''): string {
  return `${name} realm="valetkey"${told}${algs === undefined ? '' : `, algs="${algs.join(' ')}"`}`;
}

function resourceStatus({ code }: OAuthError): number {
  if (code === 'insufficient_scope') return 403;
  return code === 'invalid_request' ? 400 : 401;
}

/** RFC 6750 §3.1: who comes without a token hears no error. */
export function challenge(
  context: Context,
  {
    schemes = [bearer],
    headers: more = {},
  }: { schemes?: readonly Scheme[]; headers?: Record<string, string> } = {},
): Response {
  const offers = schemes.map((scheme) => offer(scheme));
  const headers = { ...commonHeaders(context), 'WWW-Authenticate': offers.join(', '), ...more };
  return new Response(null, { status: 401, headers: { ...headers, 'Cache-Control': 'no-store' } });
}

export function tooManyFailures(context: Context, waitSeconds: number): Response {
  const body = errorBody('temporarily_unavailable', 'Too many failed attempts. Try again later.');
  return send(context, { status: 429, body, headers: { 'Retry-After': String(waitSeconds) } });
}

/** RFC 7591 §5: an address may register so many clients in a time. */
export function tooManyRegistrations(context: Context, waitSeconds: number): Response {
  const body = errorBody(
    'temporarily_unavailable',
    'Too many clients were registered from here. Try again later.',
  );
  return send(context, { status: 429, body, headers: { 'Retry-After': String(waitSeconds) } });
}

export function tooLarge(context: Context, error: TooLarge): Response {
  return send(context, { status: error.status, body: errorBody('invalid_request', error.message) });
}

export function unavailable(context: Context, reference: string): Response {
  const body = errorBody(
    'temporarily_unavailable',
    `The server cannot answer now. Try again soon. (reference ${reference})`,
  );
  return send(context, { status: 503, body, headers: { 'Retry-After': '2' } });
}

export function fault(context: Context, reference: string): Response {
  const body = errorBody('server_error', `The server failed to handle the request. (reference ${reference})`);
  return send(context, { status: 500, body });
}

/** For nobody: the client has hung up. */
export function gone(context: Context): Response {
  return new Response(null, { status: 400, headers: commonHeaders(context) });
}

export function notFound(context: Context): Promise<Response> {
  return errorPage(
    context,
    {
      title: 'There is no page at this address',
      advice: 'Check the address, or start again at the app you came from.',
      code: 'not_found',
      reference: null,
      link: { href: `${context.base}/`, label: 'What is here' },
    },
    { status: 404 },
  );
}

export function methodNotAllowed(context: Context, allowed: readonly string[]): Response {
  return send(context, {
    status: 405,
    body: errorBody('invalid_request', 'This method is not allowed here.'),
    headers: {
      Allow: allowed.join(', '),
    },
  });
}

export function health(context: Context, ready: boolean): Response {
  if (ready) return send(context, { status: 200, body: { status: 'ok' } });
  return send(context, { status: 503, body: { status: 'unavailable' }, headers: { 'Retry-After': '2' } });
}

export function preflight(context: Context, headers: Record<string, string>): Response {
  return new Response(null, { status: 204, headers: { ...commonHeaders(context), ...headers } });
}

interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Record<string, string>;
}

function send(context: Context, { status, body, headers }: JsonAnswer): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      ...commonHeaders(context),
      'Content-Type': 'application/json',
      'Cache-Control': 'no-store',
      ...headers,
    },
  });
}

function errorBody(error: string, description: string): { error: string; error_description: string } {
  return { error, error_description: safeErrorText(description) };
}

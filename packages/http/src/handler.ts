import { OAuthError } from '@valetkey/protocol';
import { type Authority, recordFault, recordRefusal, StoreUnavailable } from '@valetkey/server';
import { Hono } from 'hono';
import { AddressReader } from './address.ts';
import type { Context, Visit } from './context.ts';
import { Cookies } from './cookies.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { FailureLimit } from './failure-limit.ts';
import { OriginBook } from './origin-book.ts';
import { defaultPages } from './pages/default-pages.ts';
import { stylesheet } from './pages/stylesheet.ts';
import type { Pages } from './pages/views.ts';
import {
  errorPage,
  fault,
  methodNotAllowed,
  notFound,
  oauthError,
  preflight,
  TooLarge,
  tooLarge,
  unavailable,
} from './respond.ts';
import { endpointFor, methodsOf, type Route } from './route.ts';
import { routes } from './routes.ts';

export interface HandlerOptions {
  /** Replaces pages: `{ ...defaultPages, signIn: mySignIn }`. */
  readonly pages?: Pages;
  /** Addresses or CIDR ranges of proxies whose X-Forwarded-For is believed. None by default. */
  readonly trustedProxies?: readonly string[];
}

/** What the HTTP server knows besides the request. */
export interface Connection {
  /** Address of the peer. Without it all requests look alike to the throttling of sign-ins. */
  readonly address?: string;
}

export type Handler = (request: Request, connection?: Connection) => Promise<Response>;

/** The authorization server as a fetch handler: mount it where the issuer's URL leads, well-known paths included. */
export function createHandler(authority: Authority, options: HandlerOptions = {}): Handler {
  const context = createContext(authority, options.pages ?? defaultPages);
  const addresses = new AddressReader(options.trustedProxies ?? []);
  const app = new Hono<{ Bindings: Connection }>();
  for (const route of routes(authority.config.issuer, context.base)) {
    app.all(route.path, ({ req, env }) => {
      const request = req.raw;
      return handle(context, route, {
        request,
        url: new URL(request.url),
        address: addresses.read(request, env.address),
      });
    });
  }
  app.notFound(() => notFound(context));
  return async (request, connection = {}) => app.fetch(request, connection);
}

function createContext(authority: Authority, pages: Pages): Context {
  const { config, clock, store } = authority;
  const issuer = new URL(config.issuer);
  const base = issuer.pathname === '/' ? '' : issuer.pathname;
  return {
    authority,
    pages,
    cookies: new Cookies(config.issuer, config.lifetimes.sessionIdle),
    origins: new OriginBook(store.clients),
    failures: new FailureLimit(config.throttling.client),
    base,
    https: issuer.protocol === 'https:',
    frame: () => ({ base, brand: config.brand, stylesheet: `${base}${stylesheet.path}`, now: clock() }),
  };
}

async function handle(context: Context, route: Route, visit: Visit): Promise<Response> {
  const response = await attempt(context, route, () => dispatch(context, route, visit));
  return attempt(context, route, async () => {
    const cors = await corsHeaders(context, visit, route.cors);
    for (const [name, value] of Object.entries(cors ?? {})) response.headers.set(name, value);
    return response;
  });
}

async function attempt(context: Context, route: Route, respond: () => Promise<Response>): Promise<Response> {
  try {
    return await respond();
  } catch (error) {
    return route.answers === 'page' ? failedPage(context, route, error) : failedJson(context, route, error);
  }
}

async function dispatch(context: Context, route: Route, visit: Visit): Promise<Response> {
  const { method } = visit.request;
  const endpoint = endpointFor(route, method);
  if (endpoint !== undefined) return endpoint(context, visit);
  const allowed = methodsOf(route);
  const approved =
    method === 'OPTIONS'
      ? await preflightHeaders(context, visit, { cors: route.cors, methods: allowed })
      : null;
  return approved === null ? methodNotAllowed(context, allowed) : preflight(context, approved);
}

function failedJson(context: Context, { path }: Route, error: unknown): Response {
  if (error instanceof TooLarge) return tooLarge(context, error);
  const { authority } = context;
  if (error instanceof OAuthError) {
    return oauthError(context, error, recordRefusal(authority, { error, endpoint: path, clientId: null }));
  }
  if (error instanceof StoreUnavailable) {
    return unavailable(
      context,
      recordFault(authority, { type: 'store.unavailable', endpoint: path, cause: error }),
    );
  }
  return fault(context, recordFault(authority, { type: 'fault', endpoint: path, cause: error }));
}

/** Stays at its address: whatever fails here has no proven target (RFC 6749 §3.1.2.4). */
async function failedPage(context: Context, { path }: Route, error: unknown): Promise<Response> {
  if (error instanceof TooLarge) {
    const view = {
      title: 'This request is too large',
      advice: 'Start again at the app you came from.',
      code: 'invalid_request',
    };
    return errorPage(context, { ...view, reference: null, link: null }, { status: error.status });
  }
  const { authority } = context;
  if (error instanceof OAuthError) {
    const reference = recordRefusal(authority, { error, endpoint: path, clientId: null });
    return errorPage(context, {
      title: error.description,
      advice:
        'Nothing is wrong with your account. Go back to the app and try again; if it happens again, its developer has to mend it.',
      code: error.code,
      reference,
      link: null,
    });
  }
  const gone = error instanceof StoreUnavailable;
  const reference = recordFault(authority, {
    type: gone ? 'store.unavailable' : 'fault',
    endpoint: path,
    cause: error,
  });
  return gone
    ? errorPage(context, { ...busy, reference }, { status: 503, retryAfterSeconds: 2 })
    : errorPage(context, { ...broken, reference }, { status: 500 });
}

const busy = {
  title: 'This server cannot answer right now',
  advice: 'Nothing was lost. Wait a moment, then load this page again.',
  code: 'temporarily_unavailable',
  link: null,
};

const broken = {
  title: 'Something went wrong on this server',
  advice:
    'It is our fault, not yours. Try again; if it happens again, give the reference below to the operator.',
  code: 'server_error',
  link: null,
};

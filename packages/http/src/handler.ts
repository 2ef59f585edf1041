import type { Authority, ClientCertificate } from '@valetkey/server';
import { Hono } from 'hono';
import { AddressReader } from './address.ts';
import { ClientCertificateReader, type ClientCertificateSource } from './client-certificate.ts';
import type { Context, Visit } from './context.ts';
import { Cookies } from './cookies.ts';
import { corsHeaders, preflightHeaders } from './cors.ts';
import { failed } from './failure.ts';
import { FailureLimit } from './failure-limit.ts';
import { OriginBook } from './origin-book.ts';
import { defaultPages } from './pages/default-pages.ts';
import { stylesheet } from './pages/stylesheet.ts';
import type { Pages } from './pages/views.ts';
import { methodNotAllowed, notFound, preflight } from './respond.ts';
import { endpointFor, methodsOf, type Route } from './route.ts';
import { routes } from './routes.ts';

export interface HandlerOptions {
  /** Replaces pages: `{ ...defaultPages, signIn: mySignIn }`. */
  readonly pages?: Pages;
  /** Addresses or CIDR ranges of proxies whose X-Forwarded-For is believed. None by default. */
  readonly trustedProxies?: readonly string[];
  /** Where certificates of clients come from (RFC 8705), with `features.mutualTls` on. Default `connection`. */
  readonly clientCertificates?: ClientCertificateSource;
}

/** What the HTTP server knows besides the request. */
export interface Connection {
  /** Address of the peer. Without it all requests look alike to the throttling of sign-ins. */
  readonly address?: string;
  /** Shown by the peer in the TLS handshake. */
  readonly certificate?: ClientCertificate;
}

export type Handler = (request: Request, connection?: Connection) => Promise<Response>;

/** The authorization server as a fetch handler: mount it where the issuer's URL leads, well-known paths included. */
export function createHandler(authority: Authority, options: HandlerOptions = {}): Handler {
  const context = createContext(authority, options.pages ?? defaultPages);
  const addresses = new AddressReader(options.trustedProxies ?? []);
  const certificates = new ClientCertificateReader(options.clientCertificates ?? 'connection', addresses);
  const { mutualTls } = authority.config.features;
  const app = new Hono<{ Bindings: Connection }>();
  for (const route of routes(authority.config, context.base)) {
    app.all(route.path, ({ req, env }) => {
      const request = req.raw;
      const certificate = mutualTls ? certificates.read({ request, connection: env }) : undefined;
      return handle(context, route, {
        request,
        url: new URL(request.url),
        address: addresses.read(request, env.address),
        ...(certificate === undefined ? {} : { certificate }),
      });
    });
  }
  app.notFound(() => notFound(context));
  return async (request, connection = {}) => app.fetch(request, connection);
}

function createContext(authority: Authority, pages: Pages): Context {
  const { config, clock } = authority;
  const issuer = new URL(config.issuer);
  const base = issuer.pathname === '/' ? '' : issuer.pathname;
  return {
    authority,
    pages,
    cookies: new Cookies(config.issuer, config.lifetimes.sessionIdle),
    origins: new OriginBook(authority),
    failures: new FailureLimit(config.throttling.client),
    base,
    https: issuer.protocol === 'https:',
    frame: () => ({ base, brand: config.brand, stylesheet: `${base}${stylesheet.path}`, now: clock() }),
  };
}

async function handle(context: Context, route: Route, visit: Visit): Promise<Response> {
  const attempt = async (respond: () => Promise<Response>) => {
    try {
      return await respond();
    } catch (error) {
      return failed(context, error, { route, visit });
    }
  };
  const response = await attempt(() => dispatch(context, route, visit));
  return attempt(async () => {
    const cors = await corsHeaders(context, visit, route.cors);
    for (const [name, value] of Object.entries(cors ?? {})) response.headers.set(name, value);
    return response;
  });
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

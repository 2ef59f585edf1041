import type { Access } from './access.ts';
import { readBearer } from './bearer.ts';
import { respond } from './challenge.ts';
import type { GuardConfig } from './config.ts';
import { preflight, withCors } from './cors.ts';
import { accessByIntrospection } from './introspect.ts';
import { type Reason, Refusal } from './refusal.ts';
import { resourceMetadata, respondWithMetadata } from './resource-metadata.ts';
import { readConfig, type Settings } from './settings.ts';
import { verifyJwt } from './verify-jwt.ts';

/** What a call needs. */
export interface Needs {
  /** Scope tokens, all of which the access token must cover. */
  readonly scope?: readonly string[];
}

/** Access, or the answer to send in place of the resource, with the reason for the log. */
export type Verdict = { readonly granted: Access } | { readonly refused: Response; readonly reason: Reason };

/** The guard of one protected resource. */
export interface Guard {
  /** Where the resource metadata is (RFC 9728 §3.1). */
  readonly metadataUrl: string;
  /** Looks at the access token of a request: access, or the challenge of RFC 6750 §3. Never fails because of a request. */
  check(request: Request, needs?: Needs): Promise<Verdict>;
  /** Answers a request whole: preflight, check, then `handler`; the answer is kept out of shared caches. */
  protect(
    request: Request,
    needs: Needs,
    handler: (access: Access) => Response | Promise<Response>,
  ): Promise<Response>;
  /** Serves the resource metadata (RFC 9728 §3); `undefined` if the request is for something else. */
  metadata(request: Request): Response | undefined;
}

/** Makes a guard; faulty settings are a `TypeError` with all faults named. Nothing is fetched before it is needed. */
export function createGuard(config: GuardConfig): Guard {
  const settings = readConfig(config);
  const document = resourceMetadata(config);
  const { allowedOrigins, metadataUrl } = settings;
  const guard: Guard = {
    metadataUrl: metadataUrl.href,
    check: (request, needs = {}) => check(settings, request, needs),
    async protect(request, needs, handler) {
      const early = preflight(request, allowedOrigins);
      if (early) return early;
      const verdict = await guard.check(request, needs);
      if ('refused' in verdict) return verdict.refused;
      return withCors(request, keepPrivate(await handler(verdict.granted)), allowedOrigins);
    },
    metadata(request) {
      const response = respondWithMetadata(request, metadataUrl, document);
      return response && (preflight(request, allowedOrigins) ?? withCors(request, response, allowedOrigins));
    },
  };
  return guard;
}

async function check(settings: Settings, request: Request, { scope = [] }: Needs): Promise<Verdict> {
  try {
    const access = await accessOfToken(settings, readBearer(request));
    // Last of all: a stranger does not learn what a call needs from a token that is no good.
    if (!scope.every((token) => access.scope.includes(token))) {
      throw new Refusal('insufficient_scope', 'RS-032', {
        message: 'the scope does not cover what the call needs',
      });
    }
    return { granted: access };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    settings.onRefusal(error.reason, request);
    const response = respond(error, { scope, resourceMetadata: settings.metadataUrl.href });
    return { refused: withCors(request, response, settings.allowedOrigins), reason: error.reason };
  }
}

async function accessOfToken(settings: Settings, token: string): Promise<Access> {
  const { audience, leeway, now } = settings;
  const introspecting = [...settings.issuers.values()].find(({ introspect }) => introspect);
  const looksLikeJwt = token.split('.').length === 3;
  if (looksLikeJwt || !introspecting?.introspect) return verifyJwt(settings, token);
  const answer = await introspecting.introspect(token);
  return accessByIntrospection(answer, { issuer: introspecting.name, audience, leeway, now: now() / 1000 });
}

/** RFC 6750 §5.3: what was served to a token is not for everybody. A handler that says something else knows why. */
function keepPrivate(response: Response): Response {
  if (response.headers.has('cache-control')) return response;
  const headers = new Headers(response.headers);
  headers.set('cache-control', 'private');
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

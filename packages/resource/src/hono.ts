import type { Access } from './access.ts';
import type { AnswerHeaders } from './answer-headers.ts';
import type { Call } from './call.ts';
import type { Guard } from './guard.ts';
import type { NodeSocket } from './mount.ts';
import type { Needs } from './needs.ts';

/** What a guarded app declares: `new Hono<Guarded>()`. */
export interface Guarded {
  Variables: { access: Access };
}

/** What is asked of a context of Hono. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
  readonly env: unknown;
  set(key: 'access', value: Access): void;
  header(name: string, value: string, options?: { append?: boolean }): void;
}

/** Middleware for Hono 4. */
export type HonoMiddleware = (
  context: HonoContext,
  next: () => Promise<void>,
) => Promise<Response | undefined>;

/** Lets only calls through that the guard grants; the handler asks `c.get('access')`. Answers preflights too. */
export function protect(guard: Guard, needs: Needs = {}): HonoMiddleware {
  return async (context, next) => {
    const call = callOf(context);
    const early = guard.preflight(call.request);
    if (early) return early;
    const verdict = await guard.check(call, needs);
    if ('refused' in verdict) return verdict.refused;
    context.set('access', verdict.granted);
    setHeaders(context, verdict.headers);
    await next();
    return undefined;
  };
}

/** Before the handler, which may say something else of caching. */
function setHeaders(context: HonoContext, headers: AnswerHeaders): void {
  for (const [name, value] of headers) context.header(name, value, { append: name === 'vary' });
}

/** Serves the resource metadata (RFC 9728 §3). */
export function metadata(guard: Guard): HonoMiddleware {
  return async ({ req }, next) => {
    const answer = guard.metadata(req.raw);
    if (answer) return answer;
    await next();
    return undefined;
  };
}

/** `@hono/node-server` gives the request of Node as `incoming`. */
function callOf({ req, env }: HonoContext): Call {
  const socket = (env as { incoming?: { socket?: NodeSocket } } | undefined)?.incoming?.socket;
  return {
    request: req.raw,
    address: socket?.remoteAddress,
    get certificate() {
      return socket?.getPeerCertificate?.().raw;
    },
  };
}

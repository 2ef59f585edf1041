import type { Guard } from './guard.ts';
import { callOfNode, keepAccess, type NodeRequest, type NodeResponse, send, setHeader } from './mount.ts';
import type { Needs } from './needs.ts';

export { accessOf } from './mount.ts';

/** What is asked of a request of Express: that it is one of Node, with the path before a router cut it. */
export interface ExpressRequest extends NodeRequest {
  readonly originalUrl: string;
}

/** Middleware for Express 4 and 5. */
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: NodeResponse,
  next: (error?: unknown) => void,
) => void;

/** Lets only calls through that the guard grants; the handler asks `accessOf(request)`. Answers preflights too. */
export function protect(guard: Guard, needs: Needs = {}): ExpressMiddleware {
  return (request, response, next) => {
    admit(guard, needs, { request, response }).then((granted) => {
      if (granted) next();
    }, next);
  };
}

async function admit(
  guard: Guard,
  needs: Needs,
  { request, response }: { request: ExpressRequest; response: NodeResponse },
): Promise<boolean> {
  const call = callOfNode(request, guard, request.originalUrl);
  if (call === undefined) return refuse(response, new Response(null, { status: 400 }));
  const early = guard.preflight(call.request);
  if (early) return refuse(response, early);
  const verdict = await guard.check(call, needs);
  if ('refused' in verdict) return refuse(response, verdict.refused);
  for (const [name, value] of verdict.headers) setHeader(response, name, value);
  keepAccess(request, verdict.granted);
  return true;
}

async function refuse(response: NodeResponse, answer: Response): Promise<false> {
  await send(answer, response);
  return false;
}

/** Serves the resource metadata (RFC 9728 §3) at its place, wherever it is mounted at the root of the app. */
export function metadata(guard: Guard): ExpressMiddleware {
  return (request, response, next) => {
    const call = callOfNode(request, guard, request.originalUrl);
    const answer = call && guard.metadata(call.request);
    if (answer) send(answer, response).catch(next);
    else next();
  };
}

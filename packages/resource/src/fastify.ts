import type { Guard } from './guard.ts';
import { callOfNode, keepAccess, type NodeRequest } from './mount.ts';
import type { Needs } from './needs.ts';

export { accessOf } from './mount.ts';

/** What is asked of a request of Fastify. */
export interface FastifyRequest {
  readonly raw: NodeRequest;
}

/** What is asked of a reply of Fastify. */
export interface FastifyReply {
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
  send(body?: string): unknown;
}

/** A hook for `onRequest`, before the body is read. */
export type FastifyHook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/** Lets only calls through that the guard grants; the handler asks `accessOf(request)`. */
export function protect(guard: Guard, needs: Needs = {}): FastifyHook {
  return async (request, reply) => {
    const call = callOfNode(request.raw, guard);
    if (call === undefined) return send(new Response(null, { status: 400 }), reply);
    const verdict = await guard.check(call, needs);
    if ('refused' in verdict) return send(verdict.refused, reply);
    for (const [name, value] of verdict.headers) setHeader(reply, name, value);
    keepAccess(request, verdict.granted);
  };
}

/**
 * For the whole app: serves the resource metadata (RFC 9728 §3), and answers preflights, for which Fastify has no route.
 */
export function metadata(guard: Guard): FastifyHook {
  return async (request, reply) => {
    const call = callOfNode(request.raw, guard);
    const early = call && (guard.metadata(call.request) ?? guard.preflight(call.request));
    if (early) return send(early, reply);
  };
}

/** Fastify takes a hook that gives the reply for one that has answered. */
async function send(answer: Response, reply: FastifyReply): Promise<FastifyReply> {
  reply.code(answer.status);
  for (const [name, value] of answer.headers) setHeader(reply, name, value);
  reply.send(await answer.text());
  return reply;
}

/** `Vary` is added to, whoever else wrote it. */
function setHeader(reply: FastifyReply, name: string, value: string): void {
  const known = name === 'vary' ? reply.getHeader('vary') : undefined;
  reply.header(name, known === undefined ? value : `${known}, ${value}`);
}

import type { Access } from './access.ts';
import type { Guard } from './guard.ts';
import { callOfNode, type NodeRequest, type NodeResponse, send, setHeader } from './mount.ts';
import type { Needs } from './needs.ts';

/**
 * Lets a request of Node's HTTP server in: its access, or `undefined` if it has been answered already, be it with a
 * challenge, with the resource metadata or as a preflight.
 */
export async function admit(
  guard: Guard,
  { request, response }: { request: NodeRequest; response: NodeResponse },
  needs: Needs = {},
): Promise<Access | undefined> {
  const call = callOfNode(request, guard);
  if (call === undefined) return answer(response, new Response(null, { status: 400 }));
  const early = guard.metadata(call.request) ?? guard.preflight(call.request);
  if (early) return answer(response, early);
  const verdict = await guard.check(call, needs);
  if ('refused' in verdict) return answer(response, verdict.refused);
  for (const [name, value] of verdict.headers) setHeader(response, name, value);
  return verdict.granted;
}

async function answer(response: NodeResponse, early: Response): Promise<undefined> {
  await send(early, response);
}

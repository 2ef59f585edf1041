import type { Context, Visit } from './context.ts';

/** Who may read an answer from another origin: everyone, the pages of registered browser clients, nobody. */
export type Cors = 'everyone' | 'registered' | 'nobody';

const allowedHeaders = 'Authorization, Content-Type, DPoP, MCP-Protocol-Version';
/** RFC 9449 §8.2: a page of another origin has to read the nonce; RFC 6750 §3: and the challenge. */
const exposedHeaders = 'DPoP-Nonce, WWW-Authenticate';

/** Headers for the answer to a preflight, or `null` when it is not approved. Never with credentials. */
export async function preflightHeaders(
  context: Context,
  visit: Visit,
  route: { cors: Cors; methods: readonly string[] },
): Promise<Record<string, string> | null> {
  const origin = await corsHeaders(context, visit, route.cors);
  if (origin === null) return null;
  return {
    ...origin,
    'Access-Control-Allow-Methods': route.methods.join(', '),
    'Access-Control-Allow-Headers': allowedHeaders,
    'Access-Control-Max-Age': '600',
  };
}

export async function corsHeaders(
  context: Context,
  { request }: Visit,
  cors: Cors,
): Promise<Record<string, string> | null> {
  const origin = request.headers.get('origin');
  if (cors === 'nobody' || origin === null) return null;
  const exposed = { 'Access-Control-Expose-Headers': exposedHeaders };
  if (cors === 'everyone') return { 'Access-Control-Allow-Origin': '*', ...exposed };
  if (!(await context.origins.allows(origin, context.authority.clock()))) return null;
  return { 'Access-Control-Allow-Origin': origin, ...exposed, Vary: 'Origin' };
}

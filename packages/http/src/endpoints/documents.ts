import { findVisitor, metadata } from '@valetkey/server';
import type { Context, Visit } from '../context.ts';
import { health, json, page } from '../respond.ts';

/** Anyone may read these, from any origin; caches may keep them far shorter than a key is published ahead. */
const published = { 'Cache-Control': 'public, max-age=300', 'Access-Control-Allow-Origin': '*' };

/** RFC 8414 §3.2. */
export async function metadataEndpoint(context: Context): Promise<Response> {
  return json(context, metadata(context.authority), published);
}

/** RFC 7517 §5. */
export async function jwksEndpoint(context: Context): Promise<Response> {
  const { keys, clock } = context.authority;
  return json(
    context,
    { keys: (await keys.freshRing(clock())).publicKeys },
    { ...published, 'Content-Type': 'application/jwk-set+json' },
  );
}

/** GET /: what is here. */
export async function homeEndpoint(context: Context, visit: Visit): Promise<Response> {
  const visitor = await findVisitor(context.authority, context.cookies.read(visit.request).sessionCookie);
  const view = { issuer: context.authority.config.issuer, person: visitor?.user ?? null };
  return page(context, context.pages.home(view, context.frame()));
}

/** The process answers. */
export async function healthEndpoint(context: Context): Promise<Response> {
  return health(context, true);
}

/** The process can do its work: the store answers and the keys are there. */
export async function readinessEndpoint(context: Context): Promise<Response> {
  const { store, keys, clock } = context.authority;
  try {
    await Promise.all([store.check(), keys.ring(clock())]);
    return health(context, true);
  } catch {
    return health(context, false);
  }
}

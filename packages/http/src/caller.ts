import type { Caller } from '@valetkey/server';
import type { Context, Visit } from './context.ts';

/** What a request tells of its sender. The address it calls is that of the issuer, whatever its Host header says. */
export function readCaller({ authority, base }: Context, visit: Visit): Caller {
  const { request, url, address, certificate } = visit;
  const dpopProof = request.headers.get('dpop') ?? undefined;
  return {
    authorization: request.headers.get('authorization') ?? undefined,
    ...(certificate === undefined ? {} : { certificate }),
    ...(dpopProof === undefined ? {} : { dpopProof }),
    method: request.method,
    url: authority.config.issuer + url.pathname.slice(base.length),
    address,
  };
}

import { nonceToGive } from '@valetkey/server';
import type { Context } from './context.ts';

/** The nonce for the next DPoP proof (RFC 9449 §8), where nonces are demanded: on refusals and on good answers alike. */
export function nonceHeaders({ authority }: Context): Record<string, string> {
  const nonce = nonceToGive(authority);
  return nonce === undefined ? {} : { 'DPoP-Nonce': nonce };
}

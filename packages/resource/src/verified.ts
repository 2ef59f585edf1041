import type { JsonObject, Jwk } from '@valetkey/jwt';
import type { Issuer } from './issuer.ts';

/** A token that passed: whose it is, and what it says. */
export interface Verified {
  readonly issuer: Issuer;
  readonly claims: JsonObject;
}

/** One that is remembered: with the keys it was verified by. */
export interface RememberedToken extends Verified {
  readonly keys: readonly Jwk[];
}

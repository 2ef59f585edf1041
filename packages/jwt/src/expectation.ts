import type { ImportedKeys } from './imported-keys.ts';
import type { KeySource } from './signature.ts';

/** What a JWT must be to be taken, fixed before it is looked at. Rules for one kind of token exclude the other kinds. */
export interface JwtExpectation extends ClaimsExpectation {
  /** Media types of this kind of token, as `at+jwt`; compared without case, `application/` implied (RFC 7515 §4.1.9). */
  readonly types: readonly string[];
  /** Whether a token without `typ` may be of this kind. */
  readonly untyped: 'allowed' | 'refused';
  /** JWS algorithms; `EdDSA` and `Ed25519` are two names. */
  readonly algorithms: readonly string[];
  readonly keys: KeySource;
  /** Keeps imported keys from one token to the next. */
  readonly imported?: ImportedKeys;
}

/** What the claims must say, whatever brought them. */
export interface ClaimsExpectation {
  /** Claims that must be there, of their type and not empty. Where `exp` is not among them, tokens without end pass. */
  readonly requires: readonly string[];
  /** The only good `iss`. */
  readonly issuer?: string;
  /** Own identifier, or a rule that is stricter than "it is among the audiences". */
  readonly audience?: string | AudienceRule;
  /** The only good `sub`. */
  readonly subject?: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Seconds by which clocks may differ, 0 to 60. Default 30. */
  readonly leewaySeconds?: number;
  /** How far ahead `exp` may lie, in seconds, the leeway aside. */
  readonly longestLife?: number;
  /** How long after `nbf` `exp` may lie, in seconds. Both must be there. */
  readonly longestSpan?: number;
  /** How long ago `iat` and `nbf` may lie, in seconds, the leeway aside. */
  readonly oldest?: number;
}

export interface AudienceRule {
  /** Own identifiers, each of which is good. */
  readonly accepted: readonly string[];
  /** `member`: one is among the audiences. `alone`: it is the only one. `string`: the same, and not in an array. */
  readonly form: 'member' | 'alone' | 'string';
}

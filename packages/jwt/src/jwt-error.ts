/** What was wrong: the form, or the first of the checks that failed. `nonce` is of DPoP proofs alone (RFC 9449 §8, §9). */
export type JwtErrorCode =
  | 'malformed'
  | 'algorithm'
  | 'type'
  | 'key'
  | 'signature'
  | 'issuer'
  | 'audience'
  | 'time'
  | 'claim'
  | 'nonce';

/** A JWT that is refused. `detail` says why in fixed words: it holds nothing of the token, so that it may be logged. */
export class JwtError extends Error {
  override readonly name = 'JwtError';
  readonly code: JwtErrorCode;
  readonly detail: string;

  constructor(code: JwtErrorCode, detail: string) {
    super(`${code}: ${detail}`);
    this.code = code;
    this.detail = detail;
  }
}

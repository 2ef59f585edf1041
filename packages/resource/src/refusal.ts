/**
 * What a request is refused for. `no_token`, `invalid_request`, `invalid_token` and `insufficient_scope` are the cases of
 * RFC 6750 §3.1, the `dpop` ones of RFC 9449 §7.1 and §9, `insufficient_user_authentication` that of RFC 9470 §3;
 * `unavailable` is an outage on this side, which is nobody's bad token.
 */
export type RefusalCode =
  | 'no_token'
  | 'invalid_request'
  | 'invalid_token'
  | 'invalid_dpop_proof'
  | 'use_dpop_nonce'
  | 'insufficient_scope'
  | 'insufficient_user_authentication'
  | 'unavailable';

/** Why, for the operator: it is never sent, and holds no token and nothing a token said. */
export interface Reason {
  readonly code: RefusalCode;
  /** The requirement the refusal rests on, such as `RS-015`. */
  readonly rule: string;
  readonly message: string;
  readonly cause?: unknown;
}

/** A refusal on its way to the one place that answers. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly code: RefusalCode;
  readonly rule: string;

  constructor(code: RefusalCode, rule: string, facts: { message: string; cause?: unknown }) {
    super(facts.message, 'cause' in facts ? { cause: facts.cause } : undefined);
    this.code = code;
    this.rule = rule;
  }

  get reason(): Reason {
    const { code, rule, message, cause } = this;
    return { code, rule, message, ...(cause === undefined ? {} : { cause }) };
  }
}

export function invalidToken(rule: string, message: string): Refusal {
  return new Refusal('invalid_token', rule, { message });
}

/** Something this side depends on that cannot be reached or gives nothing usable. */
export function outage(message: string, cause?: unknown, rule = 'RS-021'): Refusal {
  return new Refusal('unavailable', rule, { message, ...(cause === undefined ? {} : { cause }) });
}

import type { TokenEndpointResponse } from 'oauth4webapi';
import { refusal } from './error.ts';
import type { Tokens } from './session.ts';

/** Before the answer came: what it says is relative to that moment, and an absent scope means the one asked for. */
interface Asked {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly scope: string;
  readonly refreshToken?: string;
}

/** Turns a token response (RFC 6749 §5.1) into what is stored. */
export function readTokens(answer: TokenEndpointResponse, asked: Asked): Tokens {
  // RFC 6749 §7.1: a token of a type one does not know must not be used. oauth4webapi lower-cased it.
  if (answer.token_type !== 'bearer') throw refusal('answer_invalid', 'token_type is not Bearer');
  // RFC 6749 Appendix A.12, A.17: what is no token would end up in the message of an error about headers.
  if (![answer.access_token, answer.refresh_token ?? ''].every((token) => /^[\x21-\x7e]*$/.test(token))) {
    throw refusal('answer_invalid', 'a token holds characters that no token has');
  }
  const refreshToken = answer.refresh_token ?? asked.refreshToken;
  return {
    accessToken: answer.access_token,
    ...(answer.expires_in === undefined ? {} : { accessTokenExpiresAt: asked.at + answer.expires_in * 1000 }),
    ...(refreshToken === undefined ? {} : { refreshToken }),
    scope: answer.scope ?? asked.scope,
  };
}

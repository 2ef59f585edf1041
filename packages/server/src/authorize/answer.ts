import { type OAuthErrorCode, type Pair, writeAuthorizationResponse } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { signJwt } from '../keys/sign-jwt.ts';
import { responseAlgorithm } from '../openid/algorithms.ts';
import type { Recipient } from './recipient.ts';

/** What goes to the client, and how: added to the query or the fragment of its address, or posted there by a form. */
export interface Answer {
  readonly mode: 'query' | 'fragment' | 'form_post';
  readonly redirectUri: string;
  readonly parameters: readonly Pair[];
  readonly clientName: string;
}

/** What a signed answer may be old (JARM §2.1): it is read at once. */
const life = 600;

/** An authorization response in the mode of the request; the issuer is in every one (RFC 9207 §2). */
export async function answerTo(
  authority: Authority,
  recipient: Recipient,
  response: { code: string } | { error: OAuthErrorCode; description: string },
): Promise<Answer> {
  const { redirectUri, responseMode, state, client } = recipient;
  const { issuer } = authority.config;
  const pairs = writeAuthorizationResponse({
    ...response,
    ...(state === undefined ? {} : { state }),
    iss: issuer,
  });
  const to = { redirectUri, clientName: client.name };
  if (!isSigned(responseMode)) return { ...to, mode: responseMode, parameters: pairs };
  const now = authority.clock();
  const iat = Math.floor(now / 1000);
  const claims = { ...Object.fromEntries(pairs), iss: issuer, aud: client.id, iat, exp: iat + life };
  const algorithm = responseAlgorithm(authority.config, client);
  const signed = await signJwt(authority, { algorithm, claims, now });
  return { ...to, mode: plainMode(responseMode), parameters: [['response', signed]] };
}

type SignedMode = Extract<Recipient['responseMode'], `${string}.jwt`>;

function isSigned(mode: Recipient['responseMode']): mode is SignedMode {
  return mode.endsWith('.jwt');
}

function plainMode(mode: SignedMode): Answer['mode'] {
  return mode.slice(0, -'.jwt'.length) as Answer['mode'];
}

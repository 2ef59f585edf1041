import {
  authorizationCodeGrantRequest,
  processAuthorizationCodeResponse,
  validateAuthResponse,
} from 'oauth4webapi';
import type { ServerMetadata } from './discovery.ts';
import { askServer } from './server-failure.ts';
import type { Tokens } from './session.ts';
import { readTokens } from './tokens.ts';
import type { Transaction } from './transaction.ts';
import type { Wiring } from './wiring.ts';

interface Redemption {
  readonly server: ServerMetadata;
  readonly transaction: Transaction;
  readonly code: string;
  readonly state: string;
}

/** Exchanges a code at the issuer of its transaction (RFC 6749 §4.1.3): one attempt, a code is never sent twice. */
export async function redeemCode(wiring: Wiring, redemption: Redemption): Promise<Tokens> {
  const { server, transaction, code, state } = redemption;
  const { config, oauth, serverRequest } = wiring;
  const at = wiring.now();
  return askServer(async () => {
    // Only what was checked goes on; unknown parameters are ignored (RFC 6749 §4.1.2).
    const answer = validateAuthResponse(
      server,
      oauth,
      new URLSearchParams({ code, state, iss: transaction.issuer }),
      state,
    );
    const response = await authorizationCodeGrantRequest(
      server,
      oauth,
      config.authentication,
      answer,
      transaction.redirectUri,
      transaction.codeVerifier, // RFC 7636 §4.5
      serverRequest,
    );
    const body = await processAuthorizationCodeResponse(server, oauth, response);
    return readTokens(body, { at, scope: transaction.scope });
  });
}

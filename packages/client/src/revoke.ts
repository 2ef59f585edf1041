import { processRevocationResponse, revocationRequest } from 'oauth4webapi';
import { ClientError, refusal } from './error.ts';
import { askServer } from './server-failure.ts';
import type { Session, Tokens } from './session.ts';
import type { Wiring } from './wiring.ts';

/** Whether the server took the tokens back. If not, they live until they expire, and `cause` says why. */
export type Revocation =
  | { readonly revoked: true }
  | { readonly revoked: false; readonly cause: ClientError };

/** Ends a session here, whatever the server says, and asks the server to revoke its tokens. */
export async function revoke(wiring: Wiring, session: Pick<Session, 'key'>): Promise<Revocation> {
  // A refresh under way brings new tokens: those are the ones to revoke.
  await wiring.refreshing.get(session.key)?.catch(() => undefined);
  const ended = await wiring.config.sessions.end(session.key);
  return ended ? revokeTokens(wiring, ended.tokens) : { revoked: true };
}

/** RFC 7009 §2: revoking the refresh token takes the access tokens of the grant along. */
export async function revokeTokens(wiring: Wiring, tokens: Tokens): Promise<Revocation> {
  const kind = tokens.refreshToken === undefined ? 'access_token' : 'refresh_token';
  try {
    const server = await wiring.server();
    if (server.revocation_endpoint === undefined)
      throw refusal('request_refused', 'there is no revocation endpoint');
    await askServer(async () => {
      const { oauth, config, serverRequest } = wiring;
      const options = { ...serverRequest, additionalParameters: { token_type_hint: kind } };
      const token = tokens.refreshToken ?? tokens.accessToken;
      await processRevocationResponse(
        await revocationRequest(server, oauth, config.authentication, token, options),
      );
    });
    return { revoked: true };
  } catch (error) {
    if (error instanceof ClientError) return { revoked: false, cause: error };
    throw error;
  }
}

import { processRefreshTokenResponse, refreshTokenGrantRequest } from 'oauth4webapi';
import { ClientError, refusal } from './error.ts';
import { liveSession, requireSession, viewOf } from './find-session.ts';
import { revokeTokens } from './revoke.ts';
import { askServer } from './server-failure.ts';
import type { Session, StoredSession, Tokens } from './session.ts';
import { readTokens } from './tokens.ts';
import type { Wiring } from './wiring.ts';

/**
 * Gets a newer access token than the one `session` was read with. All who ask at the same time share one request
 * (RFC 9700 §4.14.2: with rotation, a second one would look like theft).
 */
export async function refresh(wiring: Wiring, session: Pick<Session, 'key' | 'renewals'>): Promise<Session> {
  const { key } = session;
  const underWay = wiring.refreshing.get(key);
  if (underWay !== undefined) {
    const renewed = await underWay;
    return renewed.renewals > session.renewals ? renewed : refresh(wiring, session);
  }
  const flight = renew(wiring, session).finally(() => wiring.refreshing.delete(key));
  wiring.refreshing.set(key, flight);
  return flight;
}

async function renew(wiring: Wiring, { key, renewals }: Pick<Session, 'key' | 'renewals'>): Promise<Session> {
  const stored = await requireSession(wiring, key);
  // Somebody was faster: their token is the newer one.
  if (stored.renewals > renewals) return viewOf(wiring, { key, stored });
  const { refreshToken } = stored.tokens;
  if (refreshToken === undefined) throw refusal('not_refreshable', 'the server gave no refresh token');
  try {
    const tokens = await requestTokens(wiring, { refreshToken, scope: stored.tokens.scope });
    return await keep(wiring, key, { stored, tokens });
  } catch (error) {
    if (error instanceof ClientError && error.code === 'grant_refused') {
      return refused(wiring, key, { stored, error });
    }
    throw error;
  }
}

async function requestTokens(
  wiring: Wiring,
  asked: { refreshToken: string; scope: string },
): Promise<Tokens> {
  const { oauth, config, serverRequest } = wiring;
  const server = await wiring.server();
  const at = wiring.now();
  return askServer(async () => {
    // RFC 6749 §6
    const response = await refreshTokenGrantRequest(
      server,
      oauth,
      config.authentication,
      asked.refreshToken,
      serverRequest,
    );
    return readTokens(await processRefreshTokenResponse(server, oauth, response), { at, ...asked });
  });
}

/** Stores the new tokens before anybody uses them: the old refresh token may be dead by now. */
async function keep(
  wiring: Wiring,
  key: string,
  { stored, tokens }: { stored: StoredSession; tokens: Tokens },
): Promise<Session> {
  const outcome = await wiring.config.sessions.renew(key, stored.renewals, tokens);
  if (outcome === 'renewed') {
    return viewOf(wiring, { key, stored: { ...stored, tokens, renewals: stored.renewals + 1 } });
  }
  if (outcome === 'overtaken') return viewOf(wiring, { key, stored: await requireSession(wiring, key) });
  // The person disconnected meanwhile: nobody else would ever revoke these tokens.
  await revokeTokens(wiring, tokens);
  throw refusal('session_ended', 'the session ended while it was being refreshed');
}

/** RFC 6749 §5.2: `invalid_grant` ends the session, unless another process has renewed it in the meantime. */
async function refused(
  wiring: Wiring,
  key: string,
  { stored, error }: { stored: StoredSession; error: ClientError },
): Promise<Session> {
  const present = await liveSession(wiring, key);
  if (present && present.renewals > stored.renewals) return viewOf(wiring, { key, stored: present });
  await wiring.config.sessions.end(key);
  throw new ClientError('session_ended', { cause: error, ...(error.server && { server: error.server }) });
}

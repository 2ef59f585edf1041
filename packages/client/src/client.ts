import { type BeginOptions, begin } from './begin.ts';
import { callApi } from './call-api.ts';
import { callback } from './callback.ts';
import type { ClientConfig } from './config.ts';
import { type DisconnectOptions, disconnect } from './disconnect.ts';
import { findSession } from './find-session.ts';
import { refresh } from './refresh.ts';
import { type Revocation, revoke } from './revoke.ts';
import type { Session } from './session.ts';
import { wire } from './wiring.ts';

/** A web app's side of the authorization code flow. Every verb fails with a `ClientError`. */
export interface Client {
  /** Starts a sign-in: 303 to the authorization server. RFC 6749 §4.1.1 */
  begin(request: Request, options?: BeginOptions): Promise<Response>;
  /** Finishes it: 303 to the return target with a session cookie. RFC 6749 §4.1.2, §4.1.3 */
  callback(request: Request): Promise<Response>;
  /** The session of the browser that sent the request. */
  session(request: Request): Promise<Session | undefined>;
  /** Calls an API with the session's access token, refreshing it as needed. RFC 6750 §2.1 */
  fetch(session: Pick<Session, 'key'>, request: Request): Promise<Response>;
  /** Gets a newer access token than the session was read with; one request however many ask. RFC 6749 §6 */
  refresh(session: Pick<Session, 'key' | 'renewals'>): Promise<Session>;
  /** Ends the session here in any case and revokes its tokens at the server. RFC 7009 §2 */
  revoke(session: Pick<Session, 'key'>): Promise<Revocation>;
  /** Answers the app's disconnect button: `revoke`, then 303 without the cookie. Only for a POST of the own origin. */
  disconnect(request: Request, options?: DisconnectOptions): Promise<Response>;
}

/** Makes a client; faulty settings are a `ClientError` with all faults named. Nothing is fetched before it is needed. */
export function createClient(config: ClientConfig): Client {
  const wiring = wire(config);
  return {
    begin: (request, options = {}) => begin(wiring, request, options),
    callback: (request) => callback(wiring, request),
    session: (request) => findSession(wiring, request),
    fetch: (session, request) => callApi(wiring, session, request),
    refresh: (session) => refresh(wiring, session),
    revoke: (session) => revoke(wiring, session),
    disconnect: (request, options = {}) => disconnect(wiring, request, options),
  };
}

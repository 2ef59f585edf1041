import { sessionCookieName, writeCookie } from './cookies.ts';
import { refusal } from './error.ts';
import { findSession } from './find-session.ts';
import { redirect } from './redirect.ts';
import { returnTarget } from './return-target.ts';
import { revoke } from './revoke.ts';
import { isSameOriginPost } from './same-origin.ts';
import type { Wiring } from './wiring.ts';

export interface DisconnectOptions {
  /** Path on the app's own origin to go to; anything else becomes `/`. */
  readonly returnTo?: string;
}

/** Answers the app's disconnect button, a form post of its own page: ends and revokes the session, removes the cookie. */
export async function disconnect(
  wiring: Wiring,
  request: Request,
  options: DisconnectOptions,
): Promise<Response> {
  const { appOrigin, cookies } = wiring.settings;
  if (!isSameOriginPost(request, appOrigin)) {
    throw refusal('cross_site', 'disconnect wants a POST from the own origin');
  }
  const session = await findSession(wiring, request);
  if (session) await revoke(wiring, session);
  const gone = writeCookie(cookies, { name: sessionCookieName(cookies), value: '', maxAge: 0 });
  return redirect(appOrigin + returnTarget(options.returnTo, appOrigin), [gone]);
}

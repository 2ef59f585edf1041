import { calculatePKCECodeChallenge } from 'oauth4webapi';
import { loginCookieName, writeCookie } from './cookies.ts';
import type { ServerMetadata } from './discovery.ts';
import { refusal } from './error.ts';
import { randomValue } from './random.ts';
import { redirect } from './redirect.ts';
import { returnTarget } from './return-target.ts';
import {
  bindingValue,
  cookieIdOf,
  surplusBindings,
  TRANSACTION_LIFETIME,
  transactionKey,
} from './transaction.ts';
import type { Wiring } from './wiring.ts';

export interface BeginOptions {
  /** Path on the app's own origin to return to; anything else becomes `/`. */
  readonly returnTo?: string;
}

/** Sends the browser to the authorization server, with the transaction kept here and bound to this browser. */
export async function begin(wiring: Wiring, request: Request, options: BeginOptions): Promise<Response> {
  const server = await wiring.server();
  requireS256(wiring, server);
  // RFC 9700 §2.1.1, §4.7.1: fresh for every transaction.
  const [state, codeVerifier, browserSecret] = [randomValue(), randomValue(), randomValue()];
  const startedAt = wiring.now();
  await wiring.transactions.put(await transactionKey(state, browserSecret), {
    issuer: wiring.config.issuer,
    clientId: wiring.config.clientId,
    redirectUri: wiring.config.redirectUri,
    codeVerifier,
    scope: wiring.config.scope,
    returnTo: returnTarget(options.returnTo, wiring.settings.appOrigin),
    startedAt,
    expiresAt: startedAt + TRANSACTION_LIFETIME,
  });
  const location = await authorizationUrl(wiring, server, { state, codeVerifier });
  return redirect(
    location,
    cookies(wiring, request, { state, value: bindingValue(startedAt, browserSecret) }),
  );
}

function requireS256({ config }: Wiring, server: ServerMetadata): void {
  const methods = server.code_challenge_methods_supported;
  if (methods === undefined && config.allowUnannouncedPkce) return;
  // RFC 9700 §2.1.1: no falling back to plain or to nothing.
  if (!Array.isArray(methods) || !methods.includes('S256')) {
    throw refusal('pkce_unsupported', 'code_challenge_methods_supported does not list S256');
  }
}

interface Secrets {
  readonly state: string;
  readonly codeVerifier: string;
}

async function authorizationUrl(
  { config }: Wiring,
  server: ServerMetadata,
  { state, codeVerifier }: Secrets,
): Promise<string> {
  // RFC 6749 §3.1: the endpoint may have a query of its own, which stays.
  const url = new URL(server.authorization_endpoint ?? '');
  const parameters = {
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: config.redirectUri,
    scope: config.scope,
    state,
    // RFC 7636 §4.2, §4.3
    code_challenge: await calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    ...(config.resource === undefined ? {} : { resource: config.resource }),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url.href;
}

function cookies(
  { settings }: Wiring,
  request: Request,
  binding: { state: string; value: string },
): string[] {
  const style = settings.cookies;
  const name = loginCookieName(style, cookieIdOf(binding.state));
  const fresh = writeCookie(style, { name, value: binding.value, maxAge: TRANSACTION_LIFETIME / 1000 });
  const surplus = surplusBindings(request, style);
  return [fresh, ...surplus.map((old) => writeCookie(style, { name: old, value: '', maxAge: 0 }))];
}

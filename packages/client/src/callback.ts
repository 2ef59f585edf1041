import { checkIssuer, readAnswer, readState, refuseAmbiguity, refuseError } from './authorization-answer.ts';
import { loginCookieName, sessionCookieName, writeCookie } from './cookies.ts';
import { refusal } from './error.ts';
import { sessionKey } from './find-session.ts';
import { randomValue, sha256 } from './random.ts';
import { redeemCode } from './redeem-code.ts';
import { redirect } from './redirect.ts';
import type { Tokens } from './session.ts';
import { bindingSecret, cookieIdOf, type Transaction, transactionKey } from './transaction.ts';
import type { Wiring } from './wiring.ts';

/** Finishes a sign-in. The order of the steps is a security property: each stands on the one before. */
export async function callback(wiring: Wiring, request: Request): Promise<Response> {
  const answer = readAnswer(request);
  const state = readState(answer);
  const transaction = await takeTransaction(wiring, request, state);
  const server = await wiring.server();
  checkIssuer(answer, transaction, server);
  refuseAmbiguity(answer);
  refuseError(answer);
  const tokens = await redeemCode(wiring, { server, transaction, code: answer.get('code') ?? '', state });
  return startSession(wiring, request, { transaction, tokens, state });
}

/** RFC 9700 §4.7.1, §4.2.4: this browser's transaction, and only once, whatever the rest of the answer says. */
async function takeTransaction(wiring: Wiring, request: Request, state: string): Promise<Transaction> {
  const secret = bindingSecret(request, state, wiring.settings.cookies);
  if (!secret) throw refusal('transaction_unknown', 'this browser has no cookie for the state');
  const transaction = await wiring.transactions.take(await transactionKey(state, secret));
  if (!transaction)
    throw refusal('transaction_unknown', 'no transaction for state and cookie, or it is used up');
  if (transaction.expiresAt <= wiring.now())
    throw refusal('transaction_unknown', 'the transaction has expired');
  const { issuer, clientId, redirectUri } = wiring.config;
  if (
    transaction.issuer !== issuer ||
    transaction.clientId !== clientId ||
    transaction.redirectUri !== redirectUri
  ) {
    throw refusal('transaction_unknown', 'the transaction belongs to another client or issuer');
  }
  return transaction;
}

interface SignIn {
  readonly transaction: Transaction;
  readonly tokens: Tokens;
  readonly state: string;
}

/** A sign-in always gets a new session id, so that an id planted before it is worth nothing. */
async function startSession(wiring: Wiring, request: Request, signIn: SignIn): Promise<Response> {
  const { config, settings } = wiring;
  const { transaction, tokens, state } = signIn;
  const previous = await sessionKey(wiring, request);
  if (previous !== undefined) await config.sessions.end(previous);
  const id = randomValue();
  const signedInAt = wiring.now();
  await config.sessions.open(await sha256(id), {
    issuer: config.issuer,
    clientId: config.clientId,
    signedInAt,
    expiresAt: signedInAt + settings.sessionLifetime,
    renewals: 0,
    tokens,
  });
  const style = settings.cookies;
  // The target is a path of this origin; sent whole, it cannot be read as anything else.
  return redirect(settings.appOrigin + transaction.returnTo, [
    writeCookie(style, {
      name: sessionCookieName(style),
      value: id,
      maxAge: settings.sessionLifetime / 1000,
    }),
    writeCookie(style, { name: loginCookieName(style, cookieIdOf(state)), value: '', maxAge: 0 }),
  ]);
}

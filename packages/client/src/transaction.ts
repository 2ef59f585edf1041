import { type CookieStyle, loginCookieName, readCookies } from './cookies.ts';
import { sha256 } from './random.ts';

/** Milliseconds from the start of a sign-in to the latest callback. */
export const TRANSACTION_LIFETIME = 600_000;

/** One sign-in that was started and not yet finished. Times are milliseconds since the epoch. */
export interface Transaction {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly codeVerifier: string;
  readonly scope: string;
  readonly returnTo: string;
  readonly startedAt: number;
  readonly expiresAt: number;
}

/** Where started sign-ins wait. The key is a hash of `state` and of the browser's cookie together. */
export interface TransactionStore {
  put(key: string, transaction: Transaction): Promise<void>;
  /** Gives a transaction and removes it in one step: of two takers one gets nothing. */
  take(key: string): Promise<Transaction | undefined>;
}

/**
 * The key of a transaction. Whoever has the state without this browser's cookie can neither finish the sign-in nor
 * use it up, and whoever reads the store learns neither.
 */
export async function transactionKey(state: string, browserSecret: string): Promise<string> {
  return sha256(`${state}.${browserSecret}`);
}

/** The part of a state that names its cookie. The remaining 208 bits stay unknown. */
export function cookieIdOf(state: string): string {
  return state.slice(0, 8);
}

/** The value of a transaction's cookie: when it began, to tell old ones, and the secret that binds it to the browser. */
export function bindingValue(startedAt: number, browserSecret: string): string {
  return `${startedAt.toString(36)}.${browserSecret}`;
}

/** The browser's secret for a state, from its cookie. */
export function bindingSecret(request: Request, state: string, style: CookieStyle): string | undefined {
  const value = readCookies(request).get(loginCookieName(style, cookieIdOf(state)));
  return value?.split('.')[1];
}

/** Names of the cookies of all but the four latest sign-ins of this browser, so that abandoned ones do not pile up. */
export function surplusBindings(request: Request, style: CookieStyle): string[] {
  const start = loginCookieName(style, '');
  const bindings = [...readCookies(request)].filter(([name]) => name.startsWith(start));
  const ages = bindings.map(([name, value]) => ({ name, startedAt: Number.parseInt(value, 36) || 0 }));
  return ages
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(4)
    .map(({ name }) => name);
}

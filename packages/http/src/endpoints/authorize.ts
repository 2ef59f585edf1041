import { type Pair, writePairs } from '@valetkey/protocol';
import { type AuthorizeOutcome, authorize, type Browser } from '@valetkey/server';
import type { Context, Visit } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { redirect } from '../respond.ts';

/** GET and POST /authorize (RFC 6749 §3.1). */
export async function authorizeEndpoint(context: Context, visit: Visit): Promise<Response> {
  const browser = context.cookies.read(visit.request);
  const posted = visit.request.method === 'POST';
  const parameters = posted ? await readForm(visit) : readQuery(visit);
  if (posted && parameters.isDecoded && cameWithoutCookies(visit, browser)) {
    return redirect(context, asGet(context, parameters.pairs()));
  }
  return answer(context, await authorize(context.authority, parameters, browser), browser);
}

/** Wherever an authorization request got to: to the client, or to the next page. */
export function answer(
  context: Context,
  outcome: AuthorizeOutcome,
  { binding, cookies = [] }: { binding: string | undefined; cookies?: readonly string[] },
): Response {
  if (outcome.outcome === 'answer') {
    const renewed = outcome.renewedCookie === null ? [] : [context.cookies.session(outcome.renewedCookie)];
    return redirect(context, outcome.url, [...renewed, ...cookies]);
  }
  const path = outcome.outcome === 'sign-in' ? 'login' : 'consent';
  const bound = outcome.binding === binding ? [] : [context.cookies.browser(outcome.binding)];
  return redirect(context, `${context.base}/${path}?ticket=${outcome.ticket}`, [...bound, ...cookies]);
}

/** Browsers keep Lax cookies back from a form that another site posts; the same request as a GET brings them. */
function cameWithoutCookies({ request }: Visit, { binding, sessionCookie }: Browser): boolean {
  const ours = binding ?? sessionCookie;
  return request.headers.get('sec-fetch-site') === 'cross-site' && ours === undefined;
}

function asGet(context: Context, pairs: readonly Pair[]): string {
  return `${context.base}/authorize?${writePairs(pairs)}`;
}

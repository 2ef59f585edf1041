import { authorizationResponseUrl, type Pair, writePairs } from '@valetkey/protocol';
import { type Answer, type AuthorizeOutcome, authorize, type Browser, type PageName } from '@valetkey/server';
import type { Context, Visit } from '../context.ts';
import { readForm, readQuery } from '../form.ts';
import { formTargetOf } from '../headers.ts';
import { formPostScript } from '../pages/form-post-script.ts';
import { page, redirect } from '../respond.ts';

/** GET and POST /authorize (RFC 6749 §3.1). */
export async function authorizeEndpoint(context: Context, visit: Visit): Promise<Response> {
  const browser = context.cookies.read(visit.request);
  const posted = visit.request.method === 'POST';
  const parameters = posted ? await readForm(visit) : readQuery(visit);
  const asGet = posted && parameters.isDecoded ? getAddress(context, parameters.pairs()) : null;
  if (asGet !== null && cameWithoutCookies(visit, browser)) return redirect(context, asGet);
  return answer(context, await authorize(context.authority, parameters, browser), browser);
}

const paths: Readonly<Record<PageName, string>> = {
  'sign-in': 'login',
  'choose-account': 'login',
  'sign-up': 'sign-up',
  consent: 'consent',
};

/** Wherever an authorization request got to: to the client, or to the next page. */
export async function answer(
  context: Context,
  outcome: AuthorizeOutcome,
  { binding, cookies = [] }: { binding: string | undefined; cookies?: readonly string[] },
): Promise<Response> {
  if (outcome.outcome === 'answer') {
    const renewed = outcome.renewedCookie === null ? [] : [context.cookies.session(outcome.renewedCookie)];
    return deliver(context, outcome.answer, [...renewed, ...cookies]);
  }
  if (outcome.outcome === 'interstitial') return showInterstitial(context, outcome);
  const bound = outcome.binding === binding ? [] : [context.cookies.browser(outcome.binding)];
  const path = paths[outcome.outcome];
  return redirect(context, `${context.base}/${path}?ticket=${outcome.ticket}`, [...bound, ...cookies]);
}

/** In the address of a redirect, or in a form that the browser posts (OAuth 2.0 Form Post Response Mode §2). */
async function deliver(context: Context, told: Answer, cookies: readonly string[]): Promise<Response> {
  const { mode, redirectUri, parameters, clientName } = told;
  if (mode !== 'form_post') {
    return redirect(context, authorizationResponseUrl(redirectUri, parameters, mode), cookies);
  }
  const view = { action: redirectUri, fields: parameters, clientName };
  return page(context, context.pages.formPost(view, context.frame()), {
    formTarget: formTargetOf(redirectUri),
    script: formPostScript.source,
    cookies,
  });
}

type Interstitial = Extract<AuthorizeOutcome, { outcome: 'interstitial' }>;

/** Nobody is sent on without having seen where to: the app registered itself, and its request was bad. */
async function showInterstitial(
  context: Context,
  { answer: told, recipient, error }: Interstitial,
): Promise<Response> {
  const { mode, redirectUri, parameters } = told;
  const place = mode === 'fragment' ? 'fragment' : 'query';
  const view = {
    clientName: recipient.client.name,
    host: new URL(redirectUri).host || new URL(redirectUri).protocol,
    // A form cannot be a link; without the answer the app still finds the person at its door.
    href: mode === 'form_post' ? redirectUri : authorizationResponseUrl(redirectUri, parameters, place),
    title: error.text,
    code: error.code,
    reference: error.reference,
  };
  return page(context, context.pages.interstitial(view, context.frame()), { status: 400 });
}

/** Browsers keep Lax cookies back from a form that another site posts; the same request as a GET brings them. */
function cameWithoutCookies({ request }: Visit, { binding, sessionCookie }: Browser): boolean {
  const ours = binding ?? sessionCookie;
  return request.headers.get('sec-fetch-site') === 'cross-site' && ours === undefined;
}

/** Characters; what is longer is cut off on the way by some browsers and proxies. */
const longestAddress = 8_000;

/** `null`: too long for that. Then the request goes on as that of a browser that was never here. */
function getAddress(context: Context, pairs: readonly Pair[]): string | null {
  const address = `${context.base}/authorize?${writePairs(pairs)}`;
  return address.length > longestAddress ? null : address;
}

import { OAuthError } from '@valetkey/protocol';
import { recordFault, recordRefusal, StoreUnavailable } from '@valetkey/server';
import type { Context, Visit } from './context.ts';
import { errorPage, fault, gone, oauthError, TooLarge, tooLarge, unavailable } from './respond.ts';
import type { Route } from './route.ts';

interface Where {
  readonly route: Route;
  readonly visit: Visit;
}

/** Answers whatever was thrown, once, as a page to a person or as JSON to a program. */
export function failed(context: Context, error: unknown, where: Where): Response | Promise<Response> {
  // Whoever hung up in the middle of a request hears nothing any more, and nothing of ours has failed.
  if (where.visit.request.signal.aborted) return gone(context);
  return where.route.answers === 'page'
    ? failedPage(context, error, where)
    : failedJson(context, error, where);
}

function failedJson(context: Context, error: unknown, where: Where): Response {
  if (error instanceof TooLarge) return tooLarge(context, error);
  if (error instanceof OAuthError)
    return oauthError(context, error, { reference: referenceTo(context, error, where) });
  const respond = error instanceof StoreUnavailable ? unavailable : fault;
  return respond(context, referenceTo(context, error, where));
}

/** Stays at its address: whatever fails here has no proven target (RFC 6749 §3.1.2.4). */
function failedPage(context: Context, error: unknown, where: Where): Promise<Response> {
  if (error instanceof TooLarge) {
    return errorPage(context, { ...oversize, reference: null }, { status: error.status });
  }
  const reference = referenceTo(context, error, where);
  if (error instanceof OAuthError) {
    return errorPage(context, { ...refused, title: error.description, code: error.code, reference });
  }
  return error instanceof StoreUnavailable
    ? errorPage(context, { ...busy, reference }, { status: 503, retryAfterSeconds: 2 })
    : errorPage(context, { ...broken, reference }, { status: 500 });
}

function referenceTo({ authority, base }: Context, error: unknown, { route, visit }: Where): string {
  const endpoint = route.path.slice(base.length + 1);
  // Whom the request named; it need not be so.
  const clientId = visit.url.searchParams.get('client_id')?.slice(0, 200) ?? null;
  if (error instanceof OAuthError) return recordRefusal(authority, { error, endpoint, clientId });
  const type = error instanceof StoreUnavailable ? 'store.unavailable' : 'fault';
  return recordFault(authority, { type, endpoint, cause: error });
}

const oversize = {
  title: 'This request is too large',
  advice: 'Start again at the app you came from.',
  code: 'invalid_request',
  link: null,
};

const refused = {
  advice:
    'Nothing is wrong with your account. Go back to the app and try again; if it happens again, its developer has to mend it.',
  link: null,
};

const busy = {
  title: 'This server cannot answer right now',
  advice: 'Nothing was lost. Wait a moment, then load this page again.',
  code: 'temporarily_unavailable',
  link: null,
};

const broken = {
  title: 'Something went wrong on this server',
  advice:
    'It is our fault, not yours. Try again; if it happens again, give the reference below to the operator.',
  code: 'server_error',
  link: null,
};

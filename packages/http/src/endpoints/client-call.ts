import { OAuthError, type Parameters, readClientCredentials } from '@valetkey/protocol';
import { recordRefusal } from '@valetkey/server';
import type { Context, Endpoint, Visit } from '../context.ts';
import { readForm } from '../form.ts';
import { oauthError, tooManyFailures } from '../respond.ts';

type Call = (context: Context, authorization: string | undefined, body: Parameters) => Promise<Response>;

/** Credentials that must not stand in a URL: URLs are logged (RFC 6749 §2.3.1). */
const neverInQuery = [
  'client_secret',
  'code',
  'code_verifier',
  'refresh_token',
  'token',
  'grant_type',
  'client_id',
];

/** An endpoint that clients call with a form and their credentials: token, introspection, revocation. */
export function clientCall(name: string, call: Call): Endpoint {
  return async (context, visit) => {
    const caller: { id: string | null } = { id: null };
    try {
      return await admitted(context, visit, { call, caller });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const reference = recordRefusal(context.authority, { error, endpoint: name, clientId: caller.id });
      if (error.code === 'invalid_client')
        context.failures.failed(failureKey(visit, caller.id), context.authority.clock());
      return oauthError(context, error, reference);
    }
  };
}

interface Admission {
  readonly call: Call;
  readonly caller: { id: string | null };
}

async function admitted(context: Context, visit: Visit, { call, caller }: Admission): Promise<Response> {
  requireNothingInQuery(visit);
  const body = await readForm(visit);
  const authorization = visit.request.headers.get('authorization') ?? undefined;
  caller.id = claimedClient(authorization, body);
  const wait = context.failures.wait(failureKey(visit, caller.id), context.authority.clock());
  return wait > 0 ? tooManyFailures(context, wait) : call(context, authorization, body);
}

/** Whom the request says it comes from; proves nothing. */
function claimedClient(authorization: string | undefined, body: Parameters): string | null {
  try {
    return readClientCredentials(authorization, body).clientId;
  } catch {
    return null;
  }
}

function failureKey({ address }: Visit, clientId: string | null): string {
  return `${address} ${clientId ?? ''}`;
}

function requireNothingInQuery({ url }: Visit): void {
  if (url.search === '') return;
  const name = neverInQuery.find((parameter) => url.searchParams.has(parameter));
  if (name === undefined) return;
  throw new OAuthError('invalid_request', 'Send parameters in the body, not in the URL.', {
    field: name,
    expected: 'in the form body',
    got: 'in the query of the URL',
    requirement: 'TK-002',
  });
}

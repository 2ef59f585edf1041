import { OAuthError, type Parameters, readClientCredentials } from '@valetkey/protocol';
import { type Caller, recordRefusal } from '@valetkey/server';
import { readCaller } from '../caller.ts';
import type { Context, Endpoint, Visit } from '../context.ts';
import { nonceHeaders } from '../dpop-nonce.ts';
import { readForm } from '../form.ts';
import { oauthError, tooManyFailures } from '../respond.ts';

/** One call: by whom, with what form. */
export interface ClientRequest {
  readonly caller: Caller;
  readonly body: Parameters;
  readonly visit: Visit;
}

type Call = (context: Context, request: ClientRequest) => Promise<Response>;

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

/** An endpoint that clients call with a form and their credentials: token, pushed requests, introspection, revocation. */
export function clientCall(name: string, call: Call): Endpoint {
  return async (context, visit) => {
    const caller: { id: string | null } = { id: null };
    try {
      return await admitted(context, visit, { call, caller });
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const clientId = caller.id?.slice(0, 200) ?? null;
      const reference = recordRefusal(context.authority, { error, endpoint: name, clientId });
      if (error.code === 'invalid_client')
        context.failures.failed(failureKey(visit, caller.id), context.authority.clock());
      return oauthError(context, error, { reference, headers: nonceHeaders(context) });
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
  const sender = readCaller(context, visit);
  caller.id = claimedClient(sender.authorization, body);
  const wait = context.failures.wait(failureKey(visit, caller.id), context.authority.clock());
  return wait > 0 ? tooManyFailures(context, wait) : call(context, { caller: sender, body, visit });
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

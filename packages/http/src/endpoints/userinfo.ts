import { OAuthError } from '@valetkey/protocol';
import { offeredProofAlgorithms, type Presented, recordRefusal, userinfo } from '@valetkey/server';
import { readCaller } from '../caller.ts';
import type { Context, Visit } from '../context.ts';
import { nonceHeaders } from '../dpop-nonce.ts';
import { readForm } from '../form.ts';
import { bearer, challenge, json, jwt, resourceError, type Scheme } from '../respond.ts';

/** GET and POST /userinfo (OpenID Connect Core §5.3): the token in the header, or in the body of a form (RFC 6750 §2). */
export async function userinfoEndpoint(context: Context, visit: Visit): Promise<Response> {
  const headers = nonceHeaders(context);
  const schemes = schemesFor(context, visit);
  try {
    const presented = await readPresented(visit);
    if (presented === undefined) return challenge(context, { schemes, headers });
    const info = await userinfo(context.authority, readCaller(context, visit), presented);
    if ('jwt' in info) return jwt(context, info.jwt, { type: 'application/jwt', headers });
    return json(context, info.claims, headers);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const reference = recordRefusal(context.authority, { error, endpoint: 'userinfo', clientId: null });
    return resourceError(context, error, { reference, schemes, headers });
  }
}

async function readPresented(visit: Visit): Promise<Presented | undefined> {
  const { request, url } = visit;
  const header = request.headers.get('authorization') ?? undefined;
  if (url.searchParams.has('access_token')) throw malformed('the access token in the query');
  const isForm = request.method === 'POST' && /^application\/x-www-form-urlencoded/i.test(typeOf(request));
  const posted = isForm ? (await readForm(visit)).one('access_token') : undefined;
  if (header !== undefined && posted !== undefined) throw malformed('two access tokens');
  if (posted !== undefined) return { scheme: 'Bearer', token: posted };
  if (header === undefined) return undefined;
  const [, scheme, token] = /^(bearer|dpop) +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(header) ?? [];
  if (scheme === undefined || token === undefined) throw malformed('another Authorization header');
  return { scheme: scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer', token };
}

function typeOf(request: Request): string {
  return request.headers.get('content-type') ?? '';
}

/** The scheme that was tried. Who tried Bearer is told of DPoP too: the token may be bound (RFC 9449 §7.2). */
function schemesFor({ authority }: Context, { request }: Visit): readonly [Scheme, ...Scheme[]] {
  const algs = offeredProofAlgorithms(authority);
  if (algs.length === 0) return [bearer];
  const dpop: Scheme = { name: 'DPoP', algs };
  return /^dpop /i.test(request.headers.get('authorization') ?? '') ? [dpop] : [bearer, dpop];
}

function malformed(got: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'Present one access token, in the Authorization header or in the form.',
    {
      field: 'Authorization',
      expected: 'one access token in the Authorization header, or in the body of a form',
      got,
      requirement: 'TN-055',
    },
  );
}

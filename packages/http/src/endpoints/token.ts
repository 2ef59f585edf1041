import { writeIntrospectionResponse, writeTokenResponse } from '@valetkey/protocol';
import { introspect, pushRequest, revoke, signIntrospection, token } from '@valetkey/server';
import type { Visit } from '../context.ts';
import { nonceHeaders } from '../dpop-nonce.ts';
import { created, empty, json, jwt } from '../respond.ts';
import { clientCall } from './client-call.ts';

/** POST /token (RFC 6749 §3.2). */
export const tokenEndpoint = clientCall('token', async (context, { caller, body }) => {
  const response = await token(context.authority, caller, body);
  return json(context, writeTokenResponse(response), nonceHeaders(context));
});

/** POST /par (RFC 9126). */
export const parEndpoint = clientCall('par', async (context, { caller, body }) => {
  const { requestUri, expiresIn } = await pushRequest(context.authority, caller, body);
  return created(context, { request_uri: requestUri, expires_in: expiresIn }, nonceHeaders(context));
});

const signedType = 'application/token-introspection+jwt';

/** POST /introspect (RFC 7662), signed for whoever wants that (RFC 9701 §4). */
export const introspectEndpoint = clientCall('introspect', async (context, { caller, body, visit }) => {
  const { authority } = context;
  const introspection = await introspect(authority, caller, body);
  const signed = authority.config.features.signedIntrospection && isWanted(visit, signedType);
  if (!signed) return json(context, writeIntrospectionResponse(introspection.response));
  return jwt(context, await signIntrospection(authority, introspection), { type: signedType });
});

/** Whether a type is named among those that may come back (RFC 9110 §12.5.1); a wildcard does not ask for it. */
function isWanted({ request }: Visit, type: string): boolean {
  const ranges = (request.headers.get('accept') ?? '').toLowerCase().split(',');
  return ranges.some((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    return name === type && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

/** POST /revoke (RFC 7009). */
export const revokeEndpoint = clientCall('revoke', async (context, { caller, body }) => {
  await revoke(context.authority, caller, body);
  return empty(context);
});

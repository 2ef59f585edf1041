import { writeIntrospectionResponse, writeTokenResponse } from '@valetkey/protocol';
import { introspect, pushRequest, revoke, signIntrospection, token } from '@valetkey/server';
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
  const accepted = (visit.request.headers.get('accept') ?? '').toLowerCase();
  const signed = authority.config.features.signedIntrospection && accepted.includes(signedType);
  if (!signed) return json(context, writeIntrospectionResponse(introspection.response));
  return jwt(context, await signIntrospection(authority, introspection), { type: signedType });
});

/** POST /revoke (RFC 7009). */
export const revokeEndpoint = clientCall('revoke', async (context, { caller, body }) => {
  await revoke(context.authority, caller, body);
  return empty(context);
});

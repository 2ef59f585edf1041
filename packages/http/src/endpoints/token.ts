import { writeIntrospectionResponse, writeTokenResponse } from '@valetkey/protocol';
import { introspect, revoke, token } from '@valetkey/server';
import { empty, json } from '../respond.ts';
import { clientCall } from './client-call.ts';

/** POST /token (RFC 6749 §3.2). */
export const tokenEndpoint = clientCall('token', async (context, authorization, body) => {
  return json(context, writeTokenResponse(await token(context.authority, authorization, body)));
});

/** POST /introspect (RFC 7662). */
export const introspectEndpoint = clientCall('introspect', async (context, authorization, body) => {
  return json(context, writeIntrospectionResponse(await introspect(context.authority, authorization, body)));
});

/** POST /revoke (RFC 7009). */
export const revokeEndpoint = clientCall('revoke', async (context, authorization, body) => {
  await revoke(context.authority, authorization, body);
  return empty(context);
});

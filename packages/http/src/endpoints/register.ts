import { OAuthError } from '@valetkey/protocol';
import {
  type Manager,
  readRegistration,
  recordRefusal,
  register,
  removeRegistration,
  updateRegistration,
} from '@valetkey/server';
import type { Context, Endpoint, Visit } from '../context.ts';
import { readJsonText } from '../json-body.ts';
import {
  bearer,
  challenge,
  created,
  json,
  oauthError,
  removed,
  resourceError,
  tooManyRegistrations,
} from '../respond.ts';

/** POST /register (RFC 7591 §3.1). */
export const registerEndpoint = withRefusals(async (context, visit) => {
  const { authority } = context;
  const initialAccessToken = bearerToken(visit);
  if (authority.config.registration.mode === 'token' && initialAccessToken === undefined)
    return challenge(context);
  const body = await readJsonText(visit);
  const result = await register(authority, { initialAccessToken, body, address: visit.address });
  if (result.outcome === 'registered') return created(context, result.answer);
  return tooManyRegistrations(context, Math.ceil((result.retryAt - authority.clock()) / 1000));
});

/** GET /register/:id (RFC 7592 §2.1). */
export const showRegistration = managed(async (context, _visit, manager) =>
  json(context, await readRegistration(context.authority, manager)),
);

/** PUT /register/:id (RFC 7592 §2.2). */
export const replaceRegistration = managed(async (context, visit, manager) =>
  json(context, await updateRegistration(context.authority, manager, () => readJsonText(visit))),
);

/** DELETE /register/:id (RFC 7592 §2.3). */
export const deleteRegistration = managed(async (context, _visit, manager) => {
  await removeRegistration(context.authority, manager);
  return removed(context);
});

type Managed = (context: Context, visit: Visit, manager: Manager) => Promise<Response>;

/** Who comes without a token hears that one is needed, and nothing of whether there is such a client. */
function managed(respond: Managed): Endpoint {
  return withRefusals(async (context, visit) => {
    const token = bearerToken(visit);
    if (token === undefined) return challenge(context);
    const clientId = visit.url.pathname.slice(`${context.base}/register/`.length);
    return respond(context, visit, { clientId, token });
  });
}

/** Tells a bad token with a bearer challenge (RFC 6750 §3), and everything else as RFC 7591 §3.2.2 has it. */
function withRefusals(respond: Endpoint): Endpoint {
  return async (context, visit) => {
    try {
      return await respond(context, visit);
    } catch (error) {
      if (!(error instanceof OAuthError)) throw error;
      const reference = recordRefusal(context.authority, { error, endpoint: 'register', clientId: null });
      if (error.code !== 'invalid_token') return oauthError(context, error, { reference });
      return resourceError(context, error, { reference, schemes: [bearer] });
    }
  };
}

/** The token in the header, the only place it may stand in; another scheme is none. */
function bearerToken({ request }: Visit): string | undefined {
  return /^bearer +([A-Za-z0-9\-._~+/]+=*) *$/i.exec(request.headers.get('authorization') ?? '')?.[1];
}

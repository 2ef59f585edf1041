import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import Provider, { type AdapterConstructor, type Configuration } from 'oidc-provider';
import { api, apiScope, client, lifetimes, resource } from '../stage.ts';

/**
 * oidc-provider, set up for the work that Valetkey does: code flow with PKCE, access tokens as JWTs signed with ES256,
 * refresh tokens that rotate, introspection, ID tokens signed with ES256. Without an adapter it keeps everything in memory, in the
 * adapter it brings along.
 */
export function oidcProvider(issuer: string, adapter?: AdapterConstructor): RequestListener {
  const provider = new Provider(
    issuer,
    adapter === undefined ? configuration() : { ...configuration(), adapter },
  );
  const answer = provider.callback();
  return (request, response) => {
    if (request.url?.startsWith('/interaction/')) void interact(provider, request, response);
    else void answer(request, response);
  };
}

function configuration(): Configuration {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [client.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        id_token_signed_response_alg: 'ES256',
      },
      {
        client_id: api.id,
        client_secret: api.secret,
        redirect_uris: [],
        response_types: [],
        grant_types: [],
        id_token_signed_response_alg: 'ES256',
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'bench', alg: 'ES256', use: 'sig' }] },
    cookies: { keys: ['bench'] },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_context, _client, oneOf) => oneOf ?? resource,
        getResourceServerInfo: (_context, indicator) => ({
          scope: apiScope,
          accessTokenTTL: lifetimes.accessToken,
          accessTokenFormat: indicator === resource ? 'jwt' : 'opaque',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_context, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: async (_context, asking) => asking.grantTypeAllowed('refresh_token'),
    expiresWithSession: async () => false,
    rotateRefreshToken: true,
    pkce: { required: () => true },
    routes: { authorization: '/authorize', token: '/token', introspection: '/introspect' },
    ttl: {
      AccessToken: lifetimes.accessToken,
      AuthorizationCode: lifetimes.code,
      Grant: lifetimes.refreshToken,
      Interaction: 1800,
      RefreshToken: lifetimes.refreshToken,
      Session: lifetimes.session,
    },
  };
}

/** Pages as plain as can be, with the ids that the bench's browser looks for. They are not part of a measurement. */
async function interact(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { prompt } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'Content-Type': 'text/html' });
    response.end(prompt.name === 'login' ? form('login-submit') : form('consent-approve'));
    return;
  }
  const result =
    prompt.name === 'login'
      ? { login: { accountId: (await readForm(request)).get('username') ?? '' } }
      : { consent: { grantId: await approve(provider, request, response) } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: true });
}

async function approve(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<string> {
  const { grantId, session, prompt } = await provider.interactionDetails(request, response);
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId);
  const grant = known ?? new provider.Grant({ accountId: session?.accountId ?? '', clientId: client.id });
  const missing = (prompt.details.missingResourceScopes ?? {}) as Record<string, string[]>;
  for (const [indicator, scopes] of Object.entries(missing))
    grant.addResourceScope(indicator, scopes.join(' '));
  const openid = (prompt.details.missingOIDCScope ?? []) as string[];
  if (openid.length > 0) grant.addOIDCScope(openid.join(' '));
  return grant.save();
}

function form(id: string): string {
  return `<form method="post" action=""><button id="${id}">Go on</button></form>`;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

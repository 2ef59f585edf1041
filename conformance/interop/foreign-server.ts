import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { type Configuration, type Interaction, Provider } from 'oidc-provider';
import type { TestUser } from '../targets/target.ts';

/** An authorization server that is not ours, `oidc-provider`, with one client and one person. */
export interface ForeignServer {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly user: TestUser;
  readonly stop: () => Promise<void>;
}

interface Known {
  readonly redirectUri: string;
  /** The one API it issues JWTs for. */
  readonly audience: string;
}

export async function startForeignServer(known: Known): Promise<ForeignServer> {
  const http = createServer();
  http.listen(0, 'localhost');
  await once(http, 'listening');
  const issuer = `http://localhost:${(http.address() as AddressInfo).port}`;
  // A blank, and the marks of base64: Basic works only where both sides encode as RFC 6749 §2.3.1 says.
  const [clientId, clientSecret] = ['print shop', randomBytes(32).toString('base64')];
  const user = { id: 'ada-at-foreign', username: 'ada', password: randomBytes(16).toString('hex') };
  const provider = new Provider(issuer, {
    ...(await settings(known)),
    clients: [
      {
        client_id: clientId,
        client_secret: clientSecret,
        redirect_uris: [known.redirectUri],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        id_token_signed_response_alg: 'ES256',
      },
    ],
  });
  const answer = provider.callback();
  const interaction = new Desk(provider, user);
  http.on('request', (request, response) => {
    if (request.url?.startsWith('/interaction/')) interaction.answer(request, response);
    else answer(request, response);
  });
  return { issuer, clientId, clientSecret, user, stop: () => stop(http) };
}

async function settings({ audience }: Known): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
    cookies: { keys: [randomBytes(32).toString('hex')] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    ttl: {
      AccessToken: 600,
      AuthorizationCode: 60,
      Grant: 3600,
      Interaction: 600,
      RefreshToken: 3600,
      Session: 3600,
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_, client, token) => client.clientId === token.clientId },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, resource) => {
          if (resource !== audience) throw new Error(`Nobody asks for ${resource} here.`);
          return {
            scope: 'photos:read photos:write',
            audience,
            accessTokenFormat: 'jwt',
            accessTokenTTL: 600,
            jwt: { sign: { alg: 'ES256' } },
          };
        },
      },
    },
  };
}

async function stop(http: Server): Promise<void> {
  http.close();
  http.closeAllConnections();
  await once(http, 'close');
}

/** Signs in and consents by plain forms, with the ids that `walk` presses. */
class Desk {
  readonly #provider: Provider;
  readonly #user: TestUser;

  constructor(provider: Provider, user: TestUser) {
    this.#provider = provider;
    this.#user = user;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    this.#answer(request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const interaction = await this.#provider.interactionDetails(request, response);
    if (request.method !== 'POST') {
      response.writeHead(200, { 'content-type': 'text/html' }).end(form(interaction));
      return;
    }
    const fields = await readForm(request);
    const result =
      interaction.prompt.name === 'login' ? this.#signIn(fields) : await this.#consent(interaction, fields);
    await this.#provider.interactionFinished(request, response, result);
  }

  #signIn(fields: URLSearchParams) {
    const { id, username, password } = this.#user;
    if (fields.get('username') !== username || fields.get('password') !== password)
      return { error: 'access_denied', error_description: 'Wrong password' };
    return { login: { accountId: id, amr: ['pwd'] } };
  }

  async #consent({ prompt, params, session }: Interaction, fields: URLSearchParams) {
    if (fields.get('decision') !== 'approve')
      return { error: 'access_denied', error_description: 'The person said no' };
    const grant = new this.#provider.Grant({
      clientId: String(params.client_id),
      ...(session === undefined ? {} : { accountId: session.accountId }),
    });
    const missing = prompt.details.missingResourceScopes as Record<string, string[]> | undefined;
    for (const [resource, scopes] of Object.entries(missing ?? {}))
      grant.addResourceScope(resource, scopes.join(' '));
    return { consent: { grantId: await grant.save() } };
  }
}

function form({ prompt, uid }: Interaction): string {
  const buttons =
    prompt.name === 'login'
      ? '<input name="username"><input name="password"><button id="login-submit">Sign in</button>'
      : '<button id="consent-approve" name="decision" value="approve">Allow</button>' +
        '<button id="consent-deny" name="decision" value="deny">Refuse</button>';
  return `<form method="post" action="/interaction/${uid}">${buttons}</form>`;
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body);
}

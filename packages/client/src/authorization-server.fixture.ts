import { calculatePKCECodeChallenge } from 'oauth4webapi';

/** A small authorization server as a fetch handler, which behaves unless told otherwise. */
export interface FakeServer {
  readonly issuer: string;
  /** Members that replace or, when undefined, remove those of the metadata. */
  readonly metadata: Record<string, unknown>;
  /** Every request to an endpoint below, in order. */
  readonly seen: SeenRequest[];
  /** Replaces the answer of one endpoint until it is deleted. */
  readonly misbehave: Map<string, (seen: SeenRequest) => Response | Promise<Response>>;
  /** Refresh tokens that work. */
  readonly live: Set<string>;
  fetch(request: Request): Promise<Response>;
  /** What the person's browser brings back after Allow. */
  approve(location: string, change?: Record<string, string | undefined>): string;
}

export interface SeenRequest {
  readonly path: string;
  readonly authorization: string | null;
  readonly body: URLSearchParams;
}

interface Redeemable {
  readonly challenge: string;
  readonly redirectUri: string;
}

export function fakeServer(issuer = 'https://as.example'): FakeServer {
  const codes = new Map<string, Redeemable>();
  const seen: SeenRequest[] = [];
  const live = new Set<string>();
  const metadata: Record<string, unknown> = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/revoke`,
    response_types_supported: ['code'],
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
  };
  const misbehave: FakeServer['misbehave'] = new Map();
  let issued = 0;

  function tokens(): Response {
    issued += 1;
    live.add(`refresh-${issued}`);
    return Response.json({
      access_token: `access-${issued}`,
      token_type: 'Bearer',
      expires_in: 600,
      refresh_token: `refresh-${issued}`,
    });
  }

  async function token(body: URLSearchParams): Promise<Response> {
    if (body.get('grant_type') === 'refresh_token') {
      return live.delete(body.get('refresh_token') ?? '') ? tokens() : oauthError('invalid_grant');
    }
    const code = codes.get(body.get('code') ?? '');
    codes.delete(body.get('code') ?? '');
    const challenge = await calculatePKCECodeChallenge(body.get('code_verifier') ?? 'none');
    const good = code?.challenge === challenge && code.redirectUri === body.get('redirect_uri');
    return good ? tokens() : oauthError('invalid_grant');
  }

  async function respond({ path, body }: SeenRequest): Promise<Response> {
    if (path === '/.well-known/oauth-authorization-server') return Response.json(metadata);
    if (path === '/token') return token(body);
    if (path !== '/revoke') return new Response(null, { status: 404 });
    live.delete(body.get('token') ?? '');
    return new Response(null, { status: 200 });
  }

  return {
    issuer,
    metadata,
    seen,
    misbehave,
    live,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const body = new URLSearchParams(await request.text());
      const entry = { path: pathname, authorization: request.headers.get('authorization'), body };
      seen.push(entry);
      return (misbehave.get(pathname) ?? respond)(entry);
    },
    approve(location, change = {}) {
      const asked = new URL(location).searchParams;
      const code = `code-${codes.size}-${crypto.randomUUID()}`;
      const redirectUri = asked.get('redirect_uri') ?? '';
      codes.set(code, { challenge: asked.get('code_challenge') ?? '', redirectUri });
      const answer = { code, state: asked.get('state') ?? '', iss: issuer, ...change };
      const url = new URL(redirectUri);
      for (const [name, value] of Object.entries(answer))
        if (value !== undefined) url.searchParams.set(name, value);
      return url.href;
    },
  };
}

export function oauthError(error: string, status = 400): Response {
  return Response.json({ error }, { status });
}

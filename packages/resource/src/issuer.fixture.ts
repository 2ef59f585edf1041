import { CompactSign, type CryptoKey, exportJWK, generateKeyPair, type JWK } from 'jose';

/** A small authorization server as a fetch handler: metadata, keys, introspection. */
export interface FakeIssuer {
  readonly issuer: string;
  readonly metadata: Record<string, unknown>;
  /** The published keys. */
  readonly keys: JWK[];
  /** Answers of introspection by token; any other token is inactive. */
  readonly active: Map<string, unknown>;
  /** Paths of the requests, in order. */
  readonly seen: string[];
  readonly introspections: { authorization: string | null; body: URLSearchParams }[];
  /** Replaces the answer of one path until it is deleted. */
  readonly misbehave: Map<string, () => Response | Promise<Response>>;
  fetch(request: Request): Promise<Response>;
  /** Makes and publishes another key. */
  addKey(kid: string, alg?: string): Promise<SigningKey>;
  /** Signs claims as an access token, good unless changed; an `undefined` removes a member. */
  sign(change?: Record<string, unknown>, options?: SignOptions): Promise<string>;
}

export interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
}

interface SignOptions {
  readonly header?: Record<string, unknown>;
  readonly key?: SigningKey;
}

export const AUDIENCE = 'https://api.example';
/** Seconds since the epoch at which the tests happen. */
export const NOW = 1_793_000_000;

export async function fakeIssuer(issuer = 'https://as.example'): Promise<FakeIssuer> {
  const keys: JWK[] = [];
  const seen: string[] = [];
  const introspections: FakeIssuer['introspections'] = [];
  const active: FakeIssuer['active'] = new Map();
  const misbehave: FakeIssuer['misbehave'] = new Map();
  const metadata: Record<string, unknown> = {
    issuer,
    jwks_uri: `${issuer}/jwks`,
    introspection_endpoint: `${issuer}/introspect`,
  };

  async function addKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
    const { publicKey, privateKey } = await generateKeyPair(alg);
    keys.push({ ...(await exportJWK(publicKey)), kid, alg, use: 'sig' });
    return { kid, alg, privateKey };
  }

  async function respond(path: string, request: Request): Promise<Response> {
    if (path === '/.well-known/oauth-authorization-server') return Response.json(metadata);
    if (path === '/jwks') return Response.json({ keys });
    const body = new URLSearchParams(await request.text());
    introspections.push({ authorization: request.headers.get('authorization'), body });
    return Response.json(active.get(body.get('token') ?? '') ?? { active: false });
  }

  const first = await addKey('key-1');
  return {
    issuer,
    metadata,
    keys,
    active,
    seen,
    introspections,
    misbehave,
    addKey,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      seen.push(pathname);
      return (misbehave.get(pathname) ?? (() => respond(pathname, request)))();
    },
    sign: (change = {}, { header = {}, key = first } = {}) =>
      signJwt(
        key.privateKey,
        { typ: 'at+jwt', alg: key.alg, kid: key.kid, ...header },
        { ...claims(issuer), ...change },
      ),
  };
}

/** The claims of a good access token (RFC 9068 §2.2). */
export function claims(issuer: string): Record<string, unknown> {
  return {
    iss: issuer,
    aud: AUDIENCE,
    sub: 'ada',
    client_id: 'print-shop',
    scope: 'photos:read',
    exp: NOW + 600,
    iat: NOW,
    jti: 'token-1',
  };
}

/** Signs whatever header and payload, text as it stands. */
export async function signJwt(key: CryptoKey, header: object, payload: object | string): Promise<string> {
  const bytes = new TextEncoder().encode(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const jwt = new CompactSign(bytes).setProtectedHeader({ alg: 'ES256', ...header });
  return jwt.sign(key);
}

import type { Hono } from 'hono';
import { createPrintShop } from './index.ts';

export const SHOP = 'http://localhost:9001';
const ISSUER = 'http://localhost:9000';
const PHOTOS = 'http://localhost:9002';

/** The shop, a browser before it, and an authorization server and a photo API behind it. */
export interface Stage {
  readonly shop: Hono;
  readonly problems: { reference: string; error: unknown }[];
  /** `authorization` of each request the photo API got. */
  readonly bearers: (string | null)[];
  /** Tokens that were revoked. */
  readonly revoked: (string | null)[];
  /** Replaces the answer of a path behind the shop, such as `/photos`. */
  readonly misbehave: Map<string, () => Response>;
  get(path: string): Promise<Response>;
  post(path: string, headers?: Record<string, string>): Promise<Response>;
  /** Goes through /login and the callback, and gives the answer of the callback. */
  connect(change?: Record<string, string>): Promise<Response>;
}

const photo = {
  id: 'harbor',
  title: 'Low <b>tide</b>',
  place: 'Lisse',
  takenOn: '2026-07-02',
  description: 'Two boats',
  width: 800,
  height: 600,
};

export function stage(): Stage {
  const problems: Stage['problems'] = [];
  const bearers: Stage['bearers'] = [];
  const revoked: Stage['revoked'] = [];
  const misbehave: Stage['misbehave'] = new Map();
  const cookies = new Map<string, string>();
  let issued = 0;

  const answers: Record<string, (request: Request) => Response | Promise<Response>> = {
    '/.well-known/oauth-authorization-server': () =>
      Response.json({
        issuer: ISSUER,
        authorization_endpoint: `${ISSUER}/authorize`,
        token_endpoint: `${ISSUER}/token`,
        revocation_endpoint: `${ISSUER}/revoke`,
        code_challenge_methods_supported: ['S256'],
        authorization_response_iss_parameter_supported: true,
      }),
    '/token': () => {
      issued += 1;
      const tokens = { access_token: `secret-access-${issued}`, refresh_token: `secret-refresh-${issued}` };
      return Response.json({ ...tokens, token_type: 'Bearer', expires_in: 600 });
    },
    '/revoke': async (request) => {
      revoked.push(new URLSearchParams(await request.text()).get('token'));
      return new Response();
    },
    '/photos': () => Response.json({ photos: [photo, { ...photo, id: '../evil' }, null] }),
    '/photos/harbor.svg': () => new Response('<svg/>', { headers: { 'content-type': 'image/svg+xml' } }),
  };

  const shop = createPrintShop({
    issuer: ISSUER,
    clientId: 'print-shop',
    clientSecret: 'secret',
    baseUrl: SHOP,
    photosUrl: PHOTOS,
    onProblem: (reference, error) => problems.push({ reference, error }),
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.url.startsWith(PHOTOS)) bearers.push(request.headers.get('authorization'));
      return (misbehave.get(pathname) ?? answers[pathname] ?? (() => new Response(null, { status: 404 })))(
        request,
      );
    },
  });

  async function send(path: string, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('cookie', [...cookies].map(([name, value]) => `${name}=${value}`).join('; '));
    const response = await shop.request(SHOP + path, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [name = '', value = ''] = cookie.split(/[=;]/);
      cookies.set(name, value);
    }
    return response;
  }

  const get = (path: string) => send(path, {});
  return {
    shop,
    problems,
    bearers,
    revoked,
    misbehave,
    get,
    post: (path, headers = {}) => send(path, { method: 'POST', headers }),
    async connect(change = { code: 'a-code' }) {
      const asked = new URL((await get('/login?returnTo=/photos')).headers.get('location') ?? '')
        .searchParams;
      const answer = new URLSearchParams({ state: asked.get('state') ?? '', iss: ISSUER, ...change });
      return get(`/callback?${answer}`);
    },
  };
}

import {
  type Client,
  type ClientConfig,
  clientSecretBasic,
  createClient,
  memorySessions,
  type Session,
} from '@valetkey/client';
import { type Context, Hono } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { hero } from './hero.ts';
import { connectedPage, welcomePage } from './pages/home.ts';
import { photosPage } from './pages/photos.ts';
import { problemPage } from './pages/problem.ts';
import { refreshedPage } from './pages/refreshed.ts';
import { PhotoApiError, photoApi } from './photo-api.ts';
import { NotConnected, tell } from './problem.ts';
import { securityHeaders } from './security-headers.ts';
import { stylesheet } from './stylesheet.ts';

export interface PrintShopConfig extends Pick<ClientConfig, 'fetch' | 'clock'> {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Public URL of the shop. The redirect URI to register is `/callback` there. http is taken on loopback. */
  readonly baseUrl: string;
  /** Public URL of the photo API, which is the resource the shop asks access for. */
  readonly photosUrl: string;
  /** Hears of every error that a person was shown, under the reference that the page gives. */
  readonly onProblem?: (reference: string, error: unknown) => void;
}

/** The print shop: a web app that shows a person's photos without knowing her password. */
export function createPrintShop(config: PrintShopConfig): Hono {
  const client = connect(config);
  const photos = photoApi(client, config.photosUrl);
  const now = config.clock ?? (() => Date.now());

  const app = new Hono();
  app.use(securityHeaders({ secure: config.baseUrl.startsWith('https:') }));
  app.get('/style.css', (c) => c.body(stylesheet, 200, { 'content-type': 'text/css; charset=utf-8' }));
  app.get('/hero.svg', (c) => c.body(hero, 200, { 'content-type': 'image/svg+xml' }));
  app.get('/', async (c) => {
    const session = await client.session(c.req.raw);
    return c.html(session ? connectedPage(session, now()) : welcomePage());
  });
  app.get('/login', (c) => client.begin(c.req.raw, { returnTo: c.req.query('returnTo') ?? '/photos' }));
  app.get('/callback', (c) => client.callback(c.req.raw));
  app.get('/photos', async (c) => c.html(photosPage(await photos.list(await connected(client, c)))));
  app.get('/photos/:file{[a-z0-9-]+\\.svg}', async (c) =>
    photos.image(await connected(client, c), c.req.param('file').replace('.svg', '')),
  );
  app.get('/refresh', async (c) => {
    const before = await connected(client, c);
    return c.html(refreshedPage({ before, after: await client.refresh(before), now: now() }));
  });
  app.post('/disconnect', (c) => client.disconnect(c.req.raw));
  app.notFound((c) => explain(client, c, { error: new PhotoApiError(404) }));
  app.onError((error, c) => explain(client, c, { error, onProblem: config.onProblem }));
  return app;
}

function connect(config: PrintShopConfig): Client {
  const { issuer, clientId, clientSecret, baseUrl, photosUrl, fetch, clock } = config;
  return createClient({
    issuer,
    clientId,
    authentication: clientSecretBasic(clientSecret),
    redirectUri: new URL('/callback', baseUrl).href,
    scope: 'photos:read',
    resource: photosUrl,
    allowedOrigins: [new URL(photosUrl).origin],
    sessions: memorySessions(),
    // Cookies do not tell ports apart, and the whole demo runs on one host.
    cookiePrefix: 'printshop_',
    allowInsecureLoopback: true,
    ...(fetch && { fetch }),
    ...(clock && { clock }),
  });
}

async function connected(client: Client, c: Context): Promise<Session> {
  const session = await client.session(c.req.raw);
  if (!session) throw new NotConnected();
  return session;
}

interface Occurrence {
  readonly error: unknown;
  readonly onProblem?: PrintShopConfig['onProblem'];
}

/** The page for an error: what happened, what to do now, and a reference to quote. */
async function explain(client: Client, c: Context, { error, onProblem }: Occurrence): Promise<Response> {
  const reference = crypto.randomUUID().slice(0, 8);
  onProblem?.(reference, error);
  const { status, problem } = tell(error, c.req.path);
  const session = await client.session(c.req.raw);
  const page = problemPage({ ...problem, reference, connected: session !== undefined });
  return c.html(page, status as ContentfulStatusCode);
}

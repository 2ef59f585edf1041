import { type FakeServer, fakeServer } from './authorization-server.fixture.ts';
import { type Browser, browser } from './browser.fixture.ts';
import {
  type Client,
  type ClientConfig,
  ClientError,
  clientSecretBasic,
  createClient,
  memorySessions,
  memoryTransactions,
  type Session,
} from './index.ts';

export const APP = 'https://app.example';
export const CALLBACK = `${APP}/callback`;
export const API = 'https://api.example';
export const SECRET = 'client-secret-of-print-shop';

/** A stage: one authorization server, one client, one browser, one clock in milliseconds. */
export interface Stage {
  readonly server: FakeServer;
  readonly client: Client;
  readonly config: ClientConfig;
  readonly browser: Browser;
  readonly clock: { now: number };
  /** Requests the API got, and how it answers. */
  readonly api: { readonly seen: Request[]; answer: (request: Request) => Response | Promise<Response> };
}

export function stage(overrides: Partial<ClientConfig> = {}, server = fakeServer()): Stage {
  const clock = { now: Date.UTC(2026, 10, 1) };
  const api: Stage['api'] = { seen: [], answer: () => Response.json({ photos: [] }) };
  const config: ClientConfig = {
    issuer: server.issuer,
    clientId: 'print-shop',
    authentication: clientSecretBasic(SECRET),
    redirectUri: CALLBACK,
    scope: 'photos:read',
    allowedOrigins: [API],
    sessions: memorySessions(),
    transactions: memoryTransactions(),
    clock: () => clock.now,
    async fetch(request) {
      if (!request.url.startsWith(API)) return server.fetch(request);
      api.seen.push(request);
      return api.answer(request);
    },
    ...overrides,
  };
  return { server, client: createClient(config), config, browser: browser(), clock, api };
}

/** Starts a sign-in and gives the URL of the authorization request. */
export async function start(stage: Stage, returnTo?: string): Promise<string> {
  const options = returnTo === undefined ? {} : { returnTo };
  const response = await stage.client.begin(stage.browser.get(`${APP}/login`), options);
  return stage.browser.take(response).headers.get('location') ?? '';
}

/** Signs in and gives the session. */
export async function signIn(stage: Stage): Promise<Session> {
  const location = stage.server.approve(await start(stage));
  stage.browser.take(await stage.client.callback(stage.browser.get(location)));
  const session = await stage.client.session(stage.browser.get(APP));
  if (!session) throw new Error('no session');
  return session;
}

/** The `ClientError` a promise fails with. */
export async function failure(promise: Promise<unknown>): Promise<ClientError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ClientError) return error;
  throw new Error('expected a ClientError', { cause: error });
}

export function tokenRequests(stage: Stage): number {
  return stage.server.seen.filter(({ path }) => path === '/token').length;
}

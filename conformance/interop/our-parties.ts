import {
  type ClientConfig,
  ClientError,
  createClient,
  memorySessions,
  type SessionStore,
  type Tokens,
} from '@valetkey/client';
import { createGuard, type GuardConfig, type Reason } from '@valetkey/resource';
import { Browser, type Page } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { openPort, type Port } from '../targets/port.ts';
import type { TestUser } from '../targets/target.ts';

/** The two sides of ours around some authorization server: a web app with `@valetkey/client`, an API with the guard. */
export interface OurParties {
  readonly photosUrl: string;
  readonly redirectUri: string;
  /** Once the server knows the two addresses above, and the parties know the server. */
  readonly start: (shop: ShopConfig, guard: GuardConfig) => void;
  /** The tokens the app got, in order. */
  readonly tokens: readonly Tokens[];
  /** Why the guard refused, in order. */
  readonly refusals: readonly Reason[];
  readonly stop: () => Promise<void>;
}

export type ShopConfig = Pick<ClientConfig, 'issuer' | 'clientId' | 'authentication' | 'clock'>;

export async function openOurParties(): Promise<OurParties> {
  const [shop, photos] = await Promise.all([openPort(), openPort()]);
  const tokens: Tokens[] = [];
  const refusals: Reason[] = [];
  const redirectUri = `${shop.url}/callback`;
  return {
    photosUrl: photos.url,
    redirectUri,
    tokens,
    refusals,
    start: (config, guardConfig) => {
      answerAsShop(shop, {
        ...config,
        redirectUri,
        scope: 'photos:read',
        resource: photos.url,
        allowedOrigins: [photos.url],
        sessions: remembering(memorySessions(), tokens),
        allowInsecureLoopback: true,
      });
      answerAsPhotos(photos, { ...guardConfig, onRefusal: (reason) => void refusals.push(reason) });
    },
    stop: async () => {
      await Promise.all([shop.close(), photos.close()]);
    },
  };
}

function answerAsShop(port: Port, config: ClientConfig): void {
  const client = createClient(config);
  const pages: Record<string, (request: Request) => Promise<Response>> = {
    'GET /login': (request) => client.begin(request, { returnTo: '/photos' }),
    'GET /callback': (request) => client.callback(request),
    'GET /photos': async (request) => {
      const session = await client.session(request);
      if (session === undefined) return new Response('not connected', { status: 401 });
      const answer = await client.fetch(session, new Request(`${config.resource}/photos`));
      return new Response(await answer.text(), { status: answer.status });
    },
    'POST /refresh': async (request) => {
      const session = await client.session(request);
      return Response.json(session && (await client.refresh(session)));
    },
    'POST /disconnect': (request) => client.disconnect(request, { returnTo: '/photos' }),
  };
  port.answerWith(async (request) => {
    const page = pages[`${request.method} ${new URL(request.url).pathname}`];
    try {
      return (await page?.(request)) ?? new Response(null, { status: 404 });
    } catch (error) {
      if (!(error instanceof ClientError)) throw error;
      return Response.json({ code: error.code, server: error.server }, { status: error.status });
    }
  });
}

function answerAsPhotos(port: Port, config: GuardConfig): void {
  const guard = createGuard(config);
  port.answerWith(
    (request) =>
      guard.metadata(request) ??
      guard.protect(request, { scope: ['photos:read'] }, ({ subject, clientId, scope }) =>
        Response.json({ subject, clientId, scope }),
      ),
  );
}

function remembering(sessions: SessionStore, tokens: Tokens[]): SessionStore {
  return {
    ...sessions,
    open: (key, session) => {
      tokens.push(session.tokens);
      return sessions.open(key, session);
    },
    renew: (key, renewals, renewed) => {
      tokens.push(renewed);
      return sessions.renew(key, renewals, renewed);
    },
  };
}

/** One person before the app: a cookie jar for it and one for the authorization server. */
export class Person {
  readonly #shop = new Browser((request) => fetch(request));
  readonly #server = new Browser((request) => fetch(request));
  readonly #parties: OurParties;
  readonly #user: TestUser;

  constructor(parties: OurParties, user: TestUser) {
    this.#parties = parties;
    this.#user = user;
  }

  /** From the app's sign-in link to the answer of the authorization server. */
  async approve(): Promise<URL> {
    return walk(this.#server, await this.asked(), this.#user);
  }

  /** The authorization request the app sends the browser away with. */
  async asked(): Promise<string> {
    const away = await this.#shop.open(this.#at('/login'));
    if (!('left' in away)) throw new Error(`The app did not begin: ${away.html}`);
    return away.left.href;
  }

  async connect(): Promise<Page> {
    return this.open((await this.approve()).href);
  }

  async open(path: string): Promise<Page> {
    return page(await this.#shop.open(this.#at(path)));
  }

  async press(path: string): Promise<Page> {
    const url = this.#at(path);
    return page(await this.#shop.follow(url, await this.#shop.post(url, {})));
  }

  #at(path: string): string {
    return new URL(path, this.#parties.redirectUri).href;
  }
}

function page(at: Page | { readonly left: URL }): Page {
  if ('left' in at) throw new Error(`The browser left for ${at.left}`);
  return at;
}

/** Somebody who holds an access token calls the API directly. */
export function callPhotos({ photosUrl }: OurParties, accessToken: string | undefined): Promise<Response> {
  return fetch(`${photosUrl}/photos`, { headers: { authorization: `Bearer ${accessToken}` } });
}

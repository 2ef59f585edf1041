import { createFetcher } from '@valetkey/fetcher';
import express from 'express';
import { auth, requiresAuth } from 'express-openid-connect';
import { MemoryStore } from 'express-session';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { type Listening, listenTo } from '../targets/listening.ts';
import { nodeServer } from '../targets/node-server.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

interface Shop extends Listening {
  readonly client: TestClient;
}

/** A relying party that nobody here wrote: it signs people in, and hears when they sign out at the server. */
describe('express-openid-connect', () => {
  const fetcher = createFetcher({ allowHttpLoopback: true });
  let target: Target;
  let user: TestUser;
  let prints: Shop;
  let albums: Shop;
  let deaf: Shop;

  beforeAll(async () => {
    target = await nodeServer({ fetcher });
    user = await target.addUser();
    prints = await openShop({ deaf: false });
    albums = await openShop({ deaf: false });
    deaf = await openShop({ deaf: true });
  });
  afterAll(async () => {
    await Promise.all([prints.close(), albums.close(), deaf.close()]);
    await target.stop();
    fetcher.close();
  });

  /** `deaf`: its back-channel address answers nobody. */
  async function openShop({ deaf: isDeaf }: { deaf: boolean }): Promise<Shop> {
    let client: TestClient | undefined;
    const listening = await listenTo(async (url) => {
      client = await target.addClient({
        authenticationMethod: 'client_secret_post',
        redirectUris: [`${url}/callback`],
        scopes: ['openid', 'profile'],
        logout: {
          postLogoutRedirectUris: [url],
          backchannelUri: isDeaf ? 'http://127.0.0.1:9/backchannel-logout' : `${url}/backchannel-logout`,
          backchannelSessionRequired: true,
        },
      });
      return shop(url, client);
    });
    if (client === undefined) throw new Error('The client was not made.');
    return { ...listening, client };
  }

  function shop(url: string, client: TestClient): express.Express {
    // As its documentation has it: what keeps the sessions keeps the logouts too.
    const store = new MemoryStore() as never;
    const app = express();
    app.use(
      auth({
        issuerBaseURL: target.issuer,
        baseURL: url,
        clientID: client.id,
        clientSecret: client.secret,
        secret: 'a long enough secret of the shop itself',
        clientAuthMethod: 'client_secret_post',
        authorizationParams: { response_type: 'code', response_mode: 'query', scope: 'openid profile' },
        authRequired: false,
        idpLogout: true,
        session: { store },
        backchannelLogout: { store },
      }),
    );
    app.get('/me', requiresAuth(), (request, response) => {
      response.json(request.oidc.user);
    });
    return app;
  }

  /** One person: the browser keeps the cookies of each party apart. */
  function aBrowser() {
    const jars = new Map<string, Browser>();
    return (url: string): Browser => {
      const { origin } = new URL(url);
      const jar = jars.get(origin) ?? new Browser((request) => fetch(request));
      jars.set(origin, jar);
      return jar;
    };
  }
  type Jars = ReturnType<typeof aBrowser>;

  async function signIn(jars: Jars, at: Shop): Promise<void> {
    const asked = await jars(at.url).open(`${at.url}/login`);
    if (!('left' in asked)) throw new Error('The shop did not send its visitor away.');
    const answer = await walk(jars(target.issuer), asked.left.href, user);
    await jars(at.url).open(answer.href);
  }

  async function whoAt(jars: Jars, at: Shop): Promise<string | undefined> {
    const page = await jars(at.url).open(`${at.url}/me`);
    return 'left' in page ? undefined : (JSON.parse(page.html) as { sub?: string }).sub;
  }

  it('signs a person in', async () => {
    const jars = aBrowser();
    await signIn(jars, prints);
    expect(await whoAt(jars, prints)).toBe(user.id);
  });

  it('SL-014, SL-030: when she signs out at one app, the others hear of it, though one of them does not listen', async () => {
    const jars = aBrowser();
    for (const at of [deaf, prints, albums]) await signIn(jars, at);
    const asked = await jars(prints.url).open(`${prints.url}/logout`);
    if (!('left' in asked)) throw new Error('The shop did not send its visitor away.');
    const server = jars(target.issuer);
    const page = await server.open(asked.left.href);
    if ('left' in page) throw new Error(`It did not ask: ${page.left}`);
    const back = await server.click(page, 'logout-confirm');
    expect('left' in back && back.left.origin).toBe(prints.url);
    expect(await whoAt(jars, prints)).toBeUndefined();
    expect(await whoAt(jars, albums)).toBeUndefined();
    expect(target.events.map(({ type }) => type)).toContain('logout.not_told');
  });
});

import { clientSecretBasic, clientSecretPost, none } from '@valetkey/client';
import { clientSecretBasic as guardSecretBasic } from '@valetkey/resource';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeServer } from '../targets/node-server.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';
import { callPhotos, type OurParties, openOurParties, Person } from './our-parties.ts';

const methods = {
  client_secret_basic: ({ secret }: TestClient) => clientSecretBasic(secret),
  client_secret_post: ({ secret }: TestClient) => clientSecretPost(secret),
  none: () => none(),
} as const;
type Method = keyof typeof methods;

interface Setting {
  readonly format: 'jwt' | 'opaque';
  readonly method?: Method;
  readonly cacheSeconds?: number;
}

interface Stage {
  readonly server: Target;
  readonly parties: OurParties;
  readonly client: TestClient;
  readonly user: TestUser;
  readonly person: Person;
}

const running: { stop: () => Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((party) => party.stop()));
});

/** Three parties of ours on three ports, with one clock. */
async function stage({ format, method = 'client_secret_basic', cacheSeconds = 0 }: Setting): Promise<Stage> {
  const parties = await openOurParties();
  running.push(parties);
  const { photosUrl: audience, redirectUri } = parties;
  const server = await nodeServer({
    config: {
      scopes: { 'photos:read': { description: 'see your photos' } },
      resources: [
        { identifier: audience, name: 'Photo API', scopes: ['photos:read'], accessTokenFormat: format },
      ],
    },
  });
  running.push(server);
  const client = await server.addClient({
    redirectUris: [redirectUri],
    scopes: ['photos:read'],
    authenticationMethod: method,
  });
  const api = await server.addClient({ serves: [audience] });
  const user = await server.addUser();
  const { issuer, now: clock } = server;
  const authentication = guardSecretBasic(api.id, api.secret);
  parties.start(
    { issuer, clientId: client.id, authentication: methods[method](client), clock },
    {
      issuer,
      audience,
      clock,
      allowInsecureLoopback: true,
      ...(format === 'opaque' ? { introspection: { authentication, cacheSeconds } } : {}),
    },
  );
  return { server, parties, client, user, person: new Person(parties, user) };
}

describe.each(['jwt', 'opaque'] as const)('client, server and guard with %s access tokens', (format) => {
  it.each(Object.keys(methods) as Method[])(
    'connects, calls, refreshes and disconnects with %s',
    async (method) => {
      const { parties, person, client, user } = await stage({ format, method });
      const photos = await person.connect();
      expect(photos.status).toBe(200);
      const access = { subject: user.id, clientId: client.id, scope: ['photos:read'] };
      expect(JSON.parse(photos.html)).toEqual(access);
      expect(parties.tokens[0]?.accessToken.split('.').length === 3).toBe(format === 'jwt');

      expect(JSON.parse((await person.press('/refresh')).html)).toMatchObject({
        renewals: 1,
        missingScope: [],
      });
      expect(parties.tokens[1]?.accessToken).not.toBe(parties.tokens[0]?.accessToken);
      const rotated = parties.tokens[1]?.refreshToken !== parties.tokens[0]?.refreshToken;
      expect(rotated).toBe(method === 'none');
      expect(JSON.parse((await person.open('/photos')).html)).toEqual(access);

      expect(await person.press('/disconnect')).toMatchObject({ status: 401, html: 'not connected' });
    },
  );

  it('renews an access token that has run out before it calls', async () => {
    const { server, parties, person } = await stage({ format });
    await person.connect();
    server.pass(601_000);
    expect((await person.open('/photos')).status).toBe(200);
    expect(parties.tokens).toHaveLength(2);
    expect(parties.refusals).toEqual([]);
  });

  it('takes each answer of the server once', async () => {
    const { person } = await stage({ format });
    const { href } = await person.approve();
    expect((await person.open(href)).status).toBe(200);
    const again = await person.open(href);
    expect(again.status).toBe(400);
    expect(JSON.parse(again.html)).toEqual({ code: 'transaction_unknown' });
  });

  it('ends the session when somebody else has used the refresh token', async () => {
    const { server, parties, person, client } = await stage({ format, method: 'none' });
    await person.connect();
    const stolen = () =>
      fetch(`${server.issuer}/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: String(parties.tokens[0]?.refreshToken),
          client_id: client.id,
        }),
      });
    expect((await stolen()).status).toBe(200);
    server.pass(11_000);
    const refused = await person.press('/refresh');
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.html)).toMatchObject({
      code: 'session_ended',
      server: { error: 'invalid_grant' },
    });
    expect((await stolen()).status).toBe(400);
    expect(await person.open('/photos')).toMatchObject({ status: 401, html: 'not connected' });
  });

  it('is told where to go without a token', async () => {
    const { parties } = await stage({ format });
    const answer = await fetch(`${parties.photosUrl}/photos`);
    expect(answer.status).toBe(401);
    const url = /resource_metadata="([^"]+)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1];
    const metadata = await (await fetch(String(url))).json();
    expect(metadata).toMatchObject({ resource: parties.photosUrl });
  });
});

describe('after disconnect', () => {
  it('an opaque token is refused at once where the guard always asks', async () => {
    const { parties, person } = await stage({ format: 'opaque' });
    await person.connect();
    const token = parties.tokens[0]?.accessToken;
    expect((await callPhotos(parties, token)).status).toBe(200);
    await person.press('/disconnect');
    const refused = await callPhotos(parties, token);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(parties.refusals).toMatchObject([{ rule: 'RS-020' }]);
  });

  it('an opaque token is refused within the seconds a guard keeps an answer', async () => {
    const { server, parties, person } = await stage({ format: 'opaque', cacheSeconds: 10 });
    await person.connect();
    await person.press('/disconnect');
    server.pass(10_000);
    expect((await callPhotos(parties, parties.tokens[0]?.accessToken)).status).toBe(401);
  });

  it('a JWT lives until it runs out, and no longer', async () => {
    const { server, parties, person } = await stage({ format: 'jwt' });
    await person.connect();
    const token = parties.tokens[0]?.accessToken;
    await person.press('/disconnect');
    expect((await callPhotos(parties, token)).status).toBe(200);
    server.pass(631_000);
    expect((await callPhotos(parties, token)).status).toBe(401);
  });
});

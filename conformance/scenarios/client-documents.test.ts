import { createServer } from 'node:http';
import { createFetcher } from '@valetkey/fetcher';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import {
  ask,
  expectPage,
  expectSignIn,
  expectStillWorks,
  leftFor,
  pageOf,
  signInAt,
} from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { agent, cimd, describedClient, documentUrl, Sites } from '../support/client-document.ts';
import { authorizeUrl, introspect, obtainCode, redeem, refresh } from '../support/flow.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import { openPort } from '../targets/port.ts';
import type { Target } from '../targets/target.ts';

const minute = 60_000;
const hour = 60 * minute;
const client = describedClient();

/** The page says which row it rests on, in the log. */
function expectRefused(target: Target, outcome: Awaited<ReturnType<typeof ask>>, requirement: string): void {
  expectPage(outcome, 'invalid_client');
  expect(target.events.at(-1)).toMatchObject({ type: 'request.refused', requirement });
}

function askAs(target: Target, id = documentUrl, over: Record<string, string | undefined> = {}) {
  return ask(target, authorizeUrl(target, { ...client, id }, over).url);
}

describeTargets((openTarget) => {
  test('MD-060, MD-061, MC-004: on loopback a client that publishes its metadata there needs no registration', async () => {
    const site = await openPort();
    const fetcher = createFetcher({ allowHttpLoopback: true });
    const target = await openTarget(cimd(fetcher));
    const id = `${site.url}/client.json`;
    const redirectUri = 'http://localhost:7777/callback';
    const document = { ...agent, client_id: id, redirect_uris: ['http://localhost/callback'] };
    let asked = 0;
    site.answerWith(() => {
      asked += 1;
      return Response.json(document);
    });
    const local = describedClient(id, redirectUri);
    if (target.issuer.startsWith('https:')) {
      expectRefused(target, await askAs(target, id), 'MD-060');
      expect(asked).toBe(0);
    } else {
      const tokens = await redeem(target, local, await obtainCode(target, local, await target.addUser()));
      expect(tokens.status).toBe(200);
      expect((await refresh(target, local, tokens.body.refresh_token)).status).toBe(200);
      expect(await target.store.clients.list()).toEqual([]);
    }
    fetcher.close();
    await site.close();
    await target.stop();
  });
});

describeHandler((openTarget) => {
  test('MC-004: clients that publish their metadata are taken when the metadata of the server says so', async () => {
    const sites = new Sites();
    sites.publish(documentUrl, agent);
    const off = await openTarget({ fetcher: sites });
    expect(await metadataOf(off)).not.toHaveProperty('client_id_metadata_document_supported');
    expectRefused(off, await askAs(off), 'AZ-010');
    expect(sites.asked).toEqual([]);
    const on = await openTarget(cimd(sites));
    const told = await metadataOf(on);
    expect(told.client_id_metadata_document_supported).toBe(true);
    expect(told.token_endpoint_auth_methods_supported).toContain('none');
    await expectStillWorks(on, client, await on.addUser());
    expect(sites.asked.map(({ url }) => url)).toEqual([documentUrl]);
  });

  test('TK-011: the pages of a public client that publishes its metadata may read its tokens, and no others', async () => {
    const sites = new Sites();
    sites.publish(documentUrl, agent);
    const target = await openTarget(cimd(sites));
    const readable = async (origin: string) => {
      const body = new URLSearchParams({ grant_type: 'authorization_code', client_id: documentUrl });
      const headers = { origin, 'content-type': 'application/x-www-form-urlencoded' };
      const request = new Request(`${target.issuer}/token`, { method: 'POST', headers, body: `${body}` });
      return (await target.fetch(request)).headers.get('access-control-allow-origin');
    };
    await askAs(target);
    expect(await readable('https://agent.example')).toBe('https://agent.example');
    expect(await readable('https://other.example')).toBeNull();
  });

  test('MD-064: such a client is answered where its document says, and nowhere else', async () => {
    const sites = new Sites();
    sites.publish(documentUrl, agent);
    const target = await openTarget(cimd(sites));
    for (const uri of [
      'https://agent.example/callback/',
      'https://evil.example/callback',
      'https://agent.example/',
    ])
      expectPage(await askAs(target, documentUrl, { redirect_uri: uri }));
    expectSignIn(target, await askAs(target));
  });

  test('MD-064: the port of loopback is free, for localhost too', async () => {
    const sites = new Sites();
    sites.publish(documentUrl, {
      ...agent,
      redirect_uris: ['http://localhost/callback', 'http://127.0.0.1/callback'],
    });
    const target = await openTarget(cimd(sites));
    for (const uri of [
      'http://localhost:49152/callback',
      'http://127.0.0.1:7/callback',
      'http://localhost/callback',
    ])
      expectSignIn(target, await askAs(target, documentUrl, { redirect_uri: uri }));
    expectPage(await askAs(target, documentUrl, { redirect_uri: 'http://localhost:49152/other' }));
    expectPage(await askAs(target, documentUrl, { redirect_uri: 'https://localhost/callback' }));
  });

  test.each([
    'http://agent.example/client.json',
    'HTTPS://agent.example/client.json',
    'https://AGENT.example/client.json',
    'https://agent.example',
    'https://agent.example/',
    'https://agent.example/client.json#x',
    'https://agent.example/client.json#',
    'https://me@agent.example/client.json',
    'https://me:secret@agent.example/client.json',
    'https://@agent.example/client.json',
    'https://agent.example/a/../client.json',
    'https://agent.example/./client.json',
    'https://agent.example/a/..',
    'https://agent.example/%2e%2e/client.json',
    'https://agent.example/.%2E/client.json',
    'https://agent.example\\client.json',
    'https:agent.example/client.json',
    'https://agent.example:443/client.json',
    'http://localhost/client.json',
    `https://agent.example/${'x'.repeat(512)}`,
  ])('MD-060: %s is no client id; the person sees a page, and nothing is fetched', async (id) => {
    const sites = new Sites();
    sites.publish(documentUrl, agent);
    sites.publish(id, { ...agent, client_id: id });
    const target = await openTarget(cimd(sites));
    expectRefused(target, await askAs(target, id), 'MD-060');
    expect(sites.asked).toEqual([]);
    expectSignIn(target, await askAs(target));
  });

  test('MD-060: a port and a query are allowed', async () => {
    const sites = new Sites();
    const target = await openTarget(cimd(sites));
    for (const id of ['https://agent.example:8443/client.json', 'https://agent.example/client?v=1']) {
      sites.publish(id, { ...agent, client_id: id });
      expectSignIn(target, await askAs(target, id));
    }
  });

  test('MD-061: 5 KB of JSON are asked for, and what the guard or the site refuses is a page', async () => {
    const sites = new Sites();
    const target = await openTarget(cimd(sites));
    for (const outcome of ['refused', 'failed'] as const) {
      sites.silence(documentUrl, { outcome, why: 'agent.example is 10.0.0.1, which is a special address' });
      const answer = await askAs(target);
      expectRefused(target, answer, 'MD-061');
      expect(answer.html).not.toContain('10.0.0.1');
    }
    sites.publish(documentUrl, agent);
    expectSignIn(target, await askAs(target));
    for (const request of sites.asked)
      expect(request).toEqual({ url: documentUrl, accept: ['application/json', '+json'], longest: 5120 });
  });

  test('MD-061: internal addresses are not reached by way of a client id', async () => {
    let reached = 0;
    const server = createServer((_request, response) => {
      reached += 1;
      response.end('{}');
    });
    server.on('connection', () => {
      reached += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const fetcher = createFetcher();
    const target = await openTarget(cimd(fetcher));
    for (const host of [
      `127.0.0.1:${port}`,
      `localhost:${port}`,
      `[::1]:${port}`,
      `[::ffff:7f00:1]:${port}`,
      '10.0.0.1',
      '169.254.169.254',
    ])
      expectRefused(target, await askAs(target, `https://${host}/client.json`), 'MD-061');
    expect(reached).toBe(0);
    fetcher.close();
    server.close();
  });

  test.each([
    ['no JSON', 'agent'],
    ['a list', '[]'],
    ['null', 'null'],
    ['a member twice', `{"client_id":"${documentUrl}",${JSON.stringify(agent).slice(1)}`],
    ['another client_id', { ...agent, client_id: 'https://agent.example/other.json' }],
    ['a client_id that is the URL but for a slash', { ...agent, client_id: `${documentUrl}/` }],
    ['no client_id', { ...agent, client_id: undefined }],
    ['a client_id in a list', { ...agent, client_id: [documentUrl] }],
    ['no client_name', { ...agent, client_name: undefined }],
    ['an empty client_name', { ...agent, client_name: '' }],
    ['no redirect_uris', { ...agent, redirect_uris: undefined }],
    ['empty redirect_uris', { ...agent, redirect_uris: [] }],
    ['a redirect URI that runs something', { ...agent, redirect_uris: ['javascript:alert(1)'] }],
    ['a redirect URI on http', { ...agent, redirect_uris: ['http://agent.example/callback'] }],
  ])('MD-062: a document with %s is a page', async (_what, document) => {
    const sites = new Sites();
    sites.publish(documentUrl, document);
    const target = await openTarget(cimd(sites));
    expectRefused(target, await askAs(target), 'MD-062');
    sites.publish(documentUrl, agent);
    expectSignIn(target, await askAs(target));
  });

  test.each([
    ['a secret', { client_secret: 'hello' }],
    ['a secret that is null', { client_secret: null }],
    ['the end of a secret', { client_secret_expires_at: 0 }],
    ['client_secret_basic', { token_endpoint_auth_method: 'client_secret_basic' }],
    ['client_secret_post', { token_endpoint_auth_method: 'client_secret_post' }],
    ['client_secret_jwt', { token_endpoint_auth_method: 'client_secret_jwt' }],
  ])('MD-063: a document with %s is a page', async (_what, over) => {
    const sites = new Sites();
    sites.publish(documentUrl, { ...agent, ...over });
    const target = await openTarget(cimd(sites));
    expectRefused(target, await askAs(target), 'MD-063');
    sites.publish(documentUrl, agent);
    expectSignIn(target, await askAs(target));
  });

  describe('MD-065: how long a document is believed', () => {
    /** Who it is answered for, told by the redirect URI that is taken. */
    async function stage(freshForSeconds: number | null) {
      const sites = new Sites();
      const target = await openTarget(cimd(sites));
      const moved = 'https://agent.example/moved';
      sites.publish(documentUrl, agent, freshForSeconds);
      expectSignIn(target, await askAs(target));
      return {
        target,
        sites,
        move: () => sites.publish(documentUrl, { ...agent, redirect_uris: [moved] }, freshForSeconds),
        isMoved: async () => (await askAs(target, documentUrl, { redirect_uri: moved })).status === 303,
      };
    }

    test.each([
      ['its max-age', 600, 600_000],
      ['a minute at least', 0, minute],
      ['an hour where nothing is said', null, hour],
      ['a day at most', 30 * 86_400, 24 * hour],
    ])('MD-065: for %s, and then what has changed is seen', async (_what, seconds, lasting) => {
      const { target, sites, move, isMoved } = await stage(seconds);
      move();
      target.pass(lasting - 5_000);
      expect(await isMoved()).toBe(false);
      expect(sites.asked).toHaveLength(1);
      target.pass(5_000);
      expect(await isMoved()).toBe(true);
      expect(sites.asked).toHaveLength(2);
    });

    test('MD-065: errors and documents that cannot be used are never kept', async () => {
      const sites = new Sites();
      const target = await openTarget(cimd(sites));
      expectRefused(target, await askAs(target), 'MD-061');
      sites.publish(documentUrl, { ...agent, client_id: 'x' }, 3600);
      expectRefused(target, await askAs(target), 'MD-062');
      sites.publish(documentUrl, agent);
      expectSignIn(target, await askAs(target));
    });

    test('MD-065: a site that is down is believed for a day more, one that takes its word back is not', async () => {
      const { target, sites, move, isMoved } = await stage(60);
      sites.silence(documentUrl);
      target.pass(hour);
      expectSignIn(target, await askAs(target));
      expectSignIn(target, await askAs(target));
      expect(sites.asked).toHaveLength(2);
      target.pass(23 * hour);
      expectRefused(target, await askAs(target), 'MD-061');
      move();
      expect(await isMoved()).toBe(true);
      target.pass(minute);
      sites.publish(documentUrl, { ...agent, client_id: 'x' });
      expectRefused(target, await askAs(target), 'MD-062');
      sites.silence(documentUrl);
      expectRefused(target, await askAs(target), 'MD-061');
    });

    test('MD-065: of many that come at once one reads', async () => {
      const sites = new Sites();
      sites.publish(documentUrl, agent);
      const target = await openTarget(cimd(sites));
      const answers = await Promise.all(Array.from({ length: 20 }, () => askAs(target)));
      for (const answer of answers) expectSignIn(target, answer);
      expect(sites.asked).toHaveLength(1);
    });
  });

  test('MD-066: whoever publishes keys and private_key_jwt has to prove them everywhere', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'one' }] };
    const sites = new Sites();
    sites.publish(documentUrl, { ...agent, jwks, token_endpoint_auth_method: 'private_key_jwt' });
    const target = await openTarget(cimd(sites));
    const answer = await obtainCode(target, client, await target.addUser());
    const proof = async () => ({
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT({ jti: crypto.randomUUID() })
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setIssuer(client.id)
        .setSubject(client.id)
        .setAudience(target.issuer)
        .setIssuedAt(Math.floor(target.now() / 1000))
        .setExpirationTime(Math.floor(target.now() / 1000) + 60)
        .sign(privateKey),
    });
    const bare = await redeem(target, client, answer);
    expect([bare.status, bare.body.error]).toEqual([401, 'invalid_client']);
    const tokens = await redeem(target, client, answer, await proof());
    expect(tokens.status).toBe(200);
    const token = tokens.body.refresh_token;
    expect((await refresh(target, client, token)).body.error).toBe('invalid_client');
    expect((await refresh(target, client, token, await proof())).status).toBe(200);
  });

  test('MD-066: private_key_jwt without keys, or with private ones, is a page', async () => {
    const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
    const sites = new Sites();
    const target = await openTarget(cimd(sites));
    const byKey = { ...agent, token_endpoint_auth_method: 'private_key_jwt' };
    for (const keys of [{}, { jwks: { keys: [] } }, { jwks: { keys: [await exportJWK(privateKey)] } }]) {
      sites.publish(documentUrl, { ...byKey, ...keys });
      expectRefused(target, await askAs(target), 'MD-028');
    }
    sites.publish(documentUrl, { ...byKey, jwks: { keys: [await exportJWK(publicKey)] } });
    expectSignIn(target, await askAs(target));
  });

  test('MD-067: at consent the person sees where the client and its answer live', async () => {
    const sites = new Sites();
    sites.publish(documentUrl, { ...agent, redirect_uris: ['http://127.0.0.1/callback'] });
    const target = await openTarget(cimd(sites));
    const browser = new Browser(target.fetch);
    const { url } = authorizeUrl(target, { ...client, redirectUri: 'http://127.0.0.1:4000/callback' });
    const { html } = pageOf(await signInAt(browser, url, await target.addUser()));
    expect(html).toContain('consent-approve');
    expect(html).toContain('agent.example');
    expect(html).toContain('127.0.0.1:4000');
  });

  test('MD-068: a client that is not what it was is asked about again, and only then', async () => {
    const sites = new Sites();
    sites.publish(documentUrl, agent, 60);
    const target = await openTarget(cimd(sites));
    const user = await target.addUser();
    const browser = new Browser(target.fetch);
    const { url } = authorizeUrl(target, client);
    leftFor(await browser.click(pageOf(await signInAt(browser, url, user)), 'consent-approve'));
    leftFor(await browser.open(authorizeUrl(target, client).url));
    const uris = [...agent.redirect_uris, 'https://evil.example/callback'];
    sites.publish(documentUrl, { ...agent, client_name: 'Agent, renamed' }, 60);
    target.pass(minute);
    leftFor(await browser.open(authorizeUrl(target, client).url));
    sites.publish(documentUrl, { ...agent, redirect_uris: uris }, 60);
    target.pass(minute);
    const asked = pageOf(await browser.open(authorizeUrl(target, client).url));
    expect(asked.html).toContain('consent-approve');
    leftFor(await browser.click(asked, 'consent-approve'));
    leftFor(await browser.open(authorizeUrl(target, client).url));
  });

  test('MD-060: an operator can turn such a client away by putting its id into the store', async () => {
    const sites = new Sites();
    sites.publish(documentUrl, agent);
    const target = await openTarget(cimd(sites));
    const user = await target.addUser();
    const tokens = await redeem(target, client, await obtainCode(target, client, user));
    await target.addClient({ id: documentUrl, disabledAt: target.now() });
    expectRefused(target, await askAs(target), 'AZ-010');
    expect((await refresh(target, client, tokens.body.refresh_token)).body.error).toBe('invalid_client');
  });

  test('MD-065: a client that cannot be read any more leaves its tokens dead, and nobody else is disturbed', async () => {
    const sites = new Sites();
    sites.publish(documentUrl, agent);
    const target = await openTarget(cimd(sites));
    const api = await target.addClient({ serves: ['https://photos.example/api'] });
    const user = await target.addUser();
    const tokens = await redeem(target, client, await obtainCode(target, client, user));
    expect(await introspect(target, api, tokens.body.access_token)).toMatchObject({ active: true });
    sites.publish(documentUrl, 'gone');
    await target.restart();
    expect(await introspect(target, api, tokens.body.access_token)).toEqual({ active: false });
    const dead = await refresh(target, client, tokens.body.refresh_token);
    expect([dead.status, dead.body.error]).toEqual([401, 'invalid_client']);
    sites.publish(documentUrl, agent);
    expect(await introspect(target, api, tokens.body.access_token)).toMatchObject({ active: true });
    expect((await refresh(target, client, tokens.body.refresh_token)).status).toBe(200);
  });

  test('MD-062: such clients get no more than the scopes that are open to them', async () => {
    const sites = new Sites();
    sites.publish(documentUrl, agent);
    const { config, fetcher } = cimd(sites);
    const target = await openTarget({
      config: { ...config, clientIdDocuments: { scopes: ['photos:read'] } },
      fetcher,
    });
    const scope = 'photos:read photos:write';
    const answer = await obtainCode(target, client, await target.addUser(), { scope });
    expect((await redeem(target, client, answer)).body.scope).toBe('photos:read');
  });
});

async function metadataOf(target: Target): Promise<Record<string, unknown>> {
  const url = `${target.issuer}/.well-known/oauth-authorization-server`;
  return (await target.fetch(new Request(url))).json();
}

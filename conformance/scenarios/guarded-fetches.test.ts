import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createFetcher } from '@valetkey/fetcher';
import { expect, test } from 'vitest';
import { assertionOf, carried, newKey } from '../support/assertions.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, obtainCode, redeem, walk } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import type { RestartableTarget } from '../targets/target.ts';

/** Something on this machine that nobody outside may make the server talk to. */
async function internal(): Promise<{ port: number; visits: () => number; close: () => void }> {
  let visits = 0;
  const server = createServer((_request, response) => void response.end('{}'));
  server.on('connection', () => {
    visits += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = () => void server.close();
  return { port: (server.address() as AddressInfo).port, visits: () => visits, close };
}

/** Each place that takes an address from others, and what shows that nothing was fetched there. */
const places: Record<string, (target: RestartableTarget, address: string) => Promise<void>> = {
  jwks_uri: async (target, address) => {
    const key = newKey('ES256');
    const client = await target.addClient({
      authenticationMethod: 'private_key_jwt',
      secrets: [],
      keys: { jwksUri: address },
    });
    const answer = await obtainCode(target, client, await target.addUser());
    const assertion = await assertionOf(target, { id: client.id, key });
    const { status, body } = await redeem(target, client, answer, carried(assertion));
    expect({ status, error: body.error }).toEqual({ status: 401, error: 'invalid_client' });
  },
  request_uri: async (target, address) => {
    const client = await target.addClient({ requests: { requestUris: [address] } });
    const { url } = authorizeUrl(target, client, { request_uri: address });
    const left = await walk(new Browser(target.fetch), url, await target.addUser());
    expect(left.searchParams.get('error')).toBe('invalid_request_uri');
  },
  client_id: async (target, address) => {
    const { url } = authorizeUrl(target, await target.addClient(), { client_id: address });
    const page = await new Browser(target.fetch).open(url);
    expect('html' in page && [page.status, /invalid_client/.test(page.html)]).toEqual([400, true]);
  },
  sector_identifier_uri: async (target, address) => {
    const response = await target.fetch(
      new Request(`${target.issuer}/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          redirect_uris: ['https://print.example/callback'],
          subject_type: 'pairwise',
          sector_identifier_uri: address,
        }),
      }),
    );
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_client_metadata' });
  },
  backchannel_logout_uri: async (target, address) => {
    const client = await target.addClient({ scopes: ['openid'], logout: { backchannelUri: address } });
    const user = await target.addUser();
    const browser = new Browser(target.fetch);
    const { url, verifier } = authorizeUrl(target, client, { scope: 'openid' });
    const code = (await walk(browser, url, user)).searchParams.get('code') ?? '';
    await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
    const asked = await browser.open(`${target.issuer}/logout`);
    if ('left' in asked) throw new Error(`It did not ask: ${asked.left}`);
    const done = await browser.click(asked, 'logout-confirm');
    expect('html' in done && done.html).toContain('id="logged-out"');
    expect(target.events).toContainEqual(expect.objectContaining({ type: 'logout.not_told' }));
  },
};

test.each(
  Object.keys(places).flatMap((place) =>
    ['https://127.0.0.1', 'https://localhost', 'https://[::ffff:127.0.0.1]', 'https://2130706433'].map(
      (origin) => [place, origin] as const,
    ),
  ),
)('SB-027, MD-061: nothing inside is reached by %s at %s', async (place, origin) => {
  const inside = await internal();
  const fetcher = createFetcher({ timeoutSeconds: 2 });
  const target = await inProcess({
    fetcher,
    config: {
      features: { requestUris: true, clientIdDocuments: true },
      registration: { mode: 'open' },
    },
  });
  await places[place]?.(target, `${origin}:${inside.port}/document.json`);
  expect(inside.visits()).toBe(0);
  // What has nothing to do with the address goes on working.
  const [client, user] = [await target.addClient(), await target.addUser()];
  expect((await redeem(target, client, await obtainCode(target, client, user))).status).toBe(200);
  fetcher.close();
  inside.close();
});

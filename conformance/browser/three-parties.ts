import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { createPhotosApp } from '@valetkey/demo-photos';
import { createPrintShop } from '@valetkey/demo-print';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TestUser } from '../targets/target.ts';

export interface ThreeParties {
  readonly server: Target;
  readonly photosUrl: string;
  readonly shopUrl: string;
  readonly ada: TestUser;
  readonly stop: () => Promise<void>;
}

type Answer = (request: Request) => Response | Promise<Response>;

/** A port whose address is known before what answers there is made: each party needs the address of the others. */
async function openPort(): Promise<{ url: string; server: Server; answerWith: (answer: Answer) => void }> {
  let answer: Answer = () => new Response(null, { status: 503 });
  const server = createServer(getRequestListener((request) => answer(request)));
  server.listen(0, 'localhost');
  await once(server, 'listening');
  const url = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { url, server, answerWith: (next) => void (answer = next) };
}

/** Authorization server, photo API and print shop on three ports of this machine. */
export async function startThreeParties(): Promise<ThreeParties> {
  const [auth, photos, shop] = await Promise.all([openPort(), openPort(), openPort()]);
  const server = await inProcess({
    config: {
      issuer: auth.url,
      scopes: { 'photos:read': { description: 'see your photos' } },
      resources: [{ identifier: photos.url, name: 'Photo API', scopes: ['photos:read'] }],
    },
  });
  auth.answerWith(server.fetch);
  photos.answerWith(createPhotosApp({ issuer: auth.url, audience: photos.url }).fetch);
  const client = await server.addClient({
    redirectUris: [`${shop.url}/callback`],
    scopes: ['photos:read'],
    homepage: shop.url,
  });
  const ada = await server.addUser({ username: 'ada' });
  const { id: clientId, secret: clientSecret } = client;
  const urls = { issuer: auth.url, baseUrl: shop.url, photosUrl: photos.url };
  shop.answerWith(createPrintShop({ ...urls, clientId, clientSecret }).fetch);
  return {
    server,
    photosUrl: photos.url,
    shopUrl: shop.url,
    ada,
    stop: async () => {
      for (const port of [auth, photos, shop]) {
        port.server.close();
        port.server.closeAllConnections();
      }
      await server.stop();
    },
  };
}

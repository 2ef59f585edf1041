import { createPhotosApp } from '@valetkey/demo-photos';
import { createPrintShop } from '@valetkey/demo-print';
import { inProcess } from '../targets/in-process.ts';
import { openPort } from '../targets/port.ts';
import type { Target, TestUser } from '../targets/target.ts';

export interface ThreeParties {
  readonly server: Target;
  readonly photosUrl: string;
  readonly shopUrl: string;
  readonly ada: TestUser;
  readonly stop: () => Promise<void>;
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
  auth.answerWith((request) => server.fetch(request));
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
      await Promise.all([auth, photos, shop].map((port) => port.close()));
      await server.stop();
    },
  };
}

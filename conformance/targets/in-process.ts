import type { ConfigInput } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import type { RestartableTarget, TargetOptions } from './target.ts';
import { World } from './world.ts';

export const photosApi = 'https://photos.example/api';

export function testConfig(over: Partial<ConfigInput> = {}): ConfigInput {
  return {
    issuer: 'https://auth.example',
    scopes: {
      'photos:read': { description: 'see your photos' },
      'photos:write': { description: 'add photos to your albums' },
    },
    resources: [{ identifier: photosApi, name: 'Photo API', scopes: ['photos:read', 'photos:write'] }],
    ...over,
  };
}

/** The fetch handler in this process, on a store (memory if none is given), with a clock that can be moved. */
export async function inProcess(options: TargetOptions = {}): Promise<RestartableTarget> {
  const world = new World(options);
  const store = options.store ?? memoryStore();
  const start = () => world.node(store, testConfig(options.config), options.handler);
  let node = start();
  return world.target(() => node.authority, {
    fetch: (request) => {
      const certificate = options.certificate?.();
      const { address = '192.0.2.1' } = options;
      return node.handler(request, { address, ...(certificate === undefined ? {} : { certificate }) });
    },
    restart: async () => {
      node = start();
    },
    stop: () => store.close(),
  });
}

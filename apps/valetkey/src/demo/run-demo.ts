import { createPhotosApp } from '@valetkey/demo-photos';
import { createPrintShop } from '@valetkey/demo-print';
import { createHandler } from '@valetkey/http';
import type { AuthorityEvent } from '@valetkey/server';
import { startAuthority } from '../authority.ts';
import { stopSignal } from '../serve/stop-signal.ts';
import type { Respond } from '../serve/web-server.ts';
import { openStore } from '../store.ts';
import { print } from '../terminal/print.ts';
import type { DemoAddresses, DemoPorts } from './addresses.ts';
import { banner } from './banner.ts';
import { demoConfig } from './demo-config.ts';
import { openDemoFolder } from './demo-folder.ts';
import { openDoors } from './doors.ts';
import { eventLine, note } from './narration.ts';
import { seed } from './seed.ts';

/** Runs the three servers until Ctrl-C or SIGTERM. Throws `Problem` when they cannot start. */
export async function runDemo(ports: DemoPorts): Promise<void> {
  const stopped = stopSignal();
  const cleanup = new AsyncDisposableStack();
  try {
    print(banner(await open(ports, cleanup)));
    await stopped;
    print('\nStopping ...');
  } finally {
    await cleanup.disposeAsync();
  }
}

async function open(ports: DemoPorts, cleanup: AsyncDisposableStack): Promise<DemoAddresses> {
  const folder = openDemoFolder('.valetkey');
  const store = await openStore({ sqlite: folder.database });
  cleanup.defer(() => store.close());
  const { addresses, openTo } = await openDoors(ports, cleanup);
  const deployment = { authority: demoConfig(addresses), rootKey: folder.rootKey };
  const authority = await startAuthority(deployment, { store, emit: tell });
  const client = await seed(authority, { addresses, secret: folder.printShopSecret });
  openTo('server', createHandler(authority));
  openTo('photos', photosApi(addresses));
  openTo('print', printShop(addresses, client));
  return addresses;
}

function tell(event: AuthorityEvent): void {
  // Keys come by the calendar, and not of anything that was done here.
  if (event.type !== 'key.created') print(eventLine(event));
}

function photosApi({ server, photos }: DemoAddresses): Respond {
  const app = createPhotosApp({
    issuer: server,
    audience: photos,
    onRefusal: (reason) => note('photo API refused', Object.entries(reason)),
  });
  return (request) => app.fetch(request);
}

function printShop(addresses: DemoAddresses, client: { id: string; secret: string }): Respond {
  const app = createPrintShop({
    issuer: addresses.server,
    clientId: client.id,
    clientSecret: client.secret,
    baseUrl: addresses.print,
    photosUrl: addresses.photos,
    onProblem: (reference, error) =>
      note('print shop problem', [
        ['reference', reference],
        ['error', String(error)],
      ]),
  });
  return (request) => app.fetch(request);
}

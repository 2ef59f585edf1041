import { openWebServer, type Respond } from '../serve/web-server.ts';
import type { DemoAddresses, DemoPorts } from './addresses.ts';

/** How long running requests of one server may take to end, in milliseconds. */
const limit = 5000;

export interface Doors {
  readonly addresses: DemoAddresses;
  readonly openTo: (door: keyof DemoAddresses, respond: Respond) => void;
}

/**
 * Listens on all three ports before anything is made, because everything that is made has to know the addresses. They
 * close in the order in which they lean on each other: the print shop first.
 */
export async function openDoors(ports: DemoPorts, cleanup: AsyncDisposableStack): Promise<Doors> {
  const behind: Partial<Record<keyof DemoAddresses, Respond>> = {};
  const open = async (door: keyof DemoAddresses, portOption: string) => {
    const place = { host: 'localhost', port: ports[door], portOption };
    const respond: Respond = (request, peer) =>
      behind[door]?.(request, peer) ?? new Response(null, { status: 503 });
    const server = await openWebServer(respond, place);
    cleanup.defer(async () => void (await server.stop({ notice: 0, limit })));
    return `http://localhost:${server.port}`;
  };
  const addresses = {
    server: await open('server', '--port'),
    photos: await open('photos', '--photos-port'),
    print: await open('print', '--print-port'),
  };
  return {
    addresses,
    openTo: (door, respond) => {
      behind[door] = respond;
    },
  };
}

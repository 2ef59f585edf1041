import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { exitCodes, Problem } from '../terminal/problem.ts';

export interface Place {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** What chooses the port, to be named when it cannot be had. */
  readonly portOption: string;
}

/** How often a free port of 127.0.0.1 may turn out to be taken on ::1. */
const tries = 20;

/**
 * Listens, and gives the servers with the port they all have. `localhost` is both loopback addresses: Chromium tries ::1
 * first, other programs 127.0.0.1, and a stranger must not be able to have the one while we have the other.
 */
export async function listen<S extends Server>(
  makeServer: () => S,
  place: Place,
): Promise<{ servers: S[]; port: number }> {
  if (place.host !== 'localhost') return oneAddress(makeServer(), place);
  for (let left = tries; ; left -= 1) {
    const ipv4 = await oneAddress(makeServer(), { ...place, host: '127.0.0.1' });
    try {
      const ipv6 = await oneAddress(makeServer(), { ...place, host: '::1', port: ipv4.port });
      return { servers: [...ipv4.servers, ...ipv6.servers], port: ipv4.port };
    } catch (error) {
      const code = codeOf((error as Problem).cause);
      // A machine without IPv6 has nobody on ::1 either.
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return ipv4;
      for (const server of ipv4.servers) server.close();
      if (place.port !== 0 || code !== 'EADDRINUSE' || left === 0) throw error;
    }
  }
}

async function oneAddress<S extends Server>(
  server: S,
  place: Place,
): Promise<{ servers: S[]; port: number }> {
  try {
    server.listen(place.port, place.host);
    await once(server, 'listening');
  } catch (cause) {
    throw new Problem({ exitCode: exitCodes.unavailable, ...explained(codeOf(cause), place) }, { cause });
  }
  return { servers: [server], port: (server.address() as AddressInfo).port };
}

function explained(
  code: string,
  { host, port, portOption }: Place,
): { what: string; why: string; fix: string } {
  const where = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  if (code === 'EADDRINUSE') {
    return {
      what: `Port ${port} is in use.`,
      why: `Another program listens on ${where}.`,
      fix: `Stop that program, or choose another port with ${portOption}.`,
    };
  }
  if (code === 'EACCES') {
    return {
      what: `Port ${port} may not be used.`,
      why: `This user has no permission to listen on ${where}; low ports need one.`,
      fix: `Choose a port from 1024 upward with ${portOption}, and put a proxy in front.`,
    };
  }
  return {
    what: `${where} cannot be listened on.`,
    why: `${host} is not an address of this machine (${code}).`,
    fix: 'Choose a host such as 127.0.0.1, localhost, 0.0.0.0 or ::.',
  };
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | undefined)?.code);
}

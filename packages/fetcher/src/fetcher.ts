import { Agent as PlainAgent } from 'node:http';
import { Agent as SecureAgent } from 'node:https';
import { createSecureContext, getCACertificates } from 'node:tls';
import type { Fetched, Fetcher, OutgoingRequest } from '@valetkey/server';
import { readAllowList } from './allow-list.ts';
import { Ending, failed } from './ending.ts';
import { exchange } from './exchange.ts';
import { type Guard, readTarget } from './guard.ts';
import { type Lookup, lookUp, resolveTarget } from './resolve.ts';
import { Turnstile } from './turnstile.ts';

export interface FetcherOptions {
  /** Hosts, `host:port` or CIDR ranges that may be reached although their addresses are special. Default: none. */
  readonly allow?: readonly string[];
  /** Certificates (PEM) of authorities that are trusted beside the usual ones. */
  readonly certificates?: readonly string[];
  /** For all of a fetch: waiting for its turn, name, connection, answer. Default: 5. */
  readonly timeoutSeconds?: number;
  /** Reads at the same time, and as many posts; the others wait. Default: 50. */
  readonly most?: number;
  /** All addresses of a name; by default as the operating system tells. */
  readonly resolve?: Lookup;
  /** Only for a server that itself runs on loopback (development): it may fetch from there, by http too. */
  readonly allowHttpLoopback?: true;
}

/**
 * The guarded fetcher (MD-061): the name is resolved once, all its addresses are judged, and the connection goes to one of
 * those. Throws `RangeError` for an `allow` entry that cannot be read.
 */
export function createFetcher(options: FetcherOptions = {}): Fetcher & { close(): void } {
  const { timeoutSeconds = 5, most = 50, resolve = lookUp } = options;
  const guard: Guard = {
    allowed: readAllowList(options.allow ?? []),
    allowHttpLoopback: options.allowHttpLoopback ?? false,
  };
  const agents = createAgents(options.certificates ?? []);
  // What strangers have read here must not hold up the logout tokens that are posted.
  const turnstiles = { read: new Turnstile(most), post: new Turnstile(most) };
  const running = new Set<AbortController>();
  let closed = false;

  async function answer(request: OutgoingRequest, signal: AbortSignal): Promise<Fetched> {
    const target = readTarget(request.url, guard);
    const turnstile = turnstiles[request.form === undefined ? 'read' : 'post'];
    await turnstile.enter(signal);
    try {
      const addresses = await resolveTarget(target, guard, { resolve, signal });
      return await exchange(request, { target, addresses, agent: agents(target), signal });
    } finally {
      turnstile.leave();
    }
  }

  return {
    async fetch(request) {
      if (closed) return { outcome: 'failed', why: 'the fetcher is closed' };
      const controller = new AbortController();
      const late = failed(`it took longer than ${timeoutSeconds} s`);
      const timer = setTimeout(() => controller.abort(late), timeoutSeconds * 1000);
      running.add(controller);
      try {
        return await answer(request, controller.signal);
      } catch (error) {
        return explained(controller.signal.aborted ? controller.signal.reason : error);
      } finally {
        clearTimeout(timer);
        running.delete(controller);
      }
    },
    close() {
      closed = true;
      for (const controller of running) controller.abort(failed('the fetcher is closed'));
    },
  };
}

/** Agents of our own: the global ones may obey proxies that the environment names. A connection is used once. */
function createAgents(certificates: readonly string[]): (target: { secure: boolean }) => PlainAgent {
  let secureAgent: SecureAgent | undefined;
  const plainAgent = new PlainAgent({ keepAlive: false });
  const makeSecureAgent = () => {
    // The certificates are read once: that is worth 10 ms each time.
    const ca = [...getCACertificates('default'), ...certificates];
    const secureContext = createSecureContext({ ca, minVersion: 'TLSv1.2' });
    return new SecureAgent({
      keepAlive: false,
      maxCachedSessions: 0,
      // Said in so many words: otherwise the environment could turn it off.
      rejectUnauthorized: true,
      secureContext,
    });
  };
  return ({ secure }) => {
    if (!secure) return plainAgent;
    secureAgent ??= makeSecureAgent();
    return secureAgent;
  };
}

function explained(error: unknown): Fetched {
  if (error instanceof Ending) return { outcome: error.outcome, why: error.why };
  // Messages may quote what the other side sent; codes do not.
  const { code, name } = error as NodeJS.ErrnoException;
  return { outcome: 'failed', why: `the connection failed: ${code ?? name}` };
}

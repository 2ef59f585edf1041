import type { AllowList, Place } from './allow-list.ts';
import { refused } from './ending.ts';
import { isLoopback, specialUse } from './special-addresses.ts';

/** Tells where a fetch may go, before anything is sent. */
export interface Guard {
  readonly allowed: AllowList;
  /** The server itself runs on loopback: it may fetch from there, http too (MD-061, development). */
  readonly allowHttpLoopback: boolean;
}

/** A URL that may be fetched, once its addresses have been checked too. */
export interface Target extends Place {
  readonly secure: boolean;
  /** As a lookup wants it: no brackets, no dot at the end. */
  readonly name: string;
  /** The value of the `Host` header. */
  readonly authority: string;
  /** Path and query. */
  readonly path: string;
}

/** Throws `Ending` for a URL that is none, is not https, or holds credentials. */
export function readTarget(text: string, { allowHttpLoopback }: Guard): Target {
  // The parser turns odd spellings of addresses (127.1, 0x7f.1) into the usual one.
  const url = URL.parse(text);
  if (url === null) throw refused('the URL cannot be read');
  const { hostname: host, protocol } = url;
  const secure = protocol === 'https:';
  if (!secure && !(protocol === 'http:' && allowHttpLoopback && isLoopbackName(host))) {
    throw refused(`${protocol}// is not https`);
  }
  if (url.username !== '' || url.password !== '') throw refused(`the URL for ${host} holds credentials`);
  return {
    host,
    port: portOf(url),
    secure,
    name: host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, ''),
    authority: url.host,
    path: url.pathname + url.search,
  };
}

/** Throws `Ending` unless each of the addresses may be connected to: one bad one spoils them all. */
export function judgeAddresses(target: Target, addresses: readonly string[], guard: Guard): void {
  const { host, port, secure } = target;
  const ourselves = guard.allowHttpLoopback && isLoopbackName(host);
  for (const address of addresses) {
    const loopback = ourselves && isLoopback(address);
    if (!secure && !loopback) throw refused(`${host} is ${address}, and http is for loopback only`);
    if (loopback || guard.allowed.allowsHost(target) || guard.allowed.allowsAddress(address, port)) continue;
    const use = specialUse(address) ?? 'not allowed';
    throw refused(`${host} is ${address === host ? '' : `${address}, which is `}a special address: ${use}`);
  }
}

/** Names that mean this machine whoever is asked (RFC 6761 §6.3), and its addresses. */
function isLoopbackName(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || isLoopback(name);
}

function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

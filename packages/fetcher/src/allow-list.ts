import { type Address, inRange, type Range, readAddress, readRange } from './address.ts';
import { judgedAs, useOf } from './special-addresses.ts';

/** Where a fetch goes: `host` as the URL parser writes it (IPv6 in brackets), and a port. */
export interface Place {
  readonly host: string;
  readonly port: number;
}

/** Special addresses that may be reached all the same. */
export interface AllowList {
  /** The name was allowed, whatever its addresses are. */
  readonly allowsHost: (place: Place) => boolean;
  /** Public, or within an allowed range. An address in no known spelling is never allowed. */
  readonly allowsAddress: (address: string, port: number) => boolean;
}

/** A host, `host:port`, an address (IPv6 with a port in brackets), or a CIDR range. */
export function isAllowEntry(text: string): boolean {
  return readEntry(text) !== undefined;
}

/** Throws `RangeError` for an entry that cannot be read. */
export function readAllowList(entries: readonly string[]): AllowList {
  const read = entries.map((text) => {
    const entry = readEntry(text);
    if (entry === undefined) throw new RangeError(`${text} is no host, host:port or CIDR range`);
    return entry;
  });
  const atPort = (port: number) => read.filter((entry) => entry.port === undefined || entry.port === port);
  const inSome = (address: Address, port: number) =>
    atPort(port).some((entry) => entry.range !== undefined && inRange(address, entry.range));
  return {
    allowsHost: ({ host, port }) => atPort(port).some((entry) => entry.host === withoutRootDot(host)),
    allowsAddress: (text, port) => {
      const address = readAddress(text);
      if (address === undefined) return false;
      const good = (form: Address) => useOf(form) === null || inSome(form, port);
      return judgedAs(address).every(good) || inSome(address, port);
    },
  };
}

interface Entry {
  readonly host?: string;
  readonly range?: Range;
  /** `undefined`: any. */
  readonly port: number | undefined;
}

function readEntry(text: string): Entry | undefined {
  const range = readRange(text);
  if (range !== undefined) return { range, port: undefined };
  const [, name = '', digits] = /^(\[[^\]]+\]|[^:/?#@*\\\s]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  const host = URL.parse(`https://${name}`)?.hostname;
  if (!host || (port !== undefined && (port < 1 || port > 65_535))) return undefined;
  const address = readRange(host.replace(/^\[(.*)\]$/, '$1'));
  return address === undefined ? { host: withoutRootDot(host), port } : { range: address, port };
}

function withoutRootDot(host: string): string {
  return host.endsWith('.') ? host.slice(0, -1) : host;
}

import { BlockList, isIP } from 'node:net';

/**
 * The address behind a request. Forwarded headers are believed only when the connection comes from a configured proxy, and
 * then only as far as the chain of configured proxies reaches (RFC 9700 §4.13).
 */
export class AddressReader {
  readonly #proxies = new BlockList();

  /** `trusted`: addresses or CIDR ranges of proxies in front. Throws `RangeError` naming a bad one. */
  constructor(trusted: readonly string[]) {
    for (const range of trusted) this.#trust(range);
  }

  read(request: Request, connection: string | undefined): string {
    let address = plain(connection ?? 'unknown');
    if (!this.isProxy(address)) return address;
    const chain = (request.headers.get('x-forwarded-for') ?? '').split(',').map((part) => plain(part.trim()));
    for (const hop of chain.toReversed()) {
      if (isIP(hop) === 0) return address;
      address = hop;
      if (!this.isProxy(hop)) return hop;
    }
    return address;
  }

  /** Whether an address is that of a configured proxy. */
  isProxy(address: string | undefined): boolean {
    const known = plain(address ?? '');
    const version = isIP(known);
    return version !== 0 && this.#proxies.check(known, version === 4 ? 'ipv4' : 'ipv6');
  }

  #trust(range: string): void {
    const [address = '', prefix] = range.split('/');
    const version = isIP(address);
    if (version === 0) throw new RangeError(`${range} is neither an address nor a CIDR range.`);
    const [family, longest] = version === 4 ? (['ipv4', 32] as const) : (['ipv6', 128] as const);
    this.#proxies.addSubnet(address, Number(prefix ?? longest), family);
  }
}

/** An IPv4 address that came in IPv6 clothes is still the same address. */
function plain(address: string): string {
  return address.startsWith('::ffff:') && isIP(address.slice(7)) === 4 ? address.slice(7) : address;
}

import type { Call } from './call.ts';

/**
 * Reads the client's certificate from a header of the proxy that ends TLS: a URL-encoded PEM
 * (`$ssl_client_escaped_cert` of nginx) or a byte sequence as in RFC 9440 (`Client-Cert`). Only calls whose `address` is
 * among `proxies` (IP addresses, exactly) may bring one, and the proxy must overwrite the header on every request.
 */
export function certificateFromProxy(from: {
  readonly header: string;
  readonly proxies: readonly string[];
}): (call: Call) => Uint8Array | undefined {
  const proxies = new Set(from.proxies.map(plainAddress));
  return ({ request, address }) =>
    address !== undefined && proxies.has(plainAddress(address))
      ? readDer(request.headers.get(from.header) ?? '')
      : undefined;
}

/** A socket that listens for both families calls 10.0.0.1 `::ffff:10.0.0.1`. */
function plainAddress(address: string): string {
  return address.toLowerCase().replace(/^::ffff:(?=\d+\.)/, '');
}

/** RFC 9440 §2.2: a byte sequence of RFC 8941. Two headers come joined by a comma, and are none. */
const byteSequence = /^:([A-Za-z0-9+/]+={0,2}):$/;
const pem = /^-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----\s*$/;

function readDer(value: string): Uint8Array | undefined {
  try {
    const text = byteSequence.exec(value)?.[1] ?? pem.exec(decodeURIComponent(value))?.[1];
    if (text === undefined) return undefined;
    return Uint8Array.from(atob(text.replaceAll(/\s/g, '')), (letter) => letter.charCodeAt(0));
  } catch {
    // Not base64, or not URL-encoded: no certificate.
    return undefined;
  }
}

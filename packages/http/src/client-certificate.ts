import type { ClientCertificate } from '@valetkey/server';
import type { AddressReader } from './address.ts';

/**
 * Where the certificates of clients come from: the TLS connection, or headers of a proxy that ends TLS. The proxy has to
 * be among `trustedProxies`, and has to overwrite both headers on every request.
 */
export type ClientCertificateSource =
  | 'connection'
  | {
      /** A URL-encoded PEM (`$ssl_client_escaped_cert` of nginx), or a byte sequence as in RFC 9440. */
      readonly header: string;
      /** Says `SUCCESS` where the chain is good (`$ssl_client_verify` of nginx). Absent: no chain counts as good. */
      readonly verifiedHeader?: string | undefined;
    };

interface Arrival {
  readonly request: Request;
  /** What the HTTP server tells. */
  readonly connection: { readonly address?: string; readonly certificate?: ClientCertificate };
}

/** The certificate a client showed. What nobody we trust has vouched for is no certificate (RFC 9700 §4.13). */
export class ClientCertificateReader {
  readonly #source: ClientCertificateSource;
  readonly #addresses: AddressReader;

  constructor(source: ClientCertificateSource, addresses: AddressReader) {
    this.#source = source;
    this.#addresses = addresses;
  }

  read({ request, connection }: Arrival): ClientCertificate | undefined {
    if (this.#source === 'connection') return connection.certificate;
    if (!this.#addresses.isProxy(connection.address)) return undefined;
    const { header, verifiedHeader } = this.#source;
    const der = readDer(request.headers.get(header) ?? '');
    if (der === undefined) return undefined;
    const verified = verifiedHeader === undefined ? null : request.headers.get(verifiedHeader);
    return { der, chainVerified: verified === 'SUCCESS' };
  }
}

const base64 = '(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?';
/** RFC 9440 §2.2: a byte sequence of RFC 8941. Two headers come joined by a comma, and are none. */
const byteSequence = new RegExp(`^:(${base64}):$`);
const pem = /^-----BEGIN CERTIFICATE-----([\sA-Za-z0-9+/=]+)-----END CERTIFICATE-----\s*$/;

function readDer(value: string): Uint8Array | undefined {
  const text = byteSequence.exec(value)?.[1] ?? pem.exec(decode(value))?.[1]?.replaceAll(/\s/g, '');
  return text !== undefined && text !== '' && new RegExp(`^${base64}$`).test(text)
    ? Uint8Array.fromBase64(text)
    : undefined;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}

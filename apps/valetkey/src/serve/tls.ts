import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import {
  createServer as createSecureServer,
  type Server as SecureServer,
  type ServerOptions,
} from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** What TLS is ended with. All of it is PEM. */
export interface TlsSettings {
  readonly certificate: string;
  readonly key: string;
  /** `asked`: clients may show certificates (RFC 8705). */
  readonly clientCertificates: 'asked' | 'unasked';
  /** Authorities that clients' certificates are checked with; with none, no chain is good. */
  readonly authorities: readonly string[];
}

export interface PeerCertificate {
  readonly der: Uint8Array;
  readonly chainVerified: boolean;
}

/** TLS 1.3, and of TLS 1.2 what has forward secrecy and authenticated encryption (BCP 195, FAPI 2.0 §5.2.1). */
const ciphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':');

/** Milliseconds. */
const handshakeTimeout = 10_000;

/** A server that ends TLS itself, or without settings one that speaks plain HTTP. */
export function createServer(
  tls: TlsSettings | undefined,
  limits: object,
  listener: RequestListener,
): Server | SecureServer {
  if (tls === undefined) return createHttpServer(limits, listener);
  const options: ServerOptions = {
    ...limits,
    cert: tls.certificate,
    key: tls.key,
    minVersion: 'TLSv1.2',
    ciphers,
    handshakeTimeout,
    requestCert: tls.clientCertificates === 'asked',
    // Who shows no good certificate is told so by the endpoint that needs one; people at pages need none.
    rejectUnauthorized: false,
    // Never the authorities of the operating system, which vouch for the names of web sites.
    ca: [...tls.authorities],
  };
  return createSecureServer(options, listener);
}

/** The certificate that the peer of a connection has shown in the handshake. */
export function peerCertificate(socket: Socket): PeerCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const der = socket.getPeerX509Certificate()?.raw;
  return der === undefined ? undefined : { der, chainVerified: socket.authorized };
}

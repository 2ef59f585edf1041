/** A request as it came in, with what the HTTP server knows of its connection; a mount fills it in. */
export interface Call {
  readonly request: Request;
  /** IP address of the peer: of the client, or of the proxy before us. */
  readonly address?: string | undefined;
  /** The certificate the peer showed on the TLS connection to us, in DER. */
  readonly certificate?: Uint8Array | undefined;
}

export function callOf(call: Request | Call): Call {
  return 'request' in call ? call : { request: call };
}

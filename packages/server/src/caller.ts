/** The certificate a client showed in the TLS handshake of the request, as DER bytes. */
export interface ClientCertificate {
  readonly der: Uint8Array;
  /** Whether its chain was found valid up to a configured authority; `false` for a self-signed one (RFC 8705 §2). */
  readonly chainVerified: boolean;
}

/** Who calls an endpoint for clients: what the request tells of its sender beside the form in its body. */
export interface Caller {
  /** The `Authorization` header, raw. */
  readonly authorization: string | undefined;
  readonly certificate?: ClientCertificate;
  /** The `DPoP` header, raw: a proof still to be checked (RFC 9449 §4). */
  readonly dpopProof?: string;
  readonly method: string;
  /** The address called, made of the issuer and the path, and never of a header the sender chose. */
  readonly url: string;
  /** The network address of the sender. */
  readonly address: string;
}

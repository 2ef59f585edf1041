/** A file that the pages load, served under the issuer's path prefix. Nobody but the issuer's own origin serves one. */
export interface Asset {
  /** Begins with a slash; `Frame.base` goes before it. */
  readonly path: string;
  readonly contentType: string;
  readonly cacheControl: string;
  readonly body: string;
}

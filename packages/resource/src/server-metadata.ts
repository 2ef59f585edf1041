import { type Fetch, fetchJson } from './outgoing.ts';
import { outage } from './refusal.ts';
import { type Remembered, remembered } from './remembered.ts';
import { secureUrl } from './secure-url.ts';

/** What a resource server wants to know of an authorization server (RFC 8414 §2). */
export interface ServerMetadata {
  readonly jwksUri: string | undefined;
  readonly introspectionEndpoint: string | undefined;
}

interface Source {
  readonly issuer: string;
  readonly insecureLoopback: boolean;
  readonly fetch: Fetch;
  readonly now: () => number;
}

/** The metadata of one issuer, kept for an hour and for a day when it cannot be read again. */
export function serverMetadata(source: Source): Remembered<ServerMetadata> {
  return remembered({
    read: () => readMetadata(source),
    now: source.now,
    fresh: 3600_000,
    usable: 24 * 3600_000,
    coolDown: 30_000,
  });
}

async function readMetadata({ issuer, insecureLoopback, fetch }: Source): Promise<ServerMetadata> {
  const document = await fetchJson(fetch, metadataUrl(issuer));
  // RFC 8414 §3.3: the same string, not merely the same URL.
  if (document.issuer !== issuer) throw outage(`the metadata of ${issuer} names another issuer`);
  return {
    jwksUri: secureUrl(document.jwks_uri, insecureLoopback)?.href,
    introspectionEndpoint: secureUrl(document.introspection_endpoint, insecureLoopback)?.href,
  };
}

/** RFC 8414 §3.1: the well-known string goes between host and path. */
function metadataUrl(issuer: string): string {
  const url = new URL(issuer);
  url.pathname = `/.well-known/oauth-authorization-server${url.pathname.replace(/\/$/, '')}`;
  return url.href;
}

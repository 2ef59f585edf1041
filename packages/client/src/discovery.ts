import {
  type AuthorizationServer,
  allowInsecureRequests,
  customFetch,
  discoveryRequest,
  processDiscoveryResponse,
} from 'oauth4webapi';
import { ClientError, refusal } from './error.ts';
import { secureUrl } from './secure-url.ts';
import type { limited } from './transport.ts';

/** Authorization server metadata (RFC 8414 §2). */
export type ServerMetadata = AuthorizationServer;

const FRESH = 3600_000;
const USABLE = 24 * 3600_000;

interface Source {
  readonly issuer: string;
  readonly insecureLoopback: boolean;
  readonly fetch: ReturnType<typeof limited>;
  readonly now: () => number;
}

/**
 * The metadata of one issuer: fetched at first need, by one request however many wait, kept for an hour, and for a
 * day when the server cannot be reached.
 */
export function discovery(source: Source): () => Promise<ServerMetadata> {
  let known: { metadata: ServerMetadata; at: number } | undefined;
  let flight: Promise<ServerMetadata> | undefined;

  async function load(): Promise<ServerMetadata> {
    try {
      const metadata = await fetchMetadata(source);
      known = { metadata, at: source.now() };
      return metadata;
    } catch (error) {
      const outage = error instanceof ClientError && error.code === 'server_unavailable';
      if (outage && known && source.now() - known.at < USABLE) return known.metadata;
      throw error;
    } finally {
      flight = undefined;
    }
  }

  return async () => {
    if (known && source.now() - known.at < FRESH) return known.metadata;
    flight ??= load();
    return flight;
  };
}

/** Checks metadata before anything in it is used. */
export function trustMetadata(
  metadata: ServerMetadata,
  source: Pick<Source, 'issuer' | 'insecureLoopback'>,
): ServerMetadata {
  // RFC 8414 §3.3: the same string, not merely the same URL.
  if (metadata.issuer !== source.issuer) {
    throw refusal('metadata_invalid', 'the issuer in the metadata is not the issuer that was asked');
  }
  for (const name of ['authorization_endpoint', 'token_endpoint', 'revocation_endpoint'] as const) {
    const absent = metadata[name] === undefined && name === 'revocation_endpoint';
    if (!absent && !secureUrl(metadata[name], source.insecureLoopback)) {
      throw refusal('metadata_invalid', `${name} is missing or not an https URL`);
    }
  }
  return metadata;
}

async function fetchMetadata(source: Source): Promise<ServerMetadata> {
  const issuer = new URL(source.issuer);
  const response = await discoveryRequest(issuer, {
    algorithm: 'oauth2',
    [customFetch]: source.fetch,
    [allowInsecureRequests]: source.insecureLoopback,
  });
  return trustMetadata(await readMetadata(issuer, response), source);
}

async function readMetadata(issuer: URL, response: Response): Promise<ServerMetadata> {
  try {
    return await processDiscoveryResponse(issuer, response);
  } catch (error) {
    // The library's own cause holds the whole document; its message is enough for the log.
    throw refusal('metadata_invalid', error instanceof Error ? error.message : 'unreadable');
  }
}

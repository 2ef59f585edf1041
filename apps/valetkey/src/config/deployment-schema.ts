import { BlockList, isIP } from 'node:net';
import { isAllowEntry } from '@valetkey/fetcher';
import { z } from 'zod';

/** Connections of this process to PostgreSQL, at most. */
const poolSize = z.int().min(1).max(1000).default(10);

const headerName = z.string().regex(/^[\w-]+$/, 'must be the name of a header');

/** What `serve` needs besides the configuration of the authorization server itself. */
export const deploymentSchema = z.strictObject({
  listen: z
    .strictObject({
      /** Address or host name to listen on. `localhost` is both loopback addresses. */
      host: z.string().min(1).default('localhost'),
      /** 0: any that is free. */
      port: z.int().min(0).max(65_535).default(9000),
    })
    .prefault({}),
  /** Where clients, people and grants are kept. A relative file is relative to the configuration. */
  store: z.union(
    [
      z.strictObject({ sqlite: z.string().min(1) }),
      z.strictObject({ postgres: z.string().refine(isPostgresUrl, 'must be a postgres:// URL'), poolSize }),
      z.strictObject({ postgres: z.strictObject({ env: z.string().min(1) }), poolSize }),
    ],
    {
      // Not Zod's words: they could show the URL, which holds a password.
      error: 'must be { sqlite: FILE }, { postgres: "postgres://..." } or { postgres: { env: NAME } }',
    },
  ),
  /** The 32 bytes that everything else is sealed with, as base64url: in a file, or in an environment variable. */
  rootKey: z.union(
    [z.strictObject({ file: z.string().min(1) }), z.strictObject({ env: z.string().min(1) })],
    {
      error: 'must be { file: FILE } or { env: NAME }',
    },
  ),
  /** Where this process ends TLS itself. Files are PEM. Absent: it speaks HTTP, behind a proxy. */
  tls: z
    .strictObject({
      /** With its chain. */
      certificate: z.string().min(1),
      key: z.string().min(1),
      /** With `features.mutualTls`. */
      clientCertificates: z
        .strictObject({
          /** False where browsers come here too, and clients with certificates to `mtlsAddress`, another process. */
          ask: z.boolean().default(true),
          /** Files of what the chains are checked with; self-signed certificates need none. */
          authorities: z.array(z.string().min(1)).default([]),
        })
        .prefault({}),
    })
    .optional(),
  /** Headers in which a trusted proxy tells the certificate of a client, and `SUCCESS` where its chain is good. */
  clientCertificateHeader: z
    .strictObject({ header: headerName, verifiedHeader: headerName.optional() })
    .optional(),
  /** Addresses or CIDR ranges of proxies whose X-Forwarded-For is believed. */
  trustedProxies: z
    .array(z.string().refine(isAddressRange, 'must be an address or a CIDR range, as 10.0.0.0/8'))
    .default([]),
  /** What may be fetched from others (key sets and the like) beyond public addresses with well-known certificates. */
  outgoing: z
    .strictObject({
      /** Hosts, `host:port` or CIDR ranges that may be reached although their addresses are private. */
      allow: z
        .array(z.string().refine(isAllowEntry, 'must be a host, host:port or a CIDR range, as 10.0.0.0/8'))
        .default([]),
      /** Files (PEM) of certificate authorities that are trusted beside the usual ones. */
      certificates: z.array(z.string().min(1)).default([]),
    })
    .prefault({}),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  shutdown: z
    .strictObject({
      /** For how long /readyz says 503 before connections are refused: time for a load balancer to look. */
      noticeSeconds: z.int().min(0).max(300).default(0),
      /** How long running requests may take to end. */
      limitSeconds: z.int().min(1).max(300).default(10),
    })
    .prefault({}),
});

export type DeploymentSettings = z.output<typeof deploymentSchema>;

function isPostgresUrl(text: string): boolean {
  return ['postgres:', 'postgresql:'].includes(URL.parse(text)?.protocol ?? '');
}

function isAddressRange(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  if (prefix === undefined) return true;
  try {
    new BlockList().addSubnet(address, Number(prefix), version === 4 ? 'ipv4' : 'ipv6');
    return /^\d+$/.test(prefix);
  } catch {
    return false;
  }
}

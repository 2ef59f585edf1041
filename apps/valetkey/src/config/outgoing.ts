import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '@valetkey/server';
import type { DeploymentSettings } from './deployment-schema.ts';

/** What the fetcher of the authorization server may reach and trust beyond the usual. */
export interface Outgoing {
  readonly allow: readonly string[];
  /** PEM, one each. */
  readonly certificates: readonly string[];
}

/** Reads the certificates that `outgoing` names. Throws `ConfigError` with every file that is no good. */
export function readOutgoing(
  { allow, certificates }: DeploymentSettings['outgoing'],
  folder: string,
): Outgoing {
  const faults: string[] = [];
  const read = certificates.flatMap((name, index) => {
    const file = resolve(folder, name);
    const found = readCertificates(file);
    if (typeof found === 'string') faults.push(`outgoing.certificates.${index}: ${file} ${found}`);
    return typeof found === 'string' ? [] : found;
  });
  if (faults.length > 0) throw new ConfigError(faults);
  return { allow, certificates: read };
}

/** The certificates in a file, or what is wrong with it. */
export function readCertificates(file: string): readonly string[] | string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'is not there' : 'cannot be read';
  }
  const found = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return found.length > 0 && found.every(isCertificate) ? found : 'holds no certificates in PEM';
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { createSecureContext } from 'node:tls';
import { ConfigError } from '@valetkey/server';
import type { DeploymentSettings } from './deployment-schema.ts';
import { readCertificates } from './outgoing.ts';

/** What TLS is ended with; all of it is PEM. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
  readonly authorities: readonly string[];
  readonly clientCertificates: 'asked' | 'unasked';
}

/** Reads the files that `tls` names, and sees that they fit together. Throws `ConfigError`, which never holds the key. */
export function readTls(named: NonNullable<DeploymentSettings['tls']>, folder: string): TlsFiles {
  const faults: string[] = [];
  const certificates = (where: string, name: string) => {
    const file = resolve(folder, name);
    const found = readCertificates(file);
    if (typeof found !== 'string') return found;
    faults.push(`${where}: ${file} ${found}`);
    return [];
  };
  const certificate = certificates('tls.certificate', named.certificate).join('\n');
  const authorities = named.clientCertificates.authorities.flatMap((name, index) =>
    certificates(`tls.clientCertificates.authorities.${index}`, name),
  );
  const key = readKey(resolve(folder, named.key));
  if (typeof key !== 'string') faults.push(`tls.key: ${key.fault}`);
  if (faults.length === 0 && typeof key === 'string' && !belongTogether(certificate, key))
    faults.push('tls.key: it is not the key of tls.certificate, or needs a passphrase');
  if (faults.length > 0 || typeof key !== 'string') throw new ConfigError(faults);
  const clientCertificates = named.clientCertificates.ask ? 'asked' : 'unasked';
  return { certificate, key, authorities, clientCertificates };
}

function readKey(file: string): string | { fault: string } {
  try {
    const exposed = process.platform !== 'win32' && statSync(file).mode & 0o007;
    if (exposed) return { fault: `everybody may read ${file}; run: chmod 600 ${file}` };
    return readFileSync(file, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return { fault: `${file} ${missing ? 'is not there' : 'cannot be read'}` };
  }
}

function belongTogether(cert: string, key: string): boolean {
  try {
    createSecureContext({ cert, key });
    return true;
  } catch {
    return false;
  }
}

import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ConfigError } from '@valetkey/server';
import type { DeploymentSettings } from './deployment-schema.ts';

const size = 32;

/** 32 bytes as base64url, for a file or an environment variable. */
export function newRootKey(): string {
  return randomBytes(size).toString('base64url');
}

/** Reads and checks the root key. Throws `ConfigError`, which never holds the key. */
export function readRootKey(source: DeploymentSettings['rootKey'], folder: string): Uint8Array {
  return 'file' in source ? fromFile(resolve(folder, source.file)) : fromEnvironment(source.env);
}

function fromFile(file: string): Uint8Array {
  const exposed = process.platform !== 'win32' && modeOf(file) & 0o007;
  if (exposed) throw new ConfigError([`rootKey.file: everybody may read ${file}; run: chmod 600 ${file}`]);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw Object.assign(new ConfigError([`rootKey.file: ${whyNot(cause, file)}`]), { cause });
  }
  return decoded(text, `rootKey.file: ${file}`);
}

function modeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mode ?? 0;
}

function whyNot(error: unknown, file: string): string {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  return missing ? `${file} is not there; \`valetkey init\` makes one` : `${file} cannot be read`;
}

function fromEnvironment(name: string): Uint8Array {
  const text = process.env[name];
  if (!text) throw new ConfigError([`rootKey.env: the environment variable ${name} is not set`]);
  return decoded(text, `rootKey.env: ${name}`);
}

function decoded(text: string, where: string): Uint8Array {
  const trimmed = text.trim();
  const bytes = Buffer.from(trimmed, 'base64url');
  if (bytes.length === size && bytes.toString('base64url') === trimmed) return bytes;
  throw new ConfigError([`${where} does not hold ${size} bytes as base64url (43 characters)`]);
}

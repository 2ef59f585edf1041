import { readFileSync } from 'node:fs';

/**
 * Checks that package-lock.json names no place to download from, so that an install asks the registry that the reader
 * has configured, and that every package from outside carries the hash that proves it is the same one.
 */
const path = process.argv[2] ?? 'package-lock.json';
const lockfile = readFileSync(path, 'utf8');
const faults = [...packageFaults(lockfile), ...lineFaults(lockfile)];

for (const fault of faults) console.error(`${path}: ${fault}`);
if (faults.length > 0) console.error('Keep `omit-lockfile-registry-resolved=true` in .npmrc and lock again.');
process.exitCode = faults.length > 0 ? 1 : 0;

interface LockedPackage {
  readonly resolved?: string;
  readonly integrity?: string;
  /** A workspace: `resolved` is its folder. */
  readonly link?: boolean;
  /** Shipped inside another package, whose hash covers it. */
  readonly inBundle?: boolean;
}

function packageFaults(text: string): string[] {
  const { packages } = JSON.parse(text) as { packages: Record<string, LockedPackage> };
  const faults: string[] = [];
  for (const [name, { resolved, integrity, link, inBundle }] of Object.entries(packages)) {
    if (link || !name.includes('node_modules/')) continue;
    if (resolved !== undefined) faults.push(`${name} is resolved to ${resolved}`);
    if (integrity === undefined && !inBundle) faults.push(`${name} has no integrity`);
  }
  return faults;
}

function lineFaults(text: string): string[] {
  const download = /\bregistry\.[\w-]+\.\w+|\/-\/[^"]+\.tgz/;
  return text
    .split('\n')
    .flatMap((line, index) =>
      download.test(line) ? [`line ${index + 1} names a registry or a tarball`] : [],
    );
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A temporary folder, and the place of a database in it; gone when the test is over. */
export function aFolder(): { readonly path: string; readonly file: string } {
  const path = mkdtempSync(join(tmpdir(), 'valetkey-sqlite-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return { path, file: join(path, 'valetkey.db') };
}

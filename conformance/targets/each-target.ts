import { describe } from 'vitest';
import { inProcess, type TargetOptions } from './in-process.ts';
import { nodeServer } from './node-server.ts';
import type { Target } from './target.ts';
import { twoNodes } from './two-nodes.ts';

export type OpenTarget = (options?: TargetOptions) => Promise<Target>;

const targets: readonly (readonly [name: string, open: OpenTarget])[] = [
  ['handler in this process', inProcess],
  ['Node server on SQLite', nodeServer],
  ['two nodes on one PostgreSQL', twoNodes],
];

/** The same scenarios against the handler, the server, and two servers on one database. */
export function describeTargets(scenarios: (open: OpenTarget) => void): void {
  for (const [name, open] of targets) describe(name, () => scenarios(open));
}

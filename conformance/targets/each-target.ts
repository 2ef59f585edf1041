import { describe, test } from 'vitest';
import { recording } from '../support/recorder.ts';
import { expectSound, type Soundness } from '../support/soundness.ts';
import { inProcess } from './in-process.ts';
import { nodeServer } from './node-server.ts';
import type { RestartableTarget, TargetOptions } from './target.ts';
import { twoNodes } from './two-nodes.ts';

export type OpenTarget = (options?: TargetOptions) => Promise<RestartableTarget>;

type NamedTarget = readonly [name: string, open: OpenTarget];

const handler: NamedTarget = ['handler in this process', inProcess];
const servers: readonly NamedTarget[] = [
  ['Node server on SQLite', nodeServer],
  ['two nodes on one PostgreSQL', twoNodes],
];

/** The same scenarios against the handler, the server, and two servers on one database. */
export function describeTargets(scenarios: (open: OpenTarget) => void): void {
  describeEach([handler, ...servers], scenarios);
}

/** For what only a handler can show: an https issuer, a store that fails, addresses of one's choice. */
export function describeHandler(scenarios: (open: OpenTarget) => void): void {
  describeEach([handler], scenarios);
}

/** Whatever the scenarios make the targets answer is looked through at the end. */
function describeEach(targets: readonly NamedTarget[], scenarios: (open: OpenTarget) => void): void {
  describe.each(targets)('%s', (_name, open) => {
    const watched: Soundness[] = [];
    scenarios(async (options) => {
      const target = await open(options);
      const { fetch, exchanges } = recording(target.fetch);
      watched.push({ target, exchanges, faulty: options?.store !== undefined });
      return Object.create(target, { fetch: { value: fetch, enumerable: true } }) as RestartableTarget;
    });
    test('whatever was answered: its headers protect it, it leaks no secret, and its reference is in the log', () => {
      for (const soundness of watched) expectSound(soundness);
    });
  });
}

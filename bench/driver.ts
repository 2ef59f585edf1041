import { parseArgs } from 'node:util';
import { type Contestant, contestantNames, contestants, startContestant } from './driving/contestant.ts';
import { measure, type Sample } from './measure.ts';
import { summarize } from './summary.ts';
import { printTable } from './table.ts';

/**
 * Measures what one operation costs at every server: processor time and bytes written, in one run, the servers in turn.
 * See docs/performance.md for what is counted.
 */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    /** Of each kind in a round. Not many more: oidc-provider forgets all but the last thousand things in memory. */
    ops: { type: 'string', default: '100' },
    /** Rounds that are not counted: until the compiler has done what it can. */
    'warm-up': { type: 'string', default: '10' },
    servers: { type: 'string', default: contestants.join() },
    /** Folder for a profile of each server, to be opened in the developer tools of a browser. */
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const lanes = [1, 8];
const flags = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
const names = contestantNames(values.servers);
const running: Contestant[] = [];
try {
  for (const name of names) running.push(await startContestant(name, { flags }));
  await rounds(Number(values['warm-up']));
  const samples = await rounds(Number(values.rounds));
  const summary = lanes.map((count, i) => ({
    lanes: count,
    rows: summarize(
      samples.map((all) => all[i] ?? []),
      'limit',
    ),
  }));
  if (values.json) console.log(JSON.stringify(summary, null, 2));
  else for (const { lanes: count, rows } of summary) printTable(`${count} at once`, rows);
} finally {
  for (const contestant of running) await contestant.stop();
}

/** By round, by number of lanes, by contestant. */
async function rounds(count: number): Promise<Sample[][][]> {
  const ops = Number(values.ops);
  const all: Sample[][][] = [];
  for (let round = 1; round <= count; round += 1) {
    const ofRound: Sample[][] = [];
    for (const at of lanes) {
      const samples: Sample[] = [];
      for (const contestant of running) samples.push(await measure(contestant, { count: ops, lanes: at }));
      ofRound.push(samples);
    }
    all.push(ofRound);
    process.stderr.write(`round ${round} of ${count}, ${ops} operations each\n`);
  }
  return all;
}

import { parseArgs } from 'node:util';
import { openPostgresStore } from '@valetkey/store-postgres';
import { openSqliteStore } from '@valetkey/store-sqlite';
import {
  type Contestant,
  type ContestantName,
  contestantNames,
  startContestant,
} from './driving/contestant.ts';
import { fill } from './fill.ts';
import { measure, type Sample } from './measure.ts';
import { summarize } from './summary.ts';
import { printTable } from './table.ts';

/** Measures whether an operation costs more when many grants are stored. */
const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    ops: { type: 'string', default: '300' },
    'warm-up': { type: 'string', default: '10' },
    servers: { type: 'string', default: 'valetkey-sqlite,valetkey-postgres' },
    grants: { type: 'string', default: '1000,100000' },
    json: { type: 'boolean', default: false },
  },
});

const counts = values.grants.split(',').map(Number);
for (const name of contestantNames(values.servers)) {
  const running: Contestant[] = [];
  try {
    for (const count of counts) running.push(await startFilled(name, count));
    const rows = summarize(await rounds(running), label(counts[0] ?? 0));
    if (values.json) console.log(JSON.stringify({ name, rows }, null, 2));
    else printTable(`${name}, 1 at once`, rows);
  } finally {
    for (const contestant of running) await contestant.stop();
  }
}

function startFilled(name: ContestantName, count: number): Promise<Contestant> {
  const prepare = async (database: { file: string } | { url: string }) => {
    const store = await ('file' in database ? openSqliteStore(database) : openPostgresStore(database));
    await fill(store, count);
    await store.close();
  };
  return startContestant(name, { prepare, label: label(count) });
}

/** By round, by number of grants; without the rounds that warm up. */
async function rounds(running: readonly Contestant[]): Promise<Sample[][]> {
  const samples: Sample[][] = [];
  for (let round = -Number(values['warm-up']); round < Number(values.rounds); round += 1) {
    const ofRound: Sample[] = [];
    for (const contestant of running)
      ofRound.push(await measure(contestant, { count: Number(values.ops), lanes: 1 }));
    if (round >= 0) samples.push(ofRound);
  }
  return samples;
}

function label(count: number): string {
  return `${count.toLocaleString('en')} grants`;
}

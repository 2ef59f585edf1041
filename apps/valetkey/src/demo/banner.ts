import { styled } from '../terminal/style.ts';
import { facts } from '../terminal/table.ts';
import type { DemoAddresses } from './addresses.ts';
import { demoPerson } from './person.ts';

/** What one needs to know to begin. */
export function banner({ server, photos, print }: DemoAddresses): string {
  const lines = facts([
    ['Authorization server', server],
    ['Photo API', photos],
    ['Print shop', print],
    ['Sign in as', demoPerson.username],
    ['Password', demoPerson.password],
  ]);
  return [
    `${styled(process.stdout, 'bold', 'Valetkey is running.')}\n`,
    `${lines}\n`,
    `Open ${styled(process.stdout, 'bold', print)} and let it show ${demoPerson.name}'s photos.`,
    'What happens is told below. Ctrl-C stops; the data is kept in .valetkey/.\n',
  ].join('\n');
}

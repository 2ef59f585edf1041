import type { AuthorityEvent } from '@valetkey/server';
import { conceal } from '../serve/conceal.ts';
import { levelOf } from '../serve/event-level.ts';
import { print } from '../terminal/print.ts';
import { printable, styled } from '../terminal/style.ts';

const colors = { error: 'red', warn: 'yellow', info: 'green' } as const;

/** Ids of people, sessions and grants are long, and of no help in a demo. */
const left = new Set(['at', 'type', 'userId', 'sessionId', 'grantId', 'address']);

/** One line for what happened in the authorization server. */
export function eventLine(event: AuthorityEvent): string {
  const fields = Object.entries(event).filter(([name, value]) => !left.has(name) && value !== null);
  return line(styled(process.stdout, colors[levelOf(event)], event.type.padEnd(19)), fields);
}

/** One line for what happened at the photo API or the print shop. */
export function note(what: string, fields: readonly (readonly [name: string, value: unknown])[]): void {
  print(line(styled(process.stdout, 'yellow', what.padEnd(19)), fields));
}

function line(what: string, fields: readonly (readonly [name: string, value: unknown])[]): string {
  const time = new Date().toTimeString().slice(0, 8);
  const told = fields.map(([name, value]) => `${name} ${printable(String(value))}`).join(', ');
  return conceal(`${styled(process.stdout, 'dim', time)}  ${what}  ${told}`.trimEnd());
}

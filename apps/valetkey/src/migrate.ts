import { withAuthority } from './authority.ts';
import { print, printJson } from './terminal/print.ts';

/** Opens the store, which brings its schema up to date, and closes it. */
export async function migrate({
  config,
  json,
}: {
  config: string | undefined;
  json: boolean;
}): Promise<void> {
  await withAuthority(config, ({ store }) => store.check());
  if (json) printJson({ upToDate: true });
  else print('The database is up to date.');
}

import { join } from 'node:path';
import { listen } from './listen.ts';
import { oidcProvider } from './oidc-provider.ts';
import { openDurable } from './sqlite.ts';
import { sqliteAdapter } from './sqlite-adapter.ts';

const [folder = '.'] = process.argv.slice(2);
const adapter = sqliteAdapter(openDurable(join(folder, 'oidc-provider.db')));
await listen((issuer) => oidcProvider(issuer, adapter));

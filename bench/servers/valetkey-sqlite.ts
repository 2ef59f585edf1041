import { join } from 'node:path';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { listen } from './listen.ts';
import { valetkey } from './valetkey.ts';

const [folder = '.'] = process.argv.slice(2);
const store = await openSqliteStore({ file: join(folder, 'valetkey.db') });
await listen((issuer) => valetkey(issuer, store));

import { openPostgresStore } from '@valetkey/store-postgres';
import { listen } from './listen.ts';
import { valetkey } from './valetkey.ts';

const [, url = ''] = process.argv.slice(2);
const store = await openPostgresStore({ url });
await listen((issuer) => valetkey(issuer, store));

import { mkdirSync } from 'node:fs';
import { addPeople, openAuthority } from './authority.ts';

/** `node examples/main.ts hono|express|node`: one of the examples at http://localhost:9000. */
const [name = 'hono'] = process.argv.slice(2);
const examples = { hono: './hono.ts', express: './express.ts', node: './node.ts' };
if (!Object.hasOwn(examples, name))
  throw new Error(`There is no example ${name}: say hono, express or node.`);

const { listen } = (await import(examples[name as keyof typeof examples])) as typeof import('./node.ts');
mkdirSync('.valetkey', { recursive: true, mode: 0o700 });
const authority = await openAuthority({ issuer: 'http://localhost:9000', folder: '.valetkey' });
await addPeople(authority, {
  redirectUri: 'http://localhost:9002/callback',
  clientSecret: 'only-for-this-example',
  password: 'correct horse battery staple',
});
listen(authority, 9000);
console.log(
  'http://localhost:9000 and http://localhost:9000/hello; sign in as ada, "correct horse battery staple".',
);

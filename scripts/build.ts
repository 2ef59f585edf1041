import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Builds what is published: JavaScript and declarations of each package under dist/NAME, with a package.json that points
 * to them. In the repository the packages run from their TypeScript sources.
 */
const root = new URL('..', import.meta.url);
const out = new URL('dist/', root);
const emitted = new URL('emitted/', out);

rmSync(out, { recursive: true, force: true });
mkdirSync(out);
const config = {
  extends: '../tsconfig.json',
  compilerOptions: {
    noEmit: false,
    outDir: './emitted',
    rootDir: '..',
    declaration: true,
    rewriteRelativeImportExtensions: true,
  },
  include: ['../packages/*/src'],
  exclude: [
    '../packages/**/*.test.ts',
    '../packages/**/*.fixture.ts',
    '../packages/**/test-support',
    '../packages/store-contract',
  ],
};
writeFileSync(new URL('tsconfig.json', out), JSON.stringify(config));
execFileSync('tsc', ['-p', fileURLToPath(new URL('tsconfig.json', out))], { stdio: 'inherit' });

for (const name of readdirSync(new URL('packages/', emitted))) {
  const target = new URL(`${name}/`, out);
  cpSync(new URL(`packages/${name}/src/`, emitted), new URL('lib/', target), { recursive: true });
  cpSync(new URL('LICENSE', root), new URL('LICENSE', target));
  const manifest = JSON.parse(readFileSync(new URL(`packages/${name}/package.json`, root), 'utf8'));
  const { devDependencies: _, ...published } = manifest;
  const exports = { '.': { types: './lib/index.d.ts', default: './lib/index.js' } };
  writeFileSync(new URL('package.json', target), `${JSON.stringify({ ...published, exports }, null, 2)}\n`);
}
rmSync(emitted, { recursive: true });
rmSync(new URL('tsconfig.json', out));

import { globSync, readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import { readConfig } from '@valetkey/server';
import { expect, test } from 'vitest';
import { deploymentSchema } from './deployment-schema.ts';

const docs = new URL('../../../../docs/', import.meta.url);

/** Pieces of a configuration in the documents: `name: value, ...`, without what is around them. */
const fragments = globSync('*.md', { cwd: docs }).flatMap((page) => {
  const blocks = readFileSync(new URL(page, docs), 'utf8').matchAll(/^```ts\n(.*?)\n```$/gms);
  return Array.from(blocks, ([, code = '']) => code)
    .filter((code) => /^\w+: /.test(code))
    .map((code) => [page, code] as const);
});

const photos = ['https://photos.example', 'https://pay.example'].map((identifier) => ({
  identifier,
  name: 'Photos',
  scopes: ['photos:read'],
}));
const usual = {
  issuer: 'https://auth.example',
  scopes: { 'photos:read': { description: 'see your photos' }, pay: { description: 'pay' } },
  resources: photos,
  store: { sqlite: 'valetkey.db' },
  rootKey: { env: 'ROOT_KEY' },
};

test('the documents show settings', () => {
  expect(fragments.map(([page]) => page)).toEqual(
    expect.arrayContaining(['extensions.md', 'fapi.md', 'openid-connect.md', 'operations.md']),
  );
});

test.each(fragments)('%s shows settings that are taken: %s', (_, code) => {
  const whole: Record<string, unknown> = { ...usual, ...runInNewContext(`({ ${code}\n })`) };
  const part = (shape: object, isIn: boolean) =>
    Object.fromEntries(Object.entries(whole).filter(([name]) => Object.hasOwn(shape, name) === isIn));
  // What neither knows is refused by the first.
  expect(() => readConfig(part(deploymentSchema.shape, false))).not.toThrow();
  expect(deploymentSchema.safeParse(part(deploymentSchema.shape, true)).error).toBeUndefined();
});

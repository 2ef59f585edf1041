import { readFileSync } from 'node:fs';
import { configSchema } from '@valetkey/server';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { deploymentSchema } from './deployment-schema.ts';

type Setting = readonly [path: string, preset: string];

interface Node {
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Node>>;
  readonly additionalProperties?: Node | boolean;
  readonly anyOf?: readonly Node[];
  readonly items?: Node;
}

/** What the second column says of a setting. */
function written(preset: unknown, isRequired: boolean): string {
  if (preset !== undefined) return `\`${JSON.stringify(preset)}\``;
  return isRequired ? 'required' : '–';
}

/** Every setting below a node of the schema with its default. */
function* settingsIn(node: Node, path: string, preset: unknown, isRequired: boolean): Generator<Setting> {
  const value = node.default ?? preset;
  if (node.properties !== undefined) return yield* membersOf(node, path, value);
  yield [path, written(value, isRequired)];
  for (const alternative of node.anyOf ?? []) yield* alternativeOf(alternative, path);
  const { additionalProperties: named, items } = node;
  if (typeof named === 'object' && named.properties !== undefined) yield* membersOf(named, `${path}.*`);
  if (items?.properties !== undefined) yield* membersOf(items, `${path}[]`);
}

function* membersOf(
  { properties = {}, required = [] }: Node,
  path: string,
  value?: unknown,
): Generator<Setting> {
  for (const [name, member] of Object.entries(properties)) {
    const preset = (value as Record<string, unknown> | undefined)?.[name];
    yield* settingsIn(member, join(path, name), preset, required.includes(name));
  }
}

/** What one alternative requires is not required of the others. */
function* alternativeOf(node: Node, path: string): Generator<Setting> {
  for (const [inner, preset] of settingsIn(node, path, undefined, false))
    if (inner !== path) yield [inner, preset === 'required' ? '–' : preset];
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

function settingsOf(schema: z.ZodType): Setting[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return [...new Map(settingsIn(json as Node, '', undefined, false))];
}

test('docs/configuration.md names every setting with its default, and no other', () => {
  const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');
  const documented = Array.from(
    page.matchAll(/^\| `([^`]+)` \| (.+?) \| /gm),
    ([, path = '', preset = '']): Setting => [path, preset],
  );
  const known = [...settingsOf(configSchema), ...settingsOf(deploymentSchema)];
  expect(documented.toSorted()).toEqual(known.toSorted());
});

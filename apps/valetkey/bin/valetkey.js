#!/usr/bin/env node
const [major] = process.versions.node.split('.');

if (Number(major) < 26) {
  console.error(`Error: Valetkey needs Node 26 or newer.
Why:   This is Node ${process.versions.node}.
To do: Install a newer Node, or run \`npx valetkey\` in a folder where the npm package \`node\` is installed.`);
  process.exit(69);
}

await import('../src/cli.ts');

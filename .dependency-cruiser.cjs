/**
 * The borders of the house: imports run down only, and a package is entered by its index alone.
 *
 * TypeScript 7 has no JavaScript API, so the files are read with swc. What an import cannot show
 * (`process.env`, `Date`, `Math.random`) is held by biome.json.
 */

/** What each package may import: packages of ours, and builtins of Node (`null`: no builtin is refused). */
const floors = {
  protocol: { packages: [], builtins: [] },
  jwt: { packages: ['protocol'], builtins: [] },
  server: { packages: ['protocol', 'jwt'], builtins: ['crypto', 'buffer', 'util'] },
  client: { packages: ['protocol', 'jwt'], builtins: [] },
  resource: { packages: ['protocol', 'jwt'], builtins: [] },
  http: { packages: ['protocol', 'server', 'client', 'resource'], builtins: null },
  fetcher: { packages: ['protocol', 'server'], builtins: null },
  'store-sqlite': { packages: ['protocol', 'server'], builtins: null },
  'store-postgres': { packages: ['protocol', 'server'], builtins: null },
  'store-contract': { packages: ['protocol', 'server'], builtins: null },
  admin: { packages: ['protocol', 'server', 'http'], builtins: null },
  console: { packages: [], builtins: [] },
};

/** The npm packages of the lowest floors; the others may import what their package.json lists. */
const npmPackages = {
  protocol: [],
  jwt: ['jose'],
  server: ['ajv', 'jose', 'zod'],
  client: ['oauth4webapi'],
  resource: ['jose'],
};

/** The demo apps stand for strangers: each knows one library of ours. */
const demos = { 'demo-print': ['protocol', 'client'], 'demo-photos': ['protocol', 'resource'] };

const tests = String.raw`\.(test|fixture)\.tsx?$`;
const workspaces = '(?:(?:packages|apps)/[^/]+|conformance|bench|examples|scripts)';
const oneOf = (names) => `(${names.join('|')})`;
const among = (prefix, names, suffix) => (names.length ? [`${prefix}${oneOf(names)}${suffix}`] : []);

const floorRules = Object.entries(floors).flatMap(([name, { packages, builtins }]) => [
  {
    name: `${name}-imports-down-only`,
    severity: 'error',
    from: { path: `^packages/${name}/`, pathNot: tests },
    to: { path: '^(packages|apps)/', pathNot: among('^packages/', [name, ...packages], '/') },
  },
  {
    name: `${name}-tests-import-down-only`,
    comment: 'A test may also use the memory store and the promises of the ports.',
    severity: 'error',
    from: { path: `^packages/${name}/.*${tests}` },
    to: {
      path: '^(packages|apps)/',
      pathNot: among('^packages/', [name, 'store-contract', ...packages], '/'),
    },
  },
  ...(builtins === null
    ? []
    : [
        {
          name: `${name}-builtins`,
          severity: 'error',
          from: { path: `^packages/${name}/`, pathNot: tests },
          to: { dependencyTypes: ['core'], pathNot: among('^(node:)?', builtins, '(/|$)') },
        },
      ]),
]);

const npmRules = Object.entries(npmPackages).map(([name, allowed]) => ({
  name: `${name}-npm-packages`,
  severity: 'error',
  from: { path: `^packages/${name}/`, pathNot: tests },
  to: { path: '(^|/)node_modules/', pathNot: among('(^|/)node_modules/', allowed, '/') },
}));

const demoRules = Object.entries(demos).map(([name, allowed]) => ({
  name: `${name}-is-a-stranger`,
  severity: 'error',
  from: { path: `^apps/${name}/` },
  to: { path: '^(packages|apps)/', pathNot: [`^apps/${name}/`, ...among('^packages/', allowed, '/')] },
}));

const houseRules = [
  {
    name: 'package-has-a-floor',
    comment: 'A new package takes its place in the table above first.',
    severity: 'error',
    from: { path: '^packages/', pathNot: among('^packages/', Object.keys(floors), '/') },
    to: {},
  },
  {
    name: 'enter-by-index',
    comment:
      'A package is entered by what it exports: src/index.ts, and of the resource its mounts and stores. Tests may have certificates made too.',
    severity: 'error',
    from: { path: `^(${workspaces})/` },
    to: {
      path: '^(packages|apps)/',
      pathNot: [
        '^$1/',
        '^(packages|apps)/[^/]+/src/index\\.ts$',
        '^packages/resource/src/(express|fastify|hono|node|postgres|redis)[.]ts$',
        '^packages/fetcher/src/certificates[.]fixture[.]ts$',
      ],
    },
  },
  {
    name: 'enter-by-package-name',
    comment: "A package is imported as '@valetkey/x', never by a relative path.",
    severity: 'error',
    from: { path: `^(${workspaces})/` },
    to: {
      path: `^${workspaces}/`,
      // scripts is no package: its PostgreSQL for tests and measurements is imported as the file it is.
      pathNot: ['^$1/', '^scripts/postgres-for-tests[.]ts$'],
      dependencyTypesNot: ['aliased-workspace'],
    },
  },
  {
    name: 'nothing-imports-the-proving-grounds',
    severity: 'error',
    from: { path: '^(packages|apps)/' },
    to: { path: '^(conformance|bench|examples|scripts)/' },
  },
  {
    name: 'environment-in-valetkey-only',
    comment: 'Only the deployable reads the environment; everything below gets plain values.',
    severity: 'error',
    from: { pathNot: [tests, '^apps/valetkey/', '^(bench|conformance|examples|scripts)/', '^[^/]+$'] },
    to: { dependencyTypes: ['core'], path: '^(node:)?process$' },
  },
  {
    name: 'test-tools-in-tests-only',
    severity: 'error',
    from: { pathNot: [tests, '^packages/store-contract/', '^(bench|conformance|scripts)/', '^[^/]+$'] },
    to: { path: '(^|/)node_modules/(vitest|@vitest|fast-check)/' },
  },
  {
    name: 'dependency-is-listed',
    comment: 'An npm package stands in the package.json of its importer (or of the root, for tools).',
    severity: 'error',
    from: {},
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
  },
  {
    name: 'no-development-dependency-in-production',
    severity: 'error',
    from: { path: '^(packages|apps)/', pathNot: [tests, '^packages/store-contract/'] },
    to: {
      dependencyTypes: ['npm-dev'],
      dependencyTypesNot: ['type-only', 'npm'],
      pathNot: 'node_modules/@types/',
    },
  },
  { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
  {
    name: 'no-orphan',
    severity: 'error',
    from: {
      orphan: true,
      pathNot: [
        tests,
        String.raw`\.d\.ts$`,
        String.raw`(^|/)[^/]+\.config\.ts$`,
        '^(packages|apps)/[^/]+/src/index\\.ts$',
        '^apps/valetkey/(bin/valetkey\\.js|src/demo\\.ts)$',
        '^(bench|conformance|examples|scripts)/',
      ],
    },
    to: {},
  },
];

module.exports = {
  forbidden: [...floorRules, ...npmRules, ...demoRules, ...houseRules],
  options: {
    parser: 'swc',
    combinedDependencies: true,
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^(packages|apps)/[^/]+/dist/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.json'],
    },
  },
};

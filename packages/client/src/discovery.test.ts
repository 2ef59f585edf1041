import { expect, test } from 'vitest';
import { fakeServer } from './authorization-server.fixture.ts';
import { failure, signIn, stage, start } from './stage.fixture.ts';

const WELL_KNOWN = '/.well-known/oauth-authorization-server';

test('twenty starts at once fetch the metadata once', async () => {
  const one = stage();
  await Promise.all(Array.from({ length: 20 }, () => start(one)));
  expect(one.server.seen.map(({ path }) => path)).toEqual([WELL_KNOWN]);
});

test('metadata is read again after an hour', async () => {
  const one = stage();
  await start(one);
  one.clock.now += 3_599_999;
  await start(one);
  expect(one.server.seen).toHaveLength(1);
  one.clock.now += 1;
  await start(one);
  expect(one.server.seen).toHaveLength(2);
});

test('MD-012 an issuer with a path puts the well-known string between host and path', async () => {
  const one = stage({}, fakeServer('https://as.example/tenant'));
  one.server.misbehave.set(`${WELL_KNOWN}/tenant`, () => Response.json(one.server.metadata));
  expect(await start(one)).toMatch(/^https:\/\/as\.example\/tenant\/authorize\?/);
});

test.each([
  ['another', 'https://evil.example'],
  ['one with a slash more', 'https://as.example/'],
  ['one in capitals', 'https://AS.example'],
  ['one with the default port', 'https://as.example:443'],
  ['a missing', undefined],
  ['an array for', ['https://as.example']],
])('MD-012 a document with %s issuer is discarded', async (_, issuer) => {
  const one = stage();
  one.server.metadata.issuer = issuer;
  expect((await failure(start(one))).code).toBe('metadata_invalid');
});

test.each([
  [
    'a redirect',
    () => new Response(null, { status: 302, headers: { location: 'https://as.example/other' } }),
  ],
  ['more than 256 KiB', () => new Response(' '.repeat(300_000))],
])('MD-014 %s in place of the document is refused', async (_, answer) => {
  const one = stage();
  one.server.misbehave.set(WELL_KNOWN, answer);
  expect((await failure(start(one))).code).toBe('answer_invalid');
  expect(one.server.seen).toHaveLength(1);
});

test.each([
  ['404', () => new Response(null, { status: 404 }), 'metadata_invalid'],
  ['HTML', () => new Response('<p>hello'), 'metadata_invalid'],
  ['500', () => new Response(null, { status: 500 }), 'server_unavailable'],
  ['nothing', () => Promise.reject(new TypeError('fetch failed')), 'server_unavailable'],
])('discovery that gets %s fails and is tried again next time', async (_, answer, code) => {
  const one = stage();
  one.server.misbehave.set(WELL_KNOWN, answer);
  expect((await failure(start(one))).code).toBe(code);
  one.server.misbehave.delete(WELL_KNOWN);
  expect(await start(one)).toMatch(/^https:\/\/as\.example\/authorize/);
});

test.each([
  ['authorization_endpoint', 'http://as.example/authorize'],
  ['authorization_endpoint', 'javascript:alert(1)'],
  ['authorization_endpoint', undefined],
  ['token_endpoint', 'http://as.example/token'],
  ['token_endpoint', 'https://user:pass@as.example/token'],
  ['token_endpoint', undefined],
  ['revocation_endpoint', 'http://as.example/revoke'],
])('SB-006 MD-014 metadata with %s %s is discarded', async (name, value) => {
  const one = stage();
  one.server.metadata[name] = value;
  expect((await failure(start(one))).code).toBe('metadata_invalid');
});

test('an outage after the first fetch is bridged for a day', async () => {
  const one = stage();
  await start(one);
  one.server.misbehave.set(WELL_KNOWN, () => new Response(null, { status: 503 }));
  one.clock.now += 23 * 3_600_000;
  expect(await start(one)).toMatch(/^https:\/\/as\.example\/authorize/);
  one.clock.now += 3_600_000;
  expect((await failure(start(one))).code).toBe('server_unavailable');
});

test('CL-001 static metadata is used as it is, after the same checks, and nothing is fetched', async () => {
  const server = fakeServer();
  const metadata = { ...server.metadata, issuer: server.issuer };
  const one = stage({ metadata }, server);
  await signIn(one);
  expect(server.seen.map(({ path }) => path)).toEqual(['/token']);
  const faulty = async () => stage({ metadata: { ...metadata, issuer: 'https://evil.example' } });
  expect((await failure(faulty())).code).toBe('metadata_invalid');
});

test.each(['http://localhost:9000', 'http://127.0.0.1:9000', 'http://[::1]:9000'])(
  'SB-006 the issuer %s works in development and not without the switch',
  async (issuer) => {
    const one = stage({ allowInsecureLoopback: true }, fakeServer(issuer));
    expect((await signIn(one)).scope).toEqual(['photos:read']);
    expect((await failure((async () => stage({}, fakeServer(issuer)))())).code).toBe('configuration_invalid');
  },
);

test.each([
  'http://as.example',
  'http://127.0.0.2',
  'http://localhost.evil.example',
  'http://[::ffff:127.0.0.1]',
])('SB-006 the issuer %s does not work even in development', async (issuer) => {
  const make = async () => stage({ allowInsecureLoopback: true }, fakeServer(issuer));
  expect((await failure(make())).code).toBe('configuration_invalid');
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ask,
  expectPage,
  expectRedirectError,
  expectSignIn,
  expectStillWorks,
} from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, redeem, walk } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

const registered = 'https://print.example/callback?a=1';
let target: Target;
let client: TestClient;
let user: TestUser;
beforeAll(async () => {
  target = await inProcess();
  client = await target.addClient({ redirectUris: [registered] });
  user = await target.addUser();
});
afterAll(() => target.stop());

/** Asks with this redirect URI, and says whether it was taken. */
async function taken(of: TestClient, redirectUri: string): Promise<boolean> {
  const outcome = await ask(target, authorizeUrl(target, of, { redirect_uri: redirectUri }).url);
  if (outcome.status === 400) expectPage(outcome);
  else expectSignIn(target, outcome);
  return outcome.status !== 400;
}

const nearMisses = [
  'https://print.example/callback',
  'https://print.example/callback?a=1&b=2',
  'https://print.example/callback?b=2&a=1',
  'https://print.example/callback?a=%31',
  'https://print.example/callback?a=1#',
  'https://print.example/callback?a=1#x',
  'https://print.example/callback?a=1 ',
  ' https://print.example/callback?a=1',
  'https://print.example/callback/?a=1',
  'https://print.example/Callback?a=1',
  'https://print.example//callback?a=1',
  'https://print.example/./callback?a=1',
  'https://print.example/x/../callback?a=1',
  'https://print.example/callback/../evil?a=1',
  'https://print.example/%63allback?a=1',
  'https://print.example:443/callback?a=1',
  'https://print.example:8443/callback?a=1',
  'https://print.example./callback?a=1',
  'https://PRINT.example/callback?a=1',
  'HTTPS://print.example/callback?a=1',
  'http://print.example/callback?a=1',
  '//print.example/callback?a=1',
  'print.example/callback?a=1',
  'https:print.example/callback?a=1',
  'https:///print.example/callback?a=1',
  'https:\\\\print.example\\callback?a=1',
  'https://sub.print.example/callback?a=1',
  'https://evilprint.example/callback?a=1',
  'https://print.example.evil.example/callback?a=1',
  'https://print.example@evil.example/callback?a=1',
  'https://print.example\\@evil.example/callback?a=1',
  'https://print.example%40evil.example/callback?a=1',
  'https://user@print.example/callback?a=1',
  'https://evil.example/callback?a=1',
  'https://evil.example/https://print.example/callback?a=1',
  'https://print.example/callback?a=1\0',
  'https://print.example\0.evil.example/callback?a=1',
  'https://print.example/call\tback?a=1',
  'https://print.example/callback?a=1\r\n',
  'https://prınt.example/callback?a=1',
  'https://ｐrint.example/callback?a=1',
  'https://*.example/callback?a=1',
  'javascript:alert(1)',
  'data:text/html,x',
  `${registered} ${registered}`,
];

test.each(nearMisses)('AZ-012, SB-001, SB-002: %j is not the registered address', async (redirectUri) => {
  expect(await taken(client, redirectUri)).toBe(false);
});

test('AZ-012, SB-002: the registered address itself is taken, also when each of its characters is escaped once', async () => {
  expect(await taken(client, registered)).toBe(true);
  const { url } = authorizeUrl(target, client, { redirect_uri: undefined });
  const escaped = [...Buffer.from(registered)]
    .map((byte) => `%${byte.toString(16).padStart(2, '0')}`)
    .join('');
  expectSignIn(target, await ask(target, `${url}&redirect_uri=${escaped}`));
  expectPage(await ask(target, `${url}&redirect_uri=${encodeURIComponent(encodeURIComponent(registered))}`));
  await expectStillWorks(target, client, user);
});

test('SB-001: a stored address with a star is that address, not a pattern', async () => {
  const starred = await target.addClient({ redirectUris: ['https://print.example/*'] });
  expect(await taken(starred, 'https://print.example/callback')).toBe(false);
  expect(await taken(starred, 'https://print.example/*')).toBe(true);
});

test.each([
  ['http://127.0.0.1/cb', 'http://127.0.0.1:51234/cb', true],
  ['http://127.0.0.1:8080/cb', 'http://127.0.0.1/cb', true],
  ['http://127.0.0.1/cb?x=1', 'http://127.0.0.1:1/cb?x=1', true],
  ['http://[::1]/cb', 'http://[::1]:65535/cb', true],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:51234/other', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:51234/cb?x=1', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:51234/cb/', false],
  ['http://127.0.0.1/cb', 'https://127.0.0.1:51234/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:65536/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1:1@evil.example/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.1.evil.example:1/cb', false],
  ['http://127.0.0.1/cb', 'http://[::1]:51234/cb', false],
  ['http://127.0.0.1/cb', 'http://localhost:51234/cb', false],
  ['http://127.0.0.1/cb', 'http://127.0.0.2:51234/cb', false],
  ['http://127.0.0.1/cb', 'http://0.0.0.0:51234/cb', false],
  ['http://127.0.0.1/cb', 'http://127.1:51234/cb', false],
  ['http://127.0.0.1/cb', 'http://2130706433:51234/cb', false],
  ['http://127.0.0.1/cb', 'http://[::ffff:127.0.0.1]:51234/cb', false],
  ['http://[::1]/cb', 'http://[0:0:0:0:0:0:0:1]:51234/cb', false],
  ['https://127.0.0.1/cb', 'https://127.0.0.1:51234/cb', false],
  ['https://print.example/cb', 'https://print.example:51234/cb', false],
] as const)('AZ-013, SB-003: registered %s, asked %s: %s', async (known, asked, expected) => {
  const native = { authenticationMethod: 'none', applicationType: 'native' } as const;
  expect(await taken(await target.addClient({ ...native, redirectUris: [known] }), asked)).toBe(expected);
});

test('AZ-013: the answer goes to the port that was asked for, and is redeemed with that address only', async () => {
  const native = await target.addClient({
    authenticationMethod: 'none',
    applicationType: 'native',
    redirectUris: ['http://127.0.0.1/cb'],
  });
  const redirectUri = 'http://127.0.0.1:51234/cb';
  const { url, verifier } = authorizeUrl(target, native, { redirect_uri: redirectUri });
  const answer = await walk(new Browser(target.fetch), url, user);
  expect(answer.origin + answer.pathname).toBe(redirectUri);
  const code = answer.searchParams.get('code') ?? '';
  const other = await redeem(target, native, { code, verifier, redirectUri: 'http://127.0.0.1:51235/cb' });
  expect(other.body.error).toBe('invalid_grant');
  expect((await redeem(target, native, { code, verifier, redirectUri })).status).toBe(200);
});

test('AZ-014: the port of localhost is free for native clients only', async () => {
  const redirectUris = ['http://localhost/cb'];
  const native = await target.addClient({ applicationType: 'native', redirectUris });
  const web = await target.addClient({ applicationType: 'web', redirectUris });
  expect(await taken(native, 'http://localhost:51234/cb')).toBe(true);
  expect(await taken(web, 'http://localhost:51234/cb')).toBe(false);
  expect(await taken(web, 'http://localhost/cb')).toBe(true);
  for (const other of [
    'http://127.0.0.1:51234/cb',
    'http://localhost.evil.example:1/cb',
    'http://LOCALHOST:1/cb',
  ])
    expect([other, await taken(native, other)]).toEqual([other, false]);
});

test('AZ-015: without an address the only registered one is used; several, or none, give a page', async () => {
  const absent = { redirect_uri: undefined };
  const { url, verifier, state } = authorizeUrl(target, client, absent);
  const answer = await walk(new Browser(target.fetch), url, user);
  expect(answer.href.startsWith(`${registered}&code=`)).toBe(true);
  expect(answer.searchParams.get('state')).toBe(state);
  const code = answer.searchParams.get('code') ?? '';
  const tokens = await redeem(target, client, { code, verifier, redirectUri: '' });
  expect(tokens.status).toBe(200);
  for (const redirectUris of [['https://print.example/a', 'https://print.example/b'], []]) {
    const other = await target.addClient({ redirectUris });
    expectPage(await ask(target, authorizeUrl(target, other, absent).url));
    const [first] = redirectUris;
    if (first !== undefined) expect(await taken(other, first)).toBe(true);
  }
});

test('AZ-016: the query of the address is kept, in success and error', async () => {
  const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client).url, user);
  expect(answer.href.startsWith(`${registered}&code=`)).toBe(true);
  const { url, state } = authorizeUrl(target, client, { scope: 'nonsense' });
  const refused = expectRedirectError(await ask(target, url), 'invalid_scope', { target, client, state });
  expect(refused.href.startsWith(`${registered}&error=`)).toBe(true);
});

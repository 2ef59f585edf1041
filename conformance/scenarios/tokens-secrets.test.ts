import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import {
  type Answer,
  authorizeUrl,
  callAs,
  introspect,
  obtainCode,
  pkce,
  redeem,
  refresh,
  walk,
} from '../support/flow.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';
import type { Target } from '../targets/target.ts';

/** What must never be found in a store, a log or an error: as it is, and the halves of it. */
interface Secrets {
  readonly values: Map<string, string>;
  /** Every answer to a browser or client that has failed. */
  readonly failures: string[];
}

/** A life in full, with everything that goes wrong in one: every kind of secret is issued, used, misused and revoked. */
async function liveThrough(target: Target): Promise<Secrets> {
  const values = new Map<string, string>();
  const failures: string[] = [];
  const note = (kind: string, value: unknown) => void values.set(`${kind} ${values.size}`, String(value));
  const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  note('client secret', api.secret);
  const user = await target.addUser({ password: 'tr0ub4dor&3 is my password' });
  note('password', user.password);
  for (const over of [
    {},
    { authenticationMethod: 'none' },
    { authenticationMethod: 'client_secret_post', accessTokenFormat: 'opaque', rotateRefreshTokens: true },
  ] as const) {
    const client = await target.addClient(over);
    if (client.secret !== '') note('client secret', client.secret);
    const answer = await signIn(target, { client, user, note, failures });
    for (const wrong of [
      { code_verifier: pkce().verifier },
      { redirect_uri: 'https://print.example/x' },
      { code_verifier: undefined },
    ]) {
      if (wrong.code_verifier !== undefined) note('verifier', wrong.code_verifier);
      failures.push(JSON.stringify((await redeem(target, client, answer, wrong)).body));
    }
    const wrongSecret = { ...client, secret: 'not-the-secret-of-this-client' };
    failures.push(
      JSON.stringify(
        (
          await redeem(
            target,
            { ...wrongSecret, record: { ...client.record, authenticationMethod: 'client_secret_basic' } },
            answer,
          )
        ).body,
      ),
    );
    note('wrong client secret', wrongSecret.secret);
    const tokens = await redeem(target, client, answer);
    const next = await refresh(target, client, tokens.body.refresh_token);
    for (const { body } of [tokens, next]) {
      note('access token', body.access_token);
      note('refresh token', body.refresh_token);
      await introspect(target, api, body.access_token);
    }
    await callAs(target, client, '/revoke', { token: String(next.body.access_token) });
    failures.push(JSON.stringify((await redeem(target, client, answer)).body));
    failures.push(JSON.stringify((await refresh(target, client, tokens.body.refresh_token)).body));
    failures.push(
      JSON.stringify(
        (await callAs(target, api, '/revoke', { token: String(tokens.body.access_token) })).body,
      ),
    );
  }
  return { values, failures };
}

async function signIn(
  target: Target,
  on: {
    client: Awaited<ReturnType<Target['addClient']>>;
    user: Awaited<ReturnType<Target['addUser']>>;
    note: (kind: string, value: unknown) => void;
    failures: string[];
  },
): Promise<Answer> {
  const { client, user, note, failures } = on;
  const browser = new Browser(target.fetch);
  const { url, verifier } = authorizeUrl(target, client);
  const page = await browser.open(url);
  if (!('url' in page)) throw new Error('Nobody was asked to sign in.');
  note('ticket', new URL(page.url).searchParams.get('ticket'));
  const wrong = 'hunter2 was my password before';
  note('wrong password', wrong);
  const refused = await browser.click(page, 'login-submit', { username: user.username, password: wrong });
  if ('html' in refused) failures.push(withoutTickets(refused.html));
  // People type the password into the field above it.
  const misplaced = await browser.click(page, 'login-submit', {
    username: user.password,
    password: user.password,
  });
  expect('html' in misplaced && misplaced.status).toBe(403);
  const back = await walk(browser, url, user);
  for (const [name, value] of browser.cookies) note(name, value);
  note('code', back.searchParams.get('code'));
  note('verifier', verifier);
  return { code: back.searchParams.get('code') ?? '', verifier, redirectUri: client.redirectUri };
}

/** The page one fills in anew carries its own ticket. */
function withoutTickets(html: string): string {
  return html.replaceAll(/value="vkt1_[^"]*"/g, '');
}

/** Names of the secrets of which the text holds the whole or a large part. */
function found({ values }: Secrets, text: string): string[] {
  return [...values].flatMap(([name, value]) =>
    traces(value).some((trace) => text.includes(trace)) ? [name] : [],
  );
}

function traces(value: string): string[] {
  if (value.length < 32) return [value];
  return [value.slice(0, 32), value.slice(-32), value.slice(value.length / 2 - 16, value.length / 2 + 16)];
}

/** A memory store that remembers everything that was ever put into it. */
function remembering(): { store: Store; written: string[] } {
  const written: string[] = [];
  const store = memoryStore();
  const reading = /^(find|list|standing|sweep|check|close)/;
  const watch = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(of, name, receiver) {
        const verb: unknown = Reflect.get(of, name, receiver);
        if (typeof verb === 'object' && verb !== null) return watch(verb);
        if (typeof verb !== 'function' || reading.test(String(name))) return verb;
        return (...values: unknown[]) => {
          written.push(JSON.stringify(values));
          return Reflect.apply(verb, of, values);
        };
      },
    });
  return { store: watch(store), written };
}

test('SB-031: nothing that was ever written to the store holds a code, token, secret, cookie, verifier or password', async () => {
  const { store, written } = remembering();
  const secrets = await liveThrough(await inProcess({ store }));
  expect(secrets.values.size).toBeGreaterThan(30);
  // The search is no use unless it finds what is there.
  expect(found(secrets, [...secrets.values.values()].join(' '))).toEqual([...secrets.values.keys()]);
  expect(written.length).toBeGreaterThan(20);
  expect(found(secrets, written.join('\n'))).toEqual([]);
});

test('SB-031: nor does a single byte of the database file or its log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valetkey-secrets-'));
  const store = await openSqliteStore({ file: join(folder, 'valetkey.db') });
  try {
    const secrets = await liveThrough(await inProcess({ store }));
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(files.join('').length).toBeGreaterThan(20_000);
    expect(files.join('')).toContain('argon2id');
    expect(found(secrets, files.join('\n'))).toEqual([]);
  } finally {
    await store.close();
    rmSync(folder, { recursive: true });
  }
});

test('SB-031: passwords are kept by a memory-hard function, client secrets and sessions as hashes that are not their own', async () => {
  const store = memoryStore();
  const target = await inProcess({ store });
  const client = await target.addClient();
  const twin = await target.addClient();
  const user = await target.addUser();
  await redeem(target, client, await obtainCode(target, client, user));
  const person = await store.users.find(user.id);
  expect(person?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=(19456|[2-9]\d{4,}),t=\d+,p=\d+\$/);
  expect(client.record.secrets[0]?.hash).toMatch(/^[\w-]{43}$/);
  expect(client.record.secrets[0]?.hash).not.toBe(twin.record.secrets[0]?.hash);
  const [session] = await store.sessions.listOf(user.id, target.now());
  expect(session?.secretHash).toMatch(/^[\w-]{43}$/);
});

test('SB-032: no event and no error holds one either, whatever went wrong', async () => {
  const target = await inProcess();
  const secrets = await liveThrough(target);
  const told = target.events.map((event) => JSON.stringify(event));
  expect(new Set(target.events.map(({ type }) => type)).size).toBeGreaterThan(6);
  expect(found(secrets, told.join('\n'))).toEqual([]);
  expect(secrets.failures.length).toBeGreaterThan(15);
  expect(found(secrets, secrets.failures.join('\n'))).toEqual([]);
});

test('SB-033: a life is told in events: sign-in and its failure, consent, code, grant, refresh, revocation, refusal, keys', async () => {
  const target = await inProcess();
  await liveThrough(target);
  const told = new Set(target.events.map(({ type }) => type));
  const expected = [
    'key.created',
    'sign_in.failed',
    'sign_in.succeeded',
    'consent.granted',
    'code.issued',
    'grant.opened',
    'grant.refreshed',
    'grant.revoked',
    'access_tokens.revoked',
    'request.refused',
  ];
  expect(expected.filter((type) => !told.has(type as never))).toEqual([]);
  for (const event of target.events) expect(event.at).toBeGreaterThan(0);
  for (const event of target.events) {
    if (event.type !== 'request.refused') continue;
    expect(event).toMatchObject({
      reference: expect.stringMatching(/^[0-9A-Z]{8}$/),
      requirement: expect.stringMatching(/^[A-Z]{2}-\d{3}$/),
    });
  }
});

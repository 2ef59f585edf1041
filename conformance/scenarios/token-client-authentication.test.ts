import { randomBytes } from 'node:crypto';
import { type Client, hashClientSecret } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { type Node, startNode } from '../simulation/node.ts';
import { basic, callAs, obtainCode, redeem, refresh, type TokenAnswer } from '../support/flow.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';
import type { Target, TestClient } from '../targets/target.ts';

async function stage(over: Partial<Client> = {}) {
  const target = await inProcess();
  const client = await target.addClient(over);
  const user = await target.addUser();
  return { target, client, user, answer: await obtainCode(target, client, user) };
}

/** Calls with a header and a body of one's own making. */
async function call(
  target: Target,
  {
    path = '/token',
    authorization,
    body,
  }: { path?: string; authorization?: string; body: Record<string, string> },
): Promise<TokenAnswer> {
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  if (authorization !== undefined) headers.authorization = authorization;
  const request = new Request(`${target.issuer}${path}`, {
    method: 'POST',
    headers,
    body: `${new URLSearchParams(body)}`,
  });
  const response = await target.fetch(request);
  return { status: response.status, headers: response.headers, body: await response.json() };
}

function codeFields({ code, verifier }: { code: string; verifier: string }): Record<string, string> {
  return { grant_type: 'authorization_code', code, code_verifier: verifier };
}

function expectUnauthorized(answer: TokenAnswer): void {
  expect([answer.status, answer.body.error]).toEqual([401, 'invalid_client']);
  expect(answer.headers.get('www-authenticate')).toMatch(/^Basic realm="[^"]+"/);
}

/** A node whose root key we know, so that clients can bring secrets of our choosing. */
function startKnownNode(): Node {
  return startNode({ store: memoryStore(), rootKey: randomBytes(32), clock: { now: Date.now() } });
}

interface ChosenSecret {
  readonly value: string;
  readonly expiresAt?: number;
}

async function addClientWith(
  node: Node,
  {
    id,
    secrets,
    ...over
  }: Omit<Partial<Client>, 'secrets'> & { id: string; secrets: readonly ChosenSecret[] },
): Promise<TestClient> {
  const kept = secrets.map(({ value, expiresAt = null }, i) => {
    return {
      id: `s${i}`,
      hash: hashClientSecret(node.authority, id, value),
      createdAt: node.now(),
      expiresAt,
    };
  });
  return { ...(await node.addClient({ ...over, id, secrets: kept })), secret: secrets[0]?.value ?? '' };
}

test('TK-020: a confidential client proves itself at every request, or gets nothing and loses nothing', async () => {
  const { target, client, answer } = await stage();
  expectUnauthorized(await call(target, { body: { ...codeFields(answer), client_id: client.id } }));
  expectUnauthorized(await call(target, { body: codeFields(answer) }));
  const tokens = await redeem(target, client, answer);
  expect(tokens.status).toBe(200);
  const again = { grant_type: 'refresh_token', refresh_token: String(tokens.body.refresh_token) };
  expectUnauthorized(await call(target, { body: { ...again, client_id: client.id } }));
  for (const path of ['/revoke', '/introspect']) {
    const body = { token: again.refresh_token, client_id: client.id };
    expectUnauthorized(await call(target, { path, body }));
  }
  expect((await refresh(target, client, again.refresh_token)).status).toBe(200);
});

test.each([
  ['client_secret_basic', 'client_secret_post'],
  ['client_secret_post', 'client_secret_basic'],
] as const)(
  'TK-020: a client registered for %s is not let in by %s, although the secret is right',
  async (right, wrong) => {
    const { target, client, answer } = await stage({ authenticationMethod: right });
    const byOther = { ...client, record: { ...client.record, authenticationMethod: wrong } };
    expectUnauthorized(await redeem(target, byOther, answer));
    expect((await redeem(target, client, answer)).status).toBe(200);
  },
);

test('TK-021: a wrong secret is 401 invalid_client with a Basic challenge, and the right one then works', async () => {
  for (const authenticationMethod of ['client_secret_basic', 'client_secret_post'] as const) {
    const { target, client, answer } = await stage({ authenticationMethod });
    for (const secret of [
      'wrong',
      `${client.secret} `,
      client.secret.slice(1),
      client.secret.toUpperCase(),
      `\0${client.secret}`,
    ]) {
      expectUnauthorized(await redeem(target, { ...client, secret }, answer));
    }
    expect((await redeem(target, client, answer)).status).toBe(200);
  }
});

test('TK-021: an unknown client and a wrong secret are answered alike, but for the reference', async () => {
  const { target, client, answer } = await stage();
  const alike = async (who: TestClient) => {
    const { status, headers, body } = await redeem(target, who, answer);
    const names = [...headers.keys()].toSorted();
    return { status, names, text: String(body.error_description).replace(/reference \w{8}/, 'reference') };
  };
  expect(await alike({ ...client, id: 'nobody' })).toEqual(await alike({ ...client, secret: 'wrong' }));
});

test('TK-021: Authorization headers of other schemes and broken ones are 401 invalid_client', async () => {
  const { target, client, answer } = await stage();
  const pair = Buffer.from(`${client.id}:${client.secret}`).toString('base64');
  const headers = [
    'Basic',
    'Basic ',
    'Basic !!!!',
    `Basic ${pair.slice(0, 5)}`,
    `Basic ${Buffer.from('no-colon').toString('base64')}`,
    `Basic ${Buffer.from(`:${client.secret}`).toString('base64')}`,
    `Basic ${Buffer.from(`${client.id}:`).toString('base64')}`,
    `Basic ${Buffer.from(`${client.id}:%zz`).toString('base64')}`,
    `Basic ${Buffer.from(`${client.id}:%ff`).toString('base64')}`,
    `Basic ${pair}, Basic ${pair}`,
    `Bearer ${pair}`,
    `Digest username="${client.id}"`,
    pair,
  ];
  for (const authorization of headers) {
    const refused = await call(target, { authorization, body: codeFields(answer) });
    expect([authorization, refused.status, refused.body.error]).toEqual([
      authorization,
      401,
      'invalid_client',
    ]);
  }
  const lowerCase = basic(client.id, client.secret).replace('Basic', 'bAsIc');
  expect((await call(target, { authorization: lowerCase, body: codeFields(answer) })).status).toBe(200);
});

test('TK-022: two methods in one request are invalid_request, although both are right', async () => {
  const { target, client, answer } = await stage();
  const refused = await call(target, {
    authorization: basic(client.id, client.secret),
    body: { ...codeFields(answer), client_id: client.id, client_secret: client.secret },
  });
  expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
  expect((await redeem(target, client, answer)).status).toBe(200);
});

/** test-vectors §8. */
const vectors = [
  ['s6BhdRkqt3', 'gX1fBat3bV', 'czZCaGRSa3F0MzpnWDFmQmF0M2JW'],
  ['s6BhdRkqt3', '7Fjfp0ZBr1KtDRbnfVdmIw', 'czZCaGRSa3F0Mzo3RmpmcDBaQnIxS3REUmJuZlZkbUl3'],
  ['client id', 'p@ss:w+rd/%', 'Y2xpZW50K2lkOnAlNDBzcyUzQXclMkJyZCUyRiUyNQ=='],
  [
    'https://client.example.com/id',
    'a b&c=d',
    'aHR0cHMlM0ElMkYlMkZjbGllbnQuZXhhbXBsZS5jb20lMkZpZDphK2IlMjZjJTNEZA==',
  ],
  ['ünï', '£€', 'JUMzJUJDbiVDMyVBRjolQzIlQTMlRTIlODIlQUM='],
] as const;

test.each(vectors)(
  'TK-023: id "%s" with secret "%s" is read from its Basic header',
  async (id, secret, header) => {
    const node = startKnownNode();
    const client = await addClientWith(node, { id, secrets: [{ value: secret }] });
    const answer = await obtainCode(node, client, await node.addUser());
    expectUnauthorized(
      await call(node, { authorization: basic(id, `${secret}x`), body: codeFields(answer) }),
    );
    const tokens = await call(node, { authorization: `Basic ${header}`, body: codeFields(answer) });
    expect(tokens.status, JSON.stringify(tokens.body)).toBe(200);
  },
);

test('TK-023: a blank may be %20, and escapes may be in lower case', async () => {
  const node = startKnownNode();
  const client = await addClientWith(node, { id: 'client id', secrets: [{ value: 'p@ss:w+rd/%' }] });
  const answer = await obtainCode(node, client, await node.addUser());
  const authorization = `Basic ${btoa('client%20id:p%40ss%3aw%2brd%2f%25')}`;
  expect((await call(node, { authorization, body: codeFields(answer) })).status).toBe(200);
});

test('TK-024: halves that were not form-encoded are not guessed at', async () => {
  const node = startKnownNode();
  const client = await addClientWith(node, { id: 'print', secrets: [{ value: '100%+1' }] });
  const answer = await obtainCode(node, client, await node.addUser());
  expectUnauthorized(
    await call(node, { authorization: `Basic ${btoa('print:100%+1')}`, body: codeFields(answer) }),
  );
  const plus = await addClientWith(node, { id: 'plus', secrets: [{ value: 'a+b' }] });
  const plusAnswer = await obtainCode(node, plus, await node.addUser());
  expectUnauthorized(
    await call(node, { authorization: `Basic ${btoa('plus:a+b')}`, body: codeFields(plusAnswer) }),
  );
  expect((await redeem(node, plus, plusAnswer)).status).toBe(200);
  expect((await redeem(node, client, answer)).status).toBe(200);
});

test('TK-024: with the switch the halves count as they stand, the other reading is no second guess, the log is loud', async () => {
  const node = startKnownNode();
  const compatibility = { unencodedBasic: true } as const;
  const client = await addClientWith(node, { id: 'a%20b', secrets: [{ value: '100%+£' }], compatibility });
  const answer = await obtainCode(node, client, await node.addUser());
  const told = () => node.events.filter(({ type }) => type === 'compatibility.used');
  const raw = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;
  for (const pair of ['a%2520b:100%25%2B%C2%A3', 'a%20b:100%25%2B%C2%A3', 'a b:100%+£']) {
    expectUnauthorized(await call(node, { authorization: raw(pair), body: codeFields(answer) }));
  }
  const answered = await call(node, { authorization: raw('a%20b:100%+£'), body: codeFields(answer) });
  expect(answered.status).toBe(200);
  expect(told()).toEqual([
    { type: 'compatibility.used', at: node.now(), clientId: 'a%20b', what: 'unencodedBasic' },
  ]);
});

test('TK-024: an id and a secret of this server read alike either way, so no switch is needed', async () => {
  const { target, client, answer } = await stage({ compatibility: { unencodedBasic: true } });
  const unencoded = `Basic ${btoa(`${client.id}:${client.secret}`)}`;
  expect((await call(target, { authorization: unencoded, body: codeFields(answer) })).status).toBe(200);
  expect(basic(client.id, client.secret)).toBe(unencoded);
  expect(target.events.filter(({ type }) => type === 'compatibility.used')).toEqual([]);
});

test('TK-024: the id as it stands finds only a client with the switch', async () => {
  const node = startKnownNode();
  const client = await addClientWith(node, { id: 'a%20b', secrets: [{ value: 'secret' }] });
  const answer = await obtainCode(node, client, await node.addUser());
  const authorization = `Basic ${btoa('a%20b:secret')}`;
  for (const named of [{}, { client_id: 'a%20b' }]) {
    expectUnauthorized(await call(node, { authorization, body: { ...codeFields(answer), ...named } }));
  }
  expect((await redeem(node, client, answer)).status).toBe(200);
});

test('TK-025: client_secret_post works in the body and is refused in the URL', async () => {
  const { target, client, answer } = await stage({ authenticationMethod: 'client_secret_post' });
  const query = `?${new URLSearchParams({ client_id: client.id, client_secret: client.secret })}`;
  const refused = await call(target, { path: `/token${query}`, body: codeFields(answer) });
  expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
  expect((await redeem(target, client, answer)).status).toBe(200);
});

test('TK-025: a secret with every awkward character works by post', async () => {
  const node = startKnownNode();
  const id = 'print & söhne';
  const client = await addClientWith(node, {
    id,
    secrets: [{ value: 'p@ss:w+rd/% ünï £€&=' }],
    authenticationMethod: 'client_secret_post',
  });
  expect((await redeem(node, client, await obtainCode(node, client, await node.addUser()))).status).toBe(200);
});

test('TK-026: a public client names itself; with a secret it is refused, by either method', async () => {
  const { target, client, answer } = await stage({ authenticationMethod: 'none' });
  const inBody = { ...codeFields(answer), client_id: client.id, client_secret: 'made-up' };
  expectUnauthorized(await call(target, { body: inBody }));
  expectUnauthorized(
    await call(target, { authorization: basic(client.id, 'made-up'), body: codeFields(answer) }),
  );
  const empty = await call(target, {
    body: { ...codeFields(answer), client_id: client.id, client_secret: '' },
  });
  expect(empty.status).toBe(200);
});

test('TK-028: a client_id in the body beside Basic has to be the same client', async () => {
  const { target, client, answer } = await stage();
  const other = await target.addClient();
  const authorization = basic(client.id, client.secret);
  const refused = await call(target, { authorization, body: { ...codeFields(answer), client_id: other.id } });
  expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
  expect(
    (await call(target, { authorization, body: { ...codeFields(answer), client_id: client.id } })).status,
  ).toBe(200);
});

test('TK-029: each of several secrets works until it expires, and then no longer', async () => {
  const node = startKnownNode();
  const soon = node.now() + 3_600_000;
  const client = await addClientWith(node, {
    id: 'print',
    secrets: [{ value: 'old', expiresAt: soon }, { value: 'new' }],
  });
  const user = await node.addUser();
  for (const secret of ['old', 'new']) {
    expect((await redeem(node, { ...client, secret }, await obtainCode(node, client, user))).status).toBe(
      200,
    );
  }
  node.pass(3_600_000 - 1);
  expect(
    (await redeem(node, { ...client, secret: 'old' }, await obtainCode(node, client, user))).status,
  ).toBe(200);
  node.pass(1);
  const answer = await obtainCode(node, client, user);
  expectUnauthorized(await redeem(node, { ...client, secret: 'old' }, answer));
  expect((await redeem(node, { ...client, secret: 'new' }, answer)).status).toBe(200);
});

test('TK-029: a client without secrets is let in by none, and the stored hash is no secret', async () => {
  const node = startKnownNode();
  const bare = await addClientWith(node, { id: 'bare', secrets: [] });
  expectUnauthorized(
    await redeem(node, { ...bare, secret: 'x' }, { code: 'x', verifier: 'x', redirectUri: 'x' }),
  );
  const client = await addClientWith(node, { id: 'print', secrets: [{ value: 'right' }] });
  const hash = client.record.secrets[0]?.hash ?? '';
  expectUnauthorized(
    await redeem(node, { ...client, secret: hash }, { code: 'x', verifier: 'x', redirectUri: 'x' }),
  );
});

test('TK-020, TK-060: a disabled or removed client is 401 like an unknown one', async () => {
  const { target, client, answer } = await stage();
  await target.store.clients.replace({ ...client.record, disabledAt: target.now() });
  expectUnauthorized(await redeem(target, client, answer));
  await target.store.clients.remove(client.id);
  expectUnauthorized(await redeem(target, client, answer));
});

test('IR-002, IR-031: introspection and revocation take the same credentials as the token endpoint', async () => {
  for (const authenticationMethod of ['client_secret_basic', 'client_secret_post'] as const) {
    const { target, client } = await stage({ authenticationMethod, serves: [photosApi] });
    for (const path of ['/introspect', '/revoke']) {
      expectUnauthorized(await callAs(target, { ...client, secret: 'wrong' }, path, { token: 'x' }));
      const both = await call(target, {
        path,
        authorization: basic(client.id, client.secret),
        body: { token: 'x', client_id: client.id, client_secret: client.secret },
      });
      expect([path, both.status, both.body.error]).toEqual([path, 400, 'invalid_request']);
      expect((await callAs(target, client, path, { token: 'x' })).status).toBe(200);
    }
  }
});

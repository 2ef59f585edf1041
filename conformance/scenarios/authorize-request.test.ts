import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  ask,
  expectPage,
  expectRedirectError,
  expectSignIn,
  expectStillWorks,
} from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, obtainCode, pkce, redeem, walk } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

type Over = Record<string, string | undefined>;

let target: Target;
let client: TestClient;
let native: TestClient;
let user: TestUser;
beforeAll(async () => {
  target = await inProcess();
  client = await target.addClient();
  native = await target.addClient({ authenticationMethod: 'none' });
  user = await target.addUser();
});
afterAll(() => target.stop());

async function expectRefused(of: TestClient, over: Over, error: string): Promise<URL> {
  const { url, state } = authorizeUrl(target, of, over);
  return expectRedirectError(await ask(target, url), error, { target, client: of, state });
}

async function expectAccepted(over: Over, of = client): Promise<void> {
  expectSignIn(target, await ask(target, authorizeUrl(target, of, over).url));
}

/** The scope that the token response tells of. */
async function grantedScope(of: TestClient, over: Over): Promise<unknown> {
  const { body } = await redeem(target, of, await obtainCode(target, of, user, over));
  return body.scope;
}

test('AZ-020: a request without response_type is invalid', async () => {
  await expectRefused(client, { response_type: undefined }, 'invalid_request');
  await expectRefused(client, { response_type: '' }, 'invalid_request');
  await expectStillWorks(target, client, user);
});

test.each([
  'token',
  'id_token',
  'id_token token',
  'code token',
  'token code',
  'code id_token',
  'none',
  'x',
  'code code',
])('AZ-021: the response type %j is not offered', async (responseType) => {
  const sent = await expectRefused(client, { response_type: responseType }, 'unsupported_response_type');
  expect(sent.hash).toBe('');
  await expectAccepted({ response_type: 'code' });
});

test('AZ-022: a client that is not registered for codes gets none', async () => {
  const api = await target.addClient({ grantTypes: [] });
  await expectRefused(api, {}, 'unauthorized_client');
  await target.store.clients.replace({ ...api.record, grantTypes: ['authorization_code'] });
  await expectAccepted({}, api);
});

test('AZ-023: answers come in the query; an unknown response mode gives a bare page, even beside other faults', async () => {
  for (const response_mode of ['fragment', 'Query', 'FORM_POST', 'query form_post', 'web_message', 'x']) {
    for (const scope of ['photos:read', 'nonsense']) {
      const outcome = await ask(target, authorizeUrl(target, client, { response_mode, scope }).url);
      expectPage(outcome);
      expect(outcome.html).not.toContain('state=');
    }
  }
  await expectAccepted({ response_mode: 'query' });
  const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client).url, user);
  expect([answer.hash, answer.searchParams.has('code')]).toEqual(['', true]);
});

test('AZ-030: a malformed scope is refused; case counts, order does not', async () => {
  const malformed = [
    ' photos:read',
    'photos:read ',
    'photos:read  photos:write',
    'photos:read\tphotos:write',
    'a"b photos:read',
    'a\\b photos:read',
    'phötos photos:read',
    'photos:read\n',
    '\x7f photos:read',
  ];
  for (const scope of malformed) await expectRefused(client, { scope }, 'invalid_scope');
  await expectRefused(client, { scope: 'Photos:Read' }, 'invalid_scope');
  for (const scope of [
    'photos:read photos:write',
    'photos:write photos:read',
    'photos:write photos:read photos:write',
  ]) {
    const granted = String(await grantedScope(client, { scope })).split(' ');
    expect(granted.toSorted()).toEqual(['photos:read', 'photos:write']);
  }
});

test('AZ-031: an unknown scope is dropped while something is left', async () => {
  expect(await grantedScope(client, { scope: 'unknown photos:read constructor' })).toBe('photos:read');
  await expectRefused(client, { scope: 'unknown constructor' }, 'invalid_scope');
});

test('AZ-032: without scope the default of the client counts, and without a default the request is refused', async () => {
  await expectRefused(client, { scope: undefined }, 'invalid_scope');
  const withDefault = await target.addClient({ defaultScopes: ['photos:write'] });
  expect(await grantedScope(withDefault, { scope: undefined })).toBe('photos:write');
  expect(await grantedScope(withDefault, { scope: 'photos:read' })).toBe('photos:read');
});

test('AZ-033: no scope beyond what the client is permitted, by request or by default', async () => {
  const reader = await target.addClient({
    scopes: ['photos:read'],
    defaultScopes: ['photos:read', 'photos:write'],
  });
  await expectRefused(reader, { scope: 'photos:write' }, 'invalid_scope');
  expect(await grantedScope(reader, { scope: 'photos:write photos:read' })).toBe('photos:read');
  expect(await grantedScope(reader, { scope: undefined })).toBe('photos:read');
});

test('AZ-034: a request without openid is plain OAuth', async () => {
  const { body } = await redeem(target, client, await obtainCode(target, client, user));
  expect(Object.keys(body)).toContain('access_token');
  expect(body).not.toHaveProperty('id_token');
});

test('AZ-036: state comes back byte for byte if it was sent, and not if it was not', async () => {
  for (const state of ['x', ' ', 'a b+c%20d&e=f', '€', '{"a":"b"}', undefined]) {
    const refused = authorizeUrl(target, client, { state, scope: 'nonsense' });
    const to = { target, client, state: state ?? null };
    expectRedirectError(await ask(target, refused.url), 'invalid_scope', to);
    const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client, { state }).url, user);
    expect([answer.searchParams.has('code'), answer.searchParams.get('state')]).toEqual([
      true,
      state ?? null,
    ]);
  }
});

test('AZ-037: a client that uses one challenge in two transactions is noticed', async () => {
  const { verifier, challenge } = pkce();
  const flagged = () => target.events.filter(({ type }) => type === 'challenge.repeated');
  const before = flagged().length;
  await obtainCode(target, client, user, { code_challenge: challenge });
  expect(flagged().length).toBe(before);
  const second = await obtainCode(target, client, user, { code_challenge: challenge });
  expect(flagged().slice(before)).toMatchObject([{ clientId: client.id }]);
  expect((await redeem(target, client, { ...second, verifier })).status).toBe(200);
});

test('AZ-040: a flow with S256 ends in tokens, for public and confidential clients', async () => {
  await expectStillWorks(target, client, user);
  await expectStillWorks(target, native, user);
});

test('AZ-041, AZ-042: every client has to send a challenge', async () => {
  const none = { code_challenge: undefined, code_challenge_method: undefined };
  for (const each of [native, client]) {
    await expectRefused(each, none, 'invalid_request');
    await expectRefused(each, { ...none, nonce: 'n-0S6_WzA2Mj' }, 'invalid_request');
    await expectRefused(each, { code_challenge: '', code_challenge_method: '' }, 'invalid_request');
    await expectStillWorks(target, each, user);
  }
});

test('AZ-043: an absent method means plain, and plain is not supported', async () => {
  for (const code_challenge_method of [undefined, '', 'plain', 's256', 'S512', 'none']) {
    const refused = await expectRefused(client, { code_challenge_method }, 'invalid_request');
    expect(refused.searchParams.get('error_description')).toContain('code_challenge_method');
  }
  await expectAccepted({ code_challenge_method: 'S256' });
});

test('AZ-044: an S256 challenge is 43 base64url characters; a method does not stand alone', async () => {
  const { challenge } = pkce();
  const malformed = [
    challenge.slice(1),
    `${challenge}=`,
    `A${challenge}`,
    `${challenge.slice(1)}=`,
    `${challenge.slice(1)}+`,
    `${challenge.slice(1)}.`,
    `${challenge.slice(1)} `,
    `${challenge}\n`,
    'ü'.repeat(43),
    'A'.repeat(128),
  ];
  for (const code_challenge of malformed) await expectRefused(client, { code_challenge }, 'invalid_request');
  await expectRefused(client, { code_challenge: undefined }, 'invalid_request');
  await expectAccepted({ code_challenge: challenge });
});

test('AZ-045: the challenge is tied to the code and shows in no response', async () => {
  const { verifier, challenge } = pkce();
  const seen: string[] = [];
  const listening = async (request: Request) => {
    const response = await target.fetch(request);
    seen.push(JSON.stringify([...response.headers]), await response.clone().text());
    return response;
  };
  const { url } = authorizeUrl(target, client, { code_challenge: challenge });
  const answer = await walk(new Browser(listening), url, await target.addUser());
  const code = answer.searchParams.get('code') ?? '';
  const overheard = { ...target, fetch: listening };
  const { redirectUri } = client;
  const wrong = await redeem(overheard, client, { code, verifier: pkce().verifier, redirectUri });
  expect(wrong.body.error).toBe('invalid_grant');
  const plain = await redeem(overheard, client, { code, verifier: challenge, redirectUri });
  expect(plain.body.error).toBe('invalid_grant');
  expect((await redeem(overheard, client, { code, verifier, redirectUri })).status).toBe(200);
  expect(seen.length).toBeGreaterThan(8);
  for (const text of seen) {
    expect(text).not.toContain(challenge);
    expect(text).not.toContain(Buffer.from(challenge).toString('base64url').slice(0, 50));
  }
});

test('AZ-057, AZ-066: prompt values nobody knows, display and locales never end a flow', async () => {
  for (const over of [
    { prompt: 'create' },
    { prompt: 'x y  z' },
    { display: 'hologram' },
    { ui_locales: 'tlh !! \0' },
    { claims_locales: '??' },
    { display: '<b>', ui_locales: '%', claims_locales: '"' },
  ]) {
    const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client, over).url, user);
    expect(answer.searchParams.has('code')).toBe(true);
  }
});

test('AZ-085: errors keep to their characters whatever they complain of, and no code stands beside them', async () => {
  const hostile = ['"', '\\', '\r\n', '\0', 'ü', '€', '<script>', '%', '\x7f', '\u202e', 'x'.repeat(3000)];
  for (const value of hostile) {
    await expectRefused(client, { response_type: value }, 'unsupported_response_type');
    await expectRefused(client, { scope: value }, 'invalid_scope');
    await expectRefused(client, { code_challenge: value }, 'invalid_request');
    await expectRefused(client, { code_challenge_method: value }, 'invalid_request');
    await expectRefused(client, { prompt: `none ${value}` }, 'invalid_request');
    const { url, state } = authorizeUrl(target, client);
    const name = encodeURIComponent(value);
    for (const fault of [`${name}=1&${name}=2`, `${name}=%ff`, `%ff"\\${name}=1`]) {
      const refused = await ask(target, `${url}&${fault}`);
      expectRedirectError(refused, 'invalid_request', { target, client, state });
    }
  }
});

test('AZ-100: features that are off are refused by name', async () => {
  const features = { requestObjects: false, requestUris: false, pushedRequests: false };
  const bare = await inProcess({ config: { features } });
  const [app, person] = [await bare.addClient(), await bare.addUser()];
  for (const [over, error] of [
    [{ request: 'eyJhbGciOiJub25lIn0.e30.' }, 'request_not_supported'],
    [{ request_uri: 'https://print.example/request' }, 'request_uri_not_supported'],
    [{ request_uri: 'urn:ietf:params:oauth:request_uri:x' }, 'request_uri_not_supported'],
    [{ registration: '{}' }, 'registration_not_supported'],
  ] as const) {
    const { url, state } = authorizeUrl(bare, app, over);
    expectRedirectError(await ask(bare, url), error, { target: bare, client: app, state });
  }
  const { url } = authorizeUrl(bare, app, { request: '', request_uri: '', registration: '' });
  expectSignIn(bare, await ask(bare, url));
  await expectStillWorks(bare, app, person);
});

test('AZ-100: request objects by reference, and registration on the way, are off unless something else is said', async () => {
  await expectRefused(client, { request_uri: 'https://print.example/request' }, 'request_uri_not_supported');
  await expectRefused(client, { registration: '{}' }, 'registration_not_supported');
  await expectAccepted({ request: '', request_uri: '', registration: '' });
});

import { StoreUnavailable } from '@valetkey/server';
import { memoryStore } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { basic, obtainCode, redeem } from '../support/flow.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';
import type { Target, TargetOptions } from '../targets/target.ts';

const app = 'https://app.example';

async function stage(options: TargetOptions = {}) {
  const target = await inProcess(options);
  const client = await target.addClient({
    authenticationMethod: 'none',
    allowedOrigins: [app],
    redirectUris: [`${app}/callback`],
  });
  const user = await target.addUser();
  return { target, client, user };
}

function send(
  target: Target,
  path: string,
  init: RequestInit & { headers: Record<string, string> },
): Promise<Response> {
  return target.fetch(new Request(`${target.issuer}${path}`, init));
}

function preflight(target: Target, path: string, origin: string, method = 'POST'): Promise<Response> {
  return send(target, path, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'authorization,content-type',
    },
  });
}

test('TK-011: a page of a registered browser client may redeem its code across origins, without credentials', async () => {
  const { target, client, user } = await stage();
  const answer = await obtainCode(target, client, user);
  const fields = {
    grant_type: 'authorization_code',
    client_id: client.id,
    code: answer.code,
    code_verifier: answer.verifier,
  };
  const approved = await preflight(target, '/token', app);
  expect(approved.status).toBe(204);
  expect(approved.headers.get('access-control-allow-origin')).toBe(app);
  expect(approved.headers.get('access-control-allow-methods')).toBe('POST');
  expect(approved.headers.get('access-control-allow-headers')?.toLowerCase()).toContain('content-type');
  expect(approved.headers.get('access-control-allow-credentials')).toBeNull();
  const tokens = await send(target, '/token', {
    method: 'POST',
    headers: { origin: app, 'content-type': 'application/x-www-form-urlencoded' },
    body: `${new URLSearchParams(fields)}`,
  });
  expect([
    tokens.status,
    tokens.headers.get('access-control-allow-origin'),
    tokens.headers.get('vary'),
  ]).toEqual([200, app, 'Origin']);
  expect(tokens.headers.get('access-control-allow-credentials')).toBeNull();
});

test('TK-011: errors can be read there too, 401 and 413 included', async () => {
  const { target } = await stage();
  const headers = { origin: app, 'content-type': 'application/x-www-form-urlencoded' };
  const bodies = ['grant_type=refresh_token&refresh_token=x', 'grant_type=x', 'x'.repeat(70_000)];
  for (const body of bodies) {
    const answer = await send(target, '/token', { method: 'POST', headers, body });
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('access-control-allow-origin')).toBe(app);
  }
  const unauthorized = await send(target, '/token', {
    method: 'POST',
    headers: { ...headers, authorization: basic('x', 'y') },
    body: 'grant_type=refresh_token&refresh_token=x',
  });
  expect([unauthorized.status, unauthorized.headers.get('access-control-allow-origin')]).toEqual([401, app]);
});

test('TK-011, SB-001: any other origin reads nothing, however near its name', async () => {
  const { target, client, user } = await stage();
  const near = [
    'https://app.example.evil.example',
    'https://evilapp.example',
    'https://sub.app.example',
    'http://app.example',
    'https://app.example:8443',
    'https://app.example/',
    'https://APP.example',
    'https://app.example, https://evil.example',
    'null',
    '*',
    '',
    target.issuer,
    'https://print.example',
  ];
  for (const origin of near) {
    const refused = await preflight(target, '/token', origin);
    expect([origin, refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([
      origin,
      405,
      null,
    ]);
  }
  const answer = await obtainCode(target, client, user);
  const tokens = await redeem(target, client, answer);
  expect(tokens.headers.get('access-control-allow-origin')).toBeNull();
});

test('TK-011: revocation is open to the same pages, introspection to none', async () => {
  const { target } = await stage();
  expect((await preflight(target, '/revoke', app)).status).toBe(204);
  const refused = await preflight(target, '/introspect', app);
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([405, null]);
});

test('TK-011, AZ-008: pages with sessions are open to no origin', async () => {
  const { target } = await stage();
  for (const path of ['/authorize', '/login', '/consent', '/account', '/logout', '/']) {
    for (const method of ['GET', 'POST']) {
      const refused = await preflight(target, path, app, method);
      expect([path, refused.headers.get('access-control-allow-origin')]).toEqual([path, null]);
    }
    const page = await send(target, path, { headers: { origin: app }, redirect: 'manual' });
    expect(page.headers.get('access-control-allow-origin')).toBeNull();
  }
});

test("TK-011: an origin is open within a minute of its client's coming, and shut within a minute of its end", async () => {
  const { target, client } = await stage();
  expect((await preflight(target, '/token', app)).status).toBe(204);
  await target.store.clients.replace({ ...client.record, disabledAt: target.now() });
  target.pass(61_000);
  expect((await preflight(target, '/token', app)).status).toBe(405);
  await target.addClient({ authenticationMethod: 'none', allowedOrigins: ['https://new.example'] });
  target.pass(61_000);
  expect((await preflight(target, '/token', 'https://new.example')).status).toBe(204);
});

test('TK-011, SB-035: a store that cannot list the clients at that moment takes no tokens away that were just given', async () => {
  const store = memoryStore();
  const lists = { asked: 0, fail: false };
  const clients = {
    ...store.clients,
    list: async () => {
      lists.asked += 1;
      if (lists.fail) throw new StoreUnavailable('down');
      return store.clients.list();
    },
  };
  const { target, client, user } = await stage({ store: { ...store, clients } });
  expect((await preflight(target, '/token', app)).status).toBe(204);
  target.pass(61_000);
  const answer = await obtainCode(target, client, user);
  lists.fail = true;
  const tokens = await send(target, '/token', {
    method: 'POST',
    headers: { origin: app, 'content-type': 'application/x-www-form-urlencoded' },
    body: `${new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: client.id,
      code: answer.code,
      code_verifier: answer.verifier,
    })}`,
  });
  expect([tokens.status, tokens.headers.get('access-control-allow-origin')]).toEqual([200, app]);
  // Those who come at once are served by one reading.
  lists.fail = false;
  lists.asked = 0;
  await Promise.all(Array.from({ length: 20 }, () => preflight(target, '/token', app)));
  expect(lists.asked).toBe(1);
});

test('MD-013: metadata and keys are open to everyone, preflight included', async () => {
  const { target } = await stage();
  for (const path of [
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/jwks',
  ]) {
    for (const origin of [app, 'https://stranger.example', 'null']) {
      const approved = await preflight(target, path, origin, 'GET');
      expect([path, approved.status, approved.headers.get('access-control-allow-origin')]).toEqual([
        path,
        204,
        '*',
      ]);
      expect(approved.headers.get('access-control-allow-methods')).toContain('GET');
      expect(approved.headers.get('access-control-allow-credentials')).toBeNull();
      const answer = await send(target, path, { headers: { origin } });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
    }
  }
});

test('TK-011: an OPTIONS request that is no preflight is told the methods', async () => {
  const target = await inProcess();
  await target.addClient({ serves: [photosApi] });
  const answer = await target.fetch(new Request(`${target.issuer}/token`, { method: 'OPTIONS' }));
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

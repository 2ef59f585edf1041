import { expect, test } from 'vitest';
import { expectStillWorks } from '../support/authorize.ts';
import { introspect, obtainCode, redeem, refresh } from '../support/flow.ts';
import {
  callRegistration,
  clientOf,
  manage,
  printShop,
  type RegistrationAnswer,
  registered,
  replaceable,
} from '../support/registration.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';

const open = { config: { registration: { mode: 'open' } } } as const;

function expectUnauthorized({ status, headers, body }: RegistrationAnswer): void {
  expect([status, body.error]).toEqual([401, 'invalid_token']);
  expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="valetkey", error="invalid_token"/);
}

describeTargets((openTarget) => {
  test('MD-050, MD-051, MD-052, MD-053: a registration is read, replaced, and removed with all that was granted', async () => {
    const target = await openTarget(open);
    const user = await target.addUser();
    const registration = await registered(target);
    const api = await target.addClient({ serves: ['https://photos.example/api'] });
    const { client_secret: _, client_secret_expires_at: __, ...told } = registration;
    const read = await manage(target, registration, { method: 'GET' });
    expect([read.status, read.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(read.body).toEqual(told);

    const uri = 'https://print.example/new';
    const changed = { ...replaceable(registration), redirect_uris: [uri] };
    const put = await manage(target, registration, { method: 'PUT', body: changed });
    expect([put.status, put.body.redirect_uris]).toEqual([200, [uri]]);
    expect((await manage(target, registration, { method: 'GET' })).body).toEqual(put.body);
    const client = { ...(await clientOf(target, registration)), redirectUri: uri };
    await expectStillWorks(target, client, user);

    const tokens = await redeem(target, client, await obtainCode(target, client, user));
    const pending = await obtainCode(target, client, user);
    expect(await introspect(target, api, tokens.body.access_token)).toMatchObject({ active: true });
    const removed = await manage(target, registration, { method: 'DELETE' });
    expect(removed.status).toBe(204);
    expect(await introspect(target, api, tokens.body.access_token)).toEqual({ active: false });
    expect((await refresh(target, client, tokens.body.refresh_token)).body.error).toBe('invalid_client');
    expect((await redeem(target, client, pending)).body.error).toBe('invalid_client');
    expectUnauthorized(await manage(target, registration, { method: 'GET' }));
    expect(await target.store.clients.find(client.id)).toBeNull();
    await target.stop();
  });

  test('MD-052: of many that replace a registration at once each gets the whole of one', async () => {
    const target = await openTarget(open);
    const registration = await registered(target);
    const names = Array.from({ length: 8 }, (_, i) => `Shop ${i}`);
    const answers = await Promise.all(
      names.map((client_name) => {
        const body = {
          ...replaceable(registration),
          client_name,
          client_uri: `https://${client_name.at(-1)}.example/`,
        };
        return manage(target, registration, { method: 'PUT', body });
      }),
    );
    expect(answers.map(({ status }) => status)).toEqual(names.map(() => 200));
    const { body } = await manage(target, registration, { method: 'GET' });
    expect(body.client_uri).toBe(`https://${String(body.client_name).at(-1)}.example/`);
    await target.stop();
  });
});

describeHandler((openTarget) => {
  test('MD-050: address and token are given both, or neither', async () => {
    const both = await registered(await openTarget(open));
    expect(both.registration_client_uri).toBe(`https://auth.example/register/${both.client_id}`);
    expect(String(both.registration_access_token).length).toBeGreaterThan(43);
    const target = await openTarget({ config: { registration: { mode: 'open', management: false } } });
    const neither = await registered(target);
    expect(neither).not.toHaveProperty('registration_client_uri');
    expect(neither).not.toHaveProperty('registration_access_token');
    const url = `${target.issuer}/register/${neither.client_id}`;
    expect((await callRegistration(target, url, { method: 'GET', token: 'x' })).status).toBe(404);
  });

  test("MD-050, MD-051: a token is good for its own client only, and another's address answers as one that never was", async () => {
    const target = await openTarget(open);
    const [mine, theirs] = [await registered(target), await registered(target)];
    const operators = await target.addClient();
    const addresses = [
      String(theirs.registration_client_uri),
      `${target.issuer}/register/c_nobody`,
      `${target.issuer}/register/${operators.id}`,
      `${target.issuer}/register/%zz%00`,
    ];
    for (const url of addresses) {
      for (const method of ['GET', 'PUT', 'DELETE']) {
        const token = String(mine.registration_access_token);
        const body = method === 'PUT' ? { ...replaceable(theirs), client_name: 'Mine' } : undefined;
        expectUnauthorized(await callRegistration(target, url, { method, token, body }));
      }
    }
    const { body } = await manage(target, theirs, { method: 'GET' });
    expect(body.client_name).toBe('Print Shop');
    expect((await manage(target, mine, { method: 'GET' })).status).toBe(200);
  });

  test('MD-051: without a token, or with one that is wrong, it is 401 and nothing happens', async () => {
    const target = await openTarget(open);
    const registration = await registered(target);
    const url = String(registration.registration_client_uri);
    const token = String(registration.registration_access_token);
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const bare = await callRegistration(target, url, { method });
      expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="valetkey"']);
      for (const wrong of [
        token.slice(1),
        `${token}x`,
        token.toUpperCase(),
        String(registration.client_secret),
      ])
        expectUnauthorized(await callRegistration(target, url, { method, token: wrong }));
      const headers = { authorization: `Basic ${token}` };
      expect((await callRegistration(target, url, { method, headers })).status).toBe(401);
    }
    expect((await manage(target, registration, { method: 'GET' })).status).toBe(200);
  });

  test('MD-051: once the operator has removed or disabled the client, its token is good for nothing', async () => {
    const target = await openTarget(open);
    const [removed, disabled] = [await registered(target), await registered(target)];
    await target.store.clients.remove(String(removed.client_id));
    const { record } = await clientOf(target, disabled);
    await target.store.clients.replace({ ...record, disabledAt: target.now() });
    for (const registration of [removed, disabled]) {
      for (const method of ['GET', 'DELETE'])
        expectUnauthorized(await manage(target, registration, { method }));
      expectUnauthorized(
        await manage(target, registration, { method: 'PUT', body: replaceable(registration) }),
      );
    }
    expect((await target.store.clients.find(String(disabled.client_id)))?.disabledAt).not.toBeNull();
  });

  test('MD-051: a registration that has run out is gone, swept or not', async () => {
    const target = await openTarget({ config: { registration: { mode: 'open', lifetime: 60 } } });
    const registration = await registered(target);
    target.pass(60_000);
    expectUnauthorized(await manage(target, registration, { method: 'GET' }));
  });

  test('MD-052: what is left out is deleted, or back at its default', async () => {
    const target = await openTarget(open);
    const registration = await registered(target, {
      ...printShop,
      client_uri: 'https://print.example/',
      contacts: ['ada@print.example'],
      dpop_bound_access_tokens: true,
      scope: 'photos:read',
    });
    const { client_id, redirect_uris } = registration;
    const { status, body } = await manage(target, registration, {
      method: 'PUT',
      body: { client_id, redirect_uris, client_name: null },
    });
    expect(status).toBe(200);
    for (const member of ['client_uri', 'contacts', 'client_secret']) expect(body).not.toHaveProperty(member);
    expect(body).toMatchObject({
      client_id,
      redirect_uris,
      client_name: 'Unnamed app',
      grant_types: ['authorization_code'],
      dpop_bound_access_tokens: false,
      client_id_issued_at: registration.client_id_issued_at,
    });
    expect(String(body.scope).split(' ')).toContain('photos:write');
  });

  test('MD-052: what the operator has set is not the client’s to replace', async () => {
    const target = await openTarget(open);
    const registration = await registered(target);
    const { record } = await clientOf(target, registration);
    const set = {
      serves: ['https://photos.example/api'],
      accessTokenFormat: 'opaque',
      grantEpoch: 7,
    } as const;
    await target.store.clients.replace({ ...record, ...set, compatibility: { withoutPkce: true } });
    const put = await manage(target, registration, { method: 'PUT', body: replaceable(registration) });
    expect(put.status).toBe(200);
    expect((await clientOf(target, registration)).record).toMatchObject({
      ...set,
      compatibility: { withoutPkce: true },
      createdAt: record.createdAt,
      registration: record.registration,
    });
  });

  test.each([
    ['no client_id', { client_id: undefined }],
    ['another client_id', { client_id: 'c_somebody' }],
    ['another secret', { client_secret: 'vksecret_wrong' }],
    ['a secret that is no text', { client_secret: 1 }],
    ['its registration token', { registration_access_token: 'x' }],
    ['its address', { registration_client_uri: 'https://auth.example/register/x' }],
    ['the end of its secret', { client_secret_expires_at: 0 }],
    ['the time of its issue', { client_id_issued_at: 1 }],
    ['metadata that cannot be', { grant_types: ['implicit'] }],
  ])('MD-052: a replacement with %s is invalid_client_metadata, and changes nothing', async (_what, over) => {
    const target = await openTarget(open);
    const registration = await registered(target);
    const before = (await clientOf(target, registration)).record;
    const body = { ...replaceable(registration), client_name: 'Changed', ...over };
    const { status, body: answer } = await manage(target, registration, { method: 'PUT', body });
    expect([status, answer.error], JSON.stringify(answer)).toEqual([400, 'invalid_client_metadata']);
    expect((await clientOf(target, registration)).record).toEqual(before);
    const good = await manage(target, registration, { method: 'PUT', body: replaceable(registration) });
    expect(good.status).toBe(200);
  });

  test('MD-052: a redirect URI that cannot be one is invalid_redirect_uri at a replacement too', async () => {
    const target = await openTarget(open);
    const registration = await registered(target);
    const body = { ...replaceable(registration), redirect_uris: ['javascript:alert(1)'] };
    const answer = await manage(target, registration, { method: 'PUT', body });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_redirect_uri']);
  });

  test('MD-052, MD-054: a secret comes when the method needs one, stays while it fits, and goes with its method', async () => {
    const target = await openTarget(open);
    const user = await target.addUser();
    const registration = await registered(target);
    const putMethod = (method: string) => {
      const { client_secret: _, ...rest } = replaceable(registration);
      return manage(target, registration, {
        method: 'PUT',
        body: { ...rest, token_endpoint_auth_method: method },
      });
    };
    expect((await putMethod('client_secret_post')).body).not.toHaveProperty('client_secret');
    await expectStillWorks(target, await clientOf(target, registration), user);
    expect((await putMethod('none')).body).not.toHaveProperty('client_secret');
    const bare = await clientOf(target, registration);
    expect(bare.record.secrets).toEqual([]);
    await expectStillWorks(target, bare, user);
    const { body } = await putMethod('client_secret_basic');
    expect(body).toMatchObject({ client_secret_expires_at: 0 });
    expect(body.client_secret).not.toBe(registration.client_secret);
    await expectStillWorks(target, await clientOf(target, body), user);
    const old = await clientOf(target, registration);
    expect((await refresh(target, old, 'x')).body.error).toBe('invalid_client');
  });

  test('MD-053: a removal that comes again is 401, since there is no such client', async () => {
    const target = await openTarget(open);
    const [registration, other] = [await registered(target), await registered(target)];
    expect((await manage(target, registration, { method: 'DELETE' })).status).toBe(204);
    expectUnauthorized(await manage(target, registration, { method: 'DELETE' }));
    await expectStillWorks(target, await clientOf(target, other), await target.addUser());
  });

  test('MD-053: what registers, changes and goes is told to the operator', async () => {
    const target = await openTarget(open);
    const registration = await registered(target);
    await manage(target, registration, { method: 'PUT', body: replaceable(registration) });
    await manage(target, registration, { method: 'DELETE' });
    const told = target.events.filter(({ type }) => type.startsWith('client.'));
    const clientId = registration.client_id;
    expect(told).toMatchObject([
      { type: 'client.registered', clientId, address: '192.0.2.1' },
      { type: 'client.updated', clientId },
      { type: 'client.removed', clientId },
    ]);
  });
});

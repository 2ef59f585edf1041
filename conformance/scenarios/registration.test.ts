import { createHash, generateKeyPairSync } from 'node:crypto';
import type { Fetched, OutgoingRequest } from '@valetkey/server';
import { SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { assertionOf, carried, knock, secretKey } from '../support/assertions.ts';
import { expectStillWorks } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, obtainCode, redeem, refresh } from '../support/flow.ts';
import {
  callRegistration,
  clientOf,
  printShop,
  type RegistrationAnswer,
  register,
  registered,
} from '../support/registration.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import type { Target } from '../targets/target.ts';

const open = { config: { registration: { mode: 'open' } } } as const;
const accessToken = 'let-me-in-let-me-in-let-me-in-let-me-in';
const day = 86_400_000;

function expectRefused(answer: RegistrationAnswer, error = 'invalid_client_metadata'): void {
  expect([answer.status, answer.body.error], JSON.stringify(answer.body)).toEqual([400, error]);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/);
}

/** Nothing was stored, and whoever asks properly is still let in. */
async function expectUntouched(target: Target): Promise<void> {
  expect(await target.store.clients.list()).toEqual([]);
  await registered(target);
}

describeTargets((openTarget) => {
  test('MD-031, MC-005: a client registers itself, and its registration is good for a whole flow', async () => {
    const target = await openTarget(open);
    const user = await target.addUser();
    const before = Math.floor(target.now() / 1000);
    const { status, headers, body } = await register(target, printShop);
    expect([status, headers.get('cache-control')]).toEqual([201, 'no-store']);
    expect(body).toMatchObject({
      ...printShop,
      response_types: ['code'],
      application_type: 'web',
      token_endpoint_auth_method: 'client_secret_basic',
      id_token_signed_response_alg: 'RS256',
      subject_type: 'public',
      client_secret_expires_at: 0,
    });
    expect(body.client_id_issued_at).toBeGreaterThanOrEqual(before);
    expect(String(body.client_secret).length).toBeGreaterThan(43);
    const client = await clientOf(target, body);
    const tokens = await redeem(target, client, await obtainCode(target, client, user));
    expect(tokens.status).toBe(200);
    expect((await refresh(target, client, tokens.body.refresh_token)).status).toBe(200);
    const wrong = { ...client, secret: `${client.secret}x` };
    expect((await refresh(target, wrong, tokens.body.refresh_token)).status).toBe(401);
    await target.stop();
  });
});

describeHandler((openTarget) => {
  test('MD-030: registration that is off is not there, nor in the metadata; on, it is both', async () => {
    const off = await openTarget();
    expect((await register(off, printShop)).status).toBe(404);
    expect(await metadataOf(off)).not.toHaveProperty('registration_endpoint');
    const on = await openTarget(open);
    expect(await metadataOf(on)).toMatchObject({ registration_endpoint: `${on.issuer}/register` });
    expect((await register(on, printShop)).status).toBe(201);
  });

  test('MD-030: with initial access tokens a bad one is a 401 bearer challenge, and a good one lets in', async () => {
    const target = await openTarget({
      config: { registration: { mode: 'token', initialAccessTokens: ['x'.repeat(32), accessToken] } },
    });
    const bare = await register(target, printShop);
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="valetkey"']);
    for (const token of ['x', accessToken.slice(1), `${accessToken}x`, accessToken.toUpperCase()]) {
      const { status, headers, body } = await register(target, printShop, { token });
      expect([status, body.error]).toEqual([401, 'invalid_token']);
      expect(headers.get('www-authenticate')).toMatch(/^Bearer realm="valetkey", error="invalid_token"/);
    }
    const basic = { authorization: `Basic ${accessToken}` };
    expect((await register(target, printShop, { headers: basic })).status).toBe(401);
    expect(await target.store.clients.list()).toEqual([]);
    expect((await register(target, printShop, { token: accessToken })).status).toBe(201);
  });

  test.each([
    ['another type', JSON.stringify(printShop), { 'content-type': 'application/x-www-form-urlencoded' }],
    ['no JSON', '{"redirect_uris":', {}],
    ['no object', '[]', {}],
    ['nothing', '', {}],
    ['null', 'null', {}],
    [
      'a member twice',
      '{"redirect_uris":["https://a.example/cb"],"redirect_uris":["https://b.example/cb"]}',
      {},
    ],
    ['deep nesting', `{"x":${'['.repeat(200)}${']'.repeat(200)}}`, {}],
  ])('MD-030: a body with %s is invalid_client_metadata', async (_what, body, headers) => {
    const target = await openTarget(open);
    expectRefused(await register(target, body, { headers }));
    await expectUntouched(target);
  });

  test('MD-030: a body that is no UTF-8 or too large is refused', async () => {
    const target = await openTarget(open);
    const post = (body: BodyInit) =>
      target.fetch(
        new Request(`${target.issuer}/register`, {
          method: 'POST',
          body,
          headers: { 'content-type': 'application/json' },
        }),
      );
    expect((await post(Buffer.from('{"client_name":"\xff"}', 'latin1'))).status).toBe(400);
    expect((await post(JSON.stringify({ ...printShop, x: 'x'.repeat(65_536) }))).status).toBe(413);
    await expectUntouched(target);
  });

  test('MD-031: everything that was registered is in the answer: no null, no empty list, truth as truth', async () => {
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const sent = {
      ...printShop,
      client_uri: 'https://print.example/',
      logo_uri: 'https://print.example/logo.png',
      policy_uri: 'https://print.example/policy',
      tos_uri: 'https://print.example/tos',
      contacts: ['ada@print.example'],
      software_id: 'print-shop',
      software_version: '1.2',
      initiate_login_uri: 'https://print.example/login',
      application_type: 'web',
      scope: 'photos:read openid',
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: 'ES256',
      jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' }] },
      require_pushed_authorization_requests: true,
      require_signed_request_object: false,
      request_object_signing_alg: 'ES256',
      response_modes: ['query', 'form_post'],
      authorization_signed_response_alg: 'ES256',
      introspection_signed_response_alg: 'PS256',
      dpop_bound_access_tokens: true,
      id_token_signed_response_alg: 'ES256',
      userinfo_signed_response_alg: 'PS256',
      subject_type: 'pairwise',
      default_max_age: 3600,
      require_auth_time: true,
      default_acr_values: ['urn:example:loa:2'],
      post_logout_redirect_uris: ['https://print.example/bye'],
      backchannel_logout_uri: 'https://print.example/backchannel',
      backchannel_logout_session_required: true,
    };
    const body = await registered(await openTarget(open), sent);
    const { scope, ...rest } = sent;
    expect(body).toMatchObject(rest);
    expect(String(body.scope).split(' ').toSorted()).toEqual(scope.split(' ').toSorted());
    expect(body).not.toHaveProperty('client_secret');
    expect(body).not.toHaveProperty('client_secret_expires_at');
    for (const value of Object.values(body)) expect([null, undefined, '', []]).not.toContainEqual(value);
  });

  test('MD-032, MD-033: a redirect URI that cannot be one is invalid_redirect_uri', async () => {
    const target = await openTarget(open);
    for (const uris of [
      undefined,
      [],
      ['https://print.example/callback#fragment'],
      ['javascript:alert(1)'],
      ['data:text/html,x'],
      ['file:///etc/passwd'],
      ['http://print.example/callback'],
      ['/callback'],
      ['https://print.example/callback', 'javascript:alert(1)'],
    ])
      expectRefused(await register(target, { ...printShop, redirect_uris: uris }), 'invalid_redirect_uri');
    await expectUntouched(target);
  });

  test('MD-034: what a web client and a native client may be answered at', async () => {
    const target = await openTarget(open);
    const refused: [string, string][] = [
      ['web', 'http://127.0.0.1/callback'],
      ['web', 'https://localhost/callback'],
      ['web', 'com.example.app:/callback'],
      ['native', 'app:/callback'],
      ['native', 'http://print.example/callback'],
    ];
    for (const [type, uri] of refused) {
      const metadata = { application_type: type, redirect_uris: [uri] };
      expectRefused(await register(target, metadata), 'invalid_redirect_uri');
    }
    await expectUntouched(target);
    const good = ['com.example.app:/callback', 'http://127.0.0.1/callback', 'https://print.example/callback'];
    expect(await registered(target, { application_type: 'native', redirect_uris: good })).toMatchObject({
      application_type: 'native',
      redirect_uris: good,
    });
  });

  test('MD-034, MC-005: a program on loopback that says no type is told that it is native, and any port will do', async () => {
    const target = await openTarget(open);
    const user = await target.addUser();
    const body = await registered(target, {
      redirect_uris: ['http://localhost/callback'],
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
    });
    expect(body).toMatchObject({ application_type: 'native', token_endpoint_auth_method: 'none' });
    expect(body).not.toHaveProperty('client_secret');
    const client = await clientOf(target, body);
    const redirectUri = 'http://localhost:49152/callback';
    const answer = await obtainCode(target, client, user, { redirect_uri: redirectUri });
    const tokens = await redeem(target, client, { ...answer, redirectUri });
    expect(tokens.status).toBe(200);
    expect(tokens.body.refresh_token).toBeDefined();
  });

  test('MC-005: a browser client that registered itself may redeem its code across origins', async () => {
    const target = await openTarget(open);
    const origin = 'https://app.example';
    await registered(target, { redirect_uris: [`${origin}/cb`], token_endpoint_auth_method: 'none' });
    const preflight = (path: string, method: string) =>
      target.fetch(
        new Request(`${target.issuer}${path}`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': method,
            'access-control-request-headers': 'authorization,content-type,mcp-protocol-version',
          },
        }),
      );
    const registration = await preflight('/register', 'POST');
    expect([registration.status, registration.headers.get('access-control-allow-origin')]).toEqual([
      204,
      '*',
    ]);
    expect(registration.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(
      'mcp-protocol-version',
    );
    const managed = await preflight('/register/c_1', 'PUT');
    expect(managed.headers.get('access-control-allow-methods')).toBe('GET, HEAD, PUT, DELETE');
    for (const { headers } of [registration, managed])
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect((await preflight('/token', 'POST')).headers.get('access-control-allow-origin')).toBe(origin);
  });

  test('MD-036: grant types and response types that disagree are invalid_client_metadata', async () => {
    const target = await openTarget(open);
    for (const over of [
      { grant_types: ['refresh_token'] },
      { grant_types: ['implicit'], response_types: ['token'] },
      { response_types: ['id_token'] },
      { response_types: ['code', 'code id_token'] },
    ])
      expectRefused(await register(target, { ...printShop, ...over }));
    await expectUntouched(target);
  });

  test('MD-037: unknown members are ignored, unsupported values refused, or replaced and told', async () => {
    const target = await openTarget(open);
    for (const over of [
      { token_endpoint_auth_method: 'tls_client_auth' },
      { id_token_signed_response_alg: 'none' },
      { id_token_encrypted_response_alg: 'RSA-OAEP' },
      { request_object_signing_alg: 'none' },
      { dpop_bound_access_tokens: 'yes' },
    ])
      expectRefused(await register(target, { ...printShop, ...over }));
    await expectUntouched(target);
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    const body = await registered(target, {
      ...printShop,
      grant_types: ['authorization_code', device],
      scope: 'photos:read nonsense',
      flavor: 'strawberry',
    });
    expect(body).toMatchObject({ grant_types: ['authorization_code'], scope: 'photos:read' });
    expect(body).not.toHaveProperty('flavor');
  });

  test('MD-028: keys and their address together are refused', async () => {
    const target = await openTarget(open);
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [publicKey.export({ format: 'jwk' })] };
    const byKey = { ...printShop, token_endpoint_auth_method: 'private_key_jwt' };
    for (const keys of [
      { jwks, jwks_uri: 'https://print.example/keys' },
      { jwks_uri: 'http://print.example/keys' },
      {},
    ])
      expectRefused(await register(target, { ...byKey, ...keys }));
    await expectUntouched(target);
    expect((await registered(target, { ...byKey, jwks })).jwks).toEqual(jwks);
  });

  test('MD-031: a secret for signed assertions is one that assertions can be checked with', async () => {
    const target = await openTarget(open);
    const body = await registered(target, { ...printShop, token_endpoint_auth_method: 'client_secret_jwt' });
    const client = await clientOf(target, body);
    const answer = await obtainCode(target, client, await target.addUser());
    const claims = { iss: client.id, sub: client.id, aud: target.issuer, jti: crypto.randomUUID() };
    const redeemWith = async (secret: string) => {
      const assertion = await new SignJWT(claims)
        .setProtectedHeader({ alg: 'HS256' })
        .setIssuedAt(Math.floor(target.now() / 1000))
        .setExpirationTime(Math.floor(target.now() / 1000) + 60)
        .sign(Buffer.from(secret));
      return redeem(target, client, answer, {
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      });
    };
    expect((await redeemWith('x'.repeat(52))).status).toBe(401);
    expect((await redeemWith(client.secret)).status).toBe(200);
  });

  test('MD-038: the server chooses the id, which is no URL and no name of a person', async () => {
    const target = await openTarget(open);
    const user = await target.addUser();
    const wanted = await registered(target, { ...printShop, client_id: user.id, client_secret: 'mine' });
    const ids = [String(wanted.client_id), String((await registered(target)).client_id)];
    expect(new Set(ids).size).toBe(2);
    expect(wanted.client_secret).not.toBe('mine');
    for (const id of ids) {
      expect(id).toMatch(/^c_[A-Za-z0-9_-]{30}$/);
      expect(id.length).not.toBe(user.id.length);
    }
  });

  test('MD-039: what a client says of itself is shown as unverified, and its logo is not fetched by browsers', async () => {
    const target = await openTarget(open);
    const user = await target.addUser();
    for (const member of ['logo_uri', 'client_uri', 'policy_uri', 'tos_uri'])
      expectRefused(await register(target, { ...printShop, [member]: 'javascript:alert(1)' }));
    const logo = 'https://print.example/logo.png';
    const said = {
      logo_uri: logo,
      client_uri: 'https://bank.example/',
      tos_uri: 'https://print.example/tos',
    };
    const client = await clientOf(target, await registered(target, { ...printShop, ...said }));
    const browser = new Browser(target.fetch);
    const { username, password } = user;
    const signIn = await browser.open(authorizeUrl(target, client).url);
    if ('left' in signIn) return expect.unreachable('nobody was asked to sign in');
    const consent = await browser.click(signIn, 'login-submit', { username, password });
    if ('left' in consent) return expect.unreachable('nobody was asked for consent');
    expect(consent.html).toContain('consent-approve');
    expect(consent.html).toContain('print.example');
    expect(consent.html).not.toContain(logo);
    expect(consent.html).not.toContain('bank.example');
    expect(consent.html).toContain('https://print.example/tos');
    await expectStillWorks(target, client, user);
  });

  test('MD-041: a software statement is ignored', async () => {
    const target = await openTarget(open);
    const statement = `${btoa('{"alg":"none"}')}.${btoa('{"redirect_uris":["https://evil.example/"]}')}.`;
    const body = await registered(target, { ...printShop, software_statement: statement });
    expect(body.redirect_uris).toEqual(printShop.redirect_uris);
    expect(body).not.toHaveProperty('software_statement');
  });

  test.each(['HS256', 'HS384', 'HS512'])(
    'MD-008, TK-034: the secret of a client that registers %s is long enough for it',
    async (alg) => {
      const target = await openTarget(open);
      const { client_id: id, client_secret: secret } = await registered(target, {
        ...printShop,
        token_endpoint_auth_method: 'client_secret_jwt',
        token_endpoint_auth_signing_alg: alg,
      });
      const key = secretKey(alg, String(secret));
      const assertion = await assertionOf(target, { id: String(id), key });
      expect(await knock(target, carried(assertion))).toBe('in');
    },
  );

  test('SB-032: a private key that is sent by mistake reaches neither the log nor the answer', async () => {
    const target = await openTarget(open);
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { d, ...key } = privateKey.export({ format: 'jwk' });
    // `d` first: no cutting off hides it.
    const leaked = { d, ...key };
    for (const jwks of [[leaked], { keys: leaked }, { keys: [leaked] }, JSON.stringify({ keys: [leaked] })]) {
      const answer = await register(target, { ...printShop, jwks });
      expectRefused(answer);
      expect(`${JSON.stringify(answer.body)} ${JSON.stringify(target.events)}`).not.toContain(d);
    }
    await expectUntouched(target);
  });

  test('MD-042: an address may register so many clients in a time; then 429, and later again', async () => {
    const throttle = { limit: 2, windowSeconds: 3600 };
    const target = await openTarget({ config: { registration: { mode: 'open', throttle } } });
    await registered(target);
    for (let i = 0; i < 3; i += 1) expectRefused(await register(target, { ...printShop, jwks: 1 }));
    await registered(target);
    const { status, headers, body } = await register(target, printShop);
    expect([status, body.error]).toEqual([429, 'temporarily_unavailable']);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(3500);
    expect(await target.store.clients.list()).toHaveLength(2);
    target.pass(3600 * 1000);
    await registered(target);
  });

  test('MD-042: another address is not held up; one IPv6 network is', async () => {
    const throttle = { limit: 1, windowSeconds: 3600 };
    const config = { registration: { mode: 'open', throttle } } as const;
    const first = await openTarget({ config, address: '2001:db8::1' });
    const from = (address: string) => openTarget({ config, address, store: first.store });
    await registered(first);
    expect((await register(await from('2001:db8::ffff:1'), printShop)).status).toBe(429);
    await registered(await from('2001:db8:0:1::1'));
    await registered(await from('192.0.2.1'));
  });

  test('MD-042: a client that nobody uses is gone after its time, and one that is used stays', async () => {
    const target = await openTarget({ config: { registration: { mode: 'open', lifetime: 10 * 86_400 } } });
    const user = await target.addUser();
    const [used, unused] = [await registered(target), await registered(target)];
    const client = await clientOf(target, used);
    target.pass(6 * day);
    expect((await redeem(target, client, await obtainCode(target, client, user))).status).toBe(200);
    target.pass(6 * day);
    const gone = await clientOf(target, unused);
    expect((await refresh(target, gone, 'x')).body.error).toBe('invalid_client');
    expect((await target.store.sweep(target.now())).clients).toBe(1);
    expect(await target.store.clients.find(gone.id)).toBeNull();
    expect((await refresh(target, gone, 'x')).body.error).toBe('invalid_client');
    await expectStillWorks(target, client, user);
  });

  test('MD-042: such clients get no more than the scopes that are open to them', async () => {
    const target = await openTarget({ config: { registration: { mode: 'open', scopes: ['photos:read'] } } });
    const client = await clientOf(target, await registered(target));
    const scope = 'photos:read photos:write';
    const answer = await obtainCode(target, client, await target.addUser(), { scope });
    expect((await redeem(target, client, answer)).body.scope).toBe('photos:read');
    expectRefused(await register(target, { ...printShop, scope: 'photos:write' }));
  });

  test('MD-043: addresses that this server calls or sends people to are https, without fragment', async () => {
    const target = await openTarget({
      config: { registration: { mode: 'open' }, features: { frontChannelLogout: true, requestUris: true } },
    });
    const members = {
      post_logout_redirect_uris: (uri: string) => [uri],
      request_uris: (uri: string) => [uri],
      backchannel_logout_uri: (uri: string) => uri,
      frontchannel_logout_uri: (uri: string) => uri,
      initiate_login_uri: (uri: string) => uri,
    };
    for (const [member, wrap] of Object.entries(members)) {
      for (const uri of ['http://print.example/x', 'https://print.example/x#y', 'x', 'javascript:alert(1)'])
        expectRefused(await register(target, { ...printShop, [member]: wrap(uri) }));
    }
    const elsewhere = { ...printShop, frontchannel_logout_uri: 'https://other.example/x' };
    expectRefused(await register(target, elsewhere));
    await expectUntouched(target);
    for (const [member, wrap] of Object.entries(members)) {
      const sent = wrap('https://print.example/x');
      expect((await registered(target, { ...printShop, [member]: sent }))[member]).toEqual(sent);
    }
  });

  describe('MD-040: a sector identifier', () => {
    const url = 'https://sector.example/redirects.json';
    const uris = ['https://print.example/callback', 'https://shop.example/callback'];
    const pairwise = { redirect_uris: uris, subject_type: 'pairwise', sector_identifier_uri: url };

    async function stage(body: string | null) {
      const asked: OutgoingRequest[] = [];
      const fetch = async (request: OutgoingRequest): Promise<Fetched> => {
        asked.push(request);
        if (body === null) return { outcome: 'failed', why: 'connection refused' };
        return {
          outcome: 'fetched',
          status: 200,
          mediaType: 'application/json',
          body,
          freshForSeconds: null,
        };
      };
      return { target: await openTarget({ ...open, fetcher: { fetch } }), asked };
    }

    test.each([
      ['cannot be read', null],
      ['is no JSON', 'print.example'],
      ['is no list', '{"0":"https://print.example/callback"}'],
      ['names no redirect URI', '[]'],
      ['leaves one out', JSON.stringify(uris.slice(1))],
      ['names one by half', JSON.stringify([uris[0], 'https://shop.example/'])],
    ])('MD-040: that %s is invalid_client_metadata', async (_what, body) => {
      const { target } = await stage(body);
      expectRefused(await register(target, pairwise));
      await expectUntouched(target);
    });

    test('MD-040: that names every redirect URI is taken, and is the sector of the subjects', async () => {
      const { target, asked } = await stage(JSON.stringify([...uris, 'https://more.example/']));
      expect(await registered(target, pairwise)).toMatchObject(pairwise);
      expect(asked.map((request) => request.url)).toEqual([url]);
    });

    test('MD-040: that is not https is refused, and nothing is fetched', async () => {
      const { target, asked } = await stage(JSON.stringify(uris));
      expectRefused(await register(target, { ...pairwise, sector_identifier_uri: 'http://sector.example/' }));
      expect(asked).toEqual([]);
    });

    test('MD-040: is needed for pairwise subjects of several hosts', async () => {
      const { target } = await stage(null);
      expectRefused(await register(target, { redirect_uris: uris, subject_type: 'pairwise' }));
      await registered(target, { redirect_uris: uris.slice(1), subject_type: 'pairwise' });
    });
  });

  test('FP-011: under FAPI only clients that prove a key are registered', async () => {
    const registration = { mode: 'token' as const, initialAccessTokens: [accessToken] };
    const target = await openTarget({ config: { securityProfile: 'fapi2', registration } });
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [publicKey.export({ format: 'jwk' })] };
    for (const method of [
      undefined,
      'none',
      'client_secret_basic',
      'client_secret_post',
      'client_secret_jwt',
    ]) {
      const metadata = { ...printShop, jwks, token_endpoint_auth_method: method };
      expectRefused(await register(target, metadata, { token: accessToken }));
    }
    const byKey = { ...printShop, jwks, token_endpoint_auth_method: 'private_key_jwt' };
    for (const member of ['token_endpoint_auth_signing_alg', 'id_token_signed_response_alg'])
      expectRefused(await register(target, { ...byKey, [member]: 'RS256' }, { token: accessToken }));
    const { status, body } = await register(target, byKey, { token: accessToken });
    expect([status, body.token_endpoint_auth_method]).toEqual([201, 'private_key_jwt']);
    expect(body.id_token_signed_response_alg).not.toBe('RS256');
  });

  test('MD-053: a method that is not offered is a 405 that names those that are', async () => {
    const target = await openTarget(open);
    const get = await callRegistration(target, `${target.issuer}/register`, { method: 'GET' });
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const { registration_client_uri: uri } = await registered(target);
    const patch = await callRegistration(target, String(uri), { method: 'PATCH', body: {} });
    expect([patch.status, patch.headers.get('allow')]).toEqual([405, 'GET, HEAD, PUT, DELETE']);
  });

  test('MD-031: of secrets and registration tokens only hashes are kept', async () => {
    const target = await openTarget(open);
    const body = await registered(target);
    const record = JSON.stringify(await target.store.clients.find(String(body.client_id)));
    for (const name of ['client_secret', 'registration_access_token']) {
      const value = String(body[name]);
      expect(record).not.toContain(value.slice(10));
      expect(record).not.toContain(createHash('sha256').update(value).digest('base64url'));
    }
  });
});

async function metadataOf(target: Target): Promise<Record<string, unknown>> {
  const url = `${target.issuer}/.well-known/oauth-authorization-server`;
  return (await target.fetch(new Request(url))).json();
}

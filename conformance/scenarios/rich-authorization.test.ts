import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, expectRedirectError, expectSignIn } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, callAs, introspect, obtainCode, redeem, refresh, walk } from '../support/flow.ts';
import { claimsOf } from '../support/jwt-claims.ts';
import { leftTo, pageOf, signIn } from '../support/pages.ts';
import { push, pushedUrl } from '../support/pushed-request.ts';
import { describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const bankApi = 'https://bank.example/api';
const payment = (value = '10.00', more: Record<string, unknown> = {}) => ({
  type: 'payment',
  amount: { value, currency: 'EUR' },
  creditor: 'Print Shop',
  ...more,
});
const album = { type: 'album', title: 'Holidays' };

const config = {
  scopes: {
    'photos:read': { description: 'see your photos' },
    'accounts:read': { description: 'see your balance' },
  },
  resources: [
    { identifier: photosApi, name: 'Photo API', scopes: ['photos:read'] },
    { identifier: bankApi, name: 'Bank API', scopes: ['accounts:read'] },
  ],
  authorizationDetails: {
    payment: {
      title: 'Make a payment',
      resources: [bankApi],
      labels: { '/amount/value': 'Amount', '/creditor': 'Payee' },
      schema: {
        type: 'object',
        required: ['amount', 'creditor'],
        properties: {
          amount: {
            type: 'object',
            required: ['value', 'currency'],
            properties: {
              value: { type: 'string', pattern: '^[0-9]+[.][0-9]{2}$' },
              currency: { enum: ['EUR', 'USD'] },
            },
          },
          creditor: { type: 'string' },
          note: { type: 'string' },
        },
      },
    },
    album: {
      title: 'Open an album',
      resources: [photosApi],
      schema: { type: 'object', required: ['title'], properties: { title: { type: 'string' } } },
    },
  },
};

describeTargets((open) => {
  let target: RestartableTarget;
  let client: TestClient;
  let bank: TestClient;
  let photos: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    target = await open({ config });
    client = await target.addClient({ scopes: ['photos:read', 'accounts:read'] });
    bank = await target.addClient({ grantTypes: [], redirectUris: [], serves: [bankApi] });
    photos = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  const asking = (details: unknown, over: Record<string, string | undefined> = {}) => ({
    scope: undefined,
    authorization_details: typeof details === 'string' ? details : JSON.stringify(details),
    ...over,
  });
  const refused = async (details: unknown, over: Record<string, string | undefined> = {}) => {
    const { url, state } = authorizeUrl(target, client, asking(details, over));
    return { outcome: await ask(target, url), to: { target, client, state } };
  };
  const newcomer = async () => {
    const browser = new Browser(target.fetch);
    await signIn(browser, target, await target.addUser());
    return browser;
  };

  test('AZ-095: what is no JSON array of objects with a type is refused', async () => {
    for (const details of [
      '{',
      'payment',
      payment(),
      [],
      [payment(), 'x'],
      [{ amount: 1 }],
      [{ type: 7 }],
      [[payment()]],
    ]) {
      const { outcome, to } = await refused(details);
      expectRedirectError(outcome, 'invalid_authorization_details', to);
    }
    const twice = authorizeUrl(target, client, asking([payment()]));
    const { url, state } = twice;
    const repeated = await ask(
      target,
      `${url}&authorization_details=${encodeURIComponent(JSON.stringify([payment()]))}`,
    );
    expectRedirectError(repeated, 'invalid_request', { target, client, state });
  });

  test('AZ-095: several details of one type are allowed, and each is granted', async () => {
    const details = [payment('1.00'), payment('2.00')];
    const { body } = await redeem(target, client, await obtainCode(target, client, user, asking(details)));
    expect(body.authorization_details).toEqual(details);
  });

  test.each<[string, Record<string, unknown>]>([
    ['an unknown type', { ...payment(), type: 'transfer' }],
    ['a type that names what every object has', { type: 'constructor' }],
    ['a type in another case', { ...payment(), type: 'Payment' }],
    ['an unknown field', payment('1.00', { fee: '1' })],
    ['an unknown field within', payment('1.00', { amount: { value: '1.00', currency: 'EUR', fee: 1 } })],
    ['a field of the wrong type', payment('1.00', { creditor: ['Print Shop'] })],
    ['a bad value', payment('1')],
    ['a value outside an enumeration', payment('1.00', { amount: { value: '1.00', currency: 'XXX' } })],
    ['a missing field', { type: 'payment', creditor: 'Print Shop' }],
  ])('AZ-096: %s is refused, also beside a good detail', async (_, detail) => {
    for (const details of [[detail], [payment(), detail]]) {
      const { outcome, to } = await refused(details);
      expectRedirectError(outcome, 'invalid_authorization_details', to);
    }
  });

  test('AZ-096: the reason is told to the operator, and says nothing of what was sent', async () => {
    const { outcome } = await refused([payment('a private amount')]);
    expect(outcome.location?.searchParams.get('error_description')).not.toContain('private');
    const told = target.events.filter(({ type }) => type === 'request.refused').at(-1);
    expect(told).toMatchObject({ field: 'authorization_details', requirement: 'AZ-096' });
    expect(JSON.stringify(told)).toContain('/amount/value');
    expect(JSON.stringify(told)).not.toContain('private');
  });

  test('AZ-096: a client is held to the types it registered, and one that registered itself to none if it named none', async () => {
    const clients = [
      [await target.addClient({ requests: { authorizationDetailsTypes: ['album'] } }), false, true],
      [await target.addClient({ requests: { authorizationDetailsTypes: [] } }), false, false],
      [await target.addClient({ origin: 'registered' }), false, false],
      [
        await target.addClient({
          origin: 'registered',
          requests: { authorizationDetailsTypes: ['payment'] },
        }),
        true,
        false,
      ],
      [await target.addClient(), true, true],
    ] as const;
    for (const [one, mayPay, mayOpen] of clients) {
      for (const [detail, may] of [
        [payment(), mayPay],
        [album, mayOpen],
      ] as const) {
        const { url, state } = authorizeUrl(target, one, asking([detail]));
        const outcome = await ask(target, url);
        if (may) expectSignIn(target, outcome);
        else if (one.record.origin === undefined)
          expectRedirectError(outcome, 'invalid_authorization_details', { target, client: one, state });
        else
          expect([outcome.status, outcome.html.includes('invalid_authorization_details')]).toEqual([
            400,
            true,
          ]);
      }
    }
  });

  test('AZ-097: scope and details are asked together on one page, each value under its label', async () => {
    const browser = await newcomer();
    const { url } = authorizeUrl(target, client, asking([payment('12.50')], { scope: 'accounts:read' }));
    const page = pageOf(await browser.open(url));
    for (const text of [
      'see your balance',
      'Make a payment',
      'Amount',
      '12.50',
      'Payee',
      'amount, currency',
      'EUR',
    ])
      expect(page.html).toContain(text);
    const answer = leftTo(await browser.click(page, 'consent-approve'));
    expect(answer.searchParams.has('code')).toBe(true);
  });

  test('AZ-097: whatever is in a detail runs nothing, and is text on the page', async () => {
    const browser = await newcomer();
    const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>\u202e`;
    const { url } = authorizeUrl(
      target,
      client,
      asking([payment('1.00', { creditor: hostile, note: hostile })]),
    );
    const page = pageOf(await browser.open(url));
    expect(page.status).toBe(200);
    expect(page.html).not.toMatch(/<script|<img|\u202e/);
    expect(page.html).toContain('&lt;script&gt;alert(1)');
  });

  test('AZ-097: a text that nobody would read to its end is refused', async () => {
    const { outcome, to } = await refused([payment('1.00', { note: 'x'.repeat(1001) })]);
    expectRedirectError(outcome, 'invalid_authorization_details', to);
    const fits = await ask(
      target,
      authorizeUrl(target, client, asking([payment('1.00', { note: 'x'.repeat(1000) })])).url,
    );
    expectSignIn(target, fits);
  });

  test('AZ-097: what was allowed is remembered for the very same detail, and for no other', async () => {
    const browser = await newcomer();
    const first = pageOf(await browser.open(authorizeUrl(target, client, asking([payment('5.00')])).url));
    expect(leftTo(await browser.click(first, 'consent-approve')).searchParams.has('code')).toBe(true);
    const silently = async (details: unknown) => {
      const { url } = authorizeUrl(target, client, asking(details, { prompt: 'none' }));
      const { searchParams } = leftTo(await browser.open(url));
      return searchParams.get('error') ?? 'granted';
    };
    const { type, amount, creditor } = payment('5.00');
    expect(await silently([payment('5.00')])).toBe('granted');
    expect(await silently([{ creditor, amount, type }])).toBe('granted');
    expect(await silently([payment('5.01')])).toBe('consent_required');
    expect(await silently([payment('5.00', { note: '' })])).toBe('consent_required');
    expect(await silently([payment('5.00'), payment('6.00')])).toBe('consent_required');
  });

  test('AZ-070, AZ-097: what is denied is not granted', async () => {
    const browser = await newcomer();
    const page = pageOf(await browser.open(authorizeUrl(target, client, asking([payment('7.00')])).url));
    expect(leftTo(await browser.click(page, 'consent-deny')).searchParams.get('error')).toBe('access_denied');
    const { url } = authorizeUrl(target, client, asking([payment('7.00')], { prompt: 'none' }));
    expect(leftTo(await browser.open(url)).searchParams.get('error')).toBe('consent_required');
  });

  test('TK-078, TN-028, IR-010: what was granted comes with the token, stands in it, and is told at introspection', async () => {
    const details = [payment('3.00')];
    const { body } = await redeem(target, client, await obtainCode(target, client, user, asking(details)));
    expect(body).toMatchObject({ authorization_details: details, scope: '' });
    expect(claimsOf(body.access_token)).toMatchObject({ aud: bankApi, authorization_details: details });
    expect(await introspect(target, bank, body.access_token)).toMatchObject({
      active: true,
      aud: bankApi,
      authorization_details: details,
    });
    const next = await refresh(target, client, body.refresh_token);
    expect([next.status, next.body.authorization_details]).toEqual([200, details]);
  });

  test('IR-010: an opaque token has its details at introspection too', async () => {
    const opaque = await target.addClient({ accessTokenFormat: 'opaque' });
    const { body } = await redeem(target, opaque, await obtainCode(target, opaque, user, asking([album])));
    expect(await introspect(target, photos, body.access_token)).toMatchObject({
      authorization_details: [album],
    });
  });

  test('TK-078: a token request may name some of the details, in any order of members, and none that was not granted', async () => {
    const details = [payment('1.00'), payment('2.00')];
    const { body } = await redeem(target, client, await obtainCode(target, client, user, asking(details)));
    const { type, amount, creditor } = payment('2.00');
    const asked = { authorization_details: JSON.stringify([{ creditor, amount, type }]) };
    const narrowed = await refresh(target, client, body.refresh_token, asked);
    expect([narrowed.status, narrowed.body.authorization_details]).toEqual([200, [payment('2.00')]]);
    for (const other of [
      [payment('3.00')],
      [payment('1.00'), payment('1.00')],
      [album],
      [{ type: 'payment' }],
    ]) {
      const beyond = await refresh(target, client, body.refresh_token, {
        authorization_details: JSON.stringify(other),
      });
      expect([beyond.status, beyond.body.error]).toEqual([400, 'invalid_authorization_details']);
    }
    for (const malformed of ['[]', '{', '[{"type":1}]']) {
      const bad = await refresh(target, client, body.refresh_token, { authorization_details: malformed });
      expect([bad.status, bad.body.error]).toEqual([400, 'invalid_authorization_details']);
    }
    // What was narrowed or refused has taken nothing from the grant.
    const whole = await refresh(target, client, body.refresh_token);
    expect(whole.body.authorization_details).toEqual(details);
  });

  test('TK-078: a code is not spoiled by a request for more than was granted', async () => {
    const answer = await obtainCode(target, client, user, asking([payment('1.00')]));
    const beyond = await redeem(target, client, answer, {
      authorization_details: JSON.stringify([payment('9.00')]),
    });
    expect([beyond.status, beyond.body.error]).toEqual([400, 'invalid_authorization_details']);
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test('TN-028: details are in the tokens of the resources they mean something at, and in no others', async () => {
    const details = [payment('4.00'), album];
    const { url, verifier } = authorizeUrl(
      target,
      client,
      asking(details, { scope: 'photos:read accounts:read' }),
    );
    const both = `${url}&resource=${encodeURIComponent(bankApi)}&resource=${encodeURIComponent(photosApi)}`;
    const browser = await newcomer();
    const end = leftTo(await browser.click(pageOf(await browser.open(both)), 'consent-approve'));
    const code = end.searchParams.get('code') ?? '';
    const answer = { code, verifier, redirectUri: client.redirectUri };
    const first = await redeem(target, client, answer, { resource: bankApi });
    expect(claimsOf(first.body.access_token)).toMatchObject({
      aud: bankApi,
      scope: 'accounts:read',
      authorization_details: [payment('4.00')],
    });
    const second = await refresh(target, client, first.body.refresh_token, { resource: photosApi });
    expect(second.body).toMatchObject({ scope: 'photos:read', authorization_details: [album] });
    const third = await callAs(target, client, '/token', {
      grant_type: 'refresh_token',
      refresh_token: String(second.body.refresh_token),
      authorization_details: JSON.stringify([payment('4.00')]),
    });
    expect(claimsOf(third.body.access_token)).toMatchObject({ aud: bankApi });
    expect(await introspect(target, photos, third.body.access_token)).toEqual({ active: false });
  });

  test('AZ-092, TN-028: details of two resources, or of another than the one named, are refused', async () => {
    for (const [details, over] of [
      [[payment(), album], {}],
      [[payment()], { scope: 'photos:read' }],
      [[payment()], { resource: photosApi }],
    ] as const) {
      const { outcome, to } = await refused(details, over);
      expectRedirectError(outcome, 'invalid_target', to);
    }
    expectSignIn(target, (await refused([payment()], { resource: bankApi })).outcome);
  });

  test('AZ-096, IR-010: a type that is taken from the client is gone from its tokens at once', async () => {
    const losing = await target.addClient();
    const { body } = await redeem(
      target,
      losing,
      await obtainCode(target, losing, user, asking([album], { scope: 'photos:read' })),
    );
    await target.store.clients.replace({ ...losing.record, requests: { authorizationDetailsTypes: [] } });
    expect(await introspect(target, photos, body.access_token)).toMatchObject({
      active: true,
      authorization_details: [],
    });
    const next = await refresh(target, losing, body.refresh_token);
    expect(next.body).toMatchObject({ scope: 'photos:read', authorization_details: [] });
  });

  test('TK-073, AZ-096: a refresh that has nothing left to give spends no refresh token', async () => {
    const losing = await target.addClient({ rotateRefreshTokens: true });
    const answer = await obtainCode(target, losing, user, asking([album]));
    const { refresh_token: token } = (await redeem(target, losing, answer)).body;
    await target.store.clients.replace({ ...losing.record, requests: { authorizationDetailsTypes: [] } });
    for (let times = 0; times < 3; times += 1)
      expect((await refresh(target, losing, token)).body.error).toBe('invalid_target');
    await target.store.clients.replace({ ...losing.record, version: losing.record.version + 1 });
    target.pass(60_000);
    const next = await refresh(target, losing, token);
    expect(next.body).toMatchObject({ authorization_details: [album] });
    expect((await refresh(target, losing, next.body.refresh_token)).status).toBe(200);
  });

  test('AZ-096: a pushed request is checked when it is pushed', async () => {
    const pushing = (details: unknown) => {
      const { url } = authorizeUrl(target, client, asking(details));
      return push(target, { client }, Object.fromEntries(new URL(url).searchParams));
    };
    const bad = await pushing([payment('1')]);
    expect([bad.status, bad.body.error]).toEqual([400, 'invalid_authorization_details']);
    const good = pushedUrl(target, client, await pushing([payment('1.00')]));
    expectSignIn(target, await ask(target, good));
  });

  test('AZ-095: details as large as they may be come through to the token', async () => {
    const details = Array.from({ length: 7 }, (_, i) => payment(`${i}.00`, { note: `${i}`.repeat(990) }));
    const { body } = await redeem(target, client, await obtainCode(target, client, user, asking(details)));
    expect(body.authorization_details).toEqual(details);
  });

  test('AZ-095, TN-018: no details are taken that would make a token too long to be read again', async () => {
    const notes = (many: number) =>
      Array.from({ length: many }, (_, i) => payment(`${i}.00`, { note: '\u20ac'.repeat(990) }));
    const pushing = async (details: unknown) => {
      const { url, verifier } = authorizeUrl(target, client, asking(details));
      const answer = await push(target, { client }, Object.fromEntries(new URL(url).searchParams));
      return { answer, verifier };
    };
    const bad = await pushing(notes(6));
    expect([bad.answer.status, bad.answer.body.error]).toEqual([400, 'invalid_authorization_details']);
    const good = await pushing(notes(2));
    const left = await walk(new Browser(target.fetch), pushedUrl(target, client, good.answer), user);
    const code = left.searchParams.get('code') ?? '';
    const { redirectUri } = client;
    const { body } = await redeem(target, client, { code, verifier: good.verifier, redirectUri });
    expect(await introspect(target, bank, body.access_token)).toMatchObject({
      active: true,
      authorization_details: notes(2),
    });
  });

  test('MD-010, AZ-003: types are told in the metadata; where there are none the parameter is passed over', async () => {
    const document = async (at: RestartableTarget) => {
      const response = await at.fetch(new Request(`${at.issuer}/.well-known/oauth-authorization-server`));
      return (await response.json()) as Record<string, unknown>;
    };
    expect((await document(target)).authorization_details_types_supported).toEqual(['payment', 'album']);
    const { authorizationDetails: _, ...plain } = config;
    const without = await open({ config: plain });
    expect(await document(without)).not.toHaveProperty('authorization_details_types_supported');
    const other = await without.addClient({ scopes: ['photos:read'] });
    const answer = await obtainCode(
      without,
      other,
      await without.addUser(),
      asking([payment()], { scope: 'photos:read' }),
    );
    const { status, body } = await redeem(without, other, answer, {
      authorization_details: JSON.stringify([album]),
    });
    expect([status, body.scope, 'authorization_details' in body]).toEqual([200, 'photos:read', false]);
    await without.stop();
  });
});

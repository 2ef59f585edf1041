import { expect, test } from 'vitest';
import {
  type AssertionWish,
  addKeyClient,
  assertionOf,
  carried,
  knock,
  newKey,
  post,
  redeemWith,
} from '../support/assertions.ts';
import { basic, obtainCode } from '../support/flow.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import type { Target } from '../targets/target.ts';

const minute = 60;

async function stage(target: Target, alg = 'ES256', over = {}) {
  const key = newKey(alg);
  const client = await addKeyClient(target, [key], over);
  const make = (wish?: AssertionWish) => assertionOf(target, { id: client.id, key }, wish);
  return { key, client, make, now: () => Math.floor(target.now() / 1000) };
}

describeTargets((open) => {
  test('TK-020, TK-030, TK-031, TK-032: a client proves itself by its key, everywhere and at every request', async () => {
    const at = await open();
    const { client, make } = await stage(at);
    const answer = await obtainCode(at, client, await at.addUser());
    const tokens = await redeemWith(at, answer, { fields: carried(await make()) });
    expect([tokens.status, tokens.body.error]).toEqual([200, undefined]);
    const refresh = { grant_type: 'refresh_token', refresh_token: String(tokens.body.refresh_token) };
    expect((await post(at, '/token', { fields: refresh })).body.error).toBe('invalid_client');
    const named = { ...refresh, client_id: client.id };
    expect((await post(at, '/token', { fields: named })).body.error).toBe('invalid_client');
    const again = await post(at, '/token', { fields: { ...refresh, ...carried(await make()) } });
    expect(again.status).toBe(200);
    const token = { token: String(again.body.access_token) };
    const seen = await post(at, '/introspect', { fields: { ...token, ...carried(await make()) } });
    expect(seen.body).toMatchObject({ active: true, client_id: client.id });
    expect((await post(at, '/revoke', { fields: { ...token, ...carried(await make()) } })).status).toBe(200);
    const gone = await post(at, '/introspect', { fields: { ...token, ...carried(await make()) } });
    expect(gone.body).toEqual({ active: false });
  });

  test('TK-035: of many uses of one assertion at once, on all nodes, one succeeds; a new one does too', async () => {
    const at = await open();
    const { make } = await stage(at);
    const assertion = await make();
    const knocks = await Promise.all(Array.from({ length: 12 }, () => knock(at, carried(assertion))));
    expect(knocks.filter((outcome) => outcome === 'in')).toHaveLength(1);
    expect(knocks.filter((outcome) => outcome === '401 invalid_client')).toHaveLength(11);
    await at.restart();
    expect(await knock(at, carried(assertion))).toBe('401 invalid_client');
    expect(await knock(at, carried(await make()))).toBe('in');
  });
});

/** What makes an assertion no proof; each is made anew at its turn. */
const refusals: [row: string, what: string, wish: (at: { issuer: string; now: number }) => AssertionWish][] =
  [
    ['TK-032', 'iss of another client', () => ({ claims: { iss: 'somebody' } })],
    ['TK-032', 'sub of another client', () => ({ claims: { sub: 'somebody' } })],
    ['TK-032', 'no iss', () => ({ claims: { iss: undefined } })],
    ['TK-032', 'no sub', () => ({ claims: { sub: undefined } })],
    ['TK-032', 'no jti', () => ({ claims: { jti: undefined } })],
    ['TK-032', 'an empty jti', () => ({ claims: { jti: '' } })],
    ['TK-032', 'a number as jti', () => ({ claims: { jti: 7 } })],
    ['TK-032', 'no exp', () => ({ claims: { exp: undefined } })],
    ['TK-032', 'a text as exp', ({ now }) => ({ claims: { exp: `${now + minute}` } })],
    ['TK-032', 'exp in the past', ({ now }) => ({ claims: { exp: now - 31 } })],
    ['TK-032, FP-017', 'iat more than 60 s ahead', ({ now }) => ({ claims: { iat: now + 62 } })],
    ['TK-032, FP-017', 'nbf more than 60 s ahead', ({ now }) => ({ claims: { nbf: now + 62 } })],
    ['TK-033', 'no aud', () => ({ claims: { aud: undefined } })],
    ['TK-033', 'aud of somebody else', () => ({ claims: { aud: 'https://other.example' } })],
    ['TK-033', 'the issuer with a slash as aud', ({ issuer }) => ({ claims: { aud: `${issuer}/` } })],
    ['TK-033', 'the token endpoint as aud', ({ issuer }) => ({ claims: { aud: `${issuer}/token` } })],
    [
      'TK-033',
      'the endpoint that is called as aud',
      ({ issuer }) => ({ claims: { aud: `${issuer}/revoke` } }),
    ],
    [
      'TK-033',
      'somebody else in aud beside the issuer',
      ({ issuer }) => ({ claims: { aud: [issuer, 'https://other.example'] } }),
    ],
    ['TK-033', 'an empty list as aud', () => ({ claims: { aud: [] } })],
    ['TK-034', 'a key that is not registered', () => ({ header: { kid: 'another' } })],
    ['TK-036', 'exp more than five minutes ahead', ({ now }) => ({ claims: { exp: now + 5 * minute + 32 } })],
    ['TK-036', 'iat more than ten minutes ago', ({ now }) => ({ claims: { iat: now - 10 * minute - 32 } })],
    ...['at+jwt', 'dpop+jwt', 'oauth-authz-req+jwt', 'logout+jwt', 'application/token-introspection+jwt'].map(
      (typ): (typeof refusals)[number] => ['TK-037', `typ ${typ}`, () => ({ header: { typ } })],
    ),
  ];

describeHandler((open) => {
  test.each(refusals)(
    '%s: an assertion with %s proves nothing, and uses up nothing',
    async (_row, _what, wish) => {
      const at = await open();
      const { make, now } = await stage(at);
      const claims = { jti: 'the-same' };
      const { claims: odd, header } = wish({ issuer: at.issuer, now: now() });
      const bad = await make({ claims: { ...claims, ...odd }, ...(header === undefined ? {} : { header }) });
      expect(await knock(at, carried(bad))).toBe('401 invalid_client');
      expect(at.events.at(-1)).toMatchObject({ type: 'request.refused', field: 'client_assertion' });
      expect(await knock(at, carried(await make({ claims })))).toBe('in');
      expect(await knock(at, carried(await make({ claims })))).toBe('401 invalid_client');
    },
  );

  test.each<[row: string, what: string, wish: (at: { issuer: string; now: number }) => AssertionWish]>([
    ['TK-033', 'a list of the issuer alone as aud', ({ issuer }) => ({ claims: { aud: [issuer] } })],
    ['TK-036', 'exp five minutes ahead', ({ now }) => ({ claims: { exp: now + 5 * minute } })],
    ['TK-032, FP-017', 'iat and nbf 10 s ahead', ({ now }) => ({ claims: { iat: now + 10, nbf: now + 10 } })],
    ['TK-032', 'no iat', () => ({ claims: { iat: undefined } })],
    ['TK-037', 'typ client-authentication+jwt', () => ({ header: { typ: 'client-authentication+jwt' } })],
    ['TK-037', 'typ JWT', () => ({ header: { typ: 'JWT' } })],
    ['TK-037', 'typ jwt', () => ({ header: { typ: 'jwt' } })],
    ['TK-034', 'no kid, where one key fits', () => ({ header: { kid: undefined } })],
  ])('%s: an assertion with %s is taken', async (_row, _what, wish) => {
    const at = await open();
    const { make, now } = await stage(at);
    expect(await knock(at, carried(await make(wish({ issuer: at.issuer, now: now() }))))).toBe('in');
  });

  test('TK-022, TK-028, TK-031: beside the assertion there is nothing else, and its type is the one', async () => {
    const at = await open();
    const { client, make } = await stage(at);
    const { id } = client;
    const header = { authorization: basic(id, 'secret') };
    expect(await knock(at, carried(await make()), header)).toBe('400 invalid_request');
    expect(await knock(at, { ...carried(await make()), client_id: id, client_secret: 's' })).toBe(
      '400 invalid_request',
    );
    const other = await at.addClient();
    expect(await knock(at, { ...carried(await make()), client_id: other.id })).toBe('401 invalid_client');
    expect(await knock(at, { ...carried(await make()), client_id: 'nobody' })).toBe('401 invalid_client');
    const { client_assertion } = carried(await make());
    const saml = 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer';
    for (const client_assertion_type of [saml, '', 'jwt-bearer']) {
      const fields = { client_id: id, client_assertion: String(client_assertion), client_assertion_type };
      expect(await knock(at, fields)).toBe('401 invalid_client');
    }
    expect(await knock(at, { ...carried(String(client_assertion)), client_id: id })).toBe('in');
  });

  test('TK-035: an assertion is used up for its own client only', async () => {
    const at = await open();
    const [one, other] = [await stage(at), await stage(at)];
    const claims = { jti: 'both' };
    expect(await knock(at, carried(await one.make({ claims })))).toBe('in');
    expect(await knock(at, carried(await other.make({ claims })))).toBe('in');
    expect(await knock(at, carried(await one.make({ claims })))).toBe('401 invalid_client');
    // As long as one of that time would be taken; after that the name is free again.
    at.pass(5 * minute * 1000 + 31_000);
    expect(await knock(at, carried(await one.make({ claims })))).toBe('in');
  });

  test('TK-020, TK-029: a disabled client is not let in, and an unknown one is answered alike', async () => {
    const at = await open();
    const { key, make } = await stage(at, 'ES256', { disabledAt: at.now() });
    expect(await knock(at, carried(await make()))).toBe('401 invalid_client');
    const stranger = await assertionOf(at, { id: 'nobody', key });
    expect(await knock(at, carried(stranger))).toBe('401 invalid_client');
  });
});

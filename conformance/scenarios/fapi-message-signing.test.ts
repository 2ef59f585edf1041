import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import { type AssertionWish, assertionOf, carried } from '../support/assertions.ts';
import { answerAt, verifyAnswer } from '../support/authorization-answer.ts';
import { ask, expectPage, expectSignIn } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { callBy } from '../support/client-proof.ts';
import { addFapiClient, type FapiClient, redeemFor } from '../support/fapi-client.ts';
import { type TokenAnswer, walkOn } from '../support/flow.ts';
import { push, pushedUrl } from '../support/pushed-request.ts';
import { requestObject, requestOf } from '../support/request-object.ts';
import { describeHandler, describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { Target, TargetOptions, TestClient } from '../targets/target.ts';

type Record_ = Partial<TestClient['record']>;

/** The rules hold for everybody, or for one client of a server that is not so strict with others. */
const ways: [string, TargetOptions, Record_][] = [
  ['the server', { config: { securityProfile: 'fapi2-message-signing' } }, {}],
  ['one client only', {}, { securityProfile: 'fapi2-message-signing' }],
];

const plainModes = ['query', 'form_post', undefined] as const;
const signedModes = ['jwt', 'query.jwt', 'fragment.jwt', 'form_post.jwt'] as const;

function signed(
  at: Target,
  { client, key }: FapiClient,
  parameters: Record<string, unknown>,
  wish?: AssertionWish,
) {
  return requestObject(at, { id: client.id, key }, { ...parameters }, wish);
}

/** What a careful client asks for: everything in the object, and a signed answer. */
function wanted(at: Target, { client }: FapiClient, over: Record<string, string | undefined> = {}) {
  return requestOf(at, client, { response_mode: 'jwt', ...over });
}

function expectRefused({ status, body }: TokenAnswer, error: string, because = ''): void {
  expect([status, body.error], `${because} ${body.error_description}`).toEqual([400, error]);
}

/** A refusal hurt nobody: signed request, signed answer, tokens. */
async function expectFlowWorks(at: Target, by: FapiClient, mode = 'jwt'): Promise<Record<string, unknown>> {
  const { parameters, verifier, state } = wanted(at, by, { response_mode: mode });
  const url = pushedUrl(at, by.client, await push(at, by, { request: await signed(at, by, parameters) }));
  const answer = answerAt(await walkOn(new Browser(at.fetch), url, await at.addUser()));
  const { payload, protectedHeader } = await verifyAnswer(at, by.client, answer);
  expect([payload.state, payload.iss]).toEqual([state, at.issuer]);
  expect(['ES256', 'PS256', 'EdDSA']).toContain(protectedHeader.alg);
  const tokens = await redeemFor(at, by, { code: String(payload.code), verifier });
  expect([tokens.status, tokens.body.token_type]).toEqual([200, 'DPoP']);
  return tokens.body;
}

/** What introspection answers to this caller, and of which type. */
async function introspectSigned(at: Target, { client, key }: FapiClient, token: unknown) {
  const fields = { ...carried(await assertionOf(at, { id: client.id, key })), token: String(token) };
  const response = await at.fetch(
    new Request(`${at.issuer}/introspect`, {
      method: 'POST',
      headers: {
        accept: 'application/token-introspection+jwt',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: `${new URLSearchParams(fields)}`,
    }),
  );
  return { type: response.headers.get('content-type'), jwt: await response.text() };
}

describeTargets((open) => {
  test.each(ways)(
    'FP-050, FP-052: the whole flow with signed messages, demanded by %s',
    async (_name, options, over) => {
      const at = await open(options);
      const by = await addFapiClient(at, over);
      for (const mode of signedModes) await expectFlowWorks(at, by, mode);
    },
  );
});

describe.each(ways)('FAPI 2.0 message signing for %s', (_name, options, over) => {
  describeHandler((open) => {
    async function stage(more: Record_ = {}) {
      const at = await open(options);
      return { at, by: await addFapiClient(at, { ...over, ...more }) };
    }

    test('FP-050: only what is signed can be pushed', async () => {
      const { at, by } = await stage();
      const { parameters } = wanted(at, by);
      expectRefused(await push(at, by, parameters), 'invalid_request');
      const request = await signed(at, by, parameters);
      expectRefused(
        await push(at, by, { request: request.replace(/\.[^.]*$/, '.') }),
        'invalid_request_object',
      );
      await expectFlowWorks(at, by);
    });

    const hour = 3600;
    const claims: [string, 'taken' | 'refused', (now: number, issuer: string) => Record<string, unknown>][] =
      [
        ['the issuer as aud', 'taken', (_, issuer) => ({ aud: issuer })],
        ['the issuer among others as aud', 'taken', (_, issuer) => ({ aud: ['https://x.example', issuer] })],
        ['no aud', 'refused', () => ({ aud: undefined })],
        ['another aud', 'refused', () => ({ aud: 'https://x.example' })],
        ['an empty aud', 'refused', () => ({ aud: '' })],
        ['no nbf', 'refused', () => ({ nbf: undefined })],
        [
          'nbf 59 minutes ago',
          'taken',
          (now) => ({ nbf: now - hour + 60, iat: now - hour + 60, exp: now + 30 }),
        ],
        ['nbf 61 minutes ago', 'refused', (now) => ({ nbf: now - hour - 60, exp: now - 60 + 30 })],
        ['nbf 61 minutes ago and a long life', 'refused', (now) => ({ nbf: now - hour - 60, exp: now + 60 })],
        ['nbf as text', 'refused', (now) => ({ nbf: `${now}` })],
        ['no exp', 'refused', () => ({ exp: undefined })],
        ['exp an hour after nbf', 'taken', (now) => ({ nbf: now, exp: now + hour })],
        ['exp more than an hour after nbf', 'refused', (now) => ({ nbf: now, exp: now + hour + 1 })],
        ['exp in the past', 'refused', (now) => ({ nbf: now - 300, exp: now - 60 })],
        ['nbf and iat 9 s ahead', 'taken', (now) => ({ nbf: now + 9, iat: now + 9, exp: now + 300 })],
        ['nbf more than 60 s ahead', 'refused', (now) => ({ nbf: now + 62, exp: now + 300 })],
      ];
    test.each(claims)('FP-050, FP-017: an object with %s is %s', async (_what, outcome, change) => {
      const { at, by } = await stage();
      const { parameters } = wanted(at, by);
      const wish = { claims: change(Math.floor(at.now() / 1000), at.issuer) };
      const pushed = await push(at, by, { request: await signed(at, by, parameters, wish) });
      if (outcome === 'taken')
        expect([pushed.status, pushed.body.error_description]).toEqual([201, undefined]);
      else expectRefused(pushed, 'invalid_request_object');
    });

    test('FP-050: its typ is that of request objects', async () => {
      const { at, by } = await stage();
      const { parameters } = wanted(at, by);
      const pushTyped = async (typ: string) =>
        push(at, by, { request: await signed(at, by, parameters, { header: { typ } }) });
      for (const typ of ['oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'])
        expect((await pushTyped(typ)).status).toBe(201);
      for (const typ of ['client-authentication+jwt', 'at+jwt', 'dpop+jwt'])
        expectRefused(await pushTyped(typ), 'invalid_request_object');
    });

    test('FP-052: no answer that is not signed can be asked for', async () => {
      const { at, by } = await stage();
      for (const response_mode of [...plainModes, 'fragment']) {
        const { parameters } = wanted(at, by, { response_mode });
        expectRefused(
          await push(at, by, { request: await signed(at, by, parameters) }),
          'invalid_request',
          response_mode,
        );
        const direct = new URLSearchParams(parameters);
        expectPage(await ask(at, `${at.issuer}/authorize?${direct}`));
        const { response_mode: _, ...rest } = parameters;
        const pushed = await push(at, by, {
          ...rest,
          request: await signed(at, by, { ...rest, response_mode: 'jwt' }),
        });
        const url = pushedUrl(at, by.client, pushed, response_mode === undefined ? {} : { response_mode });
        expectSignIn(at, await ask(at, url));
      }
    });

    test('FP-019, FP-052: a request in the open is refused, in a signed answer', async () => {
      const { at, by } = await stage();
      const { parameters, state } = wanted(at, by);
      const request = await signed(at, by, parameters);
      for (const query of [{ ...parameters }, { client_id: by.client.id, request }]) {
        const place = await new Browser(at.fetch).open(
          `${at.issuer}/authorize?${new URLSearchParams(query)}`,
        );
        const { payload } = await verifyAnswer(at, by.client, answerAt(place));
        expect(payload).toMatchObject({ error: 'invalid_request', state });
      }
    });

    test('FP-053: introspection is signed for the resource server, and clients are none', async () => {
      const { at, by } = await stage();
      const api = await addFapiClient(at, { ...over, grantTypes: [], redirectUris: [], serves: [photosApi] });
      const tokens = await expectFlowWorks(at, by);
      const { type, jwt } = await introspectSigned(at, api, tokens.access_token);
      expect(type).toBe('application/token-introspection+jwt');
      const jwks = (await (await at.fetch(new Request(`${at.issuer}/jwks`))).json()) as JSONWebKeySet;
      const verify = (text: string, audience: string) =>
        jwtVerify<{ token_introspection: Record<string, unknown> }>(text, createLocalJWKSet(jwks), {
          issuer: at.issuer,
          audience,
          typ: 'token-introspection+jwt',
          currentDate: new Date(at.now()),
        });
      const { payload, protectedHeader } = await verify(jwt, api.client.id);
      expect(['ES256', 'PS256', 'EdDSA']).toContain(protectedHeader.alg);
      expect(payload.token_introspection).toMatchObject({ active: true, client_id: by.client.id });
      const other = await addFapiClient(at, over);
      for (const caller of [by, other]) {
        for (const token of [tokens.access_token, tokens.refresh_token]) {
          const answer = await introspectSigned(at, caller, token);
          const { token_introspection } = (await verify(answer.jwt, caller.client.id)).payload;
          expect(token_introspection).toEqual({ active: false });
          const plain = await callBy(at, caller, { path: '/introspect', fields: { token: String(token) } });
          expect(plain.body).toEqual({ active: false });
        }
      }
    });
  });
});

describeHandler((open) => {
  test('FP-010, FP-050, FP-052, FP-053: the metadata says what is demanded', async () => {
    const at = await open({ config: { securityProfile: 'fapi2-message-signing' } });
    const document = await at.fetch(new Request(`${at.issuer}/.well-known/openid-configuration`));
    const algorithms = ['ES256', 'PS256', 'EdDSA'];
    expect(await document.json()).toMatchObject({
      require_signed_request_object: true,
      require_pushed_authorization_requests: true,
      response_modes_supported: [...signedModes],
      authorization_signing_alg_values_supported: algorithms,
      introspection_signing_alg_values_supported: algorithms,
      request_object_signing_alg_values_supported: expect.not.arrayContaining(['RS256']),
    });
  });
});

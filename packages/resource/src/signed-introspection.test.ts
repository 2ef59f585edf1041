import { expect, test } from 'vitest';
import { clientSecretBasic, clientSecretPost } from './index.ts';
import { AUDIENCE, type FakeIssuer, NOW, type SigningKey, signJwt } from './issuer.fixture.ts';
import { outcome, request, type Stage, stage } from './stage.fixture.ts';

const MEDIA_TYPE = 'application/token-introspection+jwt';
const authentication = clientSecretBasic('api', 'secret');
const active = { active: true, aud: AUDIENCE, exp: NOW + 600, sub: 'ada', scope: 'photos:read' };

interface Answering {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly key?: SigningKey;
  readonly type?: string;
}

/** What the server answers from now on: a good signed answer, unless changed. */
async function answer(issuer: FakeIssuer, change: Answering = {}): Promise<void> {
  const key = change.key ?? (await issuer.addKey('answers'));
  const claims = { iss: issuer.issuer, aud: 'api', iat: NOW, token_introspection: active, ...change.claims };
  const header = { typ: 'token-introspection+jwt', alg: key.alg, kid: key.kid, ...change.header };
  const jwt = await signJwt(key.privateKey, header, claims);
  const headers = { 'content-type': change.type ?? MEDIA_TYPE };
  issuer.misbehave.set('/introspect', () => new Response(jwt, { headers }));
}

const signedStage = () => stage({ introspection: { authentication, signed: true } });

async function judged(change: Answering): Promise<{ status: number; rule: string | undefined }> {
  const one = await signedStage();
  await answer(one.issuer, change);
  return outcome(one, 'opaque');
}

test('IR-026 RS-020 a signed answer of the issuer for this API gives access', async () => {
  const one = await signedStage();
  await answer(one.issuer);
  const verdict = await one.guard.check(request('Bearer opaque'), { scope: ['photos:read'] });
  expect(verdict).toMatchObject({ granted: { subject: 'ada', expiresAt: (NOW + 600) * 1000 } });
});

test('IR-026 it is asked for by its media type, with the credentials of the API', async () => {
  const asked: Request[] = [];
  const one: Stage = await stage({
    introspection: { authentication: clientSecretPost('api', 'secret'), signed: true },
    fetch: (sent) => {
      if (sent.url.endsWith('/introspect')) asked.push(sent.clone());
      return one.issuer.fetch(sent);
    },
  });
  await answer(one.issuer);
  expect((await outcome(one, 'opaque')).status).toBe(200);
  const [first] = asked;
  expect(first?.headers.get('accept')).toBe(MEDIA_TYPE);
  expect(await first?.text()).toContain('client_id=api');
});

test.each<[string, Answering]>([
  ['of another type', { header: { typ: 'JWT' } }],
  ['without a type', { header: { typ: undefined } }],
  ['that is an access token', { header: { typ: 'at+jwt' } }],
  ['of another issuer', { claims: { iss: 'https://evil.example' } }],
  ['for another API', { claims: { aud: 'another-api' } }],
  ['for nobody', { claims: { aud: undefined } }],
  ['without a time', { claims: { iat: undefined } }],
  ['of two minutes ago', { claims: { iat: NOW - 120 } }],
  ['from the future', { claims: { iat: NOW + 61 } }],
  ['that says nothing of the token', { claims: { token_introspection: undefined } }],
  ['that says something else of the token', { claims: { token_introspection: 'active' } }],
  ['that is sent as JSON', { type: 'application/json' }],
])('IR-026 RS-021 an answer %s is none, and lets nobody in', async (_, change) => {
  expect(await judged(change)).toMatchObject({ status: 503 });
});

test('IR-026 an answer that somebody else signed is none', async () => {
  const one = await signedStage();
  const stranger = await (await stage()).issuer.addKey('answers');
  await one.issuer.addKey('answers');
  await answer(one.issuer, { key: stranger });
  expect(await outcome(one, 'opaque')).toMatchObject({ status: 503, rule: 'IR-026' });
});

test('IR-026 an answer that is not signed is none where signed ones are asked for', async () => {
  const one = await signedStage();
  one.issuer.active.set('opaque', active);
  expect((await outcome(one, 'opaque')).status).toBe(503);
});

test('IR-026 TN-014 a signed answer is no access token', async () => {
  const one = await signedStage();
  const key = await one.issuer.addKey('answers');
  const claims = { iss: one.issuer.issuer, client_id: 'print-shop', jti: 'x', iat: NOW, ...active };
  const header = { typ: 'token-introspection+jwt', alg: key.alg, kid: key.kid };
  const jwt = await signJwt(key.privateKey, header, claims);
  expect(await outcome(one, jwt)).toMatchObject({ status: 401, rule: 'RS-011' });
});

test('IR-014 IR-026 what a signed answer says of the token is checked like any other', async () => {
  const inactive = { claims: { token_introspection: { active: false } } };
  expect(await judged(inactive)).toMatchObject({ status: 401, rule: 'RS-020' });
  const foreign = { claims: { token_introspection: { ...active, aud: 'https://other.example' } } };
  expect(await judged(foreign)).toMatchObject({ status: 401, rule: 'RS-015' });
});

test('IR-026 whoever authenticates in a way of his own says as whom', async () => {
  const own = Object.assign(() => undefined, { clientId: 'api' });
  const one = await stage({ introspection: { authentication: own, signed: true } });
  await answer(one.issuer);
  expect((await outcome(one, 'opaque')).status).toBe(200);
  await expect(stage({ introspection: { authentication: () => undefined, signed: true } })).rejects.toThrow(
    'clientId',
  );
});

import { certificateThumbprint } from '@valetkey/jwt';
import { expect, test } from 'vitest';
import { type Call, certificateFromProxy, type MtlsConfig } from './index.ts';
import { AUDIENCE, NOW } from './issuer.fixture.ts';
import { proved, prover } from './prover.fixture.ts';
import { request, type Stage, stage } from './stage.fixture.ts';

/** The guard compares certificates byte by byte, by their hash, and reads nothing in them. */
const certificate = new TextEncoder().encode('a certificate in DER');
const other = new TextEncoder().encode('another certificate in DER');
const thumbprint = await certificateThumbprint(certificate);
const cnf = { 'x5t#S256': thumbprint };

async function status({ guard }: Stage, call: Call): Promise<number> {
  const verdict = await guard.check(call);
  return 'granted' in verdict ? 200 : verdict.refused.status;
}

async function mtlsStage(mtls: MtlsConfig = {}): Promise<Stage & { asked: Request }> {
  const one = await stage({ mtls });
  return { ...one, asked: request(`Bearer ${await one.issuer.sign({ cnf })}`) };
}

test('TN-086 RS-018 a bound token needs the certificate of its connection, and access says which', async () => {
  const one = await mtlsStage();
  const verdict = await one.guard.check({ request: one.asked, certificate });
  expect(verdict).toMatchObject({ granted: { subject: 'ada', key: { certificate: thumbprint } } });
  expect(await status(one, { request: one.asked, certificate: other })).toBe(401);
  expect(await status(one, { request: one.asked })).toBe(401);
  expect(one.reasons).toMatchObject([{ rule: 'RS-018' }, { rule: 'RS-018' }]);
});

test('TN-086 without mtls a bound token is refused, whatever certificate is shown', async () => {
  const one = await stage();
  const asked = request(`Bearer ${await one.issuer.sign({ cnf })}`);
  expect(await status(one, { request: asked, certificate })).toBe(401);
});

test('SB-014 where it is required, a token without a certificate is refused', async () => {
  const unbound = async (one: Stage) => ({
    request: request(`Bearer ${await one.issuer.sign()}`),
    certificate,
  });
  const [lenient, strict] = [await mtlsStage(), await mtlsStage({ required: true })];
  expect(await status(lenient, await unbound(lenient))).toBe(200);
  expect(await status(strict, await unbound(strict))).toBe(401);
  expect(await status(strict, { request: strict.asked, certificate })).toBe(200);
});

test('RS-018 a token bound to two keys needs both', async () => {
  const client = await prover();
  const one = await stage({ dpop: {}, mtls: {} });
  const token = await one.issuer.sign({ cnf: { ...cnf, jkt: client.jkt } });
  const call = async () => proved(token, await client.prove(token));
  expect(await one.guard.check({ request: await call(), certificate })).toMatchObject({
    granted: { key: { jkt: client.jkt, certificate: thumbprint } },
  });
  expect(await status(one, { request: await call(), certificate: other })).toBe(401);
  expect(await status(one, { request: request(`Bearer ${token}`), certificate })).toBe(401);
});

test('RS-052 a certificate does not make a DPoP token of one that is none', async () => {
  const client = await prover();
  const one = await stage({ dpop: {}, mtls: {} });
  const token = await one.issuer.sign({ cnf });
  const asked = proved(token, await client.prove(token));
  expect(await status(one, { request: asked, certificate })).toBe(401);
});

test('IR-014 RS-020 what introspection says of the certificate is held against the connection', async () => {
  const one = await stage({ mtls: {}, introspection: { authentication: () => undefined } });
  one.issuer.active.set('opaque', { active: true, aud: AUDIENCE, exp: NOW + 600, token_type: 'Bearer', cnf });
  expect(await status(one, { request: request('Bearer opaque'), certificate })).toBe(200);
  expect(await status(one, { request: request('Bearer opaque'), certificate: other })).toBe(401);
});

const base64 = Buffer.from(certificate).toString('base64');
const pem = encodeURIComponent(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);

/** A guard behind a proxy that is 10.0.0.1. */
const proxied = () =>
  mtlsStage({ certificate: certificateFromProxy({ header: 'client-cert', proxies: ['10.0.0.1', '::1'] }) });

function through(asked: Request, header: string, address: string | undefined): Call {
  const headers = new Headers(asked.headers);
  headers.set('client-cert', header);
  return { request: new Request(asked, { headers }), address };
}

test.each([
  ['a byte sequence', `:${base64}:`, '10.0.0.1'],
  ['a PEM', pem, '10.0.0.1'],
  ['a byte sequence over IPv6', `:${base64}:`, '::1'],
  ['a byte sequence to a socket of both families', `:${base64}:`, '::ffff:10.0.0.1'],
])('TN-086 the proxy may tell the certificate as %s', async (_, header, address) => {
  const one = await proxied();
  expect(await status(one, through(one.asked, header, address))).toBe(200);
});

test.each([
  ['somebody else', '10.0.0.2'],
  ['somebody unknown', undefined],
  ['a name that begins alike', '10.0.0.11'],
])('SB-023 the header is nothing when it comes from %s', async (_, address) => {
  const one = await proxied();
  expect(await status(one, through(one.asked, `:${base64}:`, address))).toBe(401);
});

test('SB-023 behind a proxy the certificate of the connection is that of the proxy, and counts for nothing', async () => {
  const one = await proxied();
  expect(await status(one, { request: one.asked, certificate, address: '10.0.0.1' })).toBe(401);
});

test.each(['', base64, `:${base64}:, :${base64}:`, ':!:', '%', pem.replace('BEGIN', 'END'), 'null'])(
  'TN-086 a header that is no certificate is none: %s',
  async (header) => {
    const one = await proxied();
    expect(await status(one, through(one.asked, header, '10.0.0.1'))).toBe(401);
  },
);

import { type Issued, issue, makeAuthority, type Wish } from '@valetkey/fetcher/certificates.fixture.ts';
import type { Client, ClientKeys, Fetcher } from '@valetkey/server';
import { expect, test } from 'vitest';
import { assertionOf, carried, knock, newKey, post, redeemWith } from '../support/assertions.ts';
import { basic, obtainCode } from '../support/flow.ts';
import { inProcess } from '../targets/in-process.ts';
import type { TargetOptions } from '../targets/target.ts';

const refused = '401 invalid_client';
const proxy = '192.0.2.1';

/** A server behind a proxy that ends TLS. */
function behindProxy(over: TargetOptions = {}) {
  return inProcess({
    config: { features: { mutualTls: true } },
    handler: {
      trustedProxies: [proxy],
      clientCertificates: { header: 'X-Client-Cert', verifiedHeader: 'X-Client-Verify' },
    },
    ...over,
  });
}

/** What the proxy says of a handshake; nginx writes it so. */
function told({ certificate }: Issued, verified = 'SUCCESS'): Record<string, string> {
  return { 'x-client-cert': encodeURIComponent(certificate), 'x-client-verify': verified };
}

const base64 = (der: Uint8Array) => Buffer.from(der).toString('base64');

async function byAuthority(wish: Omit<Wish, 'ca'>): Promise<Issued> {
  return issue({ ca: await makeAuthority('CN=Client Authority'), ...wish });
}

function nameClient(subject: ClientKeys['certificateSubject'] & object): Partial<Client> {
  return { authenticationMethod: 'tls_client_auth', secrets: [], keys: { certificateSubject: subject } };
}

function keyClient(certificates: readonly Issued[]): Partial<Client> {
  const jwks = certificates.map(({ der }) => ({ kty: 'EC', x5c: [base64(der)] }));
  return { authenticationMethod: 'self_signed_tls_client_auth', secrets: [], keys: { jwks } };
}

const san = {
  dns: ['print.example'],
  uri: ['https://print.example/app'],
  ip: ['192.0.2.7', '2001:db8::7'],
  email: ['print@shop.example'],
};

test.each([
  ['subject_dn', 'CN=print,O=Example', 'CN=Print,O=Example'],
  ['san_dns', 'print.example', 'a.print.example'],
  ['san_uri', 'https://print.example/app', 'https://print.example/'],
  ['san_ip', '192.0.2.7', '192.0.2.8'],
  ['san_ip', '2001:DB8:0::7', '2001:db8::8'],
  ['san_email', 'print@shop.example', 'other@shop.example'],
] as const)(
  'TK-041: a certificate of an authority proves the %s %s, and not %s',
  async (kind, value, other) => {
    const at = await behindProxy();
    const certificate = await byAuthority({ subject: 'O=Example, CN=print', san });
    const right = await at.addClient(nameClient({ kind, value }));
    const wrong = await at.addClient(nameClient({ kind, value: other }));
    expect(await knock(at, { client_id: wrong.id }, told(certificate))).toBe(refused);
    expect(at.events.at(-1)).toMatchObject({ requirement: 'TK-041', got: expect.stringContaining(kind) });
    expect(await knock(at, { client_id: right.id }, told(certificate))).toBe('in');
  },
);

test.each(['NONE', 'FAILED:certificate has expired', 'success', ''])(
  'TK-041: a chain of which the proxy says "%s" proves no name',
  async (verified) => {
    const at = await behindProxy();
    const certificate = await byAuthority({ subject: 'CN=print' });
    const { id } = await at.addClient(nameClient({ kind: 'subject_dn', value: 'CN=print' }));
    expect(await knock(at, { client_id: id }, told(certificate, verified))).toBe(refused);
    expect(await knock(at, { client_id: id }, told(certificate))).toBe('in');
  },
);

test('TK-041: without a header for it no chain is good', async () => {
  const clientCertificates = { header: 'X-Client-Cert' };
  const at = await behindProxy({ handler: { trustedProxies: [proxy], clientCertificates } });
  const certificate = await byAuthority({ subject: 'CN=print' });
  const byName = await at.addClient(nameClient({ kind: 'subject_dn', value: 'CN=print' }));
  const byKey = await at.addClient(keyClient([certificate]));
  expect(await knock(at, { client_id: byName.id }, told(certificate))).toBe(refused);
  expect(await knock(at, { client_id: byKey.id }, told(certificate))).toBe('in');
});

test('TK-041: a self-signed certificate proves the client that registered it, whatever its chain', async () => {
  const at = await behindProxy();
  const [one, other] = await Promise.all([issue({ ca: 'self' }), issue({ ca: 'self' })]);
  const { id } = await at.addClient(keyClient([one]));
  expect(await knock(at, { client_id: id }, told(other))).toBe(refused);
  expect(await knock(at, { client_id: id })).toBe(refused);
  expect(await knock(at, { client_id: id }, told(one, 'FAILED:self-signed certificate'))).toBe('in');
});

test('TK-041, MD-028: a certificate that is published at jwks_uri is found, and a new one too', async () => {
  const [old, next] = await Promise.all([issue({ ca: 'self' }), issue({ ca: 'self' })]);
  const state = { published: old };
  const fetcher: Fetcher = {
    async fetch() {
      const body = JSON.stringify({ keys: [{ kty: 'EC', x5c: [base64(state.published.der)] }] });
      return { outcome: 'fetched', status: 200, mediaType: 'application/json', body, freshForSeconds: null };
    },
  };
  const at = await behindProxy({ fetcher });
  const { id } = await at.addClient({
    authenticationMethod: 'self_signed_tls_client_auth',
    keys: { jwksUri: 'https://print.example/jwks' },
  });
  expect(await knock(at, { client_id: id }, told(old))).toBe('in');
  state.published = next;
  expect(await knock(at, { client_id: id }, told(next))).toBe(refused);
  at.pass(30_000);
  expect(await knock(at, { client_id: id }, told(next))).toBe('in');
  expect(await knock(at, { client_id: id }, told(old))).toBe(refused);
});

test('TK-040, TK-020: the client names itself, and shows its certificate at every request', async () => {
  const at = await behindProxy();
  const own = await issue({ ca: 'self' });
  const client = await at.addClient(keyClient([own]));
  const named = { client_id: client.id };
  const answer = await obtainCode(at, client, await at.addUser());
  expect((await redeemWith(at, answer, { fields: {}, headers: told(own) })).body.error).toBe(
    'invalid_client',
  );
  expect((await redeemWith(at, answer, { fields: named })).body.error).toBe('invalid_client');
  const tokens = await redeemWith(at, answer, { fields: named, headers: told(own) });
  expect(tokens.status).toBe(200);
  const refresh = { grant_type: 'refresh_token', refresh_token: String(tokens.body.refresh_token), ...named };
  expect((await post(at, '/token', { fields: refresh })).body.error).toBe('invalid_client');
  expect((await post(at, '/token', { fields: refresh, headers: told(own) })).status).toBe(200);
  const token = { token: String(tokens.body.access_token), ...named };
  expect((await post(at, '/introspect', { fields: token })).body.error).toBe('invalid_client');
  const seen = await post(at, '/introspect', { fields: token, headers: told(own) });
  expect(seen.body).toMatchObject({ active: true, client_id: client.id });
});

test('TK-020, TK-026: a certificate is no stand-in for what a client registered, nor anything else for it', async () => {
  const at = await behindProxy();
  const own = await issue({ ca: 'self' });
  const secretive = await at.addClient({ keys: { jwks: [{ kty: 'EC', x5c: [base64(own.der)] }] } });
  expect(await knock(at, { client_id: secretive.id }, told(own))).toBe(refused);
  const { id } = await at.addClient(keyClient([own]));
  const header = { authorization: basic(id, 'secret') };
  expect(await knock(at, {}, { ...told(own), ...header })).toBe(refused);
  expect(await knock(at, { client_id: id, client_secret: 'secret' }, told(own))).toBe(refused);
  const assertion = await assertionOf(at, { id, key: newKey('ES256') });
  expect(await knock(at, carried(assertion), told(own))).toBe(refused);
  expect(await knock(at, { client_id: id }, told(own))).toBe('in');
});

test('TK-043: a header that did not come through the proxy has no effect', async () => {
  const handler = {
    trustedProxies: ['198.51.100.1'],
    clientCertificates: { header: 'X-Client-Cert', verifiedHeader: 'X-Client-Verify' },
  };
  for (const address of [proxy, '::ffff:192.0.2.1', 'unknown']) {
    const at = await behindProxy({ handler, address });
    const own = await byAuthority({ subject: 'CN=print' });
    const byKey = await at.addClient(keyClient([own]));
    const byName = await at.addClient(nameClient({ kind: 'subject_dn', value: 'CN=print' }));
    const headers = { ...told(own), 'x-forwarded-for': '198.51.100.1' };
    expect(await knock(at, { client_id: byKey.id }, headers)).toBe(refused);
    expect(await knock(at, { client_id: byName.id }, headers)).toBe(refused);
  }
});

test('TK-043: without the setting no header is believed, not even of a trusted proxy', async () => {
  const at = await behindProxy({ handler: { trustedProxies: [proxy] } });
  const own = await issue({ ca: 'self' });
  const { id } = await at.addClient(keyClient([own]));
  const names = ['x-client-cert', 'client-cert', 'ssl-client-cert', 'x-ssl-client-cert'];
  for (const name of names) {
    for (const value of [encodeURIComponent(own.certificate), `:${base64(own.der)}:`]) {
      expect(await knock(at, { client_id: id }, { [name]: value })).toBe(refused);
    }
  }
});

test('TK-043: a header as in RFC 9440 is read; several of them, and broken ones, are none', async () => {
  const at = await behindProxy({
    handler: { trustedProxies: [proxy], clientCertificates: { header: 'Client-Cert' } },
  });
  const own = await issue({ ca: 'self' });
  const { id } = await at.addClient(keyClient([own]));
  const good = `:${base64(own.der)}:`;
  for (const value of [
    `${good}, ${good}`,
    good.slice(1),
    good.slice(0, -1),
    `:${base64(own.der).slice(4)}:`,
    `:${base64(own.der).slice(0, -5)}:`,
    '::',
    ':=:',
    '%',
    encodeURIComponent(own.certificate.slice(1)),
    encodeURIComponent(own.certificate + own.certificate),
  ]) {
    expect([value, await knock(at, { client_id: id }, { 'client-cert': value })]).toEqual([value, refused]);
  }
  expect(await knock(at, { client_id: id }, { 'client-cert': good })).toBe('in');
});

test('TK-041: while the feature is off certificates prove nothing', async () => {
  const at = await behindProxy({ config: {} });
  const own = await issue({ ca: 'self' });
  const { id } = await at.addClient(keyClient([own]));
  expect(await knock(at, { client_id: id }, told(own))).toBe(refused);
});

test('MD-010: where clients show certificates is told, and nothing of it while the feature is off', async () => {
  const told = async (config: TargetOptions['config'] & object) => {
    const at = await behindProxy({ config });
    const url = `${at.issuer}/.well-known/oauth-authorization-server`;
    return (await at.fetch(new Request(url))).json();
  };
  const mtlsAddress = 'https://mtls.auth.example';
  const on = await told({ features: { mutualTls: true, openid: false }, mtlsAddress });
  expect(on.token_endpoint_auth_methods_supported).toContain('self_signed_tls_client_auth');
  expect(on.mtls_endpoint_aliases).toEqual({
    token_endpoint: `${mtlsAddress}/token`,
    revocation_endpoint: `${mtlsAddress}/revoke`,
    introspection_endpoint: `${mtlsAddress}/introspect`,
    pushed_authorization_request_endpoint: `${mtlsAddress}/par`,
  });
  expect(await told({ features: { mutualTls: true } })).not.toHaveProperty('mtls_endpoint_aliases');
  const off = await told({});
  expect(off).not.toHaveProperty('mtls_endpoint_aliases');
  expect(JSON.stringify(off)).not.toContain('tls_client');
  await expect(told({ mtlsAddress })).rejects.toThrow('mtlsAddress: certificates of clients are off');
  for (const address of ['http://localhost', 'https://mtls.auth.example/', 'https://a.example?b']) {
    await expect(told({ features: { mutualTls: true }, mtlsAddress: address })).rejects.toThrow(
      'mtlsAddress: must be',
    );
  }
});

test('FP-011: under FAPI a certificate is as good as a key', async () => {
  const at = await behindProxy();
  const own = await issue({ ca: 'self' });
  const { id } = await at.addClient({ ...keyClient([own]), securityProfile: 'fapi2' });
  expect(await knock(at, { client_id: id }, told(own))).toBe('in');
});

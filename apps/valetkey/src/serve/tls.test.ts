import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { request as secureRequest } from 'node:https';
import { connect as connectPlainly } from 'node:net';
import { text } from 'node:stream/consumers';
import { type ConnectionOptions, connect } from 'node:tls';
import { type Authority, type Issued, issue, makeAuthority } from '@valetkey/fetcher/certificates.fixture.ts';
import type { Client } from '@valetkey/server';
import { openSqliteStore } from '@valetkey/store-sqlite';
import { expect, test } from 'vitest';
import { aSandbox, type Running, type Sandbox } from '../command-line.fixture.ts';

interface Secured {
  readonly sandbox: Sandbox;
  readonly running: Running;
  readonly port: number;
  /** Vouches for the server. */
  readonly authority: Authority;
  readonly clientAuthority: Authority;
}

async function secured(
  features = {},
  clients: readonly Client[] = [],
  clientCertificates = {},
): Promise<Secured> {
  const sandbox = aSandbox();
  const [authority, clientAuthority] = await Promise.all([
    makeAuthority(),
    makeAuthority('CN=Client Authority'),
  ]);
  const server = await issue({ ca: authority, san: { dns: ['localhost'], ip: ['127.0.0.1', '::1'] } });
  writeFileSync(sandbox.path('server.pem'), server.certificate);
  writeFileSync(sandbox.path('server.key'), server.key, { mode: 0o600 });
  writeFileSync(sandbox.path('clients.pem'), clientAuthority.certificate);
  sandbox.configure({
    issuer: 'https://localhost:9000',
    tls: {
      certificate: 'server.pem',
      key: 'server.key',
      clientCertificates: { authorities: ['clients.pem'], ...clientCertificates },
    },
    features,
  });
  const store = await openSqliteStore({ file: sandbox.path('valetkey.db') });
  for (const client of clients) await store.clients.add(client);
  await store.close();
  const running = sandbox.start(['serve']);
  const [, port] = await running.says(/"type":"server.listening".*"port":(\d+)/);
  return { sandbox, running, port: Number(port), authority, clientAuthority };
}

/** Whether a handshake comes to its end, and how. */
async function handshake({ port, authority }: Secured, options: ConnectionOptions): Promise<string> {
  const socket = connect({ host: 'localhost', port, ca: authority.certificate, ...options });
  try {
    await once(socket, 'secureConnect');
    return `${socket.getProtocol()} ${socket.getCipher().name}`;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    socket.destroy();
  }
}

async function answerTo(
  sent: ReturnType<typeof request>,
): Promise<{ status: number; body: string; hsts: unknown }> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const { statusCode = 0, headers } = response;
  return { status: statusCode, body: await text(response), hsts: headers['strict-transport-security'] };
}

/** A call that every client that proves itself may make. */
function revoke({ port, authority }: Secured, clientId: string, shown?: Issued) {
  const sent = secureRequest({
    host: 'localhost',
    port,
    path: '/revoke',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    ca: authority.certificate,
    agent: false,
    ...(shown === undefined ? {} : { cert: shown.certificate, key: shown.key }),
  });
  sent.end(`token=unknown&client_id=${clientId}`);
  return answerTo(sent);
}

test('FP-001: TLS 1.2 and 1.3 are spoken, with forward secrecy and authenticated encryption; 1.1 is not', async () => {
  const server = await secured();
  const only = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') => ({ minVersion: version, maxVersion: version });
  expect(await handshake(server, only('TLSv1.3'))).toMatch(/^TLSv1\.3 TLS_/);
  expect(await handshake(server, only('TLSv1.2'))).toMatch(/^TLSv1\.2 ECDHE-ECDSA-AES\d+-GCM-SHA\d+$/);
  const old = { ...only('TLSv1.1'), ciphers: 'DEFAULT@SECLEVEL=0' };
  expect(await handshake(server, old)).toBe('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION');
  for (const ciphers of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305']) {
    const refused = await handshake(server, { ...only('TLSv1.2'), ciphers });
    expect([ciphers, refused]).toEqual([ciphers, 'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE']);
  }
  expect(await handshake(server, { ca: server.clientAuthority.certificate })).not.toMatch(/^TLS/);
});

test('FP-001: it answers over TLS on every loopback address, with HSTS, and not without TLS', async () => {
  const server = await secured();
  for (const host of ['localhost', '127.0.0.1', '::1']) {
    const sent = secureRequest({
      host,
      port: server.port,
      path: '/healthz',
      ca: server.authority.certificate,
    });
    const answer = await answerTo(sent.end());
    expect(answer).toEqual({
      status: 200,
      body: '{"status":"ok"}',
      hsts: expect.stringContaining('max-age'),
    });
  }
  const plain = request({ host: 'localhost', port: server.port, path: '/healthz' }).end();
  await expect(once(plain, 'response')).rejects.toThrow();
});

test('it stops at once although connections are open: one without a handshake, one without a request', async () => {
  const server = await secured();
  const silent = connectPlainly({ host: 'localhost', port: server.port });
  const idle = connect({ host: 'localhost', port: server.port, ca: server.authority.certificate });
  await Promise.all([once(silent, 'connect'), once(idle, 'secureConnect')]);
  const ends = [silent, idle].map((socket) => {
    socket.on('error', () => undefined);
    return once(socket, 'close');
  });
  server.running.signal('SIGTERM');
  expect((await server.running.ended).stdout).toMatch(/"type":"server.stopped","requests":"drained"/);
  await Promise.all(ends);
});

test('TK-040, TK-041: clients prove themselves by certificates, in the handshake of this process', async () => {
  const own = await issue({ ca: 'self', subject: 'CN=self' });
  const registered = { kind: 'subject_dn', value: 'CN=print,O=Example' } as const;
  const server = await secured({ mutualTls: true }, [
    aClient('by-name', { authenticationMethod: 'tls_client_auth', keys: { certificateSubject: registered } }),
    aClient('by-key', {
      authenticationMethod: 'self_signed_tls_client_auth',
      keys: { jwks: [{ kty: 'EC', x5c: [Buffer.from(own.der).toString('base64')] }] },
    }),
  ]);
  const { clientAuthority: ca } = server;
  // In the certificate the most general name comes first.
  const good = await issue({ ca, subject: 'O=Example, CN=print' });
  expect(await revoke(server, 'by-name', good)).toMatchObject({ status: 200 });
  expect(await revoke(server, 'by-key', own)).toMatchObject({ status: 200 });
  const bad: [string, Issued | undefined][] = [
    ['by-name', undefined],
    ['by-name', await issue({ ca, subject: 'O=Example, CN=other' })],
    ['by-name', await issue({ ca: 'self', subject: 'O=Example, CN=print' })],
    ['by-name', await issue({ ca: server.authority, subject: 'O=Example, CN=print' })],
    ['by-name', await issue({ ca, subject: 'O=Example, CN=print', notAfter: Date.now() - 60_000 })],
    ['by-key', undefined],
    ['by-key', good],
    ['by-key', await issue({ ca: 'self', subject: 'CN=self' })],
  ];
  for (const [clientId, shown] of bad) {
    expect(await revoke(server, clientId, shown)).toMatchObject({
      status: 401,
      body: expect.stringContaining('"invalid_client"'),
    });
  }
  expect(await revoke(server, 'by-name', good)).toMatchObject({ status: 200 });
});

test('TK-041: browsers are not asked for certificates where that is switched off, or the feature is', async () => {
  const client = aClient('by-key', { authenticationMethod: 'self_signed_tls_client_auth' });
  const settings = [
    [{ mutualTls: true }, { ask: false }],
    [{ mutualTls: false }, { ask: true }],
  ] as const;
  for (const [features, clientCertificates] of settings) {
    const own = await issue({ ca: 'self' });
    const x5c = [Buffer.from(own.der).toString('base64')];
    const server = await secured(features, [{ ...client, keys: { jwks: [{ x5c }] } }], clientCertificates);
    expect(await revoke(server, 'by-key', own)).toMatchObject({ status: 401 });
  }
});

test('files that are missing, that everybody may read, or that do not fit are told, and nothing starts', async () => {
  const sandbox = aSandbox();
  const [one, other] = await Promise.all([issue({ ca: 'self' }), issue({ ca: 'self' })]);
  writeFileSync(sandbox.path('one.pem'), one.certificate);
  writeFileSync(sandbox.path('one.key'), one.key, { mode: 0o644 });
  writeFileSync(sandbox.path('other.key'), other.key, { mode: 0o600 });
  const problemWith = async (tls: object) => {
    sandbox.configure({ tls });
    const { code, stderr } = await sandbox.valetkey(['serve']);
    expect([code, stderr]).toEqual([78, expect.not.stringContaining('PRIVATE KEY')]);
    return stderr;
  };
  expect(
    await problemWith({
      certificate: 'gone.pem',
      key: 'one.key',
      clientCertificates: { authorities: ['other.key'] },
    }),
  ).toMatch(
    /tls\.certificate: .*gone\.pem is not there[\s\S]*authorities\.0: .*no certificates in PEM[\s\S]*tls\.key: everybody may read .*chmod 600/,
  );
  expect(await problemWith({ certificate: 'one.pem', key: 'other.key' })).toMatch(
    /tls\.key: it is not the key of tls\.certificate/,
  );
});

function aClient(id: string, over: Partial<Client>): Client {
  return {
    id,
    name: 'Print Shop',
    homepage: null,
    applicationType: 'web',
    authenticationMethod: 'none',
    secrets: [],
    redirectUris: ['https://print.example/callback'],
    grantTypes: ['authorization_code', 'refresh_token'],
    scopes: ['photos:read'],
    defaultScopes: [],
    accessTokenFormat: null,
    rotateRefreshTokens: null,
    serves: [],
    consent: 'ask',
    allowedOrigins: [],
    createdAt: 0,
    disabledAt: null,
    grantEpoch: 0,
    version: 1,
    ...over,
  };
}

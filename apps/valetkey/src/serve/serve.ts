import { createHandler } from '@valetkey/http';
import type { Authority } from '@valetkey/server';
import { startAuthority } from '../authority.ts';
import { loadDeployment } from '../config/config-file.ts';
import type { Deployment } from '../config/deployment.ts';
import type { TlsFiles } from '../config/tls-files.ts';
import { openStoreWithin } from '../store.ts';
import { createLog, type Log } from './log.ts';
import { stopSignal } from './stop-signal.ts';
import { sweepRegularly } from './sweeper.ts';
import type { TlsSettings } from './tls.ts';
import { openWebServer, type Respond, type WebServer } from './web-server.ts';

export interface ServeOptions {
  readonly config?: string;
  readonly host?: string;
  readonly port?: number;
  /** How long to wait for a database that cannot be reached yet, in milliseconds. */
  readonly wait?: number;
}

/** Runs the authorization server until it is told to stop. Throws `Problem` when it cannot start. */
export async function serve(options: ServeOptions): Promise<void> {
  const deployment = await loadDeployment(options.config);
  const log = createLog(deployment.settings.logLevel);
  process.on('uncaughtExceptionMonitor', (cause) => log.note('fatal', { type: 'process.failed', cause }));
  process.on('exit', () => log.flushNow());
  const store = await openStoreWithin(deployment.store, options.wait ?? 0);
  try {
    const authority = await startAuthority(deployment, { store, emit: log.event });
    // From here on; while it waits for the database a signal ends it as it ends any process.
    const stopped = stopSignal();
    const { server, announceEnd } = await open(authority, deployment, options);
    log.note('info', { type: 'server.listening', issuer: authority.config.issuer, port: server.port });
    warnOfOutgoing(deployment, log);
    sweepRegularly(store, sweepReports(log));
    log.note('info', { type: 'server.stopping', signal: await stopped });
    announceEnd();
    const { noticeSeconds, limitSeconds } = deployment.settings.shutdown;
    const end = await server.stop({ notice: noticeSeconds * 1000, limit: limitSeconds * 1000 });
    log.note(end === 'cut' ? 'warn' : 'info', { type: 'server.stopped', requests: end });
  } finally {
    await store.close();
    await log.flush();
  }
}

function warnOfOutgoing({ outgoing: { allow } }: Deployment, log: Log): void {
  if (allow.length === 0) return;
  log.note('warn', {
    type: 'outgoing.private_allowed',
    allow,
    warning: 'Whoever can register a client can make this server send requests to these private addresses.',
  });
}

async function open(
  authority: Authority,
  { settings, tls }: Deployment,
  options: ServeOptions,
): Promise<{ server: WebServer; announceEnd: () => void }> {
  const { trustedProxies, clientCertificateHeader } = settings;
  const handler = createHandler(authority, {
    trustedProxies,
    ...(clientCertificateHeader === undefined ? {} : { clientCertificates: clientCertificateHeader }),
  });
  let ending = false;
  const readyPath = `${new URL(authority.config.issuer).pathname.replace(/\/$/, '')}/readyz`;
  const respond: Respond = (request, peer) =>
    ending && new URL(request.url).pathname === readyPath ? notReady() : handler(request, peer);
  const place = {
    host: options.host ?? settings.listen.host,
    port: options.port ?? settings.listen.port,
    portOption: '--port or listen.port',
  };
  return {
    server: await openWebServer(respond, place, tls && tlsSettings(authority, tls)),
    announceEnd: () => {
      ending = true;
    },
  };
}

function tlsSettings({ config }: Authority, tls: TlsFiles): TlsSettings {
  return config.features.mutualTls ? tls : { ...tls, clientCertificates: 'unasked' };
}

/** Tells load balancers to send nobody here any more. */
function notReady(): Response {
  return Response.json({ status: 'stopping' }, { status: 503, headers: { 'Cache-Control': 'no-store' } });
}

function sweepReports(log: Log) {
  return {
    swept: (swept: object) => log.note('debug', { type: 'store.swept', ...swept }),
    failed: (cause: unknown) => log.note('error', { type: 'sweep.failed', cause }),
  };
}

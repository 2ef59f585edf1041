import { OAuthError } from '@valetkey/protocol';
import {
  type Authority,
  type Client,
  type ClientMetadata,
  newSecret,
  readClientMetadata,
  requireSector,
  toClient,
} from '@valetkey/server';
import { withAuthority } from '../authority.ts';
import { print, printAlarm, printJson, printWarning } from '../terminal/print.ts';
import { exitCodes, Problem } from '../terminal/problem.ts';
import { facts } from '../terminal/table.ts';
import type { ClientAddOptions } from './client-add-options.ts';
import { clientFaults } from './client-faults.ts';
import { compatibilityOf, compatibilityWarnings } from './compatibility.ts';
import { clientJson } from './describe-client.ts';
import { keepSecret } from './keep-secret.ts';
import { newClientId } from './new-client-id.ts';
import { unknownMembers, type WireMetadata, wireMetadataOf } from './wire-metadata.ts';

/** `valetkey client add` */
export async function addClient(options: ClientAddOptions): Promise<void> {
  const { client, secret, issuer, ignored } = await withAuthority(options.config, (authority) =>
    register(authority, options),
  );
  if (options.json) printJson({ ...clientJson(client), secret });
  else printRegistered(client, { secret, issuer });
  if (ignored.length > 0)
    printWarning(
      `${options.metadata} holds what means nothing here, and was left out: ${ignored.join(', ')}`,
    );
  for (const warning of compatibilityWarnings(options.compat)) printAlarm(warning);
}

function printRegistered(
  client: Client,
  { secret, issuer }: { secret: string | null; issuer: string },
): void {
  print(`${client.name} is registered. It needs to know:\n`);
  print(
    facts([
      ['issuer', issuer],
      ['client id', client.id],
      ...(secret === null ? [] : ([['client secret', secret]] as const)),
    ]),
  );
  print(`\n\`valetkey client show ${client.id}\` shows all that is registered.`);
  if (secret !== null) printWarning(keepSecret(client));
}

interface Registered {
  readonly client: Client;
  readonly secret: string | null;
  readonly issuer: string;
  /** Members of the file that nobody read. */
  readonly ignored: readonly string[];
}

async function register(authority: Authority, options: ClientAddOptions): Promise<Registered> {
  const { config } = authority;
  const wire = wireMetadataOf(options);
  const faults = clientFaults({ options, wire, config });
  if (faults.length > 0) throw refused(faults);
  const metadata = await readMetadata(authority, wire);
  const id = options.id ?? newClientId(metadata.name);
  const method = metadata.authenticationMethod;
  const secret = method.startsWith('client_secret') ? newSecret(authority, id, method) : null;
  const client = {
    ...recordOf(options, metadata, { id, now: authority.clock() }),
    secrets: secret === null ? [] : [secret.record],
  };
  if ((await authority.store.clients.add(client)) === 'exists') throw exists(id);
  return { client, secret: secret?.value ?? null, issuer: config.issuer, ignored: unknownMembers(wire) };
}

/** By the reader that clients meet who register themselves. */
async function readMetadata(authority: Authority, wire: WireMetadata): Promise<ClientMetadata> {
  try {
    const metadata = readClientMetadata(authority.config, wire, 'operator');
    await requireSector(authority.fetcher, metadata);
    return metadata;
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    const { expected, got } = error.reason;
    throw refused([error.description, `Expected: ${expected}. Got: ${got}.`]);
  }
}

/** What the metadata say, and what only the operator can say. */
function recordOf(
  options: ClientAddOptions,
  metadata: ClientMetadata,
  { id, now }: { id: string; now: number },
): Client {
  const { redirectUris, grantTypes, scopes, defaultScopes } = metadata;
  const isApp = redirectUris.length > 0;
  const compatibility = compatibilityOf(options.compat);
  return {
    ...toClient(metadata, { id, createdAt: now }),
    grantTypes: isApp ? grantTypes.filter((type) => options.refresh || type !== 'refresh_token') : [],
    scopes: isApp ? scopes : unique(options.scope),
    // A list that was typed says what the client may have, not what it asks for.
    defaultScopes:
      options.defaultScope || options.scope || !isApp ? unique(options.defaultScope) : defaultScopes,
    accessTokenFormat: options.tokenFormat ?? null,
    rotateRefreshTokens: options.rotate ?? null,
    serves: unique(options.serves),
    consent: options.firstParty ? 'implied' : 'ask',
    allowedOrigins: unique(options.allowedOrigin),
    // An id that is removed and registered again must not bring old grants back to life.
    grantEpoch: now,
    ...(options.profile === undefined ? {} : { securityProfile: options.profile }),
    ...(options.claimsInIdToken ? { openid: { ...metadata.openid, claimsInIdToken: true } } : {}),
    ...(compatibility === undefined ? {} : { compatibility }),
  };
}

function unique(values: readonly string[] = []): string[] {
  return [...new Set(values)];
}

function refused(faults: readonly string[]): Problem {
  return new Problem({
    exitCode: exitCodes.data,
    what: 'The client cannot be registered so.',
    why: faults,
    fix: 'Correct what is named and try again; `valetkey client add --help` explains the options.',
  });
}

function exists(id: string): Problem {
  return new Problem({
    exitCode: exitCodes.data,
    what: `There is a client ${id} already.`,
    why: 'A client_id belongs to one client.',
    fix: `Choose another --id, or look at the one that is there: \`valetkey client show ${id}\`.`,
  });
}

import type { Authority, Client } from '@valetkey/server';
import { withAuthority } from '../authority.ts';
import { print, printJson, printWarning } from '../terminal/print.ts';
import { exitCodes, Problem } from '../terminal/problem.ts';
import { facts } from '../terminal/table.ts';
import type { ClientAddOptions } from './client-add-options.ts';
import { clientFaults } from './client-faults.ts';
import { clientJson } from './describe-client.ts';
import { newClientId, newClientSecret, secretRecord } from './new-client.ts';

/** `valetkey client add` */
export async function addClient(options: ClientAddOptions): Promise<void> {
  const { client, secret, issuer } = await withAuthority(options.config, (authority) =>
    register(authority, options),
  );
  if (options.json) return printJson({ ...clientJson(client), secret });
  print(`${client.name} is registered. It needs to know:\n`);
  print(
    facts([
      ['issuer', issuer],
      ['client id', client.id],
      ...(secret === null ? [] : ([['client secret', secret]] as const)),
    ]),
  );
  print(`\n\`valetkey client show ${client.id}\` shows all that is registered.`);
  if (secret !== null) printWarning(keepIt);
}

export const keepIt = 'Keep the secret now: only a hash of it is stored, and it will not be shown again.';

async function register(
  authority: Authority,
  options: ClientAddOptions,
): Promise<{ client: Client; secret: string | null; issuer: string }> {
  const faults = clientFaults(options, authority.config);
  if (faults.length > 0) throw refused(faults);
  const id = options.id ?? newClientId(options.name);
  const secret = options.public ? null : newClientSecret();
  const secrets = secret === null ? [] : [secretRecord(authority, { id, secret })];
  const client = { ...recordOf(options, { id, now: authority.clock() }), secrets };
  if ((await authority.store.clients.add(client)) === 'exists') throw exists(id);
  return { client, secret, issuer: authority.config.issuer };
}

function recordOf(options: ClientAddOptions, { id, now }: { id: string; now: number }): Client {
  const asks = options.redirectUri !== undefined;
  return {
    id,
    name: options.name.trim(),
    homepage: options.homepage ?? null,
    applicationType: options.native ? 'native' : 'web',
    authenticationMethod: methodOf(options),
    secrets: [],
    redirectUris: unique(options.redirectUri),
    grantTypes: [
      ...(asks ? (['authorization_code'] as const) : []),
      ...(asks && options.refresh ? (['refresh_token'] as const) : []),
    ],
    scopes: unique(options.scope),
    defaultScopes: unique(options.defaultScope),
    accessTokenFormat: options.tokenFormat ?? null,
    rotateRefreshTokens: options.rotate ?? null,
    serves: unique(options.serves),
    consent: options.firstParty ? 'implied' : 'ask',
    allowedOrigins: unique(options.allowedOrigin),
    createdAt: now,
    disabledAt: null,
    // An id that is removed and registered again must not bring old grants back to life.
    grantEpoch: now,
    version: 1,
  };
}

function methodOf(options: ClientAddOptions): Client['authenticationMethod'] {
  if (options.public) return 'none';
  return options.post ? 'client_secret_post' : 'client_secret_basic';
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

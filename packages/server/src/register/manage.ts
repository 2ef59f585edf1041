import type { JsonObject } from '@valetkey/jwt';
import { concealed, OAuthError, shown } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { equalInConstantTime } from '../constant-time.ts';
import type { Client, ClientSecret } from '../model.ts';
import { hashClientSecret, livingSecrets } from '../token/client-secret.ts';
import { type ClientMetadata, readClientMetadata } from './client-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';
import { newSecret } from './new-secret.ts';
import { readMetadataBody } from './read-body.ts';
import { isExpired } from './registered.ts';
import { hashRegistrationToken } from './registration-token.ts';
import { requireSector } from './sector-identifier.ts';
import { toClient } from './to-client.ts';
import { type RegistrationAnswer, writeRegistration } from './write-registration.ts';

/** Who manages a registration: the client of the address, proved by its registration access token. */
export interface Manager {
  readonly clientId: string;
  readonly token: string | undefined;
}

/** The current registration (RFC 7592 §2.1). Its secret is not told again. Throws `invalid_token`. */
export async function readRegistration(authority: Authority, manager: Manager): Promise<RegistrationAnswer> {
  return answerTo(authority, manager, { client: await prove(authority, manager) });
}

/**
 * Replaces the whole registration (RFC 7592 §2.2); what the operator has set stays. Throws `invalid_token`,
 * `invalid_redirect_uri`, `invalid_client_metadata`.
 */
export async function updateRegistration(
  authority: Authority,
  manager: Manager,
  readBody: () => Promise<string>,
): Promise<RegistrationAnswer> {
  await prove(authority, manager);
  const json = readMetadataBody(await readBody());
  const metadata = readClientMetadata(authority.config, json, 'registered');
  await requireSector(authority.fetcher, metadata);
  for (let tries = 0; tries < 10; tries += 1) {
    const client = await prove(authority, manager);
    requireOwnRecord(authority, client, json);
    const changed = replaced(authority, client, metadata);
    const outcome = await authority.store.clients.replace(changed.client);
    if (outcome === 'conflict') continue;
    if (outcome === 'unknown') throw unproven(manager, 'a client that has just gone');
    authority.emit({ type: 'client.updated', at: authority.clock(), clientId: client.id });
    return answerTo(authority, manager, changed);
  }
  throw new Error('A client changed ten times while it was being replaced.');
}

/** Removes the client, and with it everything that was granted to it (RFC 7592 §2.3). Throws `invalid_token`. */
export async function removeRegistration(authority: Authority, manager: Manager): Promise<void> {
  const { id } = await prove(authority, manager);
  if ((await authority.store.clients.remove(id)) === 'unknown')
    throw unproven(manager, 'a client that has just gone');
  authority.emit({ type: 'client.removed', at: authority.clock(), clientId: id });
}

/** The same refusal whatever is wrong: an address tells nothing about whether a client is there (MD-051). */
async function prove(authority: Authority, manager: Manager): Promise<Client> {
  const { clientId, token = '' } = manager;
  const client = await authority.store.clients.find(clientId);
  const known = client?.registration?.accessTokenHash ?? '';
  const fits = equalInConstantTime(hashRegistrationToken(authority, clientId, token), known);
  if (client === null || client.origin !== 'registered') throw unproven(manager, 'no such registered client');
  if (isExpired(client, authority.clock())) throw unproven(manager, 'a registration that has expired');
  if (client.disabledAt !== null) throw unproven(manager, 'a client that is disabled');
  if (!fits) throw unproven(manager, `a token of another client, or none: ${concealed(manager.token)}`);
  return client;
}

function unproven({ clientId }: Manager, got: string): OAuthError {
  return new OAuthError('invalid_token', 'The registration access token is not one of this client.', {
    field: 'Authorization',
    expected: `the registration access token of ${shown(clientId)}`,
    got,
    requirement: 'MD-051',
  });
}

/** What the server has chosen is not the client's to send, but for its id, which it has to repeat. */
const neverSent = [
  'registration_access_token',
  'registration_client_uri',
  'client_secret_expires_at',
  'client_id_issued_at',
];

function requireOwnRecord(authority: Authority, client: Client, json: JsonObject): void {
  const sent = neverSent.find((member) => Object.hasOwn(json, member));
  if (sent !== undefined) throw notOurs(sent, 'must not be sent', 'it');
  if (json.client_id !== client.id)
    throw notOurs('client_id', 'must be that of the client', 'another or none');
  const { client_secret: secret } = json;
  if (secret === undefined || isOwnSecret(authority, client, secret)) return;
  throw notOurs('client_secret', 'must be the current one, or left out', 'another one');
}

function isOwnSecret(authority: Authority, client: Client, secret: unknown): boolean {
  if (typeof secret !== 'string') return false;
  const hash = hashClientSecret(authority, client.id, secret);
  const living = livingSecrets(authority, client);
  return living.filter((known) => equalInConstantTime(known.hash, hash)).length > 0;
}

function notOurs(member: string, text: string, got: string): OAuthError {
  const expected = 'the record of this client, without what the server alone chooses';
  return invalidMetadata(member, text, { expected, got, requirement: 'MD-052' });
}

interface Changed {
  readonly client: Client;
  readonly clientSecret?: string;
}

/** Members that are not sent are gone. The secrets stay as long as they fit the method; who needs one and has none gets one. */
function replaced(authority: Authority, client: Client, metadata: ClientMetadata): Changed {
  const { authenticationMethod: method } = metadata;
  const kept = client.secrets.filter((secret) => fitsMethod(secret, method));
  const isServed = !method.startsWith('client_secret') || kept.length > 0;
  const fresh = isServed ? undefined : newSecret(authority, client.id, method);
  const secrets = fresh === undefined ? kept : [...kept, fresh.record];
  const { id, createdAt, disabledAt, grantEpoch, version, registration } = client;
  const { accessTokenFormat, rotateRefreshTokens, serves, consent, compatibility, securityProfile } = client;
  const changed: Client = {
    ...toClient(metadata, { id, createdAt, secrets, origin: 'registered' }),
    ...{ disabledAt, grantEpoch, version, accessTokenFormat, rotateRefreshTokens, serves, consent },
    ...(registration === undefined ? {} : { registration }),
    ...(compatibility === undefined ? {} : { compatibility }),
    ...(securityProfile === undefined ? {} : { securityProfile }),
  };
  return fresh === undefined ? { client: changed } : { client: changed, clientSecret: fresh.value };
}

function fitsMethod({ wrapped }: ClientSecret, method: Client['authenticationMethod']): boolean {
  return method === 'client_secret_jwt' ? wrapped !== undefined : method.startsWith('client_secret');
}

function answerTo(authority: Authority, { token = '' }: Manager, { client, clientSecret }: Changed) {
  return writeRegistration(authority.config, client, {
    registrationAccessToken: token,
    ...(clientSecret === undefined ? {} : { clientSecret }),
  });
}

import {
  type ClientCredentials,
  OAuthError,
  type Parameters,
  readClientCredentials,
  shown,
} from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Caller } from '../caller.ts';
import { KeySetUnavailable } from '../clients/client-key-sets.ts';
import { profileRules } from '../config/profile-rules.ts';
import type { Client } from '../model.ts';
import { findClient } from '../register/find-client.ts';
import { assertionFault } from './client-assertion.ts';
import { certificateFault } from './client-certificate.ts';
import { clientMethods } from './client-methods.ts';
import { provesSecret } from './client-secret.ts';

declare const authenticated: unique symbol;

/** A client that has proved itself by the method it registered. Only this file makes one. */
export type AuthenticatedClient = Client & { readonly [authenticated]: true };

/**
 * The client behind a request. Throws `invalid_client`, the same for an unknown client and for wrong credentials, and
 * `invalid_request` for two ways of authentication at once.
 */
export async function authenticate(
  authority: Authority,
  caller: Pick<Caller, 'authorization' | 'certificate'>,
  body: Parameters,
): Promise<AuthenticatedClient> {
  const credentials = readClientCredentials(caller.authorization, body);
  const client = await claimedClient(authority, credentials);
  if (client === null) throw failed(credentials, null, unknownClient(credentials));
  const fault = await credentialsFault(authority, client, { ...caller, credentials });
  if (fault === undefined) return client as AuthenticatedClient;
  throw failed(credentials, client, fault);
}

/** Why the credentials are no proof, for the operator. */
interface Fault {
  readonly got: string;
  readonly requirement: string;
}

async function claimedClient(authority: Authority, credentials: ClientCredentials): Promise<Client | null> {
  const client = await findClient(authority, credentials.clientId);
  if (client !== null || credentials.method !== 'client_secret_basic') return client;
  const { clientId } = credentials.unencoded;
  const unencoded = clientId === credentials.clientId ? null : await findClient(authority, clientId);
  return unencoded?.compatibility?.unencodedBasic === true ? unencoded : null;
}

type Proof = Pick<Caller, 'certificate'> & { readonly credentials: ClientCredentials };

async function credentialsFault(
  authority: Authority,
  client: Client,
  proof: Proof,
): Promise<Fault | undefined> {
  const rule = ruleFault(authority, client, proof.credentials);
  if (rule !== undefined) return rule;
  try {
    return await proofFault(authority, client, proof);
  } catch (error) {
    // Whether it is the client's fault or the network's, nothing is proved.
    if (error instanceof KeySetUnavailable)
      return { got: `no key set: ${error.message}`, requirement: 'MD-028' };
    throw error;
  }
}

/** What can be said without looking at the proof. No fallback: a method that was not registered proves nothing. */
function ruleFault(authority: Authority, client: Client, { method }: ClientCredentials): Fault | undefined {
  const registered = client.authenticationMethod;
  if (client.disabledAt !== null) return { got: 'the client is disabled', requirement: 'TK-020' };
  if (!carriers[registered].includes(method))
    return { got: `authentication by ${method}`, requirement: 'TK-020' };
  const { features } = authority.config;
  const { fapi } = profileRules(authority.config, client);
  if (clientMethods({ features, securityProfile: fapi ? 'fapi2' : 'oauth2.1' }).includes(registered))
    return undefined;
  return { got: `${registered}, which is not offered`, requirement: fapi ? 'FP-011' : 'TK-041' };
}

/** What a request of each registered method looks like; a certificate is shown beside a bare client_id (RFC 8705 §2). */
const carriers: Readonly<Record<Client['authenticationMethod'], readonly ClientCredentials['method'][]>> = {
  client_secret_basic: ['client_secret_basic'],
  client_secret_post: ['client_secret_post'],
  client_secret_jwt: ['assertion'],
  private_key_jwt: ['assertion'],
  tls_client_auth: ['none'],
  self_signed_tls_client_auth: ['none'],
  none: ['none'],
};

async function proofFault(authority: Authority, client: Client, proof: Proof): Promise<Fault | undefined> {
  const { credentials } = proof;
  switch (credentials.method) {
    case 'assertion':
      return assertionFault(authority, client, credentials.assertion);
    case 'none': {
      if (client.authenticationMethod === 'none') return undefined;
      const got = await certificateFault(authority, client, proof.certificate);
      return got === undefined ? undefined : { got, requirement: 'TK-041' };
    }
    default: {
      if (provesSecret(authority, client, credentials)) return undefined;
      return { got: 'a secret that is not one of the client', requirement: 'TK-029' };
    }
  }
}

function unknownClient({ clientId }: ClientCredentials): Fault {
  return { got: `unknown client ${shown(clientId)}`, requirement: 'TK-020' };
}

function failed({ method }: ClientCredentials, client: Client | null, fault: Fault): OAuthError {
  return new OAuthError('invalid_client', 'Client authentication failed.', {
    field: fields[method],
    expected:
      client === null ? 'a registered client' : `client ${client.id} by ${client.authenticationMethod}`,
    ...fault,
  });
}

const fields: Readonly<Record<ClientCredentials['method'], string>> = {
  client_secret_basic: 'client_secret',
  client_secret_post: 'client_secret',
  assertion: 'client_assertion',
  none: 'client_id',
};

import { matchesRedirectUri, OAuthError, type Parameters, readAddressee, shown } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';
import { findClient } from '../register/find-client.ts';
import { type ResponseMode, readResponseMode } from './response-mode.ts';

declare const proven: unique symbol;

/**
 * A client that is known and a redirect URI that it registered. Only this file makes one, and only to one can anything
 * be redirected.
 */
export interface Recipient {
  readonly client: Client;
  readonly redirectUri: string;
  /** Whether the request named it; then the token request is held to it (RFC 6749 §4.1.3). */
  readonly redirectUriSent: boolean;
  readonly state: string | undefined;
  readonly responseMode: ResponseMode;
  readonly [proven]: true;
}

/** The first phase (RFC 6749 §3.1.2.4): whatever fails here is shown to the person and never redirected. */
export async function proveRecipient(authority: Authority, parameters: Parameters): Promise<Recipient> {
  const { clientId, redirectUri } = readAddressee(parameters);
  const client = await findEnabledClient(authority, clientId);
  requireRedirectUriOfOpenId(client, parameters, redirectUri);
  const responseMode = readResponseMode(authority.config, client, parameters);
  const state = readable(parameters, 'state');
  return recipient(client, { redirectUri, responseMode, ...(state === undefined ? {} : { state }) });
}

/** What of a pending request says where its answer goes. */
interface Address {
  readonly redirectUri: string | undefined;
  readonly responseMode?: ResponseMode;
  readonly state?: string;
}

/** The same proof for a request that comes back in a ticket: the registration may have changed meanwhile. */
export async function proveAgain(
  authority: Authority,
  request: Address & { clientId: string; redirectUri: string; redirectUriSent: boolean },
): Promise<Recipient> {
  const client = await findEnabledClient(authority, request.clientId);
  return { ...recipient(client, request), redirectUriSent: request.redirectUriSent };
}

async function findEnabledClient(authority: Authority, clientId: string): Promise<Client> {
  const client = await findClient(authority, clientId);
  if (client !== null && client.disabledAt === null) return client;
  throw new OAuthError('invalid_client', 'The app that sent you here is not known to this server.', {
    field: 'client_id',
    expected: 'the id of a registered and enabled client',
    got: client === null ? shown(clientId) : `${shown(clientId)}, which is disabled`,
    requirement: 'AZ-010',
  });
}

function recipient(client: Client, address: Address): Recipient {
  const { redirectUri: requested, responseMode = 'query', state } = address;
  const redirectUri = requested ?? onlyRedirectUri(client);
  const registered = client.redirectUris.some((uri) =>
    matchesRedirectUri(redirectUri, uri, client.applicationType),
  );
  if (!registered) throw unregistered(client, redirectUri);
  return { client, redirectUri, redirectUriSent: requested !== undefined, responseMode, state } as Recipient;
}

/** OpenID Connect Core §3.1.2.1: an authentication request always names it. */
function requireRedirectUriOfOpenId(
  client: Client,
  parameters: Parameters,
  redirectUri: string | undefined,
): void {
  const scopes = readable(parameters, 'scope')?.split(' ') ?? client.defaultScopes;
  if (redirectUri !== undefined || !scopes.includes('openid')) return;
  throw new OAuthError('invalid_request', 'The app did not say where to send you back.', {
    field: 'redirect_uri',
    expected: 'a redirect_uri beside the scope openid',
    got: 'absent',
    requirement: 'AZ-015',
  });
}

/** RFC 6749 §3.1.2.3: it may be left out when exactly one is registered. */
function onlyRedirectUri(client: Client): string {
  const [only, ...others] = client.redirectUris;
  if (only !== undefined && others.length === 0) return only;
  throw new OAuthError('invalid_request', 'The app did not say where to send you back.', {
    field: 'redirect_uri',
    expected: `one of ${client.redirectUris.join(' ') || 'none registered'}`,
    got: 'absent',
    requirement: 'AZ-015',
  });
}

function unregistered(client: Client, redirectUri: string): OAuthError {
  return new OAuthError(
    'invalid_request',
    'The app asked to send you to an address that it has not registered.',
    {
      field: 'redirect_uri',
      expected: `one of ${client.redirectUris.join(' ') || 'none registered'}`,
      got: `${shown(redirectUri)}${firstDifference(redirectUri, client.redirectUris)}`,
      requirement: 'AZ-012',
    },
  );
}

/** Where the value first leaves the registered one that it follows longest: what an operator looks for. */
function firstDifference(redirectUri: string, registered: readonly string[]): string {
  const agreed = registered.map((uri) => commonLength(uri, redirectUri));
  const longest = Math.max(0, ...agreed);
  return longest === 0 ? '' : ` (differs from character ${longest + 1})`;
}

function commonLength(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** A repeated or malformed value is none; the second phase refuses it. */
function readable(parameters: Parameters, name: 'state' | 'scope'): string | undefined {
  try {
    return parameters.one(name);
  } catch {
    return undefined;
  }
}

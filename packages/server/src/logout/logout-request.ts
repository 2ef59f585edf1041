import { OAuthError, type Parameters, shown } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';
import { findClient } from '../register/find-client.ts';
import { type LogoutHint, readHint } from './logout-hint.ts';

/** What an app asks for when it sends a person to be signed out (OpenID Connect RP-Initiated Logout §2). */
export interface LogoutRequest {
  /** Who asks: the app the hint was issued to, or the one that is named. `null`: nobody in particular. */
  readonly client: Client | null;
  /** `null`: there is none that this server can vouch for. */
  readonly hint: LogoutHint | null;
  /** One that the client registered. `null`: none is asked for, or nothing says that this client asks. */
  readonly postLogoutRedirectUri: string | null;
  readonly state?: string;
}

/** Letters of a state, at most: it travels in addresses. */
const longestState = 4096;

/**
 * Reads the request. Throws `OAuthError`, to be shown as a page: nothing that fails here is ever redirected (§4). Of
 * `logout_hint` and `ui_locales` nothing is made, so nothing about them can be wrong.
 */
export async function readLogoutRequest(
  authority: Authority,
  parameters: Parameters,
): Promise<LogoutRequest> {
  const sent = parameters.one('id_token_hint');
  const hint = sent === undefined ? null : await readHint(authority, sent);
  const clientId = requestedClient(hint, parameters.one('client_id'));
  const client = clientId === undefined ? null : await findAsker(authority, clientId);
  const uri = parameters.one('post_logout_redirect_uri');
  if (client !== null && uri !== undefined) requireRegistered(client, uri);
  // A hint that cannot be vouched for takes the return with it: it may be forged, or signed with a key of long ago.
  const isProven = client !== null && (sent === undefined || hint !== null);
  const state = readState(parameters);
  return {
    client,
    hint,
    postLogoutRedirectUri: isProven && uri !== undefined ? uri : null,
    ...(state === undefined ? {} : { state }),
  };
}

/** RP-Initiated Logout §2: who is named beside a hint has to be the one it was issued to. */
function requestedClient(hint: LogoutHint | null, named: string | undefined): string | undefined {
  if (hint === null || named === undefined || named === hint.clientId) return hint?.clientId ?? named;
  throw new OAuthError('invalid_request', 'The app that sent you here is not the one it claims to be.', {
    field: 'client_id',
    expected: `the client of the id_token_hint, ${shown(hint.clientId)}`,
    got: shown(named),
    requirement: 'SL-012',
  });
}

async function findAsker(authority: Authority, clientId: string): Promise<Client> {
  const client = await findClient(authority, clientId);
  if (client !== null && client.disabledAt === null) return client;
  throw new OAuthError('invalid_client', 'The app that sent you here is not known to this server.', {
    field: 'client_id',
    expected: 'the id of a registered and enabled client',
    got: client === null ? shown(clientId) : `${shown(clientId)}, which is disabled`,
    requirement: 'SL-015',
  });
}

/** Character for character (RP-Initiated Logout §3). */
export function isPostLogoutRedirectUri(client: Client, uri: string): boolean {
  return client.logout?.postLogoutRedirectUris?.includes(uri) ?? false;
}

function requireRegistered(client: Client, uri: string): void {
  if (isPostLogoutRedirectUri(client, uri)) return;
  const registered = client.logout?.postLogoutRedirectUris ?? [];
  throw new OAuthError(
    'invalid_request',
    'The app asked to send you to an address that it has not registered.',
    {
      field: 'post_logout_redirect_uri',
      expected: `one of ${registered.join(' ') || 'none registered'}`,
      got: shown(uri),
      requirement: 'SL-015',
    },
  );
}

function readState(parameters: Parameters): string | undefined {
  const state = parameters.one('state');
  if (state === undefined || state.length <= longestState) return state;
  throw new OAuthError('invalid_request', 'The state is too long.', {
    field: 'state',
    expected: `at most ${longestState} characters`,
    got: `${state.length} characters`,
    requirement: 'SL-016',
  });
}

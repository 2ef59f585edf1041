import { concealed, OAuthError } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import { equalInConstantTime } from '../constant-time.ts';
import { timeOrderedId } from '../ids.ts';
import type { Client } from '../model.ts';
import { countRegistration } from './admission.ts';
import { type ClientMetadata, readClientMetadata } from './client-metadata.ts';
import { newSecret } from './new-secret.ts';
import { readMetadataBody } from './read-body.ts';
import { hashRegistrationToken, newRegistrationToken } from './registration-token.ts';
import { requireSector } from './sector-identifier.ts';
import { toClient } from './to-client.ts';
import { type RegistrationAnswer, writeRegistration } from './write-registration.ts';

export interface RegistrationRequest {
  /** The bearer token it came with. */
  readonly initialAccessToken?: string | undefined;
  /** JSON. */
  readonly body: string;
  readonly address: string;
}

export type RegistrationOutcome =
  | { readonly outcome: 'registered'; readonly answer: RegistrationAnswer }
  /** This address has registered enough for now. */
  | { readonly outcome: 'throttled'; readonly retryAt: number };

/**
 * A client registers itself (RFC 7591). Throws `OAuthError`: `invalid_token`, `invalid_redirect_uri`,
 * `invalid_client_metadata`.
 */
export async function register(
  authority: Authority,
  { initialAccessToken, body, address }: RegistrationRequest,
): Promise<RegistrationOutcome> {
  requireAccess(authority, initialAccessToken);
  const metadata = readClientMetadata(authority.config, readMetadataBody(body), 'registered');
  // What follows fetches and writes; a developer may get the metadata wrong as often as it takes.
  const taken = await countRegistration(authority, address);
  if (taken.outcome === 'refused') return { outcome: 'throttled', retryAt: taken.retryAt };
  await requireSector(authority.fetcher, metadata);
  return { outcome: 'registered', answer: await add(authority, metadata, address) };
}

function requireAccess({ config }: Authority, token: string | undefined): void {
  const { mode, initialAccessTokens } = config.registration;
  if (mode === 'open') return;
  // Every one is compared, whether or not an earlier one fits.
  const fitting = initialAccessTokens.filter((known) => equalInConstantTime(known, token ?? ''));
  if (mode === 'token' && fitting.length > 0) return;
  throw new OAuthError('invalid_token', 'Registration needs an initial access token.', {
    field: 'Authorization',
    expected: 'one of the configured initial access tokens',
    got: concealed(token),
    requirement: 'MD-030',
  });
}

async function add(
  authority: Authority,
  metadata: ClientMetadata,
  address: string,
): Promise<RegistrationAnswer> {
  const { config, store } = authority;
  const now = authority.clock();
  const { management, lifetime } = config.registration;
  // Not a URL, which would name a metadata document, and longer than a person's id (RFC 9068 §5).
  const id = `c_${timeOrderedId(now, authority.random)}`;
  const secret = secretFor(authority, id, metadata);
  const token = management ? newRegistrationToken(authority) : undefined;
  const client: Client = toClient(metadata, {
    id,
    createdAt: now,
    secrets: secret === undefined ? [] : [secret.record],
    origin: 'registered',
    registration: {
      accessTokenHash: token === undefined ? '' : hashRegistrationToken(authority, id, token),
      address,
      expiresAt: lifetime === 0 ? null : now + lifetime * 1000,
    },
  });
  if ((await store.clients.add(client)) === 'exists') throw new Error('A new client id is taken.');
  authority.emit({ type: 'client.registered', at: now, clientId: id, address });
  return writeRegistration(config, client, {
    ...(secret === undefined ? {} : { clientSecret: secret.value }),
    ...(token === undefined ? {} : { registrationAccessToken: token }),
  });
}

function secretFor(authority: Authority, id: string, { authenticationMethod: method }: ClientMetadata) {
  return method.startsWith('client_secret') ? newSecret(authority, id, method) : undefined;
}

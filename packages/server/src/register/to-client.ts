import type { Client } from '../model.ts';
import type { ClientMetadata } from './client-metadata.ts';

type Identity = Pick<Client, 'id' | 'createdAt'> &
  Partial<Pick<Client, 'secrets' | 'registration' | 'origin'>>;

/** A client nobody has set anything for: it is asked for consent, and serves no resource. */
export function toClient(metadata: ClientMetadata, identity: Identity): Client {
  return {
    secrets: [],
    accessTokenFormat: null,
    rotateRefreshTokens: null,
    serves: [],
    consent: 'ask',
    allowedOrigins: browserOrigins(metadata),
    disabledAt: null,
    grantEpoch: 0,
    version: 1,
    ...metadata,
    ...identity,
  };
}

/** A public client may live in a browser, at the origins it is answered at. */
function browserOrigins({ authenticationMethod, redirectUris }: ClientMetadata): readonly string[] {
  if (authenticationMethod !== 'none') return [];
  const origins = redirectUris.map((uri) => new URL(uri).origin);
  return [...new Set(origins.filter((origin) => origin !== 'null'))];
}

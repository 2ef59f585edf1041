import type { JsonObject } from '@valetkey/jwt';
import type { Config } from '../config.ts';
import type { Client } from '../model.ts';
import type { AskedMetadata, MetadataOrigin } from './asked-metadata.ts';
import { part } from './present.ts';
import { readAbout } from './requested-about.ts';
import { readSigningAlgorithm, refuseEncryption } from './requested-algorithm.ts';
import { readAuthentication } from './requested-authentication.ts';
import { readFlow } from './requested-flow.ts';
import { readLogout } from './requested-logout.ts';
import { readOpenId } from './requested-openid.ts';
import { readRedirects } from './requested-redirects.ts';
import { readBinding, readRequests } from './requested-requests.ts';
import { readScopes } from './requested-scopes.ts';
import { readWireMetadata } from './wire-metadata.ts';

/** What a client may say of itself, as far as this server took it. */
export type ClientMetadata = Pick<
  Client,
  | 'name'
  | 'homepage'
  | 'applicationType'
  | 'authenticationMethod'
  | 'redirectUris'
  | 'grantTypes'
  | 'scopes'
  | 'defaultScopes'
  | 'about'
  | 'keys'
  | 'openid'
  | 'requests'
  | 'binding'
  | 'logout'
  | 'introspectionAlgorithm'
>;

/**
 * Reads client metadata (RFC 7591 §2, OpenID Connect Registration §2) and fills in the defaults. What is asked for and cannot
 * be had is refused, or left out where the client can do without. Throws `invalid_redirect_uri` or `invalid_client_metadata`.
 */
export function readClientMetadata(config: Config, json: JsonObject, origin: MetadataOrigin): ClientMetadata {
  const asked: AskedMetadata = { config, wire: readWireMetadata(json), origin };
  refuseEncryption(asked);
  const redirects = readRedirects(asked);
  const { about, ...identity } = readAbout(asked);
  return {
    ...identity,
    ...redirects,
    ...readFlow(asked),
    ...readScopes(asked),
    ...readAuthentication(asked),
    ...readBinding(asked),
    ...part('about', about),
    ...part('openid', readOpenId(asked, redirects.redirectUris)),
    ...part('requests', readRequests(asked)),
    ...part('logout', readLogout(asked, redirects)),
    ...readIntrospection(asked),
  };
}

function readIntrospection(asked: AskedMetadata): Pick<Client, 'introspectionAlgorithm'> {
  if (!asked.config.features.signedIntrospection) return {};
  const introspectionAlgorithm = readSigningAlgorithm(asked, 'introspection_signed_response_alg');
  return introspectionAlgorithm === undefined ? {} : { introspectionAlgorithm };
}

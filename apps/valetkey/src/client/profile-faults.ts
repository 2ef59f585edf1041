import type { Config } from '@valetkey/server';
import type { Asked } from './asked.ts';
import { textOf, textsOf, type WireMetadata } from './wire-metadata.ts';

type Fapi = 'fapi2' | 'fapi2-message-signing';

/** What contradicts the profile of the client or of the server, of which the stricter one holds. */
export function* clientProfileFaults(asked: Asked): Generator<string> {
  const profile = strictest(asked);
  if (profile === undefined) return;
  yield* serverFaults(profile, asked.config);
  yield* proofFaults(profile, asked.wire);
  yield* redirectFaults(profile, asked.wire);
  yield* algorithmFaults(profile, asked.wire);
  const { compat = [], rotate } = asked.options;
  for (const name of compat)
    yield `--compat ${name} contradicts ${profile}, which allows nothing of the kind`;
  if (rotate === true)
    yield `--rotate contradicts ${profile}: its refresh tokens are bound to the client, and stay`;
  if (profile === 'fapi2-message-signing') yield* signingFaults(asked.wire);
}

function strictest({ options, config }: Asked): Fapi | undefined {
  const profiles = [options.profile, config.securityProfile];
  return (['fapi2-message-signing', 'fapi2'] as const).find((profile) => profiles.includes(profile));
}

/** FAPI 2.0 §5.3.2.1 (5), §5.3.2.2 (2); Message Signing §5.3 to §5.5. */
function* serverFaults(profile: Fapi, { features }: Config): Generator<string> {
  if (!features.pushedRequests) yield `${profile} needs features.pushedRequests in the configuration`;
  if (!features.dpop && !features.mutualTls)
    yield `${profile} binds every access token to a key: it needs features.dpop or features.mutualTls`;
  if (profile === 'fapi2') return;
  for (const feature of ['requestObjects', 'signedResponses'] as const) {
    if (!features[feature]) yield `${profile} needs features.${feature} in the configuration`;
  }
}

const keyMethods = ['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth'];

/** FAPI 2.0 §5.3.2.1 (3, 6). */
function* proofFaults(profile: Fapi, wire: WireMetadata): Generator<string> {
  const method = textOf(wire, 'token_endpoint_auth_method') ?? 'client_secret_basic';
  if (keyMethods.includes(method)) return;
  const why = method === 'none' ? 'public clients' : `the shared secret of ${method}`;
  yield `${profile} rules out ${why}: it needs --auth-method ${keyMethods.join(', ')}`;
}

/** FAPI 2.0 §5.3.2.2 (8). */
function* redirectFaults(profile: Fapi, wire: WireMetadata): Generator<string> {
  if (wire.application_type === 'native') return;
  for (const uri of textsOf(wire, 'redirect_uris')) {
    if (/^http:/i.test(uri))
      yield `--redirect-uri ${uri} is http, which ${profile} allows to native apps on loopback only`;
  }
}

/** FAPI 2.0 §5.4.1. */
function* algorithmFaults(profile: Fapi, wire: WireMetadata): Generator<string> {
  for (const [member, value] of Object.entries(wire)) {
    if (!/_signed_response_alg$|_signing_alg$/.test(member)) continue;
    if (typeof value === 'string' && /^(RS|HS)\d|^none$/.test(value)) {
      const named = member === 'id_token_signed_response_alg' ? '--id-token-alg' : member;
      yield `${named} ${value} contradicts ${profile}, which has PS256, ES256 and EdDSA`;
    }
  }
}

/** Whatever its method of authentication is, it signs its requests. */
function* signingFaults(wire: WireMetadata): Generator<string> {
  if (wire.jwks === undefined && wire.jwks_uri === undefined)
    yield 'fapi2-message-signing needs --jwks or --jwks-uri: the keys that its requests are signed with';
  const modes = textsOf(wire, 'response_modes');
  if (modes.length > 0 && !modes.some((mode) => mode.endsWith('jwt')))
    yield 'response_modes holds no signed mode, and fapi2-message-signing has no others';
}

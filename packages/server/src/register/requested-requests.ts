import { shown } from '@valetkey/protocol';
import { offeredModes } from '../authorize/response-mode.ts';
import type { Client, ClientRequests } from '../model.ts';
import { assertionAlgorithms } from '../token/client-methods.ts';
import type { AskedMetadata } from './asked-metadata.ts';
import { invalidMetadata } from './metadata-fault.ts';
import { present } from './present.ts';
import { requirePublishedUrl } from './published-url.ts';
import { readSigningAlgorithm } from './requested-algorithm.ts';

/** How the client asks, and wants to be answered. What is switched off here is left out, but for what would protect it. */
export function readRequests(asked: AskedMetadata): ClientRequests {
  const { config, wire } = asked;
  const { features } = config;
  const signed = features.requestObjects || features.requestUris;
  const uris = features.requestUris && wire.request_uris?.length ? wire.request_uris : undefined;
  return present<ClientRequests>({
    requirePushed: readDemand(asked, 'require_pushed_authorization_requests', features.pushedRequests),
    requireSigned: readDemand(asked, 'require_signed_request_object', signed),
    objectAlgorithm: signed ? readObjectAlgorithm(asked) : undefined,
    requestUris: uris?.map((uri) => requirePublishedUrl(config, { member: 'request_uris' }, uri)),
    responseModes: readModes(asked),
    responseAlgorithm: features.signedResponses
      ? readSigningAlgorithm(asked, 'authorization_signed_response_alg')
      : undefined,
    authorizationDetailsTypes: readDetailTypes(asked),
  });
}

/** Tokens that are of no use to a thief (RFC 9449 §5.2, RFC 8705 §3.4). */
export function readBinding(asked: AskedMetadata): Pick<Client, 'binding'> {
  const { features } = asked.config;
  const byProof = readDemand(asked, 'dpop_bound_access_tokens', features.dpop);
  const byCertificate = readDemand(asked, 'tls_client_certificate_bound_access_tokens', features.mutualTls);
  if (byProof && byCertificate) {
    throw invalidMetadata('dpop_bound_access_tokens', 'excludes certificate-bound tokens', {
      expected: 'one way of binding',
      got: 'both',
      requirement: 'MD-037',
    });
  }
  if (byProof) return { binding: 'dpop' };
  return byCertificate ? { binding: 'certificate' } : {};
}

type Demand =
  | 'require_pushed_authorization_requests'
  | 'require_signed_request_object'
  | 'dpop_bound_access_tokens'
  | 'tls_client_certificate_bound_access_tokens';

/** Whoever demands a protection must know that it cannot be had. */
function readDemand({ wire }: AskedMetadata, member: Demand, offered: boolean): true | undefined {
  if (wire[member] !== true) return undefined;
  if (offered) return true;
  throw invalidMetadata(member, 'cannot be had here', {
    expected: 'false: the feature is off',
    got: 'true',
    requirement: 'MD-037',
  });
}

function readObjectAlgorithm({ config, wire }: AskedMetadata): string | undefined {
  const algorithm = wire.request_object_signing_alg;
  const offered = assertionAlgorithms(config).filter((known) => !known.startsWith('HS'));
  if (algorithm === undefined || offered.includes(algorithm)) return algorithm;
  throw invalidMetadata('request_object_signing_alg', `${shown(algorithm)} is not taken here`, {
    expected: `one of ${offered.join(' ')}`,
    got: shown(algorithm),
    requirement: 'MD-037',
  });
}

/** Those that are offered; none of them is a client that could not be answered. */
function readModes({ config, wire }: AskedMetadata): readonly string[] | undefined {
  const { response_modes: asked } = wire;
  if (asked === undefined || asked.length === 0) return undefined;
  const offered = offeredModes(config);
  const modes = offered.filter((mode) => asked.includes(mode));
  if (modes.length > 0) return modes;
  throw invalidMetadata('response_modes', 'names none that this server offers', {
    expected: `some of ${offered.join(' ')}`,
    got: shown(asked.join(' ')),
    requirement: 'MD-037',
  });
}

function readDetailTypes({ config, wire }: AskedMetadata): readonly string[] | undefined {
  const asked = wire.authorization_details_types;
  if (asked === undefined || asked.length === 0) return undefined;
  const unknown = asked.find((type) => !Object.hasOwn(config.authorizationDetails, type));
  if (unknown === undefined) return [...new Set(asked)];
  throw invalidMetadata('authorization_details_types', 'names a type that is not known here', {
    expected: `some of ${Object.keys(config.authorizationDetails).join(' ') || 'none'}`,
    got: shown(unknown),
    requirement: 'MD-037',
  });
}

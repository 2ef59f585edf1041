import type { JsonObject } from '@valetkey/jwt';
import { concealed, shown } from '@valetkey/protocol';
import { z } from 'zod';
import { invalidMetadata } from './metadata-fault.ts';

/** Marks that turn the direction of a text, so that a name could be read as another one. */
const turning = /[\u202a-\u202e\u2066-\u2069]/u;

const text = (longest: number) =>
  z
    .string(`must be a text of at most ${longest} characters`)
    .max(longest, `must have at most ${longest} characters`)
    .refine((value) => !/\p{Cc}/u.test(value) && value.isWellFormed(), 'holds control characters')
    .refine((value) => !turning.test(value), 'holds characters that turn its direction');

const uri = text(2000);
const word = text(200);
const list = (of: z.ZodString, most: number) =>
  z.array(of, 'must be a list of texts').max(most, `must have at most ${most} entries`);
const flag = z.boolean('must be true or false');

/** Client metadata as they travel (RFC 7591 §2, OpenID Connect Registration §2, and the extensions). */
const schema = z
  .object({
    client_name: text(100),
    client_uri: uri,
    logo_uri: uri,
    tos_uri: uri,
    policy_uri: uri,
    contacts: list(word, 20),
    software_id: word,
    software_version: word,
    redirect_uris: list(text(512), 50),
    application_type: z.enum(['web', 'native'], 'must be web or native'),
    response_types: list(word, 20).min(1, 'must not be empty'),
    grant_types: list(word, 20).min(1, 'must not be empty'),
    response_modes: list(word, 20),
    scope: text(2000),
    initiate_login_uri: uri,
    request_uris: list(uri, 20),
    default_max_age: z.int('must be a number of seconds').min(0, 'must not be negative'),
    require_auth_time: flag,
    default_acr_values: list(word, 20),
    token_endpoint_auth_method: word,
    token_endpoint_auth_signing_alg: word,
    jwks: z.object({ keys: z.array(z.record(z.string(), z.unknown())).max(20) }, 'must be a JWK Set'),
    jwks_uri: uri,
    tls_client_auth_subject_dn: text(1000),
    tls_client_auth_san_dns: text(1000),
    tls_client_auth_san_uri: text(1000),
    tls_client_auth_san_ip: text(1000),
    tls_client_auth_san_email: text(1000),
    tls_client_certificate_bound_access_tokens: flag,
    dpop_bound_access_tokens: flag,
    require_pushed_authorization_requests: flag,
    require_signed_request_object: flag,
    request_object_signing_alg: word,
    request_object_encryption_alg: word,
    authorization_details_types: list(word, 50),
    id_token_signed_response_alg: word,
    id_token_encrypted_response_alg: word,
    userinfo_signed_response_alg: word,
    userinfo_encrypted_response_alg: word,
    authorization_signed_response_alg: word,
    authorization_encrypted_response_alg: word,
    introspection_signed_response_alg: word,
    introspection_encrypted_response_alg: word,
    subject_type: z.enum(['public', 'pairwise'], 'must be public or pairwise'),
    sector_identifier_uri: uri,
    post_logout_redirect_uris: list(uri, 50),
    backchannel_logout_uri: uri,
    backchannel_logout_session_required: flag,
    frontchannel_logout_uri: uri,
    frontchannel_logout_session_required: flag,
  })
  .partial();

export type WireMetadata = z.output<typeof schema>;

/** The members of client metadata that mean something here. */
export const knownMetadata: readonly string[] = Object.keys(schema.shape);

/**
 * The members this server knows, in their shapes. Others are ignored (RFC 7591 §2), and `null` or an empty text is as
 * good as absent (RFC 7592 §2.2). Throws `invalid_redirect_uri` or `invalid_client_metadata`.
 */
export function readWireMetadata(json: JsonObject): WireMetadata {
  const known = Object.entries(json).filter(
    ([name, value]) => Object.hasOwn(schema.shape, name) && value !== null && value !== '',
  );
  const parsed = schema.safeParse(Object.fromEntries(known));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const member = String(issue?.path[0] ?? 'metadata');
  const expected = issue?.message ?? 'client metadata';
  const sent = JSON.stringify(json[member]);
  // People send private keys by mistake.
  const got = member === 'jwks' ? concealed(sent) : shown(sent);
  throw invalidMetadata(member, expected, { expected, got, requirement: 'MD-032' });
}

import { knownMetadata } from '@valetkey/server';
import { readJsonObject } from '../terminal/json-file.ts';
import type { ClientAddOptions } from './client-add-options.ts';
import { readCertificateKey, readKeyFile } from './key-files.ts';

/** Client metadata in wire names (RFC 7591 §2). */
export type WireMetadata = Readonly<Record<string, unknown>>;

/** What was asked for, by file and by options, as a client that registers itself would say it. Throws `Problem`. */
export function wireMetadataOf(options: ClientAddOptions): WireMetadata {
  const file =
    options.metadata === undefined ? usual : readJsonObject(options.metadata, 'client metadata in JSON');
  return { ...file, ...withoutAbsent(fromOptions(options)) };
}

/** Without a file: a web app that gets refresh tokens. */
const usual: WireMetadata = {
  application_type: 'web',
  grant_types: ['authorization_code', 'refresh_token'],
};

function fromOptions(options: ClientAddOptions): WireMetadata {
  return {
    client_name: options.name?.trim(),
    client_uri: options.homepage,
    redirect_uris: options.redirectUri,
    application_type: options.native ? 'native' : undefined,
    scope: options.scope?.join(' '),
    ...credentials(options),
    ...binding(options),
    id_token_signed_response_alg: options.idTokenAlg,
    subject_type: options.pairwise ? 'pairwise' : undefined,
    post_logout_redirect_uris: options.postLogoutRedirectUri,
    backchannel_logout_uri: options.backchannelLogoutUri,
    frontchannel_logout_uri: options.frontchannelLogoutUri,
    require_pushed_authorization_requests: options.requirePar,
    require_signed_request_object: options.requireSignedRequest,
  };
}

function credentials(options: ClientAddOptions): WireMetadata {
  const { jwks, jwksUri, certificate, certificateSubject: subject } = options;
  const keys = [
    ...(jwks === undefined ? [] : readKeyFile(jwks)),
    ...(certificate === undefined ? [] : [readCertificateKey(certificate)]),
  ];
  return {
    token_endpoint_auth_method: methodOf(options),
    jwks: keys.length === 0 ? undefined : { keys },
    jwks_uri: jwksUri,
    ...(subject === undefined ? {} : { [`tls_client_auth_${subject.kind}`]: subject.value }),
  };
}

function methodOf({ authMethod, public: isPublic, post }: ClientAddOptions): string | undefined {
  if (isPublic) return 'none';
  return post ? 'client_secret_post' : authMethod;
}

function binding({ binding: by }: ClientAddOptions): WireMetadata {
  if (by === undefined) return {};
  return {
    dpop_bound_access_tokens: by === 'dpop',
    tls_client_certificate_bound_access_tokens: by === 'certificate',
  };
}

function withoutAbsent(members: WireMetadata): WireMetadata {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}

/** Members that the reader of metadata does not know, and leaves out (RFC 7591 §2). */
export function unknownMembers(wire: WireMetadata): string[] {
  return Object.keys(wire).filter((name) => !knownMetadata.includes(name));
}

/** A member that is a text. */
export function textOf(wire: WireMetadata, member: string): string | undefined {
  const value = wire[member];
  return typeof value === 'string' ? value : undefined;
}

/** The texts in a member that is a list. */
export function textsOf(wire: WireMetadata, member: string): readonly string[] {
  const value = wire[member];
  return Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : [];
}

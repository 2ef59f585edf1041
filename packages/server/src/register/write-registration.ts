import { writeScope } from '@valetkey/protocol';
import type { Config } from '../config.ts';
import type { Client } from '../model.ts';
import { idTokenAlgorithm } from '../openid/algorithms.ts';

export type RegistrationAnswer = Readonly<Record<string, unknown>>;

/** What only the holder of the registration is told. */
export interface Credentials {
  /** Told once: only a hash is kept. */
  readonly clientSecret?: string;
  readonly registrationAccessToken?: string;
}

/** The client information response (RFC 7591 §3.2.1, RFC 7592 §3): everything registered, no nulls, no empty lists. */
export function writeRegistration(
  config: Config,
  client: Client,
  { clientSecret, registrationAccessToken }: Credentials = {},
): RegistrationAnswer {
  return withoutEmpty({
    client_id: client.id,
    client_id_issued_at: Math.floor(client.createdAt / 1000),
    ...(clientSecret === undefined ? {} : { client_secret: clientSecret, client_secret_expires_at: 0 }),
    ...(registrationAccessToken === undefined
      ? {}
      : {
          registration_access_token: registrationAccessToken,
          registration_client_uri: registrationUri(config, client.id),
        }),
    ...about(client),
    ...flow(client),
    ...authentication(client),
    ...requests(config, client),
    ...openid(config, client),
    ...logout(config, client),
  });
}

function registrationUri({ issuer }: Pick<Config, 'issuer'>, clientId: string): string {
  return `${issuer}/register/${encodeURIComponent(clientId)}`;
}

function about({ name, homepage, about: said = {} }: Client): RegistrationAnswer {
  return {
    client_name: name,
    client_uri: homepage,
    logo_uri: said.logoUri,
    policy_uri: said.policyUri,
    tos_uri: said.tosUri,
    contacts: said.contacts,
    initiate_login_uri: said.initiateLoginUri,
    software_id: said.softwareId,
    software_version: said.softwareVersion,
  };
}

function flow(client: Client): RegistrationAnswer {
  return {
    redirect_uris: client.redirectUris,
    application_type: client.applicationType,
    grant_types: client.grantTypes,
    response_types: ['code'],
    scope: client.scopes.length === 0 ? undefined : writeScope(client.scopes),
  };
}

function authentication({ authenticationMethod, keys = {} }: Client): RegistrationAnswer {
  const { jwks, jwksUri, assertionAlgorithm, certificateSubject: subject } = keys;
  return {
    token_endpoint_auth_method: authenticationMethod,
    token_endpoint_auth_signing_alg: assertionAlgorithm,
    jwks: jwks === undefined ? undefined : { keys: jwks },
    jwks_uri: jwksUri,
    ...(subject === undefined ? {} : { [`tls_client_auth_${subject.kind}`]: subject.value }),
  };
}

function requests({ features }: Config, client: Client): RegistrationAnswer {
  const { requests: asked = {}, binding } = client;
  return {
    dpop_bound_access_tokens: features.dpop ? binding === 'dpop' : undefined,
    tls_client_certificate_bound_access_tokens: features.mutualTls ? binding === 'certificate' : undefined,
    require_pushed_authorization_requests: features.pushedRequests ? asked.requirePushed === true : undefined,
    require_signed_request_object: features.requestObjects ? asked.requireSigned === true : undefined,
    request_object_signing_alg: asked.objectAlgorithm,
    request_uris: asked.requestUris,
    response_modes: asked.responseModes,
    authorization_signed_response_alg: asked.responseAlgorithm,
    authorization_details_types: asked.authorizationDetailsTypes,
    introspection_signed_response_alg: client.introspectionAlgorithm,
  };
}

function openid(config: Config, client: Client): RegistrationAnswer {
  const { openid: told = {} } = client;
  const subject = {
    subject_type: told.subjectType ?? 'public',
    sector_identifier_uri: told.sectorIdentifierUri,
  };
  if (!config.features.openid) return subject;
  return {
    ...subject,
    id_token_signed_response_alg: idTokenAlgorithm(config, client),
    userinfo_signed_response_alg: told.userinfoAlgorithm,
    default_max_age: told.defaultMaxAge,
    require_auth_time: told.requireAuthTime === true,
    default_acr_values: told.defaultAcrValues,
  };
}

function logout({ features }: Config, { logout: told = {} }: Client): RegistrationAnswer {
  const { backchannelUri, frontchannelUri } = told;
  const { backChannelLogout, frontChannelLogout } = features;
  return {
    post_logout_redirect_uris: told.postLogoutRedirectUris,
    backchannel_logout_uri: backchannelUri,
    backchannel_logout_session_required:
      backChannelLogout && backchannelUri !== undefined
        ? told.backchannelSessionRequired === true
        : undefined,
    frontchannel_logout_uri: frontchannelUri,
    frontchannel_logout_session_required:
      frontChannelLogout && frontchannelUri !== undefined
        ? told.frontchannelSessionRequired === true
        : undefined,
  };
}

function withoutEmpty(members: RegistrationAnswer): RegistrationAnswer {
  const isThere = (value: unknown) =>
    value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(members).filter(([, value]) => isThere(value)));
}

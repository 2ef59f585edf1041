import type { Client, SecurityProfile } from '@valetkey/server';
import type { CommonOptions } from '../commands/common-options.ts';

/** What `valetkey client add` was given. */
export interface ClientAddOptions extends CommonOptions {
  readonly id?: string;
  readonly name?: string;
  readonly homepage?: string;
  readonly redirectUri?: readonly string[];
  readonly native?: true;
  /** Client metadata (RFC 7591): what options say goes before what the file says. */
  readonly metadata?: string;

  readonly authMethod?: Client['authenticationMethod'];
  readonly public?: true;
  readonly post?: true;
  readonly jwks?: string;
  readonly jwksUri?: string;
  readonly certificate?: string;
  readonly certificateSubject?: CertificateSubject;

  readonly scope?: readonly string[];
  readonly defaultScope?: readonly string[];
  readonly refresh: boolean;
  readonly rotate?: boolean;
  readonly tokenFormat?: 'jwt' | 'opaque';
  readonly binding?: 'dpop' | 'certificate';
  readonly allowedOrigin?: readonly string[];
  readonly firstParty?: true;
  readonly serves?: readonly string[];

  readonly idTokenAlg?: string;
  readonly claimsInIdToken?: true;
  readonly pairwise?: true;
  readonly postLogoutRedirectUri?: readonly string[];
  readonly backchannelLogoutUri?: string;
  readonly frontchannelLogoutUri?: string;

  readonly profile?: Exclude<SecurityProfile, 'oauth2.1'>;
  readonly requirePar?: true;
  readonly requireSignedRequest?: true;
  readonly compat?: readonly Compatibility[];
}

/** The subject of a certificate (RFC 8705 §2.1.2), as it was typed: `san_dns=client.example`. */
export interface CertificateSubject {
  readonly kind: (typeof certificateSubjectKinds)[number];
  readonly value: string;
}

export const certificateSubjectKinds = ['subject_dn', 'san_dns', 'san_uri', 'san_ip', 'san_email'] as const;

export const compatibilities = ['without-pkce', 'token-endpoint-audience', 'unencoded-basic'] as const;

export type Compatibility = (typeof compatibilities)[number];

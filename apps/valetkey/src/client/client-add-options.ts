import type { CommonOptions } from '../commands/common-options.ts';

/** What `valetkey client add` was given. */
export interface ClientAddOptions extends CommonOptions {
  readonly id?: string;
  readonly name: string;
  readonly homepage?: string;
  readonly redirectUri?: readonly string[];
  readonly native?: true;
  readonly public?: true;
  readonly post?: true;
  readonly scope?: readonly string[];
  readonly defaultScope?: readonly string[];
  readonly refresh: boolean;
  readonly rotate?: boolean;
  readonly tokenFormat?: 'jwt' | 'opaque';
  readonly allowedOrigin?: readonly string[];
  readonly firstParty?: true;
  readonly serves?: readonly string[];
}

import type { Parameters } from '@valetkey/protocol';

/** How a request came: in the open, pushed before (RFC 9126), or in a signed object (RFC 9101). */
export interface Submission {
  readonly parameters: Parameters;
  readonly signed?: true;
  readonly pushedId?: string;
}

import { type AuthorizationDetail, OAuthError, shown } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';
import { isOpenType } from '../rich/detail-types.ts';

/**
 * RFC 9396 §5: every detail is of a type that is known and open to this client, and as its schema says. Where there are
 * no types the parameter is one that is not known, and passed over. Throws `invalid_authorization_details`.
 */
export function checkDetails(
  { detailTypes }: Authority,
  client: Client,
  details: readonly AuthorizationDetail[] | undefined,
): readonly AuthorizationDetail[] | undefined {
  if (detailTypes.isEmpty || details === undefined) return undefined;
  const open = detailTypes.names.filter((type) => isOpenType(client, type));
  for (const detail of details) {
    if (!open.includes(detail.type)) throw notOpen(detail.type, open);
    const fault = detailTypes.faultOf(detail);
    if (fault !== undefined) throw notFitting(detail.type, fault);
    if (!isShowable(detail)) throw tooLong(detail.type);
  }
  return details;
}

/** Characters of a text: a person has to be able to read what she allows (RFC 9396 §12). */
const longest = 1000;

function isShowable(value: unknown): boolean {
  if (typeof value === 'string') return value.length <= longest;
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isShowable(name) && isShowable(member));
}

function notOpen(type: string, open: readonly string[]): OAuthError {
  return new OAuthError(
    'invalid_authorization_details',
    'The authorization_details have a type that is unknown, or not open to this client.',
    {
      field: 'authorization_details',
      expected: `details of the types ${open.join(' ') || '(none is open to this client)'}`,
      got: shown(type),
      requirement: 'AZ-096',
    },
  );
}

function notFitting(type: string, fault: string): OAuthError {
  return new OAuthError(
    'invalid_authorization_details',
    'The authorization_details are not as their type prescribes.',
    {
      field: 'authorization_details',
      expected: `a ${type} as its schema says`,
      got: shown(`one of which ${fault}`),
      requirement: 'AZ-096',
    },
  );
}

function tooLong(type: string): OAuthError {
  return new OAuthError(
    'invalid_authorization_details',
    'The authorization_details cannot be shown to a person.',
    {
      field: 'authorization_details',
      expected: `texts of at most ${longest} characters`,
      got: `a ${type} with a longer one`,
      requirement: 'AZ-097',
    },
  );
}

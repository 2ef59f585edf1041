import { OAuthError } from './error.ts';

/** RFC 9396 §2: one thing that is asked for, of a registered type. Its other members are the type's. */
export type AuthorizationDetail = { readonly type: string } & Readonly<Record<string, unknown>>;

/** Bytes of the text, details in it, and levels inside each other: they travel in tickets, grants and access tokens. */
const longest = 8192;
const most = 20;
const deepest = 10;

/** Reads the JSON text of the parameter. Whether a type is known is for the server. Throws `invalid_authorization_details`. */
export function readAuthorizationDetails(text: string): AuthorizationDetail[] {
  if (text.length > longest) throw malformed(`${text.length} characters`);
  const details = parse(text);
  if (!Array.isArray(details) || details.length === 0) throw malformed('no array, or an empty one');
  if (details.length > most) throw malformed(`${details.length} details`);
  const strange = details.findIndex((detail) => !isDetail(detail));
  if (strange !== -1) throw malformed(`element ${strange} is no object with a string type`);
  if (!isWithin(details, deepest + 1)) throw malformed(`more than ${deepest} levels`);
  const written = JSON.stringify(details);
  const bytes = new TextEncoder().encode(written).length;
  if (bytes > longest) throw malformed(`${bytes} bytes`);
  // 1e400 is a number to JSON, and none that could be written again: what is judged and shown is what is granted.
  return JSON.parse(written) as AuthorizationDetail[];
}

function isDetail(detail: unknown): detail is AuthorizationDetail {
  if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return false;
  return typeof (detail as { type?: unknown }).type === 'string';
}

function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((member) => isWithin(member, levels - 1));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function malformed(got: string): OAuthError {
  return new OAuthError(
    'invalid_authorization_details',
    'The authorization_details are not a JSON array of objects with a type.',
    {
      field: 'authorization_details',
      expected: `a JSON array of at most ${most} objects with a string type, of at most ${longest} bytes and ${deepest} levels`,
      got,
      requirement: 'AZ-095',
    },
  );
}

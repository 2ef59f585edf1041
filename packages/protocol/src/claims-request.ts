import { OAuthError, shown } from './error.ts';

/** How one claim is asked for (OpenID Connect Core §5.5.1); `null`: voluntarily, in the default manner. */
export type ClaimRequest = {
  readonly essential?: boolean;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
} | null;

/** The `claims` parameter (OpenID Connect Core §5.5): claim names to how they are wanted, by place. */
export interface ClaimsRequest {
  readonly userinfo?: Readonly<Record<string, ClaimRequest>>;
  readonly id_token?: Readonly<Record<string, ClaimRequest>>;
}

/** Characters of the text: it travels in tickets and grants. */
const longest = 4096;

/** Reads the JSON text of the parameter. Unknown members are left out. Throws `invalid_request`. */
export function readClaimsRequest(text: string): ClaimsRequest {
  if (text.length > longest) throw malformed(`${text.length} characters`);
  const request = asObject(parse(text));
  if (request === undefined) throw malformed(shown(text));
  const userinfo = readPlace(request.userinfo);
  const idToken = readPlace(request.id_token);
  return {
    ...(userinfo === undefined ? {} : { userinfo }),
    ...(idToken === undefined ? {} : { id_token: idToken }),
  };
}

function readPlace(place: unknown): Readonly<Record<string, ClaimRequest>> | undefined {
  if (place === undefined || place === null) return undefined;
  const claims = asObject(place);
  if (claims === undefined) throw malformed('a place that is no object');
  // A null prototype: a claim may have any name.
  const read: Record<string, ClaimRequest> = Object.create(null) as Record<string, ClaimRequest>;
  for (const [name, wanted] of Object.entries(claims)) read[name] = readClaim(wanted);
  return read;
}

function readClaim(wanted: unknown): ClaimRequest {
  if (wanted === null) return null;
  const claim = asObject(wanted);
  if (claim === undefined) throw malformed('a claim that is neither null nor an object');
  const { essential, value, values } = claim;
  if (essential !== undefined && typeof essential !== 'boolean') throw malformed('essential is no boolean');
  if (values !== undefined && !Array.isArray(values)) throw malformed('values is no array');
  return {
    ...(essential === undefined ? {} : { essential }),
    ...(value === undefined ? {} : { value }),
    ...(values === undefined ? {} : { values }),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function asObject(value: unknown): Record<string, unknown> | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : undefined;
}

function malformed(got: string): OAuthError {
  return new OAuthError('invalid_request', 'The claims parameter is not a claims request.', {
    field: 'claims',
    expected: 'a JSON object as in OpenID Connect Core section 5.5, of at most 4096 characters',
    got,
    requirement: 'AZ-067',
  });
}

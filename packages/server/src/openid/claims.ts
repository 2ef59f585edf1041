import type { ClaimsRequest } from '@valetkey/protocol';
import type { Client, User } from '../model.ts';

/** Which claims a scope asks for (OpenID Connect Core §5.4). */
const claimsOfScope: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  address: ['address'],
  phone: ['phone_number', 'phone_number_verified'],
};

/** The standard claims there can be of a person, for the metadata. */
export const knownClaims: readonly string[] = ['sub', ...Object.values(claimsOfScope).flat()];

/** The claims of a person for one place, without `sub`: those of the scopes and those asked for by name, as far as known. */
export function claimsOf(
  user: User,
  scopes: readonly string[],
  asked: readonly string[],
): Record<string, unknown> {
  const wanted = new Set([...scopes.flatMap((scope) => claimsOfScope[scope] ?? []), ...asked]);
  const claims: Record<string, unknown> = {};
  for (const name of wanted) {
    const value = claimOf(user, name);
    if (value !== undefined) claims[name] = value;
  }
  return claims;
}

/** A person's name is her own; who types a username has a preferred one. Null and empty values are none (Core §5.3.2). */
function claimOf({ name, username, profile = {} }: User, claim: string): unknown {
  const fallback: Record<string, string> = { name, preferred_username: username };
  const source: Readonly<Record<string, unknown>> = Object.hasOwn(profile, claim) ? profile : fallback;
  const value = Object.hasOwn(source, claim) ? source[claim] : undefined;
  return value === null || value === '' ? undefined : value;
}

/** Scopes that hold the claims asked for by name: to ask for one claim takes what its scope takes. */
export function scopesOfClaims({ userinfo = {}, id_token = {} }: ClaimsRequest): readonly string[] {
  const names = [...Object.keys(userinfo), ...Object.keys(id_token)];
  return Object.keys(claimsOfScope).filter((scope) =>
    claimsOfScope[scope]?.some((claim) => names.includes(claim)),
  );
}

/**
 * Of the claims asked for by name at one place, those of scopes that the client may have. Others are left out without an
 * error, essential or not (Core §5.5.1).
 */
export function permittedClaims(
  { scopes }: Pick<Client, 'scopes'>,
  asked: ClaimsRequest['userinfo'] = {},
): readonly string[] {
  const permitted = scopes.flatMap((scope) => claimsOfScope[scope] ?? []);
  return Object.keys(asked).filter((name) => permitted.includes(name));
}

/** The part of a claims request that may be granted to a client; nothing where the request is about no person. */
export function grantableClaims(
  client: Pick<Client, 'scopes'>,
  scopes: readonly string[],
  asked: ClaimsRequest = {},
): ClaimsRequest | undefined {
  if (!scopes.includes('openid')) return undefined;
  const parts = (['userinfo', 'id_token'] as const).map((place) => {
    const names = permittedClaims(client, asked[place]);
    return [place, Object.fromEntries(names.map((name) => [name, asked[place]?.[name] ?? null]))] as const;
  });
  const filled = parts.filter(([, part]) => Object.keys(part).length > 0);
  return filled.length === 0 ? undefined : Object.fromEntries(filled);
}

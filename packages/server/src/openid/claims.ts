import type { ClaimsRequest } from '@valetkey/protocol';
import type { User } from '../model.ts';

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

/**
 * The claims of a person for one place, without `sub`: those of the scopes and those asked for by name, as far as they are
 * known. One that is not known is left out, essential or not (Core §5.5.1).
 */
export function claimsOf(
  user: User,
  scopes: readonly string[],
  asked: ClaimsRequest['userinfo'] = {},
): Record<string, unknown> {
  const wanted = new Set([...scopes.flatMap((scope) => claimsOfScope[scope] ?? []), ...Object.keys(asked)]);
  const claims: Record<string, unknown> = {};
  for (const name of wanted) {
    const value = valueOf(user, name);
    if (value !== undefined) claims[name] = value;
  }
  return claims;
}

/** Claims that tell about the token and the sign-in, never about the person's profile. */
const ofTheToken = new Set([
  ...[
    'iss',
    'sub',
    'aud',
    'exp',
    'iat',
    'nbf',
    'jti',
    'nonce',
    'azp',
    'acr',
    'amr',
    'auth_time',
    'sid',
    'at_hash',
  ],
  ...['c_hash', 's_hash', 'cnf', 'events', 'client_id', 'scope'],
]);

/** A person's name is her own; who types a username has a preferred one. Null and empty values are none (Core §5.3.2). */
function valueOf({ name, username, profile = {} }: User, claim: string): unknown {
  if (ofTheToken.has(claim)) return undefined;
  const fallback: Record<string, string> = { name, preferred_username: username };
  const source: Readonly<Record<string, unknown>> = Object.hasOwn(profile, claim) ? profile : fallback;
  const value = Object.hasOwn(source, claim) ? source[claim] : undefined;
  return value === null || value === '' ? undefined : value;
}

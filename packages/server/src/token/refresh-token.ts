import { type Authority, openSealed, sealAlikeNow } from '../authority.ts';
import type { ConfirmationKey, Grant } from '../model.ts';

/** What a refresh token carries, so that a wrong request is refused before the grant is touched. */
export interface RefreshToken {
  readonly grantId: string;
  readonly generation: number;
  readonly clientId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
  /** Of a public client that showed a key: only its holder can refresh. */
  readonly key?: ConfirmationKey;
}

/** Only a bound token has the last. */
type Written = readonly [string, number, string, string, string, string, ConfirmationKey?];

/** Equal for equal generations and keys, so that everyone who asks within the grace gets the same value. */
export function sealRefreshToken(
  authority: Authority,
  grant: Grant,
  key: ConfirmationKey | undefined,
): Promise<string> {
  const { id, generation, clientId, userId, sessionId, scopes } = grant;
  return sealAlikeNow(authority, 'refreshToken', [
    id,
    generation,
    clientId,
    userId,
    sessionId,
    scopes.join(' '),
    ...(key === undefined ? ([] as const) : ([key] as const)),
  ] satisfies Written);
}

/** `undefined` for whatever this authority did not seal as a refresh token. */
export async function openRefreshToken(
  authority: Authority,
  value: string,
): Promise<RefreshToken | undefined> {
  const content = (await openSealed(authority, 'refreshToken', value)) as Written | undefined;
  if (content === undefined) return undefined;
  const [grantId, generation, clientId, userId, sessionId, scopes, key] = content;
  return {
    grantId,
    generation,
    clientId,
    userId,
    sessionId,
    scopes: scopes === '' ? [] : scopes.split(' '),
    ...(key === undefined ? {} : { key }),
  };
}

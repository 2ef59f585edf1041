import { type Authority, openSealed, sealAlikeNow } from '../authority.ts';
import type { Grant } from '../model.ts';

/** What a refresh token carries, so that a wrong request is refused before the grant is touched. */
export interface RefreshToken {
  readonly grantId: string;
  readonly generation: number;
  readonly clientId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly scopes: readonly string[];
}

type Written = readonly [string, number, string, string, string, string];

/** Equal for equal generations, so that everyone who asks within the grace gets the same value. */
export function sealRefreshToken(authority: Authority, grant: Grant): Promise<string> {
  const { id, generation, clientId, userId, sessionId, scopes } = grant;
  return sealAlikeNow(authority, 'refreshToken', [
    id,
    generation,
    clientId,
    userId,
    sessionId,
    scopes.join(' '),
  ] satisfies Written);
}

/** `undefined` for whatever this authority did not seal as a refresh token. */
export async function openRefreshToken(
  authority: Authority,
  value: string,
): Promise<RefreshToken | undefined> {
  const content = (await openSealed(authority, 'refreshToken', value)) as Written | undefined;
  if (content === undefined) return undefined;
  const [grantId, generation, clientId, userId, sessionId, scopes] = content;
  return { grantId, generation, clientId, userId, sessionId, scopes: scopes === '' ? [] : scopes.split(' ') };
}

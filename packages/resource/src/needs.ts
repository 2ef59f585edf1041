import type { Access, AuthorizationDetail } from './access.ts';
import { Refusal } from './refusal.ts';
import { covers } from './scopes.ts';
import type { Settings } from './settings.ts';

/** What a call needs. */
export interface Needs {
  /** Scope tokens, all of which the access token must cover. */
  readonly scope?: readonly string[];
  /** Whether the authorization details of the token (RFC 9396), none if it has none, allow the call. */
  readonly authorizationDetails?: (details: readonly AuthorizationDetail[]) => boolean;
  /** Ways of signing in, by `acr`, of which the person must have used one (RFC 9470 §3). */
  readonly acr?: readonly string[];
  /** Seconds the person's sign-in may lie back (RFC 9470 §3). */
  readonly maxAge?: number;
  /** Asks the authorization server for this very call, also about a JWT: a token that was revoked is refused at once. */
  readonly revocationChecked?: boolean;
}

/** Last of all: a stranger does not learn what a call needs from a token that is no good (RS-042). */
export function checkNeeds(settings: Settings, access: Access, needs: Needs): void {
  if (!isSignedInWell(access, needs, settings.now())) {
    throw new Refusal('insufficient_user_authentication', 'RS-040', {
      message: 'the sign-in is too old or too weak for the call',
    });
  }
  if (!covers(settings.scopes, access.scope, needs.scope ?? [])) {
    throw new Refusal('insufficient_scope', 'RS-032', {
      message: 'the scope does not cover what the call needs',
    });
  }
  if (needs.authorizationDetails?.(access.authorizationDetails) === false) {
    throw new Refusal('insufficient_scope', 'RS-032', {
      message: 'the authorization details do not cover what the call needs',
    });
  }
}

/** RFC 9470 §6: what the token does not say does not satisfy. */
function isSignedInWell({ acr, authTime }: Access, needs: Needs, now: number): boolean {
  if (needs.acr !== undefined && (acr === undefined || !needs.acr.includes(acr))) return false;
  return needs.maxAge === undefined || (authTime !== undefined && now - authTime <= needs.maxAge * 1000);
}

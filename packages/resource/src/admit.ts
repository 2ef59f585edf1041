import { type Access, accessOf } from './access.ts';
import { checkBinding } from './binding.ts';
import type { Call } from './call.ts';
import { checkAnswer, checkTypes } from './claims.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import type { Issuer } from './issuer.ts';
import { checkNeeds, type Needs } from './needs.ts';
import { invalidToken } from './refusal.ts';
import type { Settings } from './settings.ts';
import type { Verified } from './verified.ts';
import { verifyAccessToken } from './verify-jwt.ts';

/** Lets a call in, or throws the `Refusal`: the token, the key it is bound to, its revocation, and last what the call needs. */
export async function admit(settings: Settings, call: Call, needs: Needs): Promise<Access> {
  const credentials = readCredentials(call.request, settings);
  const { issuer, claims } = await verify(settings, credentials, needs);
  checkTypes(claims);
  const key = await checkBinding(settings, { ...credentials, call, cnf: claims.cnf });
  if (needs.revocationChecked && isJwt(credentials)) await checkRevocation(issuer, credentials);
  const access = accessOf({ issuer: issuer.name, claims, key }, settings.isClientItself);
  checkNeeds(settings, access, needs);
  return access;
}

function isJwt({ token }: Credentials): boolean {
  return token.split('.').length === 3;
}

async function verify(settings: Settings, credentials: Credentials, needs: Needs): Promise<Verified> {
  const { introspecting } = settings;
  if (isJwt(credentials) || !introspecting?.introspect) return verifyAccessToken(settings, credentials.token);
  const { introspect } = introspecting;
  const claims = await (needs.revocationChecked ? introspect.anew : introspect)(credentials.token);
  checkTokenType(claims.token_type, credentials);
  checkAnswer(claims, settings, introspecting.name);
  return { issuer: introspecting, claims };
}

/** RFC 7662 §2.2, RFC 9449 §6.2: where the answer names a type, the token is used as one of that type. */
function checkTokenType(type: unknown, { scheme }: Credentials): void {
  if (type === undefined) return;
  if (typeof type !== 'string' || type.toLowerCase() !== scheme.toLowerCase()) {
    throw invalidToken('RS-018', 'token_type is not how the token was sent');
  }
}

/** A JWT says nothing of what became of it since; only its issuer does. */
async function checkRevocation({ name, introspect }: Issuer, { token }: Credentials): Promise<void> {
  if (introspect === undefined)
    throw new TypeError(`Revocation is to be checked, and ${name} has no introspection`);
  await introspect.anew(token);
}

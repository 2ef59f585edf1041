import { certificateThumbprint } from '@valetkey/jwt';
import type { BoundKey } from './access.ts';
import type { Call } from './call.ts';
import type { Credentials } from './credentials.ts';
import { checkProof } from './dpop-proof.ts';
import { invalidToken } from './refusal.ts';
import type { Settings } from './settings.ts';

/** A call with the token it brought, and the `cnf` of that. */
export interface Bound extends Credentials {
  readonly call: Call;
  readonly cnf: unknown;
}

/**
 * Checks that the caller holds the key the token is bound to (RFC 7800 §3.1): each method that `cnf` names must be known
 * and fulfilled. Gives what was proved; nothing for a token that is bound to no key.
 */
export async function checkBinding(settings: Settings, bound: Bound): Promise<BoundKey | undefined> {
  const { jkt, certificate } = readConfirmation(bound.cnf);
  if (jkt === undefined && bound.scheme === 'DPoP') {
    throw invalidToken('RS-052', 'the token is bound to no DPoP key');
  }
  requireBinding(settings, { jkt, certificate });
  if (certificate !== undefined) await checkCertificate(settings, bound.call, certificate);
  if (jkt !== undefined) await checkDpop(settings, bound, jkt);
  if (jkt === undefined && certificate === undefined) return undefined;
  return {
    ...(jkt === undefined ? {} : { jkt }),
    ...(certificate === undefined ? {} : { certificate }),
  };
}

interface Confirmation {
  readonly jkt: string | undefined;
  readonly certificate: string | undefined;
}

function readConfirmation(cnf: unknown): Confirmation {
  if (cnf === undefined) return { jkt: undefined, certificate: undefined };
  const methods = typeof cnf === 'object' && cnf !== null && !Array.isArray(cnf) ? Object.entries(cnf) : [];
  if (methods.length === 0) throw invalidToken('RS-018', 'cnf names no way of binding');
  for (const [method, value] of methods) {
    if (!['jkt', 'x5t#S256'].includes(method) || typeof value !== 'string') {
      throw invalidToken('RS-018', 'the token is bound in a way that cannot be checked here');
    }
  }
  const { jkt, 'x5t#S256': certificate } = Object.fromEntries(methods) as Record<string, string | undefined>;
  return { jkt, certificate };
}

function requireBinding({ dpop, mtls }: Settings, { jkt, certificate }: Confirmation): void {
  if (dpop?.required && jkt === undefined) throw invalidToken('SB-014', 'the token is bound to no DPoP key');
  if (mtls?.required && certificate === undefined) {
    throw invalidToken('SB-014', 'the token is bound to no certificate');
  }
}

/** RFC 8705 §3 */
async function checkCertificate({ mtls }: Settings, call: Call, thumbprint: string): Promise<void> {
  const der = mtls?.certificate(call);
  if (der === undefined || (await certificateThumbprint(der)) !== thumbprint) {
    throw invalidToken('RS-018', 'the certificate the token is bound to was not shown');
  }
}

/** RFC 9449 §7.2: a token bound to a key is not a bearer token. */
async function checkDpop(settings: Settings, { call, scheme, token }: Bound, jkt: string): Promise<void> {
  const { dpop } = settings;
  if (dpop === undefined || scheme !== 'DPoP') {
    throw invalidToken('RS-018', 'the token is bound to a key whose possession was not proved');
  }
  await checkProof({ ...dpop, now: settings.now() }, { request: call.request, token, jkt });
}

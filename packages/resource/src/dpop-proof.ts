import { accessTokenHash, checkDpopProof, type DpopProof, JwtError } from '@valetkey/jwt';
import type { Nonces } from './nonces.ts';
import { outage, Refusal } from './refusal.ts';
import type { ReplayStore } from './replay-store.ts';

/** How proofs are checked. */
export interface ProofRules {
  readonly algorithms: readonly string[];
  readonly nonces: Nonces | undefined;
  readonly replay: ReplayStore;
  readonly publicUrl: (request: Request) => string;
}

interface Proved {
  readonly request: Request;
  readonly token: string;
  /** The thumbprint the token is bound to. */
  readonly jkt: string;
}

/** RFC 9449 §11.1: how old a proof may be, and how far ahead its clock, in seconds. */
const window = { back: 60, ahead: 10 };

/** Checks the DPoP proof of a request (RFC 9449 §4.3, §7.1) and uses it up; one that is refused is not used up. */
export async function checkProof(rules: ProofRules & { now: number }, proved: Proved): Promise<void> {
  const header = proved.request.headers.get('dpop');
  if (header === null) throw invalidProof('TN-070', 'no DPoP header');
  const nonces = await rules.nonces?.now();
  const proof = await check(header, rules, { ...proved, good: nonces?.good });
  await use(proof, rules);
}

async function check(
  header: string,
  { algorithms, now, publicUrl }: ProofRules & { now: number },
  { request, token, jkt, good }: Proved & { good: readonly string[] | undefined },
): Promise<DpopProof> {
  try {
    // Two headers arrive as a list, which is no JWT.
    return await checkDpopProof(header, {
      method: request.method,
      url: publicUrl(request),
      now,
      algorithms,
      window,
      accessToken: token,
      jkt,
      ...(good === undefined ? {} : { nonce: (nonce) => nonce !== undefined && good.includes(nonce) }),
    });
  } catch (error) {
    throw error instanceof JwtError ? refused(error) : error;
  }
}

function refused({ code, detail }: JwtError): Refusal {
  if (code === 'nonce') return new Refusal('use_dpop_nonce', 'RS-053', { message: detail });
  return invalidProof('RS-050', `the proof is refused: ${detail}`);
}

/** A `jti` counts once for each key and URL (RFC 9449 §11.1). Hashed, however long it is. */
async function use(
  { jkt, htu, jti, iat }: DpopProof,
  { replay, now }: ProofRules & { now: number },
): Promise<void> {
  const key = await accessTokenHash(`${jkt} ${htu} ${jti}`);
  // A minute more than it can be shown: the clocks of two processes may differ.
  const until = Math.ceil((iat + window.back + 60) * 1000);
  let used: 'first' | 'again';
  try {
    used = await replay.use(key, until, now);
  } catch (cause) {
    throw outage('the store of used proofs fails', cause, 'RS-055');
  }
  if (used !== 'first') throw invalidProof('TN-076', 'the proof was used before');
}

function invalidProof(rule: string, message: string): Refusal {
  return new Refusal('invalid_dpop_proof', rule, { message });
}

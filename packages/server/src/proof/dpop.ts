import { checkDpopProof, JwtError } from '@valetkey/jwt';
import { OAuthError } from '@valetkey/protocol';
import type { Authority } from '../authority.ts';
import type { Caller } from '../caller.ts';
import { fapiAlgorithms, profileRules } from '../config/profile-rules.ts';
import { hashSecret } from '../constant-time.ts';
import { currentNonce, isLivingNonce } from './nonce.ts';

/** RFC 9449 §11.1: how old a proof may be, and how far ahead its clock, in seconds. */
const window = { back: 60, ahead: 10 };

/** EdDSA is Ed25519. */
const everyAlgorithm: readonly string[] = ['ES256', 'EdDSA', 'Ed25519', 'PS256', 'RS256'];

/** JWS algorithms that proofs may have. */
function proofAlgorithms({ fapi }: { fapi: boolean }): readonly string[] {
  return fapi ? everyAlgorithm.filter((algorithm) => fapiAlgorithms.includes(algorithm)) : everyAlgorithm;
}

/** The algorithms that everybody may use, none if there is no DPoP here. */
export function offeredProofAlgorithms({ config }: Pick<Authority, 'config'>): readonly string[] {
  return config.features.dpop ? proofAlgorithms(profileRules(config, {})) : [];
}

/**
 * Checks the DPoP proof of a request (RFC 9449 §4.3) and gives the thumbprint of its key. One signature, and one entry
 * that keeps the proof from being used again. `accessToken`: the proof must name it. Throws `invalid_dpop_proof`, or
 * `use_dpop_nonce` where a nonce is demanded.
 */
export async function checkProof(
  authority: Authority,
  caller: Caller & { dpopProof: string },
  expected: { accessToken?: string; fapi: boolean },
): Promise<string> {
  const now = authority.clock();
  const proof = await checkDpopProof(caller.dpopProof, {
    method: caller.method,
    url: caller.url,
    ...aliasOf(authority, caller),
    now,
    window,
    algorithms: proofAlgorithms(expected),
    ...(expected.accessToken === undefined ? {} : { accessToken: expected.accessToken }),
    ...(authority.config.dpop.requireNonce
      ? { nonce: (nonce: string | undefined) => isLivingNonce(authority, nonce) }
      : {}),
  }).catch((error: unknown) => {
    throw error instanceof JwtError ? refused(error) : error;
  });
  const key = `dpop:${proof.jkt}:${hashSecret(`${proof.jti} ${proof.htu}`)}`;
  // A minute more than it can be shown: the clocks of two nodes may differ.
  const until = Math.ceil((proof.iat + window.back + window.ahead + 60) * 1000);
  if ((await authority.store.once.use({ key, until: Math.max(until, now + 1), now })) === 'first')
    return proof.jkt;
  throw invalidProof({
    expected: 'a proof that was not used before',
    got: 'a jti that was',
    requirement: 'TN-076',
  });
}

/** Whoever came by the address for certificates names that one (RFC 8705 §5). */
function aliasOf({ config }: Authority, { url }: Caller): { alias?: string } {
  const { mtlsAddress, issuer } = config;
  return mtlsAddress === undefined ? {} : { alias: mtlsAddress + url.slice(issuer.length) };
}

function refused(error: JwtError): OAuthError {
  if (error.code !== 'nonce') {
    return invalidProof({ expected: 'a good DPoP proof', got: error.detail, requirement: 'TK-090' });
  }
  return new OAuthError('use_dpop_nonce', 'The DPoP proof must carry the nonce of this answer.', {
    field: 'DPoP',
    expected: 'the nonce that the server gave lately',
    got: error.detail,
    requirement: 'TK-094',
  });
}

export function invalidProof(reason: { expected: string; got: string; requirement: string }): OAuthError {
  return new OAuthError('invalid_dpop_proof', 'The DPoP proof is missing, wrong, or used before.', {
    field: 'DPoP',
    ...reason,
  });
}

/** The nonce to give out, where nonces are demanded. */
export function nonceToGive(authority: Authority): string | undefined {
  const { features, dpop } = authority.config;
  return features.dpop && dpop.requireNonce ? currentNonce(authority) : undefined;
}

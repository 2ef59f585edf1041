import { accessTokenHash } from '@valetkey/jwt';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';
import { AUDIENCE, NOW, signJwt } from './issuer.fixture.ts';

/** A client with a DPoP key. */
export interface Prover {
  readonly jwk: JWK;
  readonly jkt: string;
  /** A proof, good for GET /photos and the token unless changed; an `undefined` removes a claim. */
  prove(token: string, change?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

export async function prover(alg = 'ES256'): Promise<Prover> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  return {
    jwk,
    jkt: await calculateJwkThumbprint(jwk),
    prove: async (token, change = {}, header = {}) =>
      signJwt(
        privateKey,
        { typ: 'dpop+jwt', alg, jwk, ...header },
        {
          jti: crypto.randomUUID(),
          htm: 'GET',
          htu: `${AUDIENCE}/photos`,
          iat: NOW,
          ath: await accessTokenHash(token),
          ...change,
        },
      ),
  };
}

/** A request with a token under the scheme DPoP, and its proofs. */
export function proved(token: string, ...proofs: string[]): Request {
  const headers = new Headers({ authorization: `DPoP ${token}` });
  for (const proof of proofs) headers.append('dpop', proof);
  return new Request(`${AUDIENCE}/photos?page=2`, { headers });
}

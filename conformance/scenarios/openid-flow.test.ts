import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import { obtainCode, redeem, refresh } from '../support/flow.ts';
import { describeTargets } from '../targets/each-target.ts';

describeTargets((open) => {
  test.each(['RS256', 'ES256', 'PS256', 'EdDSA'] as const)(
    'AZ-034, TK-059, TN-040, TN-041, TN-042, TN-044, TN-045: an ID token signed with %s tells who signed in',
    async (algorithm) => {
      const at = await open();
      const user = await at.addUser();
      const client = await at.addClient({
        scopes: ['openid', 'email', 'photos:read'],
        openid: { idTokenAlgorithm: algorithm },
      });
      const code = await obtainCode(at, client, user, { scope: 'openid photos:read', nonce: 'n-1' });
      const { status, body } = await redeem(at, client, code);
      expect(status).toBe(200);
      const keys = createRemoteJWKSet(new URL(`${at.issuer}/jwks`), {
        [customFetch]: (url: string) => at.fetch(new Request(url)),
      });
      const { payload, protectedHeader } = await jwtVerify(String(body.id_token), keys, {
        issuer: at.issuer,
        audience: client.id,
        currentDate: new Date(at.now()),
      });
      expect(protectedHeader.alg).toBe(algorithm);
      expect(payload).toMatchObject({ sub: user.id, aud: client.id, nonce: 'n-1', amr: ['pwd'] });
      const refreshed = await refresh(at, client, body.refresh_token);
      expect(refreshed.status).toBe(200);
      expect(decodeProtectedHeader(String(refreshed.body.id_token)).alg).toBe(algorithm);
      const info = await at.fetch(
        new Request(`${at.issuer}/userinfo`, { headers: { authorization: `Bearer ${body.access_token}` } }),
      );
      expect(info.status).toBe(200);
      expect(await info.json()).toEqual({ sub: user.id });
    },
  );
});

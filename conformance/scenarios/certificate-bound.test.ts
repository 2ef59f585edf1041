import { createHash, X509Certificate } from 'node:crypto';
import { type Issued, issue, makeAuthority } from '@valetkey/fetcher/certificates.fixture.ts';
import type { Client } from '@valetkey/server';
import { expect, test } from 'vitest';
import { newKey } from '../support/assertions.ts';
import { callBy } from '../support/client-proof.ts';
import { dpopProof, thumbprintOf } from '../support/dpop-proof.ts';
import { introspect, type TokenAnswer } from '../support/flow.ts';
import { claimsOf } from '../support/jwt-claims.ts';
import { askUserinfo, everyScope } from '../support/openid.ts';
import { type Session, signedInSession } from '../support/signed-in-session.ts';
import { describeHandler } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { Target, TargetOptions, TestClient } from '../targets/target.ts';

interface Stage {
  readonly at: Target;
  readonly session: Session;
  readonly client: TestClient;
  /** From now on every connection shows this certificate. */
  readonly show: (certificate: Issued | null) => void;
}

interface Code {
  readonly code: string;
  readonly verifier: string;
}

const bound: Partial<Client> = { binding: 'certificate' };

/** RFC 8705 §3.1, by other means than the server's. */
function thumbprintOfCertificate({ certificate }: Issued): string {
  const { raw } = new X509Certificate(certificate);
  const digest = createHash('sha256').update(raw).digest('base64');
  return digest.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function redeem({ at, client }: Stage, { code, verifier }: Code, dpop?: string): Promise<TokenAnswer> {
  const fields = { grant_type: 'authorization_code', code, code_verifier: verifier };
  const headers: Record<string, string> = dpop === undefined ? {} : { dpop };
  return callBy(at, { client }, { path: '/token', fields, headers });
}

function refresh({ at, client }: Stage, token: unknown): Promise<TokenAnswer> {
  const fields = { grant_type: 'refresh_token', refresh_token: String(token) };
  return callBy(at, { client }, { path: '/token', fields });
}

function refusal({ status, body }: TokenAnswer): string {
  return `${status} ${body.error}`;
}

async function statusAtUserinfo({ at }: Stage, token: unknown, headers: Record<string, string> = {}) {
  const { status, headers: told } = await askUserinfo(at, String(token), headers);
  return [status, /error="([^"]*)"/.exec(told.get('www-authenticate') ?? '')?.[1]];
}

const granted = [200, undefined];
const invalid = [401, 'invalid_token'];

describeHandler((open) => {
  async function stage(over: Partial<Client> = bound, config: TargetOptions['config'] = {}): Promise<Stage> {
    const connection: { shown: Issued | null } = { shown: null };
    const at = await open({
      config: { features: { mutualTls: true }, ...config },
      certificate: () => {
        const { shown } = connection;
        return shown === null ? undefined : { der: shown.der, chainVerified: false };
      },
    });
    const session = await signedInSession(at);
    const client = await at.addClient({ consent: 'implied', scopes: everyScope, ...over });
    const show = (certificate: Issued | null) => {
      connection.shown = certificate;
    };
    return { at, session, client, show };
  }

  const code = ({ session, client }: Stage) => session.code(client, { scope: 'openid' });
  const photosCode = ({ session, client }: Stage) => session.code(client, { scope: 'photos:read' });

  test('TN-085, TK-010: the tokens of a client that is set to it are bound to the certificate of the request, and stay bearer tokens', async () => {
    const [on, own] = [await stage(), await issue({ ca: 'self' })];
    on.show(own);
    const { status, body } = await redeem(on, await photosCode(on));
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    const cnf = { 'x5t#S256': thumbprintOfCertificate(own) };
    expect(cnf['x5t#S256']).toMatch(/^[\w-]{43}$/);
    expect(claimsOf(body.access_token).cnf).toEqual(cnf);
  });

  test('TN-085: without a certificate such a client gets an error, and its code is still good', async () => {
    const on = await stage();
    const asked = await photosCode(on);
    expect(refusal(await redeem(on, asked))).toBe('400 invalid_request');
    const own = await issue({ ca: await makeAuthority() });
    on.show(own);
    const first = await redeem(on, asked);
    expect(first.status).toBe(200);
    on.show(null);
    expect(refusal(await refresh(on, first.body.refresh_token))).toBe('400 invalid_request');
    on.show(own);
    expect((await refresh(on, first.body.refresh_token)).status).toBe(200);
  });

  test('TN-085, TK-010: of a client that is not set to it a certificate binds nothing', async () => {
    const [on, own] = [await stage({}), await issue({ ca: 'self' })];
    on.show(own);
    const { status, body } = await redeem(on, await code(on));
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    expect(await introspect(on.at, on.client, body.access_token)).not.toHaveProperty('cnf');
    on.show(null);
    expect(await statusAtUserinfo(on, body.access_token)).toEqual(granted);
  });

  test.each(['jwt', 'opaque'] as const)(
    'IR-009, TK-010: introspection tells the certificate of a bound %s token, at the top',
    async (accessTokenFormat) => {
      const [on, own] = [await stage({ ...bound, accessTokenFormat }), await issue({ ca: 'self' })];
      on.show(own);
      const { body } = await redeem(on, await photosCode(on));
      on.show(null);
      const api = await on.at.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
      for (const caller of [api, on.client]) {
        expect(await introspect(on.at, caller, body.access_token)).toMatchObject({
          active: true,
          token_type: 'Bearer',
          cnf: { 'x5t#S256': thumbprintOfCertificate(own) },
        });
      }
    },
  );

  test.each(['jwt', 'opaque'] as const)(
    'TN-055: userinfo takes a bound %s token with its certificate, and with no other or none',
    async (accessTokenFormat) => {
      const on = await stage({ ...bound, accessTokenFormat });
      const authority = await makeAuthority();
      const [own, other] = [await issue({ ca: authority }), await issue({ ca: authority })];
      on.show(own);
      const { body } = await redeem(on, await code(on));
      expect(await statusAtUserinfo(on, body.access_token)).toEqual(granted);
      for (const wrong of [other, null, authority]) {
        on.show(wrong);
        expect(await statusAtUserinfo(on, body.access_token)).toEqual(invalid);
      }
      // What the request says of certificates counts for nothing where they come from the connection.
      const headers = { 'client-cert': `:${Buffer.from(own.der).toString('base64')}:` };
      expect(await statusAtUserinfo(on, body.access_token, headers)).toEqual(invalid);
      on.show(own);
      expect(await statusAtUserinfo(on, body.access_token)).toEqual(granted);
    },
  );

  test('TN-055: a token that is bound to a certificate is no DPoP token', async () => {
    const [on, own, key] = [await stage(), await issue({ ca: 'self' }), newKey('ES256')];
    on.show(own);
    const { body } = await redeem(on, await code(on));
    const access = String(body.access_token);
    const dpop = await dpopProof(on.at, key, { path: '/userinfo', method: 'GET', accessToken: access });
    const headers = { authorization: `DPoP ${access}` };
    expect(await statusAtUserinfo(on, access, headers)).toEqual(invalid);
    expect(await statusAtUserinfo(on, access, { ...headers, dpop })).toEqual(invalid);
    expect(await statusAtUserinfo(on, access)).toEqual(granted);
  });

  test('TN-085, TK-010: a proof beside the certificate binds to the key of the proof', async () => {
    const [on, own, key] = [await stage(), await issue({ ca: 'self' }), newKey('ES256')];
    on.show(own);
    const { body } = await redeem(on, await code(on), await dpopProof(on.at, key, { path: '/token' }));
    expect(body.token_type).toBe('DPoP');
    const { cnf } = await introspect(on.at, on.client, body.access_token);
    expect(cnf).toEqual({ jkt: await thumbprintOf(key) });
    expect(await statusAtUserinfo(on, body.access_token)).toEqual(invalid);
  });

  test('TN-085: a confidential client may come with its next certificate; a public one is held to the first', async () => {
    const [first, next] = [await issue({ ca: 'self' }), await issue({ ca: 'self' })];
    for (const authenticationMethod of ['client_secret_basic', 'none'] as const) {
      const on = await stage({ ...bound, authenticationMethod });
      on.show(first);
      const { body } = await redeem(on, await photosCode(on));
      on.show(next);
      const renewed = await refresh(on, body.refresh_token);
      if (authenticationMethod === 'none') {
        expect(refusal(renewed)).toBe('400 invalid_grant');
        on.show(first);
        expect((await refresh(on, body.refresh_token)).status).toBe(200);
      } else {
        expect(renewed.status).toBe(200);
        expect(claimsOf(renewed.body.access_token).cnf).toEqual({
          'x5t#S256': thumbprintOfCertificate(next),
        });
      }
    }
  });

  test('TN-085: while the feature is off, certificates bind nothing, and a client that is set to them gets nothing', async () => {
    const off = { features: { mutualTls: false } };
    const [on, own] = [await stage({}, off), await issue({ ca: 'self' })];
    on.show(own);
    const { status, body } = await redeem(on, await photosCode(on));
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    expect(claimsOf(body.access_token)).not.toHaveProperty('cnf');
    const set = await stage(bound, off);
    set.show(own);
    expect((await redeem(set, await photosCode(set))).status).toBe(400);
  });

  test('FP-012: under FAPI a certificate binds, though the client is not set to it', async () => {
    const [on, own] = [await stage({}), await issue({ ca: 'self' })];
    const jwks = [{ kty: 'EC', x5c: [Buffer.from(own.der).toString('base64')] }];
    const asked = await code(on);
    await on.at.store.clients.replace({
      ...on.client.record,
      authenticationMethod: 'self_signed_tls_client_auth',
      keys: { jwks },
      securityProfile: 'fapi2',
    });
    on.show(own);
    const client = { ...on.client, record: { ...on.client.record, authenticationMethod: 'none' as const } };
    const { status, body } = await redeem({ ...on, client }, asked);
    expect([status, body.token_type]).toEqual([200, 'Bearer']);
    expect(await statusAtUserinfo(on, body.access_token)).toEqual(granted);
    on.show(null);
    expect(await statusAtUserinfo(on, body.access_token)).toEqual(invalid);
  });
});

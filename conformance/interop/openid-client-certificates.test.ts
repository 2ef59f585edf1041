import { type Issued, issue, makeAuthority } from '@valetkey/fetcher/certificates.fixture.ts';
import type { Client } from '@valetkey/server';
import { decodeJwt } from 'jose';
import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Browser } from '../support/browser.ts';
import { walk } from '../support/flow.ts';
import { nodeServer } from '../targets/node-server.ts';
import type { Target, TestUser } from '../targets/target.ts';

const redirectUri = 'https://print.example/callback';

/** openid-client with a certificate, before a proxy that ends TLS and tells of it as nginx does; and one that registers itself. */
describe('openid-client, with client certificates and by registration', () => {
  let target: Target;
  let user: TestUser;
  let ca: Awaited<ReturnType<typeof makeAuthority>>;
  beforeAll(async () => {
    target = await nodeServer({
      config: { features: { mutualTls: true }, registration: { mode: 'open' } },
      handler: {
        trustedProxies: ['127.0.0.0/8', '::1'],
        clientCertificates: { header: 'X-Client-Cert', verifiedHeader: 'X-Client-Verify' },
      },
    });
    user = await target.addUser();
    ca = await makeAuthority();
  });
  afterAll(() => target.stop());

  function through({ certificate }: Issued, verified: 'SUCCESS' | 'FAILED'): oauth.CustomFetch {
    return (url, { headers, ...rest }) => {
      const told = { 'x-client-cert': encodeURIComponent(certificate), 'x-client-verify': verified };
      return fetch(url, { ...(rest as RequestInit), headers: { ...headers, ...told } });
    };
  }

  async function connect(
    over: Partial<Client>,
    customFetch: oauth.CustomFetch,
  ): Promise<oauth.Configuration> {
    const client = await target.addClient({ scopes: ['openid', 'photos:read'], secrets: [], ...over });
    const metadata = { redirect_uris: [redirectUri], id_token_signed_response_alg: 'RS256' };
    return oauth.discovery(new URL(target.issuer), client.id, metadata, oauth.TlsClientAuth(), {
      execute: [oauth.allowInsecureRequests],
      [oauth.customFetch]: customFetch,
    });
  }

  async function signIn(config: oauth.Configuration) {
    const checks = { pkceCodeVerifier: oauth.randomPKCECodeVerifier(), expectedState: oauth.randomState() };
    const url = oauth.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid photos:read',
      state: checks.expectedState,
      code_challenge: await oauth.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const answer = await walk(new Browser(target.fetch), url.href, user);
    return oauth.authorizationCodeGrant(config, answer, checks);
  }

  it('is known by the subject of its certificate, and its tokens are bound to it', async () => {
    const leaf = await issue({ ca, subject: 'CN=Print Shop', san: { dns: ['client.print.example'] } });
    const config = await connect(
      {
        authenticationMethod: 'tls_client_auth',
        keys: { certificateSubject: { kind: 'san_dns', value: 'client.print.example' } },
        binding: 'certificate',
      },
      through(leaf, 'SUCCESS'),
    );
    const tokens = await signIn(config);
    expect(tokens.token_type).toBe('bearer');
    expect(decodeJwt(tokens.access_token)).toMatchObject({ cnf: { 'x5t#S256': expect.any(String) } });
    expect((await oauth.fetchUserInfo(config, tokens.access_token, user.id)).sub).toBe(user.id);
    const plain = await fetch(`${target.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    expect(plain.status).toBe(401);
  });

  it('is known by a self-signed certificate', async () => {
    const own = await issue({ ca: 'self', subject: 'CN=Print Shop' });
    const jwk = { kty: 'EC', x5c: [Buffer.from(own.der).toString('base64')] };
    const config = await connect(
      { authenticationMethod: 'self_signed_tls_client_auth', keys: { jwks: [jwk] } },
      through(own, 'FAILED'),
    );
    expect((await signIn(config)).claims()?.sub).toBe(user.id);
  });

  it('registers itself, and goes on with what it got', async () => {
    const config = await oauth.dynamicClientRegistration(
      new URL(target.issuer),
      {
        redirect_uris: [redirectUri],
        client_name: 'Print Shop',
        scope: 'openid photos:read',
        // What the library does unless told; the default of the specification is Basic.
        token_endpoint_auth_method: 'client_secret_post',
      },
      undefined,
      { execute: [oauth.allowInsecureRequests] },
    );
    expect(config.clientMetadata()).toMatchObject({
      client_id: expect.any(String),
      client_secret: expect.any(String),
      registration_client_uri: expect.stringContaining(target.issuer),
    });
    expect((await signIn(config)).claims()?.sub).toBe(user.id);
  });
});

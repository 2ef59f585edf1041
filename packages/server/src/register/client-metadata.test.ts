import { generateKeyPairSync } from 'node:crypto';
import { OAuthError } from '@valetkey/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { photos } from '../authority.fixture.ts';
import { type ConfigInput, readConfig } from '../config.ts';
import { readClientMetadata } from './client-metadata.ts';

const redirect = 'https://print.example/callback';

function configWith(over: Partial<ConfigInput> = {}) {
  return readConfig({
    issuer: 'https://auth.example',
    scopes: { read: { description: 'see your photos' }, write: { description: 'change your photos' } },
    resources: [{ identifier: photos, name: 'Photos', scopes: ['read', 'write'] }],
    ...over,
  });
}

const usual = configWith();
const everything = configWith({
  features: { requestUris: true, mutualTls: true, frontChannelLogout: true },
});
const fapi = configWith({ securityProfile: 'fapi2' });

function read(over: Record<string, unknown> = {}, config = usual) {
  return readClientMetadata(config, { redirect_uris: [redirect], ...over }, 'registered');
}

/** Wire code and row of what is refused. */
function refusal(over: Record<string, unknown>, config = usual): [string, string, string] {
  try {
    const taken = read(over, config);
    return expect.unreachable(`taken: ${JSON.stringify(taken)}`);
  } catch (error) {
    if (!(error instanceof OAuthError)) throw error;
    return [error.code, error.reason.field, error.reason.requirement];
  }
}

function newKey(kid: string, modulusLength = 2048) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return {
    open: { ...publicKey.export({ format: 'jwk' }), kid },
    secret: { ...privateKey.export({ format: 'jwk' }), kid },
  };
}

const key = newKey('one');

describe('MD-036: defaults', () => {
  test('whoever sends redirect URIs alone becomes a confidential web client for the code grant', () => {
    expect(read()).toEqual({
      name: 'Unnamed app',
      homepage: null,
      applicationType: 'web',
      redirectUris: [redirect],
      grantTypes: ['authorization_code'],
      scopes: Object.keys(usual.scopes),
      defaultScopes: [],
      authenticationMethod: 'client_secret_basic',
    });
  });

  test('null and an empty text are as good as absent', () => {
    const absent = { client_name: null, logo_uri: '', grant_types: null, jwks: null, default_max_age: null };
    expect(read(absent)).toEqual(read());
  });

  test('scopes that are named are those it may have and those it asks for by default', () => {
    expect(read({ scope: 'write nonsense' })).toMatchObject({ scopes: ['write'], defaultScopes: ['write'] });
    expect(refusal({ scope: 'nonsense' })).toEqual(['invalid_client_metadata', 'scope', 'MD-042']);
    const narrow = configWith({ registration: { mode: 'open', scopes: ['read'] } });
    expect(read({}, narrow).scopes).toEqual(['read']);
    expect(refusal({ scope: 'write' }, narrow)).toEqual(['invalid_client_metadata', 'scope', 'MD-042']);
  });
});

describe('MD-036: grant types and response types agree', () => {
  test.each([
    [{ grant_types: ['refresh_token'] }],
    [{ grant_types: [] }],
    [{ response_types: [] }],
    [{ response_types: ['token'], grant_types: ['implicit'] }],
    [{ response_types: ['code', 'id_token'] }],
    [{ response_types: ['code id_token'], grant_types: ['authorization_code'] }],
  ])('%j is refused', (over) => {
    expect(refusal(over)[0]).toBe('invalid_client_metadata');
  });

  test('grant types that this server does not have are left out', () => {
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    const { grantTypes } = read({ grant_types: ['refresh_token', device, 'authorization_code'] });
    expect(grantTypes).toEqual(['authorization_code', 'refresh_token']);
    const hybrid = {
      grant_types: ['authorization_code', 'implicit'],
      response_types: ['code', 'id_token code'],
    };
    expect(read(hybrid).grantTypes).toEqual(['authorization_code']);
  });
});

describe('MD-033, MD-034: redirect URIs', () => {
  test.each([
    ['MD-033: none', { redirect_uris: [] }],
    ['MD-033: no list', { redirect_uris: 'https://print.example/callback' }],
    ['MD-033: relative', { redirect_uris: ['/callback'] }],
    ['MD-033: a fragment', { redirect_uris: [`${redirect}#here`] }],
    ['MD-033: user information', { redirect_uris: ['https://me@print.example/callback'] }],
    ['MD-033: a script', { redirect_uris: ['javascript:alert(1)'], application_type: 'native' }],
    ['MD-033: data', { redirect_uris: ['data:text/html,x'], application_type: 'native' }],
    ['MD-033: a file', { redirect_uris: ['file:///etc/passwd'], application_type: 'native' }],
    ['MD-033: one bad one among good ones', { redirect_uris: [redirect, 'ftp://print.example/'] }],
    ['MD-034: a web client on http', { redirect_uris: ['http://print.example/callback'] }],
    ['MD-034: a web client on loopback', { redirect_uris: ['http://127.0.0.1/cb'], application_type: 'web' }],
    ['MD-034: a web client at localhost', { redirect_uris: ['https://localhost/cb'] }],
    ['MD-034: a web client below localhost', { redirect_uris: ['https://app.localhost/cb'] }],
    ['MD-034: a web client with a scheme', { redirect_uris: ['com.example.app:/cb'] }],
    ['MD-034: a scheme without a dot', { redirect_uris: ['app:/cb'], application_type: 'native' }],
    [
      'MD-034: a native client on http',
      { redirect_uris: ['http://a.example/cb'], application_type: 'native' },
    ],
  ])('%s is invalid_redirect_uri', (_what, over) => {
    expect(refusal(over).slice(0, 2)).toEqual(['invalid_redirect_uri', 'redirect_uris']);
  });

  test('MD-034: a native client has a scheme of its own, loopback, or an https link', () => {
    const uris = ['com.example.app:/cb', 'http://localhost/cb', 'http://[::1]:7000/cb', redirect];
    expect(read({ redirect_uris: uris, application_type: 'native' })).toMatchObject({
      applicationType: 'native',
      redirectUris: uris,
    });
  });

  test('MD-034: a program that listens on loopback and says no type is native', () => {
    const loopback = ['http://localhost:33418/', 'http://127.0.0.1:33418/'];
    for (const uris of [loopback, [...loopback, 'https://vscode.example/redirect']])
      expect(read({ redirect_uris: uris }).applicationType).toBe('native');
  });

  test('MD-033: whatever text is sent as a redirect URI, what is taken is https, native loopback or dotted', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl({ withFragments: true })), (uri) => {
        let taken: readonly string[] = [];
        try {
          taken = read({ redirect_uris: [uri] }).redirectUris;
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
        }
        for (const one of taken) expect(one).toMatch(/^(https:\/\/[^/?#@]+|http:\/\/(localhost|127|\[::1))/i);
      }),
    );
  });
});

describe('MD-028: keys', () => {
  const byKey = { token_endpoint_auth_method: 'private_key_jwt' };

  test('a key set or its address is taken', () => {
    expect(read({ ...byKey, jwks: { keys: [key.open] } }).keys).toEqual({ jwks: [key.open] });
    const uri = 'https://print.example/keys';
    expect(read({ ...byKey, jwks_uri: uri, token_endpoint_auth_signing_alg: 'PS256' }).keys).toEqual({
      jwksUri: uri,
      assertionAlgorithm: 'PS256',
    });
  });

  test('keys for encryption are left out', () => {
    const enc = { ...newKey('two').open, use: 'enc' };
    expect(read({ ...byKey, jwks: { keys: [key.open, enc] } }).keys).toEqual({ jwks: [key.open] });
  });

  test.each([
    ['both', { jwks: { keys: [key.open] }, jwks_uri: 'https://print.example/keys' }],
    ['neither', {}],
    ['no keys', { jwks: { keys: [] } }],
    ['a private key', { jwks: { keys: [key.secret] } }],
    ['a private key for encryption', { jwks: { keys: [key.open, { ...newKey('two').secret, use: 'enc' }] } }],
    ['a shared secret', { jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0' }] } }],
    ['a short key', { jwks: { keys: [newKey('short', 1024).open] } }],
    ['a kid twice', { jwks: { keys: [key.open, newKey('one').open] } }],
    ['too many', { jwks: { keys: Array.from({ length: 21 }, (_, i) => ({ ...key.open, kid: `${i}` })) } }],
    ['no key set', { jwks: [key.open] }],
    ['an http address', { jwks_uri: 'http://print.example/keys' }],
    [
      'an algorithm that takes a secret',
      { jwks: { keys: [key.open] }, token_endpoint_auth_signing_alg: 'HS256' },
    ],
    ['no algorithm', { jwks: { keys: [key.open] }, token_endpoint_auth_signing_alg: 'none' }],
  ])('private_key_jwt with %s is refused', (_what, over) => {
    expect(refusal({ ...byKey, ...over })[0]).toBe('invalid_client_metadata');
  });

  test('certificates: exactly one subject, or a key that comes with its certificate', () => {
    const ca = { token_endpoint_auth_method: 'tls_client_auth' };
    const subject = { tls_client_auth_san_dns: 'print.example' };
    expect(read({ ...ca, ...subject }, everything).keys).toEqual({
      certificateSubject: { kind: 'san_dns', value: 'print.example' },
    });
    expect(refusal(ca, everything)[0]).toBe('invalid_client_metadata');
    expect(refusal({ ...ca, ...subject, tls_client_auth_san_ip: '192.0.2.1' }, everything)[0]).toBe(
      'invalid_client_metadata',
    );
    const own = { token_endpoint_auth_method: 'self_signed_tls_client_auth' };
    expect(refusal({ ...own, jwks: { keys: [key.open] } }, everything)[0]).toBe('invalid_client_metadata');
    const certified = { ...key.open, x5c: ['MIIB'] };
    expect(read({ ...own, jwks: { keys: [certified] } }, everything).keys).toEqual({ jwks: [certified] });
    expect(refusal({ ...ca, ...subject })).toEqual([
      'invalid_client_metadata',
      'token_endpoint_auth_method',
      'MD-037',
    ]);
  });
});

describe('FP-011: under FAPI', () => {
  test.each(['none', 'client_secret_basic', 'client_secret_post', 'client_secret_jwt', undefined])(
    'the method %s is refused',
    (method) => {
      const over = { token_endpoint_auth_method: method, jwks: { keys: [key.open] } };
      expect(refusal(over, fapi)).toEqual([
        'invalid_client_metadata',
        'token_endpoint_auth_method',
        'FP-011',
      ]);
    },
  );

  test('a key proves the client, by an algorithm that FAPI allows', () => {
    const byKey = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.open] } };
    expect(read(byKey, fapi).authenticationMethod).toBe('private_key_jwt');
    for (const member of [
      'token_endpoint_auth_signing_alg',
      'request_object_signing_alg',
      'id_token_signed_response_alg',
      'authorization_signed_response_alg',
    ]) {
      expect(refusal({ ...byKey, [member]: 'RS256' }, fapi)[1]).toBe(member);
      expect(read({ ...byKey, [member]: 'PS256' }, fapi).name).toBe('Unnamed app');
    }
  });
});

describe('MD-037: what is unknown is ignored, what cannot be had is refused', () => {
  test('members nobody knows change nothing, whatever their names', () => {
    const strange = JSON.parse(
      '{"__proto__":{"redirect_uris":[]},"constructor":1,"client_name#de":"Bild","x":{}}',
    );
    expect(read(strange)).toEqual(read());
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string().map((name) => `x-${name}`),
          fc.jsonValue(),
        ),
        (members) => {
          expect(read(members)).toEqual(read());
        },
      ),
    );
  });

  test('whatever JSON stands in a member, it is taken or refused as the metadata it is', () => {
    const members = [
      'client_name',
      'redirect_uris',
      'jwks',
      'scope',
      'grant_types',
      'default_max_age',
      'contacts',
    ];
    fc.assert(
      fc.property(fc.constantFrom(...members), fc.jsonValue(), (member, value) => {
        try {
          read({ [member]: value });
        } catch (error) {
          expect((error as OAuthError).code).toMatch(/^invalid_(client_metadata|redirect_uri)$/);
        }
      }),
    );
  });

  test.each([
    { token_endpoint_auth_method: 'magic' },
    { id_token_signed_response_alg: 'none' },
    { id_token_signed_response_alg: 'HS256' },
    { userinfo_signed_response_alg: 'ES512' },
    { introspection_signed_response_alg: 'none' },
    { request_object_signing_alg: 'none' },
    { id_token_encrypted_response_alg: 'RSA-OAEP' },
    { userinfo_encrypted_response_alg: 'ECDH-ES' },
    { authorization_encrypted_response_alg: 'RSA-OAEP' },
    { introspection_encrypted_response_alg: 'RSA-OAEP' },
    { request_object_encryption_alg: 'RSA-OAEP' },
    { subject_type: 'secret' },
    { application_type: 'toaster' },
    { response_modes: ['smoke'] },
    { authorization_details_types: ['payment'] },
    { tls_client_certificate_bound_access_tokens: true },
    { dpop_bound_access_tokens: 'true' },
    { require_auth_time: 1 },
    { default_max_age: -1 },
    { default_max_age: '60' },
    { contacts: 'ada@print.example' },
    { client_name: 'x'.repeat(101) },
    { client_name: 'Print\u0000Shop' },
    { client_name: 'Print \u202epohs' },
  ])('%j is refused', (over) => {
    expect(refusal(over)[0]).toBe('invalid_client_metadata');
  });

  test('a demand for protection that is off is refused, another member of what is off is left out', () => {
    const bare = configWith({
      features: { pushedRequests: false, dpop: false, openid: false, requestObjects: false },
    });
    for (const member of [
      'require_pushed_authorization_requests',
      'dpop_bound_access_tokens',
      'require_signed_request_object',
    ]) {
      expect(refusal({ [member]: true }, bare)).toEqual(['invalid_client_metadata', member, 'MD-037']);
      expect(read({ [member]: false }, bare)).toEqual(read({}, bare));
    }
    const left = {
      id_token_signed_response_alg: 'none',
      backchannel_logout_uri: 'https://print.example/out',
    };
    expect(read(left, bare)).toEqual(read({}, bare));
  });

  test('tokens are bound in one way', () => {
    const proof = { dpop_bound_access_tokens: true };
    const certificate = { tls_client_certificate_bound_access_tokens: true };
    expect(read(proof, everything).binding).toBe('dpop');
    expect(read(certificate, everything).binding).toBe('certificate');
    expect(refusal({ ...proof, ...certificate }, everything)[0]).toBe('invalid_client_metadata');
  });
});

test('MD-039: addresses for people are http or https, and nothing that runs', () => {
  for (const member of ['client_uri', 'logo_uri', 'policy_uri', 'tos_uri']) {
    for (const value of [
      'javascript:alert(1)',
      'data:image/png,x',
      'print.example',
      'https://me@print.example/',
      '//x',
    ])
      expect(refusal({ [member]: value })).toEqual(['invalid_client_metadata', member, 'MD-039']);
    expect(read({ [member]: 'https://print.example/about' }).name).toBe('Unnamed app');
  }
});

test('MD-040: pairwise subjects of several hosts, or of none, need a sector identifier', () => {
  const pairwise = { subject_type: 'pairwise' };
  expect(read(pairwise).openid).toEqual({ subjectType: 'pairwise' });
  const two = { ...pairwise, redirect_uris: [redirect, 'https://other.example/callback'] };
  expect(refusal(two)).toEqual(['invalid_client_metadata', 'sector_identifier_uri', 'MD-040']);
  const app = { ...pairwise, redirect_uris: ['com.example.app:/cb'], application_type: 'native' };
  expect(refusal(app)).toEqual(['invalid_client_metadata', 'sector_identifier_uri', 'MD-040']);
  const sector = { sector_identifier_uri: 'https://print.example/sector.json' };
  expect(read({ ...two, ...sector }).openid?.sectorIdentifierUri).toBe(sector.sector_identifier_uri);
  expect(refusal({ ...two, sector_identifier_uri: 'http://print.example/sector.json' })[2]).toBe('MD-040');
});

describe('MD-043: addresses that are called', () => {
  const members = ['initiate_login_uri', 'backchannel_logout_uri', 'frontchannel_logout_uri'];
  test.each([...members, 'post_logout_redirect_uris', 'request_uris'])(
    '%s is https, without fragment',
    (member) => {
      const wrap = (uri: string) => ({ [member]: members.includes(member) ? uri : [uri] });
      for (const uri of [
        'http://print.example/x',
        'https://print.example/x#y',
        'https://me@print.example/x',
        'print.example',
        'https:print.example',
        'javascript:alert(1)',
        // A host to a URL parser, and more than one source to the header that lets a form lead there.
        'https://*.example/x',
        'https://a;frame-ancestors/x',
        'https://a,b/x',
      ])
        expect(refusal(wrap(uri), everything)).toEqual(['invalid_client_metadata', member, 'MD-043']);
      expect(read(wrap('https://print.example/x'), everything).redirectUris).toEqual([redirect]);
    },
  );

  test('the front-channel one is on the origin of a redirect URI', () => {
    expect(refusal({ frontchannel_logout_uri: 'https://other.example/x' }, everything)[2]).toBe('MD-043');
  });

  test('a native app may be returned to as it is answered', () => {
    const native = { application_type: 'native', redirect_uris: ['com.example.app:/cb'] };
    const back = ['com.example.app:/out'];
    expect(read({ ...native, post_logout_redirect_uris: back }).logout?.postLogoutRedirectUris).toEqual(back);
    expect(refusal({ ...native, post_logout_redirect_uris: ['app:/out'] })[2]).toBe('MD-043');
  });

  test('a server on loopback takes addresses there', () => {
    const local = configWith({ issuer: 'http://localhost:9000' });
    const uri = 'http://localhost:9001/out';
    expect(read({ backchannel_logout_uri: uri }, local).logout).toEqual({ backchannelUri: uri });
    expect(refusal({ backchannel_logout_uri: uri })[2]).toBe('MD-043');
  });
});

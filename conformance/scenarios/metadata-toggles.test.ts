import type { ConfigInput, Fetcher } from '@valetkey/server';
import { describe, expect, test } from 'vitest';
import { assertionOf, newKey } from '../support/assertions.ts';
import { expectStillWorks } from '../support/authorize.ts';
import { Browser, textOf } from '../support/browser.ts';
import { authorizeUrl, obtainCode, redeem } from '../support/flow.ts';
import { addOpenIdClient, signInWith } from '../support/openid.ts';
import { inProcess, photosApi, testConfig } from '../targets/in-process.ts';
import type { Target } from '../targets/target.ts';

type Settings = Partial<ConfigInput>;

interface Toggle {
  readonly what: string;
  readonly on: Settings;
  readonly off: Settings;
  /** Members that are there only when it is on. */
  readonly members: readonly string[];
  /** Members that are there always, and say something else. */
  readonly changed?: readonly string[];
  /** What a request that needs it comes to: when it is on, and when it is off. */
  readonly probe: (target: Target) => Promise<string>;
  readonly answers: readonly [on: string, off: string];
}

const feature = (name: keyof NonNullable<ConfigInput['features']>) => ({
  on: { features: { [name]: true } },
  off: { features: { [name]: false } },
});

const [photos] = testConfig().resources;
const key = newKey('ES256');

const toggles: readonly Toggle[] = [
  {
    what: 'OpenID Connect',
    ...feature('openid'),
    members: [
      ...['userinfo_endpoint', 'subject_types_supported', 'id_token_signing_alg_values_supported'],
      ...['userinfo_signing_alg_values_supported', 'claims_supported', 'claims_parameter_supported'],
      ...['end_session_endpoint', 'backchannel_logout_supported', 'backchannel_logout_session_supported'],
    ],
    changed: ['scopes_supported'],
    probe: (target) => get(target, '/userinfo'),
    answers: ['401', '404'],
  },
  {
    what: 'the resource parameter',
    ...feature('resourceIndicators'),
    members: [],
    probe: (target) => ask(target, { resource: 'https://unknown.example' }),
    answers: ['invalid_target', '/login'],
  },
  {
    what: 'pushed requests',
    ...feature('pushedRequests'),
    members: ['pushed_authorization_request_endpoint'],
    probe: (target) => post(target, '/par', { client_id: 'nobody' }),
    answers: ['401 invalid_client', '404'],
  },
  {
    what: 'request objects by value',
    ...feature('requestObjects'),
    members: ['request_parameter_supported', 'request_object_signing_alg_values_supported'],
    probe: (target) => ask(target, { request: 'x' }),
    answers: ['invalid_request_object', 'request_not_supported'],
  },
  {
    what: 'request objects by reference',
    ...feature('requestUris'),
    members: ['require_request_uri_registration'],
    changed: ['request_uri_parameter_supported'],
    probe: (target) => ask(target, { request_uri: 'https://print.example/request' }),
    answers: ['invalid_request_uri', 'request_uri_not_supported'],
  },
  {
    what: 'signed answers',
    ...feature('signedResponses'),
    members: ['authorization_signing_alg_values_supported'],
    changed: ['response_modes_supported'],
    probe: (target) => ask(target, { response_mode: 'jwt' }),
    answers: ['/login', '400 invalid_request'],
  },
  {
    what: 'DPoP',
    ...feature('dpop'),
    members: ['dpop_signing_alg_values_supported'],
    probe: (target) => tokens(target, { DPoP: 'x' }),
    answers: ['400 invalid_dpop_proof', '200'],
  },
  {
    what: 'client certificates',
    ...feature('mutualTls'),
    members: ['tls_client_certificate_bound_access_tokens'],
    changed: [
      'token_endpoint_auth_methods_supported',
      'revocation_endpoint_auth_methods_supported',
      'introspection_endpoint_auth_methods_supported',
    ],
    probe: async (target) =>
      String((await documentOf(target)).token_endpoint_auth_methods_supported).replaceAll(
        /.*(?=tls)|,.*/g,
        '',
      ),
    answers: ['tls_client_auth', 'private_key_jwt'],
  },
  {
    what: 'another address for certificates',
    on: { features: { mutualTls: true }, mtlsAddress: 'https://mtls.auth.example' },
    off: { features: { mutualTls: true } },
    members: ['mtls_endpoint_aliases'],
    probe: async (target) => {
      const { mtls_endpoint_aliases: aliases } = await documentOf(target);
      return Object.values(aliases ?? {}).join(' ');
    },
    answers: [
      ['token', 'revoke', 'introspect', 'par', 'userinfo']
        .map((path) => `https://mtls.auth.example/${path}`)
        .join(' '),
      '',
    ],
  },
  {
    what: 'signed introspection',
    ...feature('signedIntrospection'),
    members: ['introspection_signing_alg_values_supported'],
    probe: introspectionType,
    answers: ['application/token-introspection+jwt', 'application/json'],
  },
  {
    what: 'logout for apps',
    ...feature('rpLogout'),
    members: ['end_session_endpoint'],
    probe: afterLogout,
    answers: ['https://print.example', '/logout'],
  },
  {
    what: 'back-channel logout',
    ...feature('backChannelLogout'),
    members: ['backchannel_logout_supported', 'backchannel_logout_session_supported'],
    probe: async (target) => String((await documentOf(target)).backchannel_logout_supported),
    answers: ['true', 'undefined'],
  },
  {
    what: 'front-channel logout',
    ...feature('frontChannelLogout'),
    members: ['frontchannel_logout_supported', 'frontchannel_logout_session_supported'],
    probe: async (target) => String((await documentOf(target)).frontchannel_logout_supported),
    answers: ['true', 'undefined'],
  },
  {
    what: 'documents as client ids',
    ...feature('clientIdDocuments'),
    members: ['client_id_metadata_document_supported'],
    probe: async (target) =>
      ask(target, {
        client_id: 'https://app.example/client.json',
        redirect_uri: 'https://app.example/callback',
      }),
    answers: ['/login', '400 invalid_client'],
  },
  {
    what: 'sign-up',
    ...feature('signUp'),
    members: ['prompt_values_supported'],
    probe: (target) => get(target, '/sign-up'),
    answers: ['200', '404'],
  },
  ...(['open', 'token'] as const).map((mode) => ({
    what: `registration (${mode})`,
    on: { registration: { mode, initialAccessTokens: ['x'.repeat(32)] } },
    off: { registration: { mode: 'off' as const } },
    members: ['registration_endpoint'],
    probe: (target: Target) => register(target),
    answers: [mode === 'open' ? '400 invalid_redirect_uri' : '401', '404'] as const,
  })),
  {
    what: 'rich authorization requests',
    on: { authorizationDetails: { payment: { title: 'Pay', schema: { type: 'object' } } } },
    off: {},
    members: ['authorization_details_types_supported'],
    probe: (target) => ask(target, { authorization_details: '[{"type":"unknown"}]' }),
    answers: ['invalid_authorization_details', '/login'],
  },
  {
    what: 'that requests must be pushed',
    on: { requests: { requirePushed: true } },
    off: {},
    members: ['require_pushed_authorization_requests'],
    probe: (target) => ask(target, {}),
    answers: ['invalid_request', '/login'],
  },
  {
    what: 'that requests must be signed',
    on: { requests: { requireSigned: true } },
    off: {},
    members: ['require_signed_request_object'],
    probe: (target) => ask(target, {}),
    answers: ['invalid_request', '/login'],
  },
  {
    what: 'authentication contexts',
    on: { authenticationContexts: [{ value: 'urn:example:password', methods: ['pwd'] }] },
    off: {},
    members: ['acr_values_supported'],
    changed: ['claims_supported'],
    probe: async (target) => {
      const [client, user] = [await addOpenIdClient(target), await target.addUser()];
      return String((await signInWith(target, { client, user })).claims.acr);
    },
    answers: ['urn:example:password', 'undefined'],
  },
  {
    what: 'the documentation',
    on: { documentation: 'https://docs.example/' },
    off: {},
    members: ['service_documentation'],
    probe: async (target) => String((await documentOf(target)).service_documentation),
    answers: ['https://docs.example/', 'undefined'],
  },
];

describe.each(toggles)('MD-010: $what', ({ on, off, members, changed = [], probe, answers }) => {
  test('is told by its members when it is on, and by none when it is off', async () => {
    const [with_, without] = await Promise.all(
      [on, off].map(async (config) => documentOf(await start(config))),
    );
    const names = (a = {}, b = {}) => Object.keys(a).filter((name) => !Object.hasOwn(b, name));
    expect(names(with_, without).toSorted()).toEqual(members.toSorted());
    expect(names(without, with_)).toEqual([]);
    const differing = Object.keys(without ?? {}).filter(
      (name) => JSON.stringify(with_?.[name]) !== JSON.stringify(without?.[name]),
    );
    expect(differing.toSorted()).toEqual(changed.toSorted());
  });

  test('is done when it is on, and not when it is off', async () => {
    expect([await probe(await start(on)), await probe(await start(off))]).toEqual(answers);
  });
});

test('MD-010: with everything off that can be, what is left is OAuth 2.1, and it works', async () => {
  const names = [
    'openid',
    'resourceIndicators',
    'pushedRequests',
    'requestObjects',
    'signedResponses',
  ] as const;
  const more = ['dpop', 'signedIntrospection', 'rpLogout', 'backChannelLogout'] as const;
  const features = Object.fromEntries([...names, ...more].map((name) => [name, false]));
  const target = await start({ features });
  expect(Object.keys(await documentOf(target)).toSorted()).toEqual([
    'authorization_endpoint',
    'authorization_response_iss_parameter_supported',
    'code_challenge_methods_supported',
    'grant_types_supported',
    'introspection_endpoint',
    'introspection_endpoint_auth_methods_supported',
    'introspection_endpoint_auth_signing_alg_values_supported',
    'issuer',
    'jwks_uri',
    'protected_resources',
    'request_uri_parameter_supported',
    'response_modes_supported',
    'response_types_supported',
    'revocation_endpoint',
    'revocation_endpoint_auth_methods_supported',
    'revocation_endpoint_auth_signing_alg_values_supported',
    'scopes_supported',
    'token_endpoint',
    'token_endpoint_auth_methods_supported',
    'token_endpoint_auth_signing_alg_values_supported',
  ]);
  await expectStillWorks(target, await target.addClient(), await target.addUser());
});

test('MD-010: with everything on that can be, it works too', async () => {
  const names = ['requestUris', 'mutualTls', 'frontChannelLogout', 'clientIdDocuments', 'signUp'] as const;
  const features = Object.fromEntries(names.map((name) => [name, true]));
  const target = await start({ features, registration: { mode: 'open' } });
  await expectStillWorks(target, await target.addClient(), await target.addUser());
});

/** The document of one app, and nothing else in the world. */
const fetcher: Fetcher = {
  fetch: async ({ url }) => {
    const document = {
      client_id: 'https://app.example/client.json',
      client_name: 'App',
      redirect_uris: ['https://app.example/callback'],
      token_endpoint_auth_method: 'none',
    };
    if (url !== document.client_id) return { outcome: 'failed', why: 'nothing is there' };
    const body = JSON.stringify(document);
    return { outcome: 'fetched', status: 200, mediaType: 'application/json', body, freshForSeconds: 60 };
  },
};

function start(config: Settings): Promise<Target> {
  return inProcess({ config: { resources: photos === undefined ? [] : [photos], ...config }, fetcher });
}

async function documentOf(target: Target): Promise<Record<string, unknown>> {
  const address = `${target.issuer}/.well-known/openid-configuration`;
  return (await (await target.fetch(new Request(address))).json()) as Record<string, unknown>;
}

async function get(target: Target, path: string): Promise<string> {
  return String((await target.fetch(new Request(`${target.issuer}${path}`))).status);
}

async function post(target: Target, path: string, fields: Record<string, string>): Promise<string> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const body = new URLSearchParams(fields).toString();
  return told(await target.fetch(new Request(`${target.issuer}${path}`, { method: 'POST', headers, body })));
}

async function register(target: Target): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  return told(
    await target.fetch(new Request(`${target.issuer}/register`, { method: 'POST', headers, body: '{}' })),
  );
}

/** The status, and the error of a JSON answer. */
async function told(response: Response): Promise<string> {
  const isJson = response.headers.get('content-type')?.startsWith('application/json') ?? false;
  const error = isJson ? ((await response.json()) as { error?: string }).error : undefined;
  return error === undefined ? String(response.status) : `${response.status} ${error}`;
}

/** What a plain request with something more comes to: an error for the client, a page that says no, or the sign-in page. */
async function ask(target: Target, over: Record<string, string>): Promise<string> {
  const client = await target.addClient();
  const response = await new Browser(target.fetch).get(authorizeUrl(target, client, over).url);
  const location = response.headers.get('location');
  if (location === null) return `${response.status} ${textOf(await response.text(), 'error-code')}`;
  const at = new URL(location, target.issuer);
  return at.searchParams.get('error') ?? at.pathname;
}

async function tokens(target: Target, headers: Record<string, string>): Promise<string> {
  const client = await target.addClient({ authenticationMethod: 'none' });
  const { code, verifier } = await obtainCode(target, client, await target.addUser());
  const body = { grant_type: 'authorization_code', client_id: client.id, code, code_verifier: verifier };
  const response = await target.fetch(
    new Request(`${target.issuer}/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams(body).toString(),
    }),
  );
  return told(response);
}

async function introspectionType(target: Target): Promise<string> {
  const client = await target.addClient();
  const api = await target.addClient({
    authenticationMethod: 'private_key_jwt',
    secrets: [],
    keys: { jwks: [key.jwk] },
    serves: [photosApi],
  });
  const { body } = await redeem(target, client, await obtainCode(target, client, await target.addUser()));
  const fields = {
    token: String(body.access_token),
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertionOf(target, { id: api.id, key }),
  };
  const response = await target.fetch(
    new Request(`${target.issuer}/introspect`, {
      method: 'POST',
      headers: {
        accept: 'application/token-introspection+jwt',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(fields).toString(),
    }),
  );
  return response.headers.get('content-type') ?? '';
}

/** Where a person ends up whom a first-party app sends to sign out. */
async function afterLogout(target: Target): Promise<string> {
  const back = 'https://print.example/bye';
  const client = await addOpenIdClient(target, {
    consent: 'implied',
    logout: { postLogoutRedirectUris: [back] },
  });
  const browser = new Browser(target.fetch);
  const user = await target.addUser();
  const signedIn = await signInWith(target, { client, user, browser });
  const hint = String(signedIn.tokens.body.id_token);
  const query = new URLSearchParams({ id_token_hint: hint, post_logout_redirect_uri: back });
  const place = await browser.open(`${target.issuer}/logout?${query}`);
  return 'left' in place ? place.left.origin : new URL(place.url).pathname;
}

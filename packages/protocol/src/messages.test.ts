import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anything, codeChallenge, codeVerifier, scope, text } from './arbitraries.fixture.ts';
import {
  type AuthorizationRequest,
  type AuthorizationResponse,
  authorizationResponseUrl,
  decodeFormValue,
  encodeFormValue,
  OAuthError,
  type Pair,
  Parameters,
  readAddressee,
  readAuthorizationRequest,
  readAuthorizationResponse,
  readClientCredentials,
  readIntrospectionResponse,
  readScope,
  readTokenQuery,
  readTokenRequest,
  readTokenResponse,
  safeErrorText,
  writeAuthorizationRequest,
  writeAuthorizationResponse,
  writeBasic,
  writeIntrospectionResponse,
  writePairs,
  writeScope,
  writeTokenQuery,
  writeTokenRequest,
  writeTokenResponse,
} from './index.ts';

/** Over the wire and back. */
function travel(pairs: readonly Pair[]): Parameters {
  return Parameters.read(writePairs(pairs));
}

function maybe<K extends string, V>(name: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const resource = fc.constantFrom('https://a.example/', 'https://b.example/api?x=1', 'urn:example:c');
const json = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(text, fc.integer(), fc.boolean()));
const claim = fc.constantFrom(null, { essential: true }, { value: 'x' }, { values: ['x', 'y'] });

/** What OpenID Connect, resource indicators, rich requests and DPoP add to a request. */
const extensions = fc
  .record({
    responseMode: option(text),
    nonce: option(text),
    maxAge: option(fc.nat()),
    acrValues: option(scope),
    idTokenHint: option(text),
    claims: option(
      fc.record({
        id_token: fc.dictionary(fc.constantFrom('sub', 'email', 'x#y'), claim, { noNullPrototype: true }),
      }),
    ),
    resources: option(fc.uniqueArray(resource, { minLength: 1 })),
    authorizationDetails: option(
      fc.array(
        json.map((members) => ({ ...members, type: 'payment' })),
        { minLength: 1, maxLength: 3 },
      ),
    ),
    dpopJkt: option(codeChallenge),
  })
  .map((all) => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)));

describe('what is written is read back', () => {
  test('pairs', () => {
    const pairs = fc.uniqueArray(fc.tuple(text, text), { selector: ([name]) => name, maxLength: 10 });
    fc.assert(
      fc.property(pairs, (written) => {
        expect(travel(written).pairs()).toEqual(written);
      }),
    );
  });

  test('form values', () => {
    fc.assert(
      fc.property(text, (value) => {
        expect(decodeFormValue(encodeFormValue(value))).toBe(value);
      }),
    );
  });

  test('scope', () => {
    fc.assert(
      fc.property(scope, (scopes) => {
        expect(readScope(writeScope(scopes))).toEqual(scopes);
      }),
    );
  });

  test('authorization request', () => {
    const prompt = fc.constantFrom<AuthorizationRequest['prompt'][]>(
      [],
      ['none'],
      ['login'],
      ['consent'],
      ['login', 'consent'],
    );
    const request = fc
      .tuple(
        fc.tuple(text, option(text), text),
        fc.tuple(option(scope), option(text), option(codeChallenge)),
        prompt,
        option(text),
        extensions,
      )
      .map(
        ([
          [clientId, redirectUri, responseType],
          [scopes, state, challenge],
          prompts,
          loginHint,
          more,
        ]): AuthorizationRequest => ({
          clientId,
          responseType,
          prompt: prompts,
          ...maybe('redirectUri', redirectUri),
          ...maybe('scope', scopes),
          ...maybe('state', state),
          ...maybe('codeChallenge', challenge),
          ...maybe('loginHint', loginHint),
          ...more,
        }),
      );
    fc.assert(
      fc.property(request, (written) => {
        expect(readAuthorizationRequest(travel(writeAuthorizationRequest(written)))).toEqual(written);
      }),
    );
  });

  test('the fragment holds what the query would', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 4 }), (pairs) => {
        const url = authorizationResponseUrl('https://c.example/cb?a=1', pairs, 'fragment');
        expect(url).toBe(`https://c.example/cb?a=1#${writePairs(pairs)}`);
      }),
    );
  });

  test('authorization response, after a redirect URI with or without a query', () => {
    const common = fc
      .record({ state: option(text), iss: text })
      .map(({ state, iss }) => ({ iss, ...maybe('state', state) }));
    const success = fc.tuple(text, common).map(([code, rest]): AuthorizationResponse => ({ code, ...rest }));
    const failure = common.map(
      (rest): AuthorizationResponse => ({
        error: 'access_denied',
        description: 'The person declined.',
        ...rest,
      }),
    );
    const uri = fc.constantFrom(
      'https://c.example/cb',
      'https://c.example/cb?a=1',
      'https://c.example/cb?',
      'com.example.app:/cb',
    );
    fc.assert(
      fc.property(fc.oneof(success, failure), uri, (written, redirectUri) => {
        const url = authorizationResponseUrl(redirectUri, writeAuthorizationResponse(written));
        expect(url.startsWith(redirectUri)).toBe(true);
        expect(readAuthorizationResponse(url.slice(url.indexOf('?') + 1))).toEqual(written);
      }),
    );
  });

  test('token request', () => {
    const code = fc.tuple(text, option(text), option(codeVerifier)).map(([value, redirectUri, verifier]) => ({
      grantType: 'authorization_code' as const,
      code: value,
      ...maybe('redirectUri', redirectUri),
      ...maybe('codeVerifier', verifier),
    }));
    const refresh = fc.tuple(text, option(scope)).map(([refreshToken, scopes]) => ({
      grantType: 'refresh_token' as const,
      refreshToken,
      ...maybe('scope', scopes),
    }));
    fc.assert(
      fc.property(fc.oneof(code, refresh), (written) => {
        expect(readTokenRequest(travel(writeTokenRequest(written)))).toEqual(written);
      }),
    );
  });

  test('token response', () => {
    const response = fc
      .tuple(text, fc.nat(), scope, option(text))
      .map(([accessToken, expiresIn, scopes, refreshToken]) => ({
        accessToken,
        tokenType: 'Bearer' as const,
        expiresIn,
        scope: scopes,
        ...maybe('refreshToken', refreshToken),
      }));
    fc.assert(
      fc.property(response, (written) => {
        expect(readTokenResponse(JSON.parse(JSON.stringify(writeTokenResponse(written))))).toEqual(written);
      }),
    );
  });

  test('token query', () => {
    const query = fc.tuple(text, option(text)).map(([token, hint]) => ({ token, ...maybe('hint', hint) }));
    fc.assert(
      fc.property(query, (written) => {
        expect(readTokenQuery(travel(writeTokenQuery(written)))).toEqual(written);
      }),
    );
  });

  test('introspection response', () => {
    const active = fc
      .tuple(
        scope,
        fc.tuple(text, text, text),
        fc.tuple(fc.nat(), fc.nat()),
        option(fc.array(text, { minLength: 1, maxLength: 3 })),
      )
      .map(([scopes, [clientId, sub, iss], [exp, iat], aud]) => ({
        active: true as const,
        scope: scopes,
        clientId,
        sub,
        iss,
        ...maybe('aud', aud),
        exp,
        iat,
        tokenType: 'Bearer' as const,
      }));
    fc.assert(
      fc.property(fc.oneof(active, fc.constant({ active: false as const })), (written) => {
        const wire = JSON.parse(JSON.stringify(writeIntrospectionResponse(written)));
        expect(readIntrospectionResponse(wire)).toEqual(written);
      }),
    );
  });

  test('Basic credentials (TK-023)', () => {
    fc.assert(
      fc.property(text, text, (clientId, clientSecret) => {
        const read = readClientCredentials(writeBasic(clientId, clientSecret), Parameters.of([]));
        expect(read).toMatchObject({
          method: 'client_secret_basic',
          clientId,
          decoded: { clientId, clientSecret },
        });
      }),
    );
  });
});

describe('whatever comes in, a value or an OAuthError comes out (SB-025)', () => {
  const readers: Record<string, (sent: string) => unknown> = {
    addressee: (sent) => readAddressee(Parameters.read(sent)),
    'authorization request': (sent) => readAuthorizationRequest(Parameters.read(sent)),
    'authorization response': readAuthorizationResponse,
    'token request': (sent) => readTokenRequest(Parameters.read(sent)),
    'token query': (sent) => readTokenQuery(Parameters.read(sent)),
    'credentials in the body': (sent) => readClientCredentials(undefined, Parameters.read(sent)),
    'credentials in the header': (sent) => readClientCredentials(sent, Parameters.of([])),
    'encoded credentials': (sent) =>
      readClientCredentials(`Basic ${Buffer.from(sent).toString('base64')}`, Parameters.of([])),
    scope: readScope,
  };

  const names = [
    'client_id',
    'redirect_uri',
    'response_type',
    'scope',
    'state',
    'code_challenge',
    'prompt',
    'grant_type',
    'code',
    'token',
  ];
  const request = fc
    .array(fc.tuple(fc.oneof(fc.constantFrom(...names), anything), anything), { maxLength: 12 })
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));

  test.each(Object.entries(readers))('%s', (_, read) => {
    fc.assert(
      fc.property(fc.oneof(anything, request), (sent) => {
        try {
          read(sent);
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
          expect((error as OAuthError).reason.requirement).toMatch(/^[A-Z]{2}-\d{3}$/);
        }
      }),
      { numRuns: 400 },
    );
  });

  const pairReaders: Record<string, (sent: Parameters) => unknown> = {
    addressee: readAddressee,
    'authorization request': readAuthorizationRequest,
    'token request': readTokenRequest,
    'token query': readTokenQuery,
    credentials: (sent) => readClientCredentials(undefined, sent),
  };
  const wireName = fc.constantFrom(...names, 'client_secret', 'refresh_token', '__proto__', 'constructor');
  const wireValue = fc.oneof(
    anything,
    fc.constantFrom('code', 'authorization_code', 'refresh_token', 'S256', 'none login', '', '__proto__'),
  );
  const anyPairs = fc.array(fc.tuple(wireName, wireValue), { maxLength: 14 });

  test.each(Object.entries(pairReaders))('%s, from any pairs', (_, read) => {
    fc.assert(
      fc.property(anyPairs, (pairs) => {
        try {
          read(Parameters.of(pairs));
        } catch (error) {
          expect(error).toBeInstanceOf(OAuthError);
          expect(safeErrorText((error as OAuthError).description)).toBe((error as OAuthError).description);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('names of object members are names like any other', () => {
    const parameters = Parameters.read('__proto__=a&constructor=b&toString=c&hasOwnProperty=d');
    expect(parameters.one('__proto__')).toBe('a');
    expect(parameters.one('constructor')).toBe('b');
    expect(parameters.one('valueOf')).toBeUndefined();
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  test('AZ-085, TK-009: error texts keep to the alphabet of RFC 6749', () => {
    fc.assert(
      fc.property(anything, (sent) => {
        expect(safeErrorText(sent)).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/);
      }),
    );
  });
});

import type { Fetched } from '@valetkey/server';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addKeyClient, type ClientKey, newKey } from '../support/assertions.ts';
import { answerInAddress, answerInPage, readAnswer, verifyAnswer } from '../support/authorization-answer.ts';
import { expectStillWorks } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, walk, walkOn } from '../support/flow.ts';
import type { Place } from '../support/pages.ts';
import { push } from '../support/pushed-request.ts';
import { requestObject, requestOf } from '../support/request-object.ts';
import { inProcess } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

/** Where the object of a request stands that travels by reference. */
const published = 'https://print.example/request';

let target: Target;
let parties: readonly { client: TestClient; key: ClientKey }[];
let user: TestUser;
let signedIn: Browser;
let body = '';

beforeAll(async () => {
  const fetch = async (): Promise<Fetched> => ({
    outcome: 'fetched',
    status: 200,
    mediaType: 'application/oauth-authz-req+jwt',
    body,
    freshForSeconds: null,
  });
  target = await inProcess({ config: { features: { requestUris: true } }, fetcher: { fetch } });
  const common = {
    scopes: ['openid', 'photos:read'],
    requests: { requestUris: [published] },
    consent: 'implied',
  } as const;
  const [first, second, third] = [newKey('ES256'), newKey('ES256'), newKey('ES256')];
  parties = [
    {
      key: first,
      client: await addKeyClient(target, [first], {
        ...common,
        redirectUris: ['https://print.example/a?x=1', 'https://print.example/b'],
      }),
    },
    {
      key: second,
      client: await addKeyClient(target, [second], { ...common, redirectUris: ['https://other.example/cb'] }),
    },
    {
      key: third,
      client: await addKeyClient(target, [third], {
        ...common,
        origin: 'registered',
        redirectUris: ['https://nobody-knows.example/cb'],
      }),
    },
  ];
  user = await target.addUser();
  signedIn = new Browser(target.fetch);
  await walk(signedIn, authorizeUrl(target, partyAt(0).client).url, user);
});
afterAll(() => target.stop());

function partyAt(index: number): { client: TestClient; key: ClientKey } {
  return parties[index] ?? expect.unreachable(`There is no party ${index}.`);
}

const absent = fc.constant(undefined);
const oneOf = (...values: readonly (string | undefined)[]) => fc.constantFrom(undefined, ...values);
const addresses = oneOf(
  'https://print.example/a?x=1',
  'https://print.example/b',
  'https://other.example/cb',
  'https://nobody-knows.example/cb',
  'https://evil.example/',
  'https://print.example/b/',
  'https://print.example@evil.example/',
  'javascript:alert(1)',
  '',
);

/** What may be changed in a request, inside or outside of an object. */
const changes = fc.record(
  {
    redirect_uri: addresses,
    response_type: oneOf('code', 'token', 'code id_token', ''),
    response_mode: oneOf(
      'query',
      'form_post',
      'jwt',
      'query.jwt',
      'fragment.jwt',
      'form_post.jwt',
      'fragment',
      'x',
    ),
    scope: oneOf('openid', 'photos:read', 'openid photos:read', 'nonsense', '"'),
    state: fc.oneof(absent, fc.string({ unit: 'grapheme', maxLength: 30 })),
    nonce: fc.oneof(absent, fc.string({ maxLength: 10 })),
    prompt: oneOf('none', 'consent', 'select_account', 'create', 'none login', 'x'),
    max_age: oneOf('0', '1', '3600', '-1', 'x'),
    claims: oneOf(
      '{}',
      '{',
      '{"id_token":{"acr":{"essential":true,"value":"x"}}}',
      '{"userinfo":{"sub":{"value":"x"}}}',
    ),
    acr_values: oneOf('x', 'x y'),
    id_token_hint: oneOf('x', 'x.y.z'),
    resource: oneOf('https://photos.example/api', 'https://evil.example/', 'x'),
    authorization_details: oneOf('[]', '[{"type":"x"}]', '{'),
    code_challenge_method: oneOf('S256', 'plain'),
    registration: oneOf('{}'),
    dpop_jkt: oneOf('x'),
    login_hint: oneOf('ada', '"><script>'),
  },
  { requiredKeys: [] },
);

type Changes = Readonly<Record<string, string | undefined>>;
type Way = 'open' | 'by value' | 'by reference' | 'pushed' | 'pushed and signed';

const requests = fc.record({
  way: fc.constantFrom<Way>('open', 'by value', 'by reference', 'pushed', 'pushed and signed'),
  by: fc.nat(2),
  /** Whom the browser names; mostly who made the request. */
  named: fc.oneof({ weight: 6, arbitrary: absent }, { weight: 1, arbitrary: fc.nat(2) }),
  inside: fc.oneof(fc.constant<Changes>({}), changes),
  outside: fc.oneof(fc.constant<Changes>({}), changes),
  breaks: fc.oneof(
    { weight: 6, arbitrary: fc.constant('no') },
    fc.constantFrom('signature', 'typ', 'aud', 'client_id'),
  ),
  here: fc.boolean(),
});
type Request_ = typeof requests extends fc.Arbitrary<infer T> ? T : never;

/** Makes the request; `undefined` if it was refused when it was pushed. */
async function queryOf({
  way,
  by,
  inside,
  outside,
  breaks,
}: Request_): Promise<Record<string, string> | undefined> {
  const { client, key } = partyAt(by);
  const { parameters } = requestOf(target, client, inside as Record<string, string>);
  const beside = present(outside);
  const signed = async () => {
    const wish = {
      header: breaks === 'typ' ? { typ: 'at+jwt' } : {},
      claims: {
        ...(breaks === 'aud' ? { aud: 'https://evil.example' } : {}),
        ...(breaks === 'client_id' ? { client_id: partyAt((by + 1) % 3).client.id } : {}),
      },
    };
    const object = await requestObject(target, { id: client.id, key }, parameters, wish);
    return breaks === 'signature' ? `${object.slice(0, -6)}AAAAAA` : object;
  };
  if (way === 'open') return { ...parameters, ...beside };
  if (way === 'by value') return { ...beside, request: await signed() };
  if (way === 'by reference') {
    body = await signed();
    return { ...beside, request_uri: published };
  }
  const pushed = await push(
    target,
    { client, key },
    way === 'pushed' ? parameters : { request: await signed() },
  );
  expect([201, 400]).toContain(pushed.status);
  if (pushed.status === 201) return { ...beside, request_uri: String(pushed.body.request_uri) };
  expect(Object.keys(pushed.body).toSorted()).toEqual(['error', 'error_description']);
  return undefined;
}

function present(changed: Changes): Record<string, string> {
  return Object.fromEntries(
    Object.entries(changed).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
}

/** A page of ours, or an answer to an address of the client that was named; gives the answer. */
function expectSafe(place: Place, client: TestClient) {
  const answer = 'left' in place ? answerInAddress(place.left) : answerInPage(place.html);
  if (answer === undefined) {
    const { html, status } = place as Exclude<Place, { left: URL }>;
    expect([200, 400]).toContain(status);
    expect(html).not.toMatch(/<script|http-equiv/i);
    return undefined;
  }
  const address = 'left' in place ? place.left.href : answer.to;
  const reached = client.record.redirectUris.some(
    (uri) => address === uri || (address.startsWith(uri) && /^[?&#]/.test(address.slice(uri.length))),
  );
  expect([address, reached]).toEqual([address, true]);
  return answer;
}

type Ending = 'page' | 'code' | 'error';

/** What the browser that was sent there ends with, all of which has to be right. */
async function endingOf(request: Request_, query: Record<string, string>): Promise<Ending> {
  const { client } = partyAt(request.named ?? request.by);
  const url = `${target.issuer}/authorize?${new URLSearchParams({ ...query, client_id: client.id })}`;
  const place = request.here ? await walkOn(signedIn, url, user) : await new Browser(target.fetch).open(url);
  const answer = expectSafe(place, client);
  if (answer === undefined) return 'page';
  const told = readAnswer(answer);
  if (answer.parameters.has('response')) await verifyAnswer(target, client, answer);
  expect([told.has('code'), told.get('iss')]).toEqual([!told.has('error'), target.issuer]);
  // Nobody vouches for the third one: only who asks in silence is told without a page.
  if (client === partyAt(2).client && !request.here)
    expect([request.inside.prompt, request.outside.prompt]).toContain('none');
  if (!told.has('code')) return 'error';
  expectOwnCode(request, told);
  return 'code';
}

/** Nobody gets a code by a request that somebody else made, nor while nobody is there; the state is the one that counts. */
function expectOwnCode(request: Request_, told: URLSearchParams): void {
  expect([request.named ?? request.by, request.here]).toEqual([request.by, true]);
  const { way, inside, outside } = request;
  const meant = way === 'open' ? { ...inside, ...present(outside) } : inside;
  if ('state' in meant) expect(told.get('state')).toBe(meant.state || null);
}

test('AZ-010, AZ-051, AZ-104, AZ-127, SB-024: however a request came, it is answered by a page, or at an address of the client that was named', async () => {
  const seen = { page: 0, code: 0, error: 0 };
  await fc.assert(
    fc.asyncProperty(requests, async (request) => {
      const query = await queryOf(request);
      if (query !== undefined) seen[await endingOf(request, query)] += 1;
    }),
    { numRuns: 600 },
  );
  for (const [kind, times] of Object.entries(seen)) expect([kind, times > 20]).toEqual([kind, true]);
  expect(target.events.filter(({ type }) => type === 'fault' || type === 'store.unavailable')).toEqual([]);
  await expectStillWorks(target, await target.addClient(), user);
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectPage,
  expectRedirectError,
  expectSignIn,
  type Outcome,
  outcomeOf,
} from '../support/authorize.ts';
import { Browser, formWith, textOf } from '../support/browser.ts';
import { authorizeUrl, walk } from '../support/flow.ts';
import { enterPassword, leftTo, pageOf } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

type Over = Record<string, string | undefined>;

interface Row {
  readonly what: string;
  readonly over?: Over;
  /** Put behind the query as it is. */
  readonly raw?: string;
  readonly to: 'page' | 'client';
  readonly error: string;
  readonly requirement: string;
  readonly field: string;
  /** State cannot be returned. */
  readonly stateless?: true;
}

/** The decision table of the authorization endpoint: where an error goes, and by which name. */
const table: readonly Row[] = [
  {
    what: 'no client',
    over: { client_id: undefined },
    to: 'page',
    error: 'invalid_request',
    requirement: 'AZ-010',
    field: 'client_id',
  },
  {
    what: 'client twice',
    raw: '&client_id=x',
    to: 'page',
    error: 'invalid_request',
    requirement: 'AZ-004',
    field: 'client_id',
  },
  {
    what: 'broken client',
    over: { client_id: undefined },
    raw: '&client_id=%zz',
    to: 'page',
    error: 'invalid_request',
    requirement: 'AZ-006',
    field: 'client_id',
  },
  {
    what: 'unknown client',
    over: { client_id: 'nobody' },
    to: 'page',
    error: 'invalid_client',
    requirement: 'AZ-010',
    field: 'client_id',
  },
  {
    what: 'address twice',
    raw: '&redirect_uri=x',
    to: 'page',
    error: 'invalid_request',
    requirement: 'AZ-004',
    field: 'redirect_uri',
  },
  {
    what: 'other address',
    over: { redirect_uri: 'https://print.example/' },
    to: 'page',
    error: 'invalid_request',
    requirement: 'AZ-012',
    field: 'redirect_uri',
  },
  {
    what: 'broken address',
    over: { redirect_uri: undefined },
    raw: '&redirect_uri=%ff',
    to: 'page',
    error: 'invalid_request',
    requirement: 'AZ-006',
    field: 'redirect_uri',
  },
  {
    what: 'unknown mode',
    over: { response_mode: 'fragment' },
    to: 'page',
    error: 'invalid_request',
    requirement: 'AZ-023',
    field: 'response_mode',
  },
  {
    what: 'mode twice',
    raw: '&response_mode=query&response_mode=query',
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-004',
    field: 'response_mode',
  },
  {
    what: 'two modes',
    raw: '&response_mode=fragment&response_mode=jwt',
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-004',
    field: 'response_mode',
  },
  {
    what: 'broken mode',
    raw: '&response_mode=%c3%28',
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-006',
    field: 'response_mode',
  },
  {
    what: 'no type',
    over: { response_type: undefined },
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-020',
    field: 'response_type',
  },
  {
    what: 'other type',
    over: { response_type: 'token' },
    to: 'client',
    error: 'unsupported_response_type',
    requirement: 'AZ-021',
    field: 'response_type',
  },
  {
    what: 'two states',
    raw: '&state=x',
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-004',
    field: 'state',
    stateless: true,
  },
  {
    what: 'broken state',
    over: { state: undefined },
    raw: '&state=%ff',
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-006',
    field: 'state',
    stateless: true,
  },
  {
    what: 'scope twice',
    raw: '&scope=photos:read',
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-004',
    field: 'scope',
  },
  {
    what: 'audience twice',
    raw: '&audience=a&audience=b',
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-004',
    field: 'audience',
  },
  {
    what: 'anything twice',
    raw: '&foo=1&foo=',
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-004',
    field: 'foo',
  },
  {
    what: 'broken name',
    raw: '&%zz=1',
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-006',
    field: '%zz',
  },
  {
    what: 'bad scope',
    over: { scope: 'a\\b' },
    to: 'client',
    error: 'invalid_scope',
    requirement: 'AZ-030',
    field: 'scope',
  },
  {
    what: 'no scope',
    over: { scope: undefined },
    to: 'client',
    error: 'invalid_scope',
    requirement: 'AZ-032',
    field: 'scope',
  },
  {
    what: 'foreign scope',
    over: { scope: 'photos:admin' },
    to: 'client',
    error: 'invalid_scope',
    requirement: 'AZ-033',
    field: 'scope',
  },
  {
    what: 'no challenge',
    over: { code_challenge: undefined, code_challenge_method: undefined },
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-042',
    field: 'code_challenge',
  },
  {
    what: 'no method',
    over: { code_challenge_method: undefined },
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-043',
    field: 'code_challenge_method',
  },
  {
    what: 'short challenge',
    over: { code_challenge: 'x'.repeat(42) },
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-044',
    field: 'code_challenge',
  },
  {
    what: 'none and login',
    over: { prompt: 'none login' },
    to: 'client',
    error: 'invalid_request',
    requirement: 'AZ-053',
    field: 'prompt',
  },
  {
    what: 'none, signed out',
    over: { prompt: 'none' },
    to: 'client',
    error: 'login_required',
    requirement: 'AZ-052',
    field: 'prompt',
  },
  {
    what: 'request object',
    over: { request: 'eyJ.eyJ.' },
    to: 'client',
    error: 'request_not_supported',
    requirement: 'AZ-100',
    field: 'request',
  },
  {
    what: 'request object alone',
    over: {
      request: 'eyJ.eyJ.',
      response_type: undefined,
      scope: undefined,
      code_challenge: undefined,
      code_challenge_method: undefined,
    },
    to: 'client',
    error: 'request_not_supported',
    requirement: 'AZ-100',
    field: 'request',
  },
  {
    what: 'pushed request alone',
    over: {
      request_uri: 'urn:ietf:params:oauth:request_uri:x',
      response_type: undefined,
      scope: undefined,
      code_challenge: undefined,
      code_challenge_method: undefined,
    },
    to: 'client',
    error: 'request_uri_not_supported',
    requirement: 'AZ-100',
    field: 'request_uri',
  },
  {
    what: 'registration',
    over: { registration: '{}' },
    to: 'client',
    error: 'registration_not_supported',
    requirement: 'AZ-100',
    field: 'registration',
  },
];

describeTargets((open) => {
  let target: RestartableTarget;
  let client: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    // Off, so that what asks for them is refused by name.
    const features = { requestObjects: false, pushedRequests: false };
    target = await open({ config: { features, throttling: { address: { limit: 10_000 } } } });
    client = await target.addClient();
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const authorize = () => `${target.issuer}/authorize`;
  const ways: [string, (browser: Browser, query: string) => Promise<Response>][] = [
    ['GET', (browser, query) => browser.get(`${authorize()}?${query}`)],
    ['POST', (browser, query) => browser.send(authorize(), { method: 'POST', body: query, headers: form })],
    [
      'POST from the site of the client',
      async (browser, query) => {
        const headers = { ...form, 'sec-fetch-site': 'cross-site', origin: 'https://print.example' };
        const response = await browser.send(authorize(), { method: 'POST', body: query, headers });
        // The same again as a GET, which brings the cookies; or the answer itself.
        const location = response.headers.get('location') ?? '';
        return location.startsWith('/authorize?') ? browser.get(target.issuer + location) : response;
      },
    ],
  ];

  function expectDelivered(outcome: Outcome, row: Row, state: string): void {
    const { to, error } = row;
    if (to === 'page') expectPage(outcome, error);
    else expectRedirectError(outcome, error, { target, client, state: row.stateless ? null : state });
    const reference =
      to === 'page'
        ? textOf(outcome.html, 'error-reference')
        : /\(reference ([0-9A-Z]{8})\)$/.exec(
            outcome.location?.searchParams.get('error_description') ?? '',
          )?.[1];
    const told = target.events.filter((event) => 'reference' in event && event.reference === reference);
    const { field, requirement } = row;
    const some = expect.stringMatching(/./);
    expect(told).toMatchObject([
      {
        type: 'request.refused',
        endpoint: 'authorize',
        error,
        field,
        requirement,
        expected: some,
        got: some,
      },
    ]);
    if (to === 'client') expect(told).toMatchObject([{ clientId: client.id }]);
  }

  test.each(table)('AZ-001, AZ-010: $what: a $to is told $error', async (row) => {
    for (const [, send] of ways) {
      const { url, state } = authorizeUrl(target, client, row.over);
      const browser = new Browser(target.fetch);
      const response = await send(browser, new URL(url).search.slice(1) + (row.raw ?? ''));
      expectDelivered(await outcomeOf(target, response), row, state);
      // Nothing is spoiled: the right request goes on in the same browser.
      const right = await send(browser, new URL(authorizeUrl(target, client).url).search.slice(1));
      expectSignIn(target, await outcomeOf(target, right));
    }
  });

  test('AZ-010: after all of these refusals one browser still gets its code', async () => {
    const browser = new Browser(target.fetch);
    for (const { over, raw = '' } of table) await browser.get(authorizeUrl(target, client, over).url + raw);
    const { url, state } = authorizeUrl(target, client);
    const answer = await walk(browser, url, user);
    expect([answer.searchParams.get('state'), answer.searchParams.has('code')]).toEqual([state, true]);
  });

  test('AZ-001, SL-003: a form from another site finds the session, whatever other cookies come with it', async () => {
    const browser = new Browser(target.fetch);
    await walk(browser, authorizeUrl(target, client).url, user);
    const { url, state } = authorizeUrl(target, client);
    const headers = { ...form, 'sec-fetch-site': 'cross-site', cookie: 'lb=node-7; vk_session=; theme=dark' };
    const posted = {
      method: 'POST',
      body: new URL(url).search.slice(1),
      headers,
      redirect: 'manual',
    } as const;
    const bounced = await target.fetch(new Request(authorize(), posted));
    const answer = leftTo(await browser.follow(authorize(), bounced));
    expect([answer.searchParams.get('state'), answer.searchParams.has('code')]).toEqual([state, true]);
  });

  test('AZ-012: the log says from which character an address differs, and the page does not say what is registered', async () => {
    const outcome = await outcomeOf(
      target,
      await new Browser(target.fetch).get(
        authorizeUrl(target, client, { redirect_uri: `${client.redirectUri}/` }).url,
      ),
    );
    expectPage(outcome);
    expect(outcome.html).not.toContain('callback');
    expect(target.events.at(-1)).toMatchObject({
      expected: `one of ${client.redirectUri}`,
      got: `${client.redirectUri}/ (differs from character ${client.redirectUri.length + 1})`,
      clientId: client.id,
    });
  });

  test('AZ-073, AZ-076: a page that cannot be used says so with a reference that stands in the log', async () => {
    const browser = new Browser(target.fetch);
    const asked = authorizeUrl(target, client);
    const login = pageOf(await browser.open(asked.url));
    const { fields } = formWith(login.html, 'login-submit');
    const filled = { ...fields, username: user.username, password: user.password };
    const at = `${target.issuer}/login`;
    const cases: [Promise<Response>, string, string][] = [
      [browser.get(`${at}?ticket=x`), 'interaction_invalid', 'none, or one that does not open'],
      [browser.post(at, { ...filled, ticket: '' }), 'interaction_invalid', 'none, or one that does not open'],
      [
        new Browser(target.fetch).post(at, filled),
        'interaction_invalid',
        'one of another browser, or no cookie',
      ],
    ];
    for (const [response, error, got] of cases) await expectTold(await response, { error, got });
    target.pass(1_800_000);
    await expectTold(await browser.post(at, filled), {
      error: 'interaction_expired',
      got: 'one that has expired',
    });
    const again = await enterPassword(browser, await browser.open(asked.url), user);
    expect('left' in again || again.html.includes('consent-approve')).toBe(true);
  });

  async function expectTold(
    response: Response,
    { error, got }: { error: string; got: string },
  ): Promise<void> {
    const html = await response.text();
    expect([response.status, textOf(html, 'error-code')]).toEqual([400, error]);
    const reference = textOf(html, 'error-reference');
    const told = target.events.filter((event) => 'reference' in event && event.reference === reference);
    expect(told).toMatchObject([{ endpoint: 'login', error, field: 'ticket', got, requirement: 'AZ-073' }]);
  }
});

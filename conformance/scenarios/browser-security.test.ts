import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Browser, type Page } from '../support/browser.ts';
import { authorizeUrl, walk } from '../support/flow.ts';
import { enterPassword, leftTo, pageOf, signIn } from '../support/pages.ts';
import { describeTargets } from '../targets/each-target.ts';
import { nodeServer } from '../targets/node-server.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const hostile = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`;

describeTargets((open) => {
  let target: RestartableTarget;
  let client: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    target = await open({
      config: { brand: hostile.slice(0, 60), throttling: { address: { limit: 10_000 } } },
    });
    client = await target.addClient({ name: hostile, homepage: 'javascript:alert(1)' });
    user = await target.addUser({ name: hostile });
  });
  afterAll(() => target.stop());

  /** Each kind of page there is, with texts in it that others chose. */
  async function everyPage(): Promise<Page[]> {
    const browser = new Browser(target.fetch, { 'user-agent': hostile });
    const pages: Page[] = [];
    const keep = <T>(place: T): T => {
      if (typeof place === 'object' && place !== null && 'html' in place)
        pages.push(place as unknown as Page);
      return place;
    };
    const login = keep(
      await browser.open(authorizeUrl(target, client, { login_hint: hostile, prompt: 'login consent' }).url),
    );
    keep(await browser.click(pageOf(login), 'login-submit', { username: hostile, password: hostile }));
    const consent = keep(await enterPassword(browser, login, user));
    leftTo(await browser.click(pageOf(consent), 'consent-approve'));
    for (const path of [
      '/',
      '/account',
      `/account?disconnected=${encodeURIComponent(hostile)}`,
      '/account/sessions',
      '/logout',
      '/logged-out',
      '/login',
      `/${encodeURIComponent(hostile)}`,
    ])
      keep(await browser.open(target.issuer + path));
    const text = encodeURIComponent(hostile);
    for (const query of [
      `client_id=${text}`,
      `client_id=${client.id}&redirect_uri=${text}`,
      `${text}=1&${text}=2`,
      `response_mode=${text}&client_id=${client.id}`,
    ])
      keep(await browser.open(`${target.issuer}/authorize?${query}`));
    for (const path of ['/login', '/consent'])
      keep(await browser.open(`${target.issuer}${path}?ticket=${text}`));
    return pages;
  }

  test('SB-019, SB-020, AZ-007, AZ-074, AZ-086: whatever texts stand on a page, nothing of them runs, loads or links', async () => {
    const pages = await everyPage();
    expect(pages.length).toBe(17);
    for (const { url, html } of pages) {
      const tags = html.replaceAll(/"[^"]*"/g, '""').match(/<[a-z][^>]*>/gi) ?? [];
      expect([url, tags.filter((tag) => /^<(script|img)|\son\w+=/i.test(tag))]).toEqual([url, []]);
      expect(html).not.toMatch(/(href|src|action)="javascript:/i);
      expect(html.match(/<html\b/g)?.length).toBe(1);
    }
    expect(pages.filter(({ html }) => html.includes('&lt;script&gt;alert(1)')).length).toBeGreaterThan(7);
    const linked = new Set(
      pages.flatMap(({ html }) => [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link)),
    );
    for (const link of linked) expect(link).toMatch(/^\/(?!\/)/);
    for (const link of linked) {
      const response = await target.fetch(
        new Request(target.issuer + link.replaceAll('&amp;', '&'), { redirect: 'manual' }),
      );
      expect([link, response.status < 404]).toEqual([link, true]);
    }
  });

  test('SB-020: style sheet and icon are of the types they are said to be', async () => {
    const { html } = pageOf(await new Browser(target.fetch).open(`${target.issuer}/`));
    const types = { 'rel="stylesheet" href': 'text/css', 'type="image/svg\\+xml" href': 'image/svg+xml' };
    for (const [attribute, type] of Object.entries(types)) {
      const path = new RegExp(`${attribute}="([^"]+)"`).exec(html)?.[1] ?? '';
      const response = await target.fetch(new Request(target.issuer + path));
      expect([path, response.status, response.headers.get('content-type')?.split(';')[0]]).toEqual([
        path,
        200,
        type,
      ]);
    }
  });

  test.each([
    ['https://print.example/callback', 'https://print.example'],
    ['https://print.example:8443/a?b=c', 'https://print.example:8443'],
    ['http://127.0.0.1:5000/cb', 'http://127.0.0.1:5000'],
    ['http://localhost:5000/cb', 'http://localhost:5000'],
    ['http://[::1]:5000/cb', 'http:'],
    ['com.example.app:/cb', 'com.example.app:'],
    ['com.example.app://cb/x', 'com.example.app:'],
  ])('SB-020: forms on the way to %s may lead to %s, and nowhere else', async (redirectUri, source) => {
    const native = {
      applicationType: 'native',
      authenticationMethod: 'none',
      redirectUris: [redirectUri],
    } as const;
    const app = await target.addClient(native);
    const browser = new Browser(target.fetch);
    const login = pageOf(await browser.open(authorizeUrl(target, app).url));
    const consent = pageOf(await enterPassword(browser, login, user));
    for (const { headers } of [login, consent]) {
      const policy = headers.get('content-security-policy') ?? '';
      expect(/form-action ([^;]*)/.exec(policy)?.[1]).toBe(`'self' ${source}`);
    }
    const answer = leftTo(await browser.click(consent, 'consent-approve'));
    expect(answer.href.startsWith(redirectUri)).toBe(true);
  });

  test('SL-001, SL-003: of two cookies of one name, and of those of other programs on this host, no harm comes', async () => {
    const browser = new Browser(target.fetch);
    await signIn(browser, target, user);
    const mine = [...browser.cookies].map(([name, value]) => `${name}=${value}`);
    const [name = ''] = [...browser.cookies.keys()].filter((cookie) => cookie.includes('session'));
    const account = async (cookie: string) =>
      (
        await target.fetch(
          new Request(`${target.issuer}/account`, { headers: { cookie }, redirect: 'manual' }),
        )
      ).status;
    expect(await account(mine.join('; '))).toBe(200);
    expect(await account(['a=b', ...mine, 'c', '=', 'd="e; f"'].join(';'))).toBe(200);
    expect(await account([...mine, `${name}=x`].join('; '))).toBe(200);
    expect(await account([`${name.toUpperCase()}=x`, ...mine].join('; '))).toBe(200);
    expect(await account(`${name}x=${browser.cookies.get(name)}`)).toBe(303);
  });
});

/** What only a socket can say: Request and URL would mend it. */
describe('Node server, spoken to over a bare socket', () => {
  let target: RestartableTarget;
  let client: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    target = await nodeServer();
    client = await target.addClient();
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  function say(text: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(target.issuer).port), 'localhost');
      let answer = '';
      socket.setEncoding('latin1').on('data', (part: string) => {
        answer += part;
      });
      socket.on('close', () => resolve(answer)).on('error', reject);
      socket.end(Buffer.from(text, 'latin1'));
    });
  }

  const end = 'Host: localhost\r\nConnection: close\r\n\r\n';
  const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1]);
  const locationOf = (answer: string) => /\r\nlocation: ([^\r]*)/i.exec(answer)?.[1];

  test('SB-023, MD-016: a Host or a request line that names another server changes nothing', async () => {
    for (const line of [
      'GET /account HTTP/1.1',
      'GET http://evil.example/account HTTP/1.1',
      'GET /x/../account HTTP/1.1',
    ]) {
      const answer = await say(
        `${line}\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\n\r\n`,
      );
      expect([line, statusOf(answer), locationOf(answer), answer.includes('evil')]).toEqual([
        line,
        303,
        '/login',
        false,
      ]);
    }
    const metadata = await say(
      'GET /.well-known/oauth-authorization-server HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect([
      statusOf(metadata),
      metadata.includes('evil'),
      metadata.includes(`"issuer":"${target.issuer}"`),
    ]).toEqual([200, false, true]);
  });

  test('SB-024: what no browser would send is refused, and the server goes on', async () => {
    const lines = [
      'GET //evil.example/account HTTP/1.1',
      'GET /\\evil.example HTTP/1.1',
      'GET /authorize?state=\xff\xfe\xc3 HTTP/1.1',
      'GET /account%00 HTTP/1.1',
      'GET /account%ff HTTP/1.1',
      'GET /%zz?%zz HTTP/1.1',
      'GET /account;x=y HTTP/1.1',
      'OPTIONS * HTTP/1.1',
      'TRACE /account HTTP/1.1',
      'GET account HTTP/1.1',
      'POST /login HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked',
      'POST /login HTTP/1.1\r\nContent-Length: -1',
      'POST /login HTTP/1.1\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 0',
      'GET /account HTTP/1.1\r\nCookie: vk_session\r\nCookie: =\r\nCookie: \xff=\xfe',
    ];
    for (const line of lines) {
      const answer = await say(`${line}\r\n${end}`);
      expect([line, statusOf(answer)]).toEqual([
        line,
        expect.toSatisfy((status) => status === 303 || (status >= 400 && status < 500)),
      ]);
      expect([line, locationOf(answer) ?? '/login']).toEqual([line, '/login']);
    }
    for (const host of ['a b', 'evil/..@x', '[::1', '', 'x'.repeat(300)]) {
      const answer = await say(`GET /account HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      expect([400, 303]).toContain(statusOf(answer));
    }
    expect(target.events.filter(({ type }) => type === 'fault')).toEqual([]);
    const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client).url, user);
    expect(answer.searchParams.has('code')).toBe(true);
  });

  test('SB-024: headers beyond 16 KiB are 431, a query beyond it 414 or 431, a body beyond 64 KiB 413', async () => {
    const long = 'x'.repeat(20_000);
    expect(statusOf(await say(`GET /account HTTP/1.1\r\nX: ${long}\r\n${end}`))).toBe(431);
    expect(statusOf(await say(`GET /account HTTP/1.1\r\nCookie: vk_session=${long}\r\n${end}`))).toBe(431);
    expect([414, 431]).toContain(statusOf(await say(`GET /authorize?x=${long} HTTP/1.1\r\n${end}`)));
    const form = 'Content-Type: application/x-www-form-urlencoded';
    const large = `POST /login HTTP/1.1\r\n${form}\r\nContent-Length: 70000\r\n${end}${'x'.repeat(70_000)}`;
    expect(statusOf(await say(large))).toBe(413);
    const chunked = `POST /login HTTP/1.1\r\n${form}\r\nTransfer-Encoding: chunked\r\n${end}11170\r\n${'x'.repeat(0x11170)}\r\n0\r\n\r\n`;
    expect(statusOf(await say(chunked))).toBe(413);
    const answer = await walk(new Browser(target.fetch), authorizeUrl(target, client).url, user);
    expect(answer.searchParams.has('code')).toBe(true);
  });

  test('AZ-007: a state cannot end the header it stands in', async () => {
    const state = '%0d%0aSet-Cookie:%20vk_session=x%0d%0a%0d%0a<script>%00';
    const query = `response_type=code&client_id=${client.id}&scope=nonsense&state=${state}`;
    const answer = await say(`GET /authorize?${query} HTTP/1.1\r\n${end}`);
    expect(statusOf(answer)).toBe(303);
    expect(answer).not.toMatch(/\r\nset-cookie:|<script/i);
    const back = new URL(locationOf(answer) ?? '').searchParams.get('state');
    expect(back).toBe('\r\nSet-Cookie: vk_session=x\r\n\r\n<script>\0');
  });
});

import { expect, test } from 'vitest';
import { SHOP, stage } from './stage.fixture.ts';

const POST = { origin: SHOP };

test('the start page offers to connect, and the link begins the flow', async () => {
  const { get } = stage();
  expect(await (await get('/')).text()).toContain('id="login-link" href="/login?returnTo=/photos"');
  const login = await get('/login');
  expect(login.status).toBe(303);
  const { searchParams } = new URL(login.headers.get('location') ?? '');
  expect(Object.fromEntries(searchParams)).toMatchObject({
    response_type: 'code',
    client_id: 'print-shop',
    redirect_uri: `${SHOP}/callback`,
    scope: 'photos:read',
    resource: 'http://localhost:9002',
    code_challenge_method: 'S256',
  });
  expect(login.headers.getSetCookie()[0]).toMatch(/^printshop_login_/);
});

test('after the callback the photos are shown, fetched with the access token', async () => {
  const { connect, get, bearers } = stage();
  const back = await connect();
  expect([back.status, back.headers.get('location')]).toEqual([303, `${SHOP}/photos`]);
  const page = await (await get('/photos')).text();
  expect(page).toContain('id="photo-list"');
  expect(page).toContain('id="connected"');
  expect(bearers).toEqual(['Bearer secret-access-1']);
});

test('what the API says is escaped, and what is no photo is left out', async () => {
  const { connect, get } = stage();
  await connect();
  const page = await (await get('/photos')).text();
  expect(page).toContain('Low &lt;b&gt;tide&lt;/b&gt;');
  expect(page).not.toContain('evil');
});

test('images come through the shop, where nothing in them can run', async () => {
  const { connect, get, misbehave } = stage();
  await connect();
  const image = await get('/photos/harbor.svg');
  expect([image.status, await image.text()]).toEqual([200, '<svg/>']);
  expect(image.headers.get('content-security-policy')).toContain('sandbox');
  expect(image.headers.get('x-content-type-options')).toBe('nosniff');
  misbehave.set(
    '/photos/harbor.svg',
    () => new Response('<script>', { headers: { 'content-type': 'text/html' } }),
  );
  expect((await get('/photos/harbor.svg')).status).toBe(503);
});

test('the refresh page says that a new access token came', async () => {
  const { connect, get, bearers } = stage();
  await connect();
  const page = await (await get('/refresh')).text();
  expect(page).toContain('id="refresh-result"');
  expect(page).toContain('<dd id="refresh-lifetime">10 minutes</dd>');
  expect(page).toContain('<dd id="refresh-count">once</dd>');
  await get('/photos');
  expect(bearers).toEqual(['Bearer secret-access-2']);
});

test('disconnecting revokes, forgets and goes back to the start', async () => {
  const { connect, get, post, revoked } = stage();
  await connect();
  expect(await (await get('/')).text()).toContain('id="disconnect-submit"');
  const gone = await post('/disconnect', POST);
  expect([gone.status, gone.headers.get('location')]).toEqual([303, `${SHOP}/`]);
  expect(revoked).toEqual(['secret-refresh-1']);
  expect(await (await get('/')).text()).toContain('id="login-link"');
});

test('a disconnect from elsewhere is refused and changes nothing', async () => {
  const { connect, get, post, revoked } = stage();
  await connect();
  const response = await post('/disconnect', { origin: 'http://localhost:9000' });
  expect(response.status).toBe(403);
  expect(await response.text()).toContain('cross_site');
  expect(revoked).toEqual([]);
  expect(await (await get('/')).text()).toContain('id="connected"');
});

test('SB-032 no token is in anything the browser gets', async () => {
  const { connect, get } = stage();
  const answers = [
    await connect(),
    await get('/'),
    await get('/photos'),
    await get('/photos/harbor.svg'),
    await get('/refresh'),
  ];
  for (const answer of answers) {
    expect(`${JSON.stringify([...answer.headers])}${await answer.text()}`).not.toMatch(
      /secret-(access|refresh)/,
    );
  }
});

test.each(['/photos', '/photos/harbor.svg', '/refresh'])(
  '%s without a connection says how to connect',
  async (path) => {
    const { get } = stage();
    const response = await get(path);
    const page = await response.text();
    expect(response.status).toBe(401);
    expect(page).toContain('id="login-link"');
    expect(page).toContain('id="not-connected"');
  },
);

test('CL-025 who says no at the authorization server gets a friendly page', async () => {
  const { connect, problems } = stage();
  const response = await connect({ error: 'access_denied', error_description: '<script>alert(1)</script>' });
  const page = await response.text();
  expect(response.status).toBe(403);
  expect(page).toContain('<code id="error-code">access_denied</code>');
  expect(page).toContain('id="login-link"');
  expect(page).not.toContain('alert');
  expect(page).toContain(`<code id="error-reference">${problems[0]?.reference}</code>`);
});

test.each([
  ['/photos', 500, 503, 'photos_unavailable'],
  ['/photos', 403, 403, 'insufficient_scope'],
  ['/photos/harbor.svg', 404, 404, 'not_found'],
])('%s that answers %i becomes a page with %i and %s', async (path, answer, status, code) => {
  const { connect, get, misbehave } = stage();
  await connect();
  misbehave.set(path, () => new Response(null, { status: answer }));
  const response = await get(path);
  expect(response.status).toBe(status);
  expect(await response.text()).toContain(`<code id="error-code">${code}</code>`);
});

test('a permission that was taken back elsewhere leads to connecting again', async () => {
  const { connect, get, misbehave } = stage();
  await connect();
  const headers = { 'www-authenticate': 'Bearer error="invalid_token"' };
  misbehave.set('/photos', () => new Response(null, { status: 401, headers }));
  misbehave.set('/token', () => Response.json({ error: 'invalid_grant' }, { status: 400 }));
  const response = await get('/photos');
  const page = await response.text();
  expect(response.status).toBe(401);
  expect(page).toContain('session_ended');
  expect(page).toContain('id="not-connected"');
});

test('an unknown page is told apart from an unknown photo', async () => {
  const { get } = stage();
  const response = await get('/nowhere');
  expect(response.status).toBe(404);
  expect(await response.text()).toContain('This page does not exist.');
});

test('SB-020 pages carry a strict policy, forbid frames and referrers, and have no inline style or script', async () => {
  const { get } = stage();
  const response = await get('/');
  expect(response.headers.get('content-security-policy')).toBe(
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  );
  expect(response.headers.get('x-frame-options')).toBe('DENY');
  expect(response.headers.get('referrer-policy')).toBe('no-referrer');
  expect(response.headers.get('cache-control')).toBe('no-store');
  expect(await response.text()).not.toMatch(/<style|style=|<script/);
});

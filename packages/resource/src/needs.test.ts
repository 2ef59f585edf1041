import { describe, expect, test } from 'vitest';
import { type Access, clientSecretBasic, type Needs } from './index.ts';
import { AUDIENCE, claims, fakeIssuer, NOW } from './issuer.fixture.ts';
import { request, type Stage, stage } from './stage.fixture.ts';

async function judged({ guard, issuer }: Stage, needs: Needs, change: Record<string, unknown> = {}) {
  const verdict = await guard.check(request(`Bearer ${await issuer.sign(change)}`), needs);
  if ('granted' in verdict) return { status: 200, challenge: '', rule: undefined };
  const challenge = verdict.refused.headers.get('www-authenticate') ?? '';
  return { status: verdict.refused.status, challenge, rule: verdict.reason.rule };
}

async function accessTo(one: Stage, change: Record<string, unknown>): Promise<Access> {
  const verdict = await one.guard.check(request(`Bearer ${await one.issuer.sign(change)}`));
  if ('refused' in verdict) throw new Error(verdict.reason.message);
  return verdict.granted;
}

describe('scope', () => {
  const implies = { admin: ['files:write'], 'files:write': ['files:read'], loop: ['pool'], pool: ['loop'] };

  test.each([
    ['files:read', 'files:read', 200],
    ['files:write', 'files:read', 200],
    ['admin', 'files:read', 200],
    ['admin', 'files:read files:write', 200],
    ['loop', 'pool', 200],
    ['files:read', 'files:write', 403],
    ['files', 'files:read', 403],
    ['toString', 'files:read', 403],
  ])('MC-027 %s against the need of %s gives %i', async (scope, wanted, status) => {
    const one = await stage({ implies });
    expect((await judged(one, { scope: wanted.split(' ') }, { scope })).status).toBe(status);
  });

  test('MC-027 access has the scope as it was granted', async () => {
    expect((await accessTo(await stage({ implies }), { scope: 'admin' })).scope).toEqual(['admin']);
  });

  test('MC-026 MC-022 RS-032 a challenge names all the scope of the call, but never offline_access', async () => {
    const one = await stage();
    const scope = ['files:read', 'files:write', 'offline_access'];
    const { status, challenge } = await judged(one, { scope }, { scope: 'files:read' });
    expect(status).toBe(403);
    expect(challenge).toMatch(/^Bearer error="insufficient_scope", .*, scope="files:read files:write", /);
    expect(challenge).toContain(
      'resource_metadata="https://api.example/.well-known/oauth-protected-resource"',
    );
  });
});

describe('authorization details', () => {
  const pays = (amount: number) => [{ type: 'payment', amount }];
  const upTo: Needs = {
    authorizationDetails: (details) =>
      details.some(({ type, amount }) => type === 'payment' && Number(amount) >= 10),
  };

  test('RS-032 the details decide, and their absence is none', async () => {
    const one = await stage();
    expect((await judged(one, upTo, { authorization_details: pays(12) })).status).toBe(200);
    for (const details of [pays(9), [], undefined]) {
      const refused = await judged(one, upTo, { authorization_details: details });
      expect(refused).toMatchObject({ status: 403, rule: 'RS-032' });
      expect(refused.challenge).toContain('error="insufficient_scope"');
    }
  });

  test.each([['text'], [{ type: 'payment' }], [[{ no: 'type' }]], [['payment']], [[null]], [null]])(
    'RS-017 authorization_details as %j are no token’s',
    async (details) => {
      const one = await stage();
      expect(await judged(one, {}, { authorization_details: details })).toMatchObject({
        status: 401,
        rule: 'RS-017',
      });
    },
  );

  test('access has the details', async () => {
    const one = await stage();
    const access = await accessTo(one, { authorization_details: pays(3) });
    expect(access.authorizationDetails).toEqual(pays(3));
    expect((await accessTo(one, {})).authorizationDetails).toEqual([]);
  });
});

describe('step-up', () => {
  test.each([
    [{ acr: ['gold'] }, { acr: 'gold' }, 200],
    [{ acr: ['gold', 'silver'] }, { acr: 'silver' }, 200],
    [{ acr: ['gold'] }, { acr: 'silver' }, 401],
    [{ acr: ['gold'] }, { acr: 'Gold' }, 401],
    [{ acr: ['gold'] }, { acr: 'gold silver' }, 401],
    [{ acr: ['gold'] }, { acr: ['gold'] }, 401],
    [{ acr: ['gold'] }, {}, 401],
    [{ acr: [] }, { acr: 'gold' }, 401],
    [{ maxAge: 300 }, { auth_time: NOW - 300 }, 200],
    [{ maxAge: 300 }, { auth_time: NOW - 301 }, 401],
    [{ maxAge: 300 }, { auth_time: String(NOW) }, 401],
    [{ maxAge: 300 }, {}, 401],
    [{ maxAge: 0 }, { auth_time: NOW }, 200],
    [{ acr: ['gold'], maxAge: 300 }, { acr: 'gold', auth_time: NOW - 300 }, 200],
    [{ acr: ['gold'], maxAge: 300 }, { acr: 'gold', auth_time: NOW - 301 }, 401],
    [{ acr: ['gold'], maxAge: 300 }, { acr: 'silver', auth_time: NOW }, 401],
  ] as [Needs, Record<string, unknown>, number][])(
    'RS-041 %j against %j gives %i',
    async (needs, change, status) => {
      expect((await judged(await stage(), needs, change)).status).toBe(status);
    },
  );

  test('RS-040 the challenge says what would be enough, and the scope, so that one sign-in gets all', async () => {
    const one = await stage();
    const needs = { acr: ['gold', 'silver'], maxAge: 300, scope: ['photos:write'] };
    const { challenge, rule } = await judged(one, needs, { acr: 'bronze' });
    expect(challenge).toBe(
      'Bearer error="insufficient_user_authentication", error_description="The sign-in is too old or too weak for this ' +
        'request", acr_values="gold silver", max_age="300", scope="photos:write", ' +
        'resource_metadata="https://api.example/.well-known/oauth-protected-resource"',
    );
    expect(rule).toBe('RS-040');
  });

  test('RS-042 a bad token, and none, do not learn of it', async () => {
    const one = await stage();
    const needs = { acr: ['gold'], maxAge: 300 };
    const { challenge } = await judged(one, needs, { exp: 1 });
    expect(challenge).toContain('error="invalid_token"');
    expect(challenge).not.toMatch(/acr_values|max_age/);
    const verdict = await one.guard.check(request(), needs);
    if ('granted' in verdict) throw new Error('granted');
    expect(verdict.refused.headers.get('www-authenticate')).not.toMatch(/acr_values|max_age/);
  });

  test('RS-041 access has what the token says of the sign-in', async () => {
    const access = await accessTo(await stage(), { acr: 'gold', auth_time: NOW - 7 });
    expect(access).toMatchObject({ acr: 'gold', authTime: (NOW - 7) * 1000 });
  });
});

describe('revocation', () => {
  const authentication = clientSecretBasic('api', 'secret');

  test('RS-023 FP-040 a JWT that was revoked is refused where that is asked for, at once', async () => {
    const one = await stage({ introspection: { authentication } });
    const token = await one.issuer.sign();
    one.issuer.active.set(token, { active: true });
    const call = async (needs: Needs) => {
      const verdict = await one.guard.check(request(`Bearer ${token}`), needs);
      return 'granted' in verdict ? 200 : verdict.refused.status;
    };
    expect(await call({ revocationChecked: true })).toBe(200);
    one.issuer.active.clear();
    expect(await call({})).toBe(200);
    expect(await call({ revocationChecked: true })).toBe(401);
    expect(one.issuer.introspections).toHaveLength(2);
  });

  test('RS-023 an opaque token is asked about anew, whatever is kept', async () => {
    const one = await stage({ introspection: { authentication, cacheSeconds: 60 } });
    one.issuer.active.set('opaque', { active: true, ...claims(one.issuer.issuer) });
    const call = async (needs: Needs) =>
      'granted' in (await one.guard.check(request('Bearer opaque'), needs));
    expect(await call({})).toBe(true);
    one.issuer.active.clear();
    expect(await call({})).toBe(true);
    expect(await call({ revocationChecked: true })).toBe(false);
  });

  test('RS-021 RS-023 an outage is not a pass', async () => {
    const one = await stage({ introspection: { authentication } });
    one.issuer.misbehave.set('/introspect', () => new Response(null, { status: 500 }));
    expect(await judged(one, { revocationChecked: true })).toMatchObject({ status: 503, rule: 'RS-021' });
  });

  test('RS-023 without introspection it cannot be asked for: that is a fault of the program', async () => {
    const one = await stage();
    await expect(judged(one, { revocationChecked: true })).rejects.toThrow(TypeError);
  });

  test('RS-023 RS-013 of two issuers each is asked about its own JWTs, and one about all others', async () => {
    const [a, b] = [await fakeIssuer('https://a.example'), await fakeIssuer('https://b.example')];
    const both = { fetch: (asked: Request) => (asked.url.startsWith(a.issuer) ? a : b).fetch(asked) };
    const one = await stage({
      ...both,
      issuers: [
        { issuer: a.issuer, introspection: { authentication, jwtOnly: true } },
        { issuer: b.issuer, introspection: { authentication } },
      ],
    } as never);
    const token = await a.sign();
    a.active.set(token, { active: true });
    b.active.set('opaque', { active: true, aud: AUDIENCE, exp: NOW + 60 });
    const needs = { revocationChecked: true };
    expect(await one.guard.check(request(`Bearer ${token}`), needs)).toHaveProperty('granted');
    expect(await one.guard.check(request('Bearer opaque'), needs)).toHaveProperty('granted');
    expect([a.introspections.length, b.introspections.length]).toEqual([1, 1]);
  });
});

describe('who acts', () => {
  test.each([
    ['a person', {}, false],
    ['the client as its own subject', { sub: 'print-shop' }, true],
    ['a person with the id of the client, who signed in', { sub: 'print-shop', auth_time: NOW }, false],
    ['a person with the id of the client, of whom acr tells', { sub: 'print-shop', acr: 'gold' }, false],
    ['a client with the id of a person', { sub: 'ada', client_id: 'ada' }, true],
  ])('RS-022 SB-017 %s: itself is told from for somebody', async (_, change, itself) => {
    const access = await accessTo(await stage(), change);
    expect(access.isClientItself).toBe(itself);
    expect('subject' in access).toBe(!itself);
  });

  test('RS-022 an issuer may say it in a way of its own', async () => {
    const one = await stage({ isClientItself: ({ gty }) => gty === 'client-credentials' });
    const access = await accessTo(one, { sub: 'print-shop@clients', gty: 'client-credentials' });
    expect(access.isClientItself).toBe(true);
    expect(access).not.toHaveProperty('subject');
    expect((await accessTo(one, {})).subject).toBe('ada');
  });

  test('RS-006 MC-024 access holds no token', async () => {
    const one = await stage();
    const token = await one.issuer.sign();
    const verdict = await one.guard.check(request(`Bearer ${token}`));
    expect(JSON.stringify(verdict)).not.toContain(token.split('.')[2]);
  });
});

test('FP-041 with the algorithms of FAPI, RS256 is refused', async () => {
  const one = await stage({ algorithms: ['PS256', 'ES256', 'EdDSA'] });
  const keys = await Promise.all(['RS256', 'PS256', 'EdDSA'].map((alg) => one.issuer.addKey(alg, alg)));
  const statuses = { RS256: 401, PS256: 200, EdDSA: 200 };
  for (const [index, status] of Object.values(statuses).entries()) {
    const key = keys[index];
    if (key === undefined) throw new Error('there is a key for each');
    const verdict = await one.guard.check(request(`Bearer ${await one.issuer.sign({}, { key })}`));
    expect('granted' in verdict ? 200 : verdict.refused.status).toBe(status);
  }
});

test.each(['HTTPS://API.EXAMPLE', 'https://Api.Example', 'hTTps://api.example'])(
  'MC-030 the audience %s is this resource, as scheme and host have no case',
  async (aud) => {
    const one = await stage();
    expect((await judged(one, {}, { aud })).status).toBe(200);
    expect((await judged(one, {}, { aud: ['https://other.example', aud] })).status).toBe(200);
  },
);

test.each([
  'https://api.example/V1',
  'https://api.example/v1/',
  'https://api.example/v1?',
  'https://api.example:443/v1',
])('MC-030 TN-012 the rest of it is compared exactly: %s is not this resource', async (aud) => {
  const one = await stage({ audience: 'https://api.example/v1' });
  expect((await judged(one, {}, { aud: 'https://API.example/v1' })).status).toBe(200);
  expect(await judged(one, {}, { aud })).toMatchObject({ status: 401, rule: 'RS-015' });
});

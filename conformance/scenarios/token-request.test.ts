import { afterAll, beforeAll, expect, test } from 'vitest';
import { basic, callAs, obtainCode, redeem, refresh } from '../support/flow.ts';
import { describeTargets } from '../targets/each-target.ts';
import { inProcess } from '../targets/in-process.ts';
import type { RestartableTarget, Target } from '../targets/target.ts';

/** There are more sign-ins here than one address may try. */
const config = { throttling: { address: { limit: 10_000 } } };

async function stageOn(target: Target) {
  const client = await target.addClient();
  const user = await target.addUser();
  return { target, client, user };
}

const form = 'application/x-www-form-urlencoded';

async function send(target: Target, init: RequestInit, query = '') {
  const response = await target.fetch(
    new Request(`${target.issuer}/token${query}`, { method: 'POST', ...init }),
  );
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: text === '' ? {} : JSON.parse(text),
  };
}

/** RFC 6749 §5.2: what `error` and `error_description` may hold. */
const errorText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

describeTargets((open) => {
  let target: RestartableTarget;
  beforeAll(async () => {
    target = await open({ config });
  });
  afterAll(() => target.stop());
  const stage = () => stageOn(target);

  test('TK-001: every method but POST is 405 and says so, and a POST after it succeeds', async () => {
    const { target, client, user } = await stage();
    const answer = await obtainCode(target, client, user);
    for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND']) {
      const response = await target.fetch(new Request(`${target.issuer}/token`, { method }));
      expect([method, response.status, response.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test('TK-002: a body that is not a form is invalid_request, and the code it carried still works', async () => {
    const { target, client, user } = await stage();
    const answer = await obtainCode(target, client, user);
    const fields = { grant_type: 'authorization_code', code: answer.code, code_verifier: answer.verifier };
    const authorization = basic(client.id, client.secret);
    const bodies = [
      ['application/json', JSON.stringify(fields)],
      ['application/json; charset=utf-8', JSON.stringify({ ...fields, code: [answer.code] })],
      [
        'multipart/form-data; boundary=x',
        `--x\r\ncontent-disposition: form-data; name="grant_type"\r\n\r\nx\r\n--x--`,
      ],
      ['text/plain', `${new URLSearchParams(fields)}`],
      ['application/x-www-form-urlencodedx', `${new URLSearchParams(fields)}`],
    ] as const;
    for (const [type, body] of bodies) {
      const refused = await send(target, { headers: { 'content-type': type, authorization }, body });
      expect([type, refused.status, refused.body.error]).toEqual([type, 400, 'invalid_request']);
    }
    const noType = await send(target, {
      headers: { authorization },
      body: new TextEncoder().encode(`${new URLSearchParams(fields)}`),
    });
    expect(noType.body.error).toBe('invalid_request');
    const typed = await send(target, {
      headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded;charset=UTF-8', authorization },
      body: `${new URLSearchParams(fields)}`,
    });
    expect(typed.status).toBe(200);
  });

  test('TK-002: credentials and parameters in the URL are refused, whatever the body says', async () => {
    const { target, client, user } = await stage();
    const answer = await obtainCode(target, client, user);
    const fields = { grant_type: 'authorization_code', code: answer.code, code_verifier: answer.verifier };
    for (const name of [
      'client_secret',
      'client_id',
      'code',
      'code_verifier',
      'grant_type',
      'refresh_token',
    ]) {
      const refused = await send(
        target,
        {
          headers: { 'content-type': form, authorization: basic(client.id, client.secret) },
          body: `${new URLSearchParams(fields)}`,
        },
        `?${new URLSearchParams({ [name]: client.secret })}`,
      );
      expect([name, refused.status, refused.body.error]).toEqual([name, 400, 'invalid_request']);
      expect(refused.text).not.toContain(client.secret);
    }
    const everythingInTheUrl = await send(
      target,
      { headers: { 'content-type': form, authorization: basic(client.id, client.secret) }, body: '' },
      `?${new URLSearchParams(fields)}`,
    );
    expect(everythingInTheUrl.body.error).toBe('invalid_request');
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test('TK-002: a body that is not UTF-8 is invalid_request, encoded or raw', async () => {
    const { target, client } = await stage();
    const headers = { 'content-type': form, authorization: basic(client.id, client.secret) };
    for (const body of ['grant_type=refresh_token&refresh_token=%ff', 'grant_type=%', 'grant_type=%c3%28']) {
      expect([body, (await send(target, { headers, body })).body.error]).toEqual([body, 'invalid_request']);
    }
    const raw = new Uint8Array([
      ...new TextEncoder().encode('grant_type=refresh_token&refresh_token='),
      0xff,
      0xfe,
    ]);
    expect((await send(target, { headers, body: raw })).body.error).toBe('invalid_request');
  });

  test('TK-003: a repeated parameter is invalid_request, and burns nothing', async () => {
    const { target, client, user } = await stage();
    const answer = await obtainCode(target, client, user);
    const fields = [
      ['grant_type', 'authorization_code'],
      ['code', answer.code],
      ['code_verifier', answer.verifier],
      ['redirect_uri', answer.redirectUri],
    ];
    const headers = { 'content-type': form, authorization: basic(client.id, client.secret) };
    for (const again of [...fields, ['client_id', client.id], ['unheard_of', 'x']]) {
      const twice = again[0] === 'client_id' || again[0] === 'unheard_of' ? [again, again] : [again];
      const refused = await send(target, { headers, body: `${new URLSearchParams([...fields, ...twice])}` });
      expect([again[0], refused.status, refused.body.error]).toEqual([again[0], 400, 'invalid_request']);
    }
    const oneEmpty = await send(target, {
      headers,
      body: `${new URLSearchParams([...fields, ['code', '']])}`,
    });
    expect(oneEmpty.body.error).toBe('invalid_request');
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test('TK-003: an empty parameter is an absent one, and an unknown one is ignored', async () => {
    const { target, client, user } = await stage();
    const tokens = await redeem(target, client, await obtainCode(target, client, user), {
      redirect_uri: '',
      scope: '',
      audience: 'https://elsewhere.example/',
      foo: 'bar',
      username: 'ada',
    });
    expect(tokens.status).toBe(200);
    const next = await refresh(target, client, tokens.body.refresh_token, { scope: '', foo: 'bar' });
    expect(next.body.scope).toBe('photos:read');
    const empty = await callAs(target, client, '/token', { grant_type: 'authorization_code', code: '' });
    expect(empty.body.error).toBe('invalid_request');
  });

  test('TK-004: a grant_type that is missing, unknown, or not for this client is told apart', async () => {
    const { target, client, user } = await stage();
    const once = await target.addClient({ grantTypes: ['authorization_code'] });
    const answer = await obtainCode(target, once, user);
    expect((await callAs(target, client, '/token', {})).body.error).toBe('invalid_request');
    expect((await callAs(target, client, '/token', { grant_type: '' })).body.error).toBe('invalid_request');
    expect((await callAs(target, client, '/token', { grant_type: 'magic' })).body.error).toBe(
      'unsupported_grant_type',
    );
    const { body: issued } = await redeem(target, client, await obtainCode(target, client, user));
    const notFor = await refresh(target, once, issued.refresh_token);
    expect([notFor.status, notFor.body.error]).toEqual([400, 'unauthorized_client']);
    expect((await refresh(target, client, issued.refresh_token)).status).toBe(200);
    expect((await redeem(target, once, answer)).status).toBe(200);
    const service = await target.addClient({ grantTypes: [] });
    expect((await redeem(target, service, answer)).body.error).toBe('unauthorized_client');
  });

  test('TK-005: grants that are not offered are unsupported_grant_type, whoever asks', async () => {
    const { target, client, user } = await stage();
    const everyGrant = [
      'password',
      'client_credentials',
      'implicit',
      'urn:ietf:params:oauth:grant-type:device_code',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      'AUTHORIZATION_CODE',
      'authorization_code ',
      '__proto__',
      'constructor',
      'toString',
    ];
    for (const grantType of everyGrant) {
      const fields = { grant_type: grantType, username: user.username, password: user.password };
      const refused = await callAs(target, client, '/token', fields);
      expect([grantType, refused.status, refused.body.error]).toEqual([
        grantType,
        400,
        'unsupported_grant_type',
      ]);
      expect(JSON.stringify(refused.body)).not.toContain(user.password);
    }
  });

  test('TK-006, TK-010: success is 200 JSON with access_token, token_type Bearer and a numeric expires_in', async () => {
    const { target, client, user } = await stage();
    const tokens = await redeem(target, client, await obtainCode(target, client, user));
    expect(tokens.status).toBe(200);
    expect(tokens.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
    expect(tokens.body).toEqual({
      access_token: expect.stringMatching(/^[\x21-\x7e]+$/),
      token_type: 'Bearer',
      expires_in: 600,
      refresh_token: expect.stringMatching(/^[\x21-\x7e]+$/),
      scope: 'photos:read',
    });
    const next = await refresh(target, client, tokens.body.refresh_token);
    expect(next.body).toMatchObject({ token_type: 'Bearer', expires_in: 600 });
  });

  test('TK-007: answers with tokens and answers with errors are stored by nobody', async () => {
    const { target, client, user } = await stage();
    const answers = [
      await redeem(target, client, await obtainCode(target, client, user)),
      await callAs(target, client, '/token', { grant_type: 'magic' }),
      await callAs(target, { ...client, secret: 'wrong' }, '/token', {
        grant_type: 'refresh_token',
        refresh_token: 'x',
      }),
      await send(target, { method: 'PUT' }),
      await send(target, { headers: { 'content-type': form }, body: 'x'.repeat(70_000) }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 405, 413]);
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('set-cookie')).toBeNull();
    }
  });

  test('TK-008: scope is always returned, also when the server has granted less than was asked', async () => {
    const { target, client, user } = await stage();
    const asked = { scope: 'photos:read photos:delete photos:write' };
    const tokens = await redeem(target, client, await obtainCode(target, client, user, asked));
    expect(String(tokens.body.scope).split(' ').toSorted()).toEqual(['photos:read', 'photos:write']);
  });

  test('TK-009: errors keep to their characters and echo no secret, whatever is sent', async () => {
    const { target, client, user } = await stage();
    const answer = await obtainCode(target, client, user);
    const nasty = 'é"\\\r\n\u0000<script>😀\u2028';
    const answers = [
      await callAs(target, client, '/token', { grant_type: nasty }),
      await redeem(target, client, answer, { code_verifier: `${answer.verifier}${nasty}` }),
      await redeem(target, client, answer, { redirect_uri: `https://print.example/${nasty}` }),
      await redeem(target, client, answer, { code: `${answer.code}${nasty}` }),
      await refresh(target, client, nasty),
      await refresh(target, client, 'x', { scope: nasty }),
      await redeem(target, { ...client, id: `${client.id}${nasty}` }, answer),
      await redeem(target, { ...client, secret: `${client.secret}${nasty}` }, answer),
    ];
    for (const { status, body } of answers) {
      expect(status).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
      expect(Object.keys(body).toSorted()).toEqual(['error', 'error_description']);
      expect(String(body.error)).toMatch(errorText);
      expect(String(body.error_description)).toMatch(errorText);
      for (const secret of [client.secret, answer.code, answer.verifier]) {
        expect(JSON.stringify(body)).not.toContain(secret);
      }
    }
    expect((await redeem(target, client, answer)).status).toBe(200);
  });

  test('SB-024: a body over the limit is 413, and the server stays up', async () => {
    const { target, client, user } = await stage();
    const headers = { 'content-type': form, authorization: basic(client.id, client.secret) };
    const large = await send(target, {
      headers,
      body: `grant_type=refresh_token&refresh_token=${'x'.repeat(70_000)}`,
    });
    expect([large.status, large.body.error]).toEqual([413, 'invalid_request']);
    expect((await redeem(target, client, await obtainCode(target, client, user))).status).toBe(200);
  });

  test('SB-024: a flood of parameters is invalid_request; a hundred are read', async () => {
    const { target, client, user } = await stage();
    const flood = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`p${i}`, 'x']));
    const answer = await obtainCode(target, client, user);
    const refused = await redeem(target, client, answer, flood(100));
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_request']);
    const manyEmpty = await send(target, {
      headers: { 'content-type': form, authorization: basic(client.id, client.secret) },
      body: '&'.repeat(60_000),
    });
    expect(manyEmpty.body.error).toBe('invalid_request');
    // grant_type, code, redirect_uri and code_verifier are the other four.
    expect((await redeem(target, client, answer, flood(96))).status).toBe(200);
  });

  test('SB-025: names of JavaScript are names like any other, for parameters, clients, scopes and codes', async () => {
    const { target, client, user } = await stage();
    const names = ['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString', '__defineGetter__'];
    const answer = await obtainCode(target, client, user, { scope: `photos:read ${names.join(' ')}` });
    for (const name of names) {
      const answers = [
        await redeem(target, client, answer, { code: name }),
        await refresh(target, client, name),
        await redeem(target, { ...client, id: name }, answer),
        await send(target, {
          headers: { 'content-type': form },
          body: `${name}[grant_type]=authorization_code&${name}.code=x`,
        }),
      ];
      expect([name, answers.map(({ body }) => body.error)]).toEqual([
        name,
        ['invalid_grant', 'invalid_grant', 'invalid_client', 'invalid_request'],
      ]);
    }
    const strange = Object.fromEntries(names.map((name) => [name, '{"grant_type":"password"}']));
    const tokens = await redeem(target, client, answer, { ...strange, ['__proto__']: 'x', 'code[]': 'y' });
    expect([tokens.status, tokens.body.scope]).toEqual([200, 'photos:read']);
    expect(({} as Record<string, unknown>).grant_type).toBeUndefined();
  });
});

test('SB-026, TK-029: guessing is slowed for one client at one address, and for nobody else', async () => {
  const { target, client, user } = await stageOn(
    await inProcess({
      handler: { trustedProxies: ['192.0.2.1'] },
      config: { throttling: { client: { limit: 5, windowSeconds: 300 } } },
    }),
  );
  const other = await target.addClient();
  const from = (address: string): Target => ({
    ...target,
    fetch: (request) => {
      request.headers.set('x-forwarded-for', address);
      return target.fetch(request);
    },
  });
  const [attacker, elsewhere] = [from('198.51.100.66'), from('203.0.113.5')];
  const guess = { ...client, secret: 'guess' };
  const statuses: number[] = [];
  for (let i = 0; i < 7; i += 1) statuses.push((await refresh(attacker, guess, 'x')).status);
  expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  const slowed = await refresh(attacker, guess, 'x');
  expect(Number(slowed.headers.get('retry-after'))).toBeGreaterThan(0);
  expect(Number(slowed.headers.get('retry-after'))).toBeLessThanOrEqual(300);
  expect(slowed.headers.get('cache-control')).toBe('no-store');
  // The right secret is not judged from there either, or the limit would tell a guess from a miss.
  expect((await refresh(attacker, client, 'x')).status).toBe(429);
  expect((await refresh(attacker, other, 'x')).status).toBe(400);
  expect((await redeem(elsewhere, client, await obtainCode(target, client, user))).status).toBe(200);
  target.pass(300_000);
  expect((await redeem(attacker, client, await obtainCode(target, client, user))).status).toBe(200);
});

test('SB-023: an X-Forwarded-For that no configured proxy vouches for moves nobody to another address', async () => {
  const { target, client } = await stageOn(
    await inProcess({ config: { throttling: { client: { limit: 2, windowSeconds: 300 } } } }),
  );
  const statuses: number[] = [];
  for (let i = 0; i < 4; i += 1) {
    const headers = {
      'content-type': form,
      authorization: basic(client.id, 'guess'),
      'x-forwarded-for': `203.0.113.${i}`,
      forwarded: `for=203.0.113.${i}`,
    };
    statuses.push((await send(target, { headers, body: 'grant_type=refresh_token&refresh_token=x' })).status);
  }
  expect(statuses).toEqual([401, 401, 429, 429]);
});

test('SB-021: answers of an https issuer carry Strict-Transport-Security, those of a development issuer do not', async () => {
  const { target, client } = await stageOn(await inProcess());
  expect((await refresh(target, client, 'x')).headers.get('strict-transport-security')).toMatch(
    /^max-age=\d{7,}/,
  );
  const local = await stageOn(await inProcess({ config: { issuer: 'http://localhost:9999' } }));
  expect(
    (await refresh(local.target, local.client, 'x')).headers.get('strict-transport-security'),
  ).toBeNull();
});

test('SB-024: a body whose length is not told is 413 as soon as it is over the limit, and is read no further', async () => {
  const { target, client } = await stageOn(await inProcess());
  const headers = { 'content-type': form, authorization: basic(client.id, client.secret) };
  const chunk = new TextEncoder().encode('x'.repeat(1024));
  let pulled = 0;
  const long = new ReadableStream({
    pull: (controller) => {
      pulled += 1;
      controller.enqueue(chunk);
      if (pulled === 1000) controller.close();
    },
  });
  const streamed = await send(target, { headers, body: long, duplex: 'half' } as RequestInit);
  expect(streamed.status).toBe(413);
  expect(pulled).toBeLessThan(100);
  // Nor does it wait for somebody in between, who holds a copy and has not read it.
  const copied = new Request(`${target.issuer}/token`, { method: 'POST', headers, body: 'x'.repeat(70_000) });
  const copy = copied.clone();
  expect((await target.fetch(copied)).status).toBe(413);
  expect(await copy.text()).toHaveLength(70_000);
});

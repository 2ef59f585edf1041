import { OAuthError, Parameters } from '@valetkey/protocol';
import { day } from '@valetkey/store-contract';
import { expect, test } from 'vitest';
import { issuer } from '../authority.fixture.ts';
import { aLogoutStage, home, type LogoutStage } from './logout.fixture.ts';
import { readLogoutRequest } from './logout-request.ts';

const logout = { postLogoutRedirectUris: [home] };

function read({ authority }: LogoutStage, fields: Record<string, string>) {
  return readLogoutRequest(authority, Parameters.of(Object.entries(fields)));
}

async function refusal(on: LogoutStage, fields: Record<string, string>): Promise<string[]> {
  try {
    await read(on, fields);
  } catch (error) {
    if (error instanceof OAuthError) return [error.code, error.reason.field, error.reason.requirement];
    throw error;
  }
  return expect.unreachable('It was taken.');
}

test('SL-011, SL-015, SL-016: an ID token names the client and whom it was about; the return is registered, the state is kept', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient({ logout });
  const hint = await on.idToken(client);
  const state = ' +%20ä"\\ ';
  const fields = { id_token_hint: hint, post_logout_redirect_uri: home, state };
  const { sub, sid } = JSON.parse(Buffer.from(hint.split('.')[1] ?? '', 'base64url').toString());
  const expected = { client, hint: { clientId: client.id, sub, sid }, postLogoutRedirectUri: home, state };
  expect(await read(on, fields)).toEqual(expected);
  expect(await read(on, { ...fields, client_id: client.id })).toEqual(expected);
});

test('SL-011: an ID token is taken long after it has expired', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient({ logout });
  const hint = await on.idToken(client);
  on.clock.now += 20 * day;
  const request = await read(on, { id_token_hint: hint, post_logout_redirect_uri: home });
  expect([request.hint?.sub, request.postLogoutRedirectUri]).toEqual([on.user.id, home]);
});

test('SL-011: what this server did not sign as an ID token proves nothing, and nobody is sent on by it', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient({ logout });
  const other = await aLogoutStage({ seed: 'whose keys are others' });
  const hint = await on.idToken(client);
  const [header = '', , signature = ''] = hint.split('.');
  const forgedClaims = Buffer.from(JSON.stringify({ iss: issuer, sub: 'eve', aud: client.id })).toString(
    'base64url',
  );
  const unsigned = Buffer.from('{"typ":"JWT","alg":"none"}').toString('base64url');
  const forged = [
    `${header}.${forgedClaims}.${signature}`,
    `${unsigned}.${forgedClaims}.`,
    hint.slice(0, -4),
    'x',
    `${hint}.${hint}`,
    await on.idToken(client, {}, 'at+jwt'),
    await on.idToken(client, {}, 'logout+jwt'),
    await on.idToken(client, { iss: 'https://other.example' }),
    await on.idToken(client, { sub: undefined }),
    await on.idToken(client, { aud: [] }),
    await other.idToken(client),
  ];
  for (const id_token_hint of forged) {
    for (const named of [{}, { client_id: client.id }]) {
      const request = await read(on, { id_token_hint, post_logout_redirect_uri: home, ...named });
      expect([id_token_hint, request.hint, request.postLogoutRedirectUri]).toEqual([
        id_token_hint,
        null,
        null,
      ]);
    }
  }
});

test('SL-012: a client_id beside a hint has to be the client of the hint', async () => {
  const on = await aLogoutStage();
  const [asks, other] = [await on.addClient({ logout }), await on.addClient({ logout })];
  const hint = await on.idToken(asks);
  const wanted = ['invalid_request', 'client_id', 'SL-012'];
  for (const client_id of [other.id, 'nobody', asks.id.toUpperCase()])
    expect(await refusal(on, { id_token_hint: hint, client_id })).toEqual(wanted);
  const forSeveral = await on.idToken(asks, { aud: [other.id, asks.id], azp: asks.id });
  expect((await read(on, { id_token_hint: forSeveral, client_id: asks.id })).client).toEqual(asks);
  expect(await refusal(on, { id_token_hint: forSeveral, client_id: other.id })).toEqual(wanted);
});

test('SL-015: only an address that the client registered is taken, character for character', async () => {
  const on = await aLogoutStage();
  const client = await on.addClient({ logout: { postLogoutRedirectUris: [home, 'http://127.0.0.1/bye'] } });
  const bare = await on.addClient({ redirectUris: [home] });
  const hint = await on.idToken(client);
  const wrong = [`${home}/`, `${home}?a=b`, home.toUpperCase(), home.replace('https', 'http'), `${home}#x`];
  for (const uri of [...wrong, 'http://127.0.0.1:8000/bye', client.redirectUris[0] ?? '']) {
    for (const named of [{ client_id: client.id }, { id_token_hint: hint }]) {
      const refused = await refusal(on, { ...named, post_logout_redirect_uri: uri });
      expect([uri, ...refused]).toEqual([uri, 'invalid_request', 'post_logout_redirect_uri', 'SL-015']);
    }
  }
  expect(await refusal(on, { client_id: bare.id, post_logout_redirect_uri: home })).toContain('SL-015');
  expect(
    (await read(on, { client_id: client.id, post_logout_redirect_uri: home })).postLogoutRedirectUri,
  ).toBe(home);
});

test('SL-015: without a client no address is anybody’s', async () => {
  const on = await aLogoutStage();
  await on.addClient({ logout });
  expect(await read(on, { post_logout_redirect_uri: home, state: 's' })).toEqual({
    client: null,
    hint: null,
    postLogoutRedirectUri: null,
    state: 's',
  });
});

test('SL-015: a client that is unknown or disabled is refused, named or hinted', async () => {
  const on = await aLogoutStage();
  const disabled = await on.addClient({ logout, disabledAt: 1 });
  const hint = await on.idToken(disabled);
  const wanted = ['invalid_client', 'client_id', 'SL-015'];
  for (const fields of [{ client_id: disabled.id }, { id_token_hint: hint }, { client_id: 'nobody' }])
    expect(await refusal(on, fields)).toEqual(wanted);
});

test('SL-016: a state is taken up to 4,096 characters', async () => {
  const on = await aLogoutStage();
  expect((await read(on, { state: 's'.repeat(4096) })).state).toHaveLength(4096);
  expect(await refusal(on, { state: 's'.repeat(4097) })).toEqual(['invalid_request', 'state', 'SL-016']);
});

test('SL-017: logout_hint and ui_locales are never wrong, and nor is a request for nothing', async () => {
  const on = await aLogoutStage();
  const texts = [
    '',
    'logout_hint=ada&ui_locales=xx',
    'logout_hint=%&logout_hint=a&ui_locales=%ff&ui_locales=a&x=%',
  ];
  for (const text of texts) {
    const request = await readLogoutRequest(on.authority, Parameters.read(text));
    expect(request).toEqual({ client: null, hint: null, postLogoutRedirectUri: null });
  }
});

test('AZ-004: what counts may stand there once', async () => {
  const on = await aLogoutStage();
  for (const name of ['id_token_hint', 'client_id', 'post_logout_redirect_uri', 'state']) {
    const parameters = Parameters.read(`${name}=a&${name}=a`);
    const request = readLogoutRequest(on.authority, parameters);
    await expect(request).rejects.toMatchObject({ reason: { field: name, requirement: 'AZ-004' } });
  }
});

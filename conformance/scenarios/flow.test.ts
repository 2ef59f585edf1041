import { expect, test } from 'vitest';
import { callAs, introspect, obtainCode, redeem, refresh } from '../support/flow.ts';
import { inProcess, photosApi } from '../targets/in-process.ts';

test('the whole flow: sign in, consent, exchange, introspect, refresh, revoke', async () => {
  const target = await inProcess();
  const client = await target.addClient();
  const api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
  const user = await target.addUser();
  const answer = await obtainCode(target, client, user);
  const tokens = await redeem(target, client, answer);
  expect(tokens.status, JSON.stringify(tokens.body) + JSON.stringify(target.events)).toBe(200);
  expect(await introspect(target, api, tokens.body.access_token)).toMatchObject({ active: true, sub: user.id, aud: photosApi });
  const next = await refresh(target, client, tokens.body.refresh_token);
  expect(next.status).toBe(200);
  expect(answer.code.length).toBeLessThan(500);
  console.log(answer.code.length, String(tokens.body.refresh_token).length);
  expect((await callAs(target, client, '/revoke', { token: String(next.body.refresh_token) })).status).toBe(200);
  expect(await introspect(target, api, next.body.access_token)).toEqual({ active: false });
});

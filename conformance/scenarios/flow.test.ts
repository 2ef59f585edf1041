import { afterAll, beforeAll, expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, callAs, introspect, obtainCode, redeem, refresh, walk } from '../support/flow.ts';
import { describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { Target, TestClient, TestUser } from '../targets/target.ts';

describeTargets((open) => {
  let target: Target;
  let client: TestClient;
  let native: TestClient;
  let api: TestClient;
  let user: TestUser;
  beforeAll(async () => {
    target = await open();
    client = await target.addClient();
    native = await target.addClient({ authenticationMethod: 'none' });
    api = await target.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
    user = await target.addUser();
  });
  afterAll(() => target.stop());

  test('AZ-040, TK-006: sign in, consent, exchange, introspect, refresh, revoke', async () => {
    const answer = await obtainCode(target, client, user);
    const tokens = await redeem(target, client, answer);
    expect(tokens.status).toBe(200);
    const active = { active: true, sub: user.id, aud: photosApi };
    expect(await introspect(target, api, tokens.body.access_token)).toMatchObject(active);
    const next = await refresh(target, client, tokens.body.refresh_token);
    expect(next.status).toBe(200);
    const revoked = await callAs(target, client, '/revoke', { token: String(next.body.refresh_token) });
    expect(revoked.status).toBe(200);
    expect(await introspect(target, api, next.body.access_token)).toEqual({ active: false });
    expect(await introspect(target, api, tokens.body.access_token)).toEqual({ active: false });
  });

  test('TK-051, SB-035: of fifty that redeem one code at once one succeeds, and then nothing of it works', async () => {
    const answer = await obtainCode(target, client, user);
    const racers = await Promise.all(Array.from({ length: 50 }, () => redeem(target, client, answer)));
    const winners = racers.filter(({ status }) => status === 200);
    expect(winners.length).toBe(1);
    for (const { status, body } of racers) if (status !== 200) expect(body.error).toBe('invalid_grant');
    expect(await introspect(target, api, winners[0]?.body.access_token)).toEqual({ active: false });
    expect((await refresh(target, client, winners[0]?.body.refresh_token)).body.error).toBe('invalid_grant');
  });

  test('TK-072, TK-074: fifty that refresh one token at once get the same successor, and it works', async () => {
    const answer = await obtainCode(target, native, user);
    const first = (await redeem(target, native, answer)).body.refresh_token;
    const racers = await Promise.all(Array.from({ length: 50 }, () => refresh(target, native, first)));
    expect(racers.map(({ status }) => status)).toEqual(racers.map(() => 200));
    const successors = new Set(racers.map(({ body }) => body.refresh_token));
    expect(successors.size).toBe(1);
    expect((await refresh(target, native, [...successors][0])).status).toBe(200);
  });

  test('TK-073: a token that was replaced ends the family once the grace is over', async () => {
    const answer = await obtainCode(target, native, user);
    const first = (await redeem(target, native, answer)).body.refresh_token;
    const second = (await refresh(target, native, first)).body.refresh_token;
    target.pass(11_000);
    expect((await refresh(target, native, first)).body.error).toBe('invalid_grant');
    expect((await refresh(target, native, second)).body.error).toBe('invalid_grant');
    expect((await redeem(target, native, await obtainCode(target, native, user))).status).toBe(200);
  });

  test('AZ-076: two tabs of one browser finish independently', async () => {
    const browser = new Browser(target.fetch);
    const [left, right] = [authorizeUrl(target, native), authorizeUrl(target, native)];
    const leftPage = await browser.open(left.url);
    const answer = await walk(browser, right.url, user);
    expect(answer.searchParams.get('state')).toBe(right.state);
    if ('left' in leftPage) throw new Error('The first tab left the sign-in page.');
    const signedIn = await browser.click(leftPage, 'login-submit', {
      username: user.username,
      password: user.password,
    });
    const end = 'left' in signedIn ? signedIn : await browser.click(signedIn, 'consent-approve');
    expect('left' in end && end.left.searchParams.get('state')).toBe(left.state);
  });

  test('SB-034: disconnecting the app ends its tokens at once, and only its', async () => {
    const other = await target.addClient();
    const mine = (await redeem(target, client, await obtainCode(target, client, user))).body;
    const theirs = (await redeem(target, other, await obtainCode(target, other, user))).body;
    await target.store.consents.withdraw(user.id, client.id, target.now());
    expect(await introspect(target, api, mine.access_token)).toEqual({ active: false });
    expect((await refresh(target, client, mine.refresh_token)).body.error).toBe('invalid_grant');
    expect((await refresh(target, other, theirs.refresh_token)).status).toBe(200);
  });
});

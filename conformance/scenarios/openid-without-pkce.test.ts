import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectRedirectError, expectStillWorks, outcomeOf } from '../support/authorize.ts';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, callAs, walk } from '../support/flow.ts';
import { addOpenIdClient, readIdToken } from '../support/openid.ts';
import { describeTargets } from '../targets/each-target.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

const bare = { code_challenge: undefined, code_challenge_method: undefined };

/** A client that its operator exempted, since it cannot do PKCE and does send a nonce. */
const exempt = { compatibility: { withoutPkce: true } } as const;

describeTargets((open) => {
  let at: RestartableTarget;
  let user: TestUser;
  beforeAll(async () => {
    at = await open({ config: { throttling: { address: { limit: 10_000 } } } });
    user = await at.addUser();
  });
  afterAll(() => at.stop());

  async function codeWithoutPkce(client: TestClient): Promise<string> {
    const over = { ...bare, scope: 'openid', nonce: 'n-1' };
    const answer = await walk(new Browser(at.fetch), authorizeUrl(at, client, over).url, user);
    return answer.searchParams.get('code') ?? '';
  }

  function redeemWith(client: TestClient, fields: Record<string, string>) {
    return callAs(at, client, '/token', { grant_type: 'authorization_code', ...fields });
  }

  test('AZ-042: an exempt client may leave PKCE out when it sends a nonce, and the operator hears of it', async () => {
    const client = await addOpenIdClient(at, exempt);
    const code = await codeWithoutPkce(client);
    const { status, body } = await redeemWith(client, { code, redirect_uri: client.redirectUri });
    expect(status).toBe(200);
    expect((await readIdToken(at, client, body.id_token)).claims.nonce).toBe('n-1');
    const told = at.events.filter((event) => 'clientId' in event && event.clientId === client.id);
    expect(told.map(({ type }) => type)).toContain('compatibility.used');
    await expectStillWorks(at, client, user);
  });

  test.each<[string, Partial<TestClient['record']>, Record<string, string | undefined>, string]>([
    ['a client that is not exempt', {}, { nonce: 'n-1' }, 'AZ-042'],
    ['an exempt one without a nonce', exempt, {}, 'AZ-042'],
    ['an exempt one without openid', exempt, { nonce: 'n-1', scope: 'photos:read' }, 'AZ-042'],
    [
      'an exempt one that gets no ID token, where the nonce would be',
      { ...exempt, scopes: ['photos:read'] },
      { nonce: 'n-1', scope: 'openid photos:read' },
      'AZ-042',
    ],
    ['a public one', { ...exempt, authenticationMethod: 'none' }, { nonce: 'n-1' }, 'AZ-041'],
  ])('AZ-041, AZ-042: %s may not', async (_who, registered, over, requirement) => {
    const client = await addOpenIdClient(at, registered);
    const { url, state } = authorizeUrl(at, client, { ...bare, scope: 'openid', ...over });
    const outcome = await outcomeOf(at, await new Browser(at.fetch).get(url));
    expectRedirectError(outcome, 'invalid_request', { target: at, client, state });
    expect(at.events.at(-1)).toMatchObject({ field: 'code_challenge', requirement });
    await expectStillWorks(at, client, user);
  });

  test('TK-054: a code without PKCE needs the redirect_uri it was asked with', async () => {
    const client = await addOpenIdClient(at, exempt);
    const code = await codeWithoutPkce(client);
    expect((await redeemWith(client, { code })).body.error).toBe('invalid_grant');
    const other = await redeemWith(client, { code, redirect_uri: 'https://print.example/' });
    expect(other.body.error).toBe('invalid_grant');
    expect((await redeemWith(client, { code, redirect_uri: client.redirectUri })).status).toBe(200);
  });

  test('TK-056: a code_verifier for a code without a challenge is refused: a challenge may have been taken out', async () => {
    const client = await addOpenIdClient(at, exempt);
    const code = await codeWithoutPkce(client);
    const fields = { code, redirect_uri: client.redirectUri };
    const stripped = await redeemWith(client, { ...fields, code_verifier: 'v'.repeat(43) });
    expect(stripped.body.error).toBe('invalid_request');
    expect((await redeemWith(client, fields)).status).toBe(200);
  });
});

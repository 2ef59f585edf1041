import { expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, callAs, obtainCode, redeem, walk } from '../support/flow.ts';
import { describeTargets } from '../targets/each-target.ts';

/** What the specifications allow and this server leaves out: it is neither told nor answered. */
describeTargets((open) => {
  test.each([
    ['TK-100', 'client_credentials', { scope: 'photos:read' }],
    [
      'TK-101',
      'urn:ietf:params:oauth:grant-type:token-exchange',
      { subject_token: 'x', subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' },
    ],
  ])('%s: the grant type %s is not offered', async (_, grantType, fields) => {
    const target = await open();
    const [client, user] = [await target.addClient(), await target.addUser()];
    const { status, body } = await callAs(target, client, '/token', { grant_type: grantType, ...fields });
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'unsupported_grant_type' });
    const document = await documentOf(target);
    expect(document.grant_types_supported).not.toContain(grantType);
    expect((await redeem(target, client, await obtainCode(target, client, user))).status).toBe(200);
  });

  test('SL-060, SL-061, SL-062, SB-019: no session frame: no member, no session_state, no page that posts messages', async () => {
    const target = await open();
    const client = await target.addClient({ scopes: ['openid'] });
    const { url } = authorizeUrl(target, client, { scope: 'openid' });
    const answer = await walk(new Browser(target.fetch), url, await target.addUser());
    expect([...answer.searchParams.keys()].toSorted()).toEqual(['code', 'iss', 'state']);
    expect(await documentOf(target)).not.toHaveProperty('check_session_iframe');
  });

  test('MD-015: the metadata are not signed a second time', async () => {
    expect(await documentOf(await open())).not.toHaveProperty('signed_metadata');
  });

  test('SB-005: no fragment is put behind an answer: the redirect URI stays as it was registered', async () => {
    const target = await open();
    const client = await target.addClient();
    const answer = await walk(
      new Browser(target.fetch),
      authorizeUrl(target, client).url,
      await target.addUser(),
    );
    expect(answer.href.startsWith(`${client.redirectUri}?`)).toBe(true);
    expect(answer.href).not.toContain('#');
  });
});

async function documentOf(target: { issuer: string; fetch: (request: Request) => Promise<Response> }) {
  const address = `${target.issuer}/.well-known/openid-configuration`;
  return (await (await target.fetch(new Request(address))).json()) as Record<string, unknown>;
}

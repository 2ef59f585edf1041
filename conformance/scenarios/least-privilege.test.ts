import { decodeJwt, decodeProtectedHeader } from 'jose';
import { expect, test } from 'vitest';
import { Browser } from '../support/browser.ts';
import { authorizeUrl, obtainCode, redeem, walk } from '../support/flow.ts';
import { describeTargets } from '../targets/each-target.ts';

const apis = {
  scopes: {
    'photos:read': { description: 'see your photos' },
    'prints:order': { description: 'order prints' },
  },
  resources: [
    { identifier: 'https://photos.example/api', name: 'Photo API', scopes: ['photos:read'] },
    { identifier: 'https://prints.example/api', name: 'Print API', scopes: ['prints:order'] },
  ],
};

describeTargets((open) => {
  test('SB-014: an access token is for one API, with the scopes of that API alone, though more was granted', async () => {
    const target = await open({ config: apis });
    const scopes = ['photos:read', 'prints:order'];
    const [client, user] = [await target.addClient({ scopes }), await target.addUser()];
    const both = new URLSearchParams(apis.resources.map(({ identifier }) => ['resource', identifier]));
    const { url, verifier } = authorizeUrl(target, client, { scope: scopes.join(' ') });
    const answer = await walk(new Browser(target.fetch), `${url}&${both}`, user);
    const code = answer.searchParams.get('code') ?? '';
    const { body } = await redeem(target, client, { code, verifier, redirectUri: client.redirectUri });
    expect(decodeJwt(String(body.access_token))).toMatchObject({
      aud: 'https://photos.example/api',
      scope: 'photos:read',
    });
    expect(body.scope).toBe('photos:read');
  });

  test('FP-042: no key of the set has the id of another, and no header says where keys are to be had', async () => {
    const target = await open();
    const [client, user] = [
      await target.addClient({ scopes: ['openid', 'photos:read'] }),
      await target.addUser(),
    ];
    const set = (await (await target.fetch(new Request(`${target.issuer}/jwks`))).json()) as {
      keys: { kid: string }[];
    };
    const ids = set.keys.map(({ kid }) => kid);
    expect(new Set(ids).size).toBe(ids.length);
    const code = await obtainCode(target, client, user, { scope: 'openid photos:read' });
    const { body } = await redeem(target, client, code);
    for (const token of [body.access_token, body.id_token]) {
      const header = decodeProtectedHeader(String(token));
      expect(Object.keys(header).toSorted()).toEqual(['alg', 'kid', 'typ']);
      expect(ids).toContain(header.kid);
    }
  });

  test('MC-051: each app has its own consent, kept for that person and that app: what one was allowed is not the other one’s', async () => {
    const target = await open();
    const user = await target.addUser();
    const browser = new Browser(target.fetch);
    for (const name of ['Print Shop', 'Album Shop']) {
      const client = await target.addClient({ name });
      const at = await browser.open(authorizeUrl(target, client).url);
      const asked =
        'html' in at && at.html.includes('id="login-submit"')
          ? await browser.click(at, 'login-submit', { username: user.username, password: user.password })
          : at;
      if ('left' in asked) throw new Error(`${name} was not asked about.`);
      expect(asked.html).toContain(name);
      const allowed = await browser.click(asked, 'consent-approve');
      expect('left' in allowed && allowed.left.searchParams.has('code')).toBe(true);
    }
  });
});

import { decodeJwt } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { introspect, refresh } from '../support/flow.ts';
import {
  addOpenIdClient,
  claimsAtUserinfo,
  readIdToken,
  type SignedIn,
  signInWith,
} from '../support/openid.ts';
import { describeTargets } from '../targets/each-target.ts';
import { photosApi } from '../targets/in-process.ts';
import type { RestartableTarget, TestClient, TestUser } from '../targets/target.ts';

describeTargets((open) => {
  let at: RestartableTarget;
  beforeAll(async () => {
    at = await open({ config: { throttling: { address: { limit: 10_000 } } } });
  });
  afterAll(() => at.stop());

  /** A client with pairwise subjects, whose answers go to these addresses. */
  function addPairwise(redirectUris: string[], sectorIdentifierUri?: string): Promise<TestClient> {
    const sector = sectorIdentifierUri === undefined ? {} : { sectorIdentifierUri };
    return addOpenIdClient(at, { redirectUris, openid: { subjectType: 'pairwise', ...sector } });
  }

  async function subjectAt(client: TestClient, user: TestUser): Promise<string> {
    return String((await signInWith(at, { client, user })).claims.sub);
  }

  test('TN-059: two sectors know a person by two names, clients of one sector by one', async () => {
    const user = await at.addUser();
    const print = await addPairwise(['https://print.example/callback']);
    const sister = await addPairwise(['https://print.example/other/callback']);
    const port = await addPairwise(['https://print.example:8443/callback']);
    const other = await addPairwise(['https://other.example/callback']);
    const open = await addOpenIdClient(at);
    const first = await subjectAt(print, user);
    expect(await subjectAt(sister, user)).toBe(first);
    const elsewhere = [await subjectAt(other, user), await subjectAt(open, user)];
    expect(new Set([first, ...elsewhere]).size).toBe(3);
    expect(elsewhere[1]).toBe(user.id);
    // The sector is a host (Core §8.1): a port makes no other one.
    expect(await subjectAt(port, user)).toBe(first);
  });

  test('TN-059: it is the same at every sign-in, after a restart too, and another one for another person', async () => {
    const [ada, bob] = [await at.addUser(), await at.addUser()];
    const client = await addPairwise(['https://print.example/callback']);
    const first = await subjectAt(client, ada);
    expect(await subjectAt(client, ada)).toBe(first);
    await at.restart();
    expect(await subjectAt(client, ada)).toBe(first);
    expect(await subjectAt(client, bob)).not.toBe(first);
  });

  test('TN-059, TN-041: it tells nothing of the person: at most 255 printable characters, without her id or her name', async () => {
    const user = await at.addUser();
    const sub = await subjectAt(await addPairwise(['https://print.example/callback']), user);
    expect(sub).toMatch(/^[A-Za-z0-9_-]{22,255}$/);
    for (const known of [user.id, user.username]) {
      expect(sub).not.toContain(known);
      expect(Buffer.from(sub, 'base64url').toString('latin1')).not.toContain(known);
    }
  });

  test('TN-059: a sector_identifier_uri names the sector of clients on several hosts', async () => {
    const user = await at.addUser();
    const sector = 'https://group.example/redirect-uris.json';
    const one = await addPairwise(['https://one.example/callback', 'https://uno.example/callback'], sector);
    const two = await addPairwise(['https://two.example/callback'], 'https://group.example/others.json');
    const host = await addPairwise(['https://group.example/callback']);
    const outside = await addPairwise(['https://one.example/callback']);
    const first = await subjectAt(one, user);
    expect([await subjectAt(two, user), await subjectAt(host, user)]).toEqual([first, first]);
    expect(await subjectAt(outside, user)).not.toBe(first);
  });

  test('TN-059, TN-056: ID token, userinfo, introspection and refresh name a person to a client alike', async () => {
    const user = await at.addUser();
    for (const subjectType of ['pairwise', 'public'] as const) {
      const client = await addOpenIdClient(at, { openid: { subjectType } });
      const signedIn = await signInWith(at, { client, user, over: { scope: 'openid photos:read' } });
      const { sub } = signedIn.claims;
      expect(sub === user.id).toBe(subjectType === 'public');
      for (const named of await told(client, signedIn)) expect(named).toBe(sub);
    }
  });

  /** What a client hears of who the person is. */
  async function told(client: TestClient, { access, tokens }: SignedIn): Promise<unknown[]> {
    const again = await refresh(at, client, tokens.body.refresh_token);
    return [
      (await claimsAtUserinfo(at, access)).sub,
      (await claimsAtUserinfo(at, String(again.body.access_token))).sub,
      (await introspect(at, client, access)).sub,
      (await introspect(at, client, again.body.refresh_token)).sub,
      (await readIdToken(at, client, again.body.id_token)).claims.sub,
    ];
  }

  test('TN-059: an API knows a person by one name whichever client she comes with, and a pairwise client cannot read it', async () => {
    const user = await at.addUser();
    const api = await at.addClient({ grantTypes: [], redirectUris: [], serves: [photosApi] });
    const over = { scope: 'openid photos:read' };
    const open = await signInWith(at, { client: await addOpenIdClient(at), user, over });
    expect(decodeJwt(open.access).sub).toBe(user.id);
    const client = await addPairwise(['https://print.example/callback']);
    const pairwise = await signInWith(at, { client, user, over });
    for (const { access } of [open, pairwise]) expect((await introspect(at, api, access)).sub).toBe(user.id);
    const texts = Object.values(pairwise.tokens.body).map(String);
    const decoded = texts.flatMap((text) =>
      text.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1')),
    );
    expect([...texts, ...decoded].join(' ')).not.toContain(user.id);
  });
});

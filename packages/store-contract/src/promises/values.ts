import { describe, expect, test } from 'vitest';
import {
  aClient,
  aConsent,
  aGrant,
  aKey,
  aPushedRequest,
  aSession,
  aUser,
  freshId,
  noon,
} from '../fixtures.ts';
import { openNodes } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

/** Texts that break what is built by gluing, counted in bytes, or compared by language. */
const texts = {
  quotes: `it's "quoted" \`twice\` \\ and \\' again`,
  sql: "'); DROP TABLE grants; --",
  unicode: '鍵 🔑 ключ مفتاح מפתח é é ﷺ',
  whitespace: ' leading,\ttab,\nnewline,\r\nand trailing ',
  placeholders: '$1 :id ?1 @x %s {0} {{id}} #{id} $id',
  prototype: '__proto__',
  empty: '',
  long: 'long '.repeat(20_000),
};

export function describeValues(makePlace: () => Promise<StorePlace>): void {
  describe('values', () => {
    const nodes = openNodes(makePlace);

    for (const [name, text] of Object.entries(texts)) {
      test(`text comes back as it went in: ${name}`, async () => {
        const { store } = nodes;
        const client = aClient({ name: text, scopes: [text, ''], redirectUris: [text] });
        const user = aUser({ name: text, passwordHash: text, profile: { nickname: text, tags: [text] } });
        const session = aSession({ userId: user.id, userAgent: text, address: text, amr: [text] });
        const facts = { clientFingerprint: text, authorizationDetails: [text] };
        const consent = aConsent({ userId: user.id, scopes: [text], resources: [text, text], facts });
        const grant = aGrant({ scopes: [text], resources: [text], sessionId: text, amr: [text] });
        const key = aKey({ sealedPrivate: text, publicJwk: JSON.parse(`{"__proto__": "a", "x": "b"}`) });
        await store.clients.add(client);
        await store.users.add(user);
        await store.sessions.open(session);
        await store.consents.record(consent);
        await store.grants.open(grant);
        await store.keys.add(key);
        const request = aPushedRequest({ clientId: text, content: text });
        await store.pushed.push(request);
        await store.sessions.enter({ sessionId: session.id, clientId: text, now: noon });

        expect(await store.clients.find(client.id)).toEqual(client);
        expect(await store.pushed.find(request.id, noon)).toEqual(request);
        expect(await store.sessions.clientsOf(session.id)).toEqual([text]);
        expect(await store.grants.find(grant.id)).toEqual(grant);
        expect((await store.keys.list()).find(({ id }) => id === key.id)).toEqual(key);
        expect(
          await store.standing({ userId: user.id, clientId: consent.clientId, sessionId: session.id }),
        ).toEqual({ user, session, consent: { ...consent, version: 1 } });
      });
    }

    test('ids may be any text', async () => {
      for (const text of [texts.quotes, texts.sql, texts.unicode, texts.whitespace, '__proto__', '']) {
        expect(await nodes.store.grants.open(aGrant({ id: text }))).toBe('opened');
        expect(await nodes.other.grants.find(text)).toMatchObject({ id: text });
        expect(await nodes.store.clients.add(aClient({ id: text }))).toBe('added');
        expect(await nodes.other.clients.find(text)).toMatchObject({ id: text });
      }
      expect(await nodes.store.grants.find(texts.quotes.toUpperCase())).toBeNull();
      expect(await nodes.store.grants.find(`${texts.unicode} `)).toBeNull();
    });

    test('what no text column can hold is looked for, and not found', async () => {
      for (const text of ['\0', `ada\0${freshId('')}`, 'x'.repeat(100_000)]) {
        const { store } = nodes;
        expect(await store.users.findByUsername(text)).toBeNull();
        expect(await store.users.find(text)).toBeNull();
        expect(await store.clients.find(text)).toBeNull();
        expect(await store.grants.find(text)).toBeNull();
        expect(await store.grants.advance({ id: text, generation: 0, now: noon, idle: 1 })).toEqual({
          outcome: 'unknown',
        });
        expect(await store.sessions.find(text)).toBeNull();
        expect(await store.sessions.clientsOf(text)).toEqual([]);
        await store.sessions.enter({ sessionId: text, clientId: text, now: noon });
        expect(await store.pushed.find(text, noon)).toBeNull();
        expect(await store.pushed.complete(text, noon)).toBe('unknown');
        expect(await store.standing({ userId: text, clientId: text, sessionId: text })).toEqual({
          user: null,
          session: null,
          consent: null,
        });
      }
    });

    test('numbers are numbers, far beyond our days', async () => {
      const far = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
      const grant = aGrant({
        openedAt: 0,
        advancedAt: 1,
        expiresAt: far,
        endsAt: far,
        sweepAt: far,
        userEpoch: 2 ** 40,
        generation: 2 ** 31,
      });
      await nodes.store.grants.open(grant);
      expect(await nodes.other.grants.find(grant.id)).toEqual(grant);
    });

    test('a record that came out of a store is the property of its reader', async () => {
      const client = aClient({ secrets: [] });
      const grant = aGrant();
      await nodes.store.clients.add(client);
      await nodes.store.grants.open(grant);
      const scribbleOn = (list?: readonly string[]) => (list as string[]).push('https://evil.example/');
      const expected = { client: structuredClone(client), grant: structuredClone(grant) };

      scribbleOn(client.redirectUris);
      scribbleOn(grant.scopes);
      scribbleOn((await nodes.store.clients.find(client.id))?.redirectUris);
      const used = await nodes.store.grants.use({ id: grant.id, now: noon, idle: 1, staleAfter: 1 });
      if (used.outcome === 'alive') scribbleOn(used.grant.scopes);

      expect(await nodes.store.clients.find(client.id)).toEqual(expected.client);
      expect(await nodes.store.grants.find(grant.id)).toEqual(expected.grant);
    });
  });
}

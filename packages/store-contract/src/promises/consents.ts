import { describe, expect, test } from 'vitest';
import { aConsent, freshId, hour, minute, noon } from '../fixtures.ts';
import { openNodes, tally } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeConsents(makePlace: () => Promise<StorePlace>): void {
  describe('consents', () => {
    const nodes = openNodes(makePlace);

    test('a first consent is stored as version 1, and seen on every node', async () => {
      const consent = aConsent({ epoch: 3, lastUsedAt: noon });
      expect(await nodes.store.consents.record(consent)).toBe('recorded');
      const stored = { ...consent, version: 1 };
      expect(await nodes.store.consents.find(consent.userId, consent.clientId)).toEqual(stored);
      expect(await nodes.other.consents.find(consent.userId, consent.clientId)).toEqual(stored);
    });

    test('a consent that nobody gave is not found', async () => {
      const consent = aConsent();
      await nodes.store.consents.record(consent);
      expect(await nodes.store.consents.find(consent.userId, freshId('client'))).toBeNull();
      expect(await nodes.store.consents.find(freshId('user'), consent.clientId)).toBeNull();
    });

    test('a consent is replaced by whoever read its version', async () => {
      const consent = aConsent();
      await nodes.store.consents.record(consent);
      const wider = { ...consent, scopes: ['photos.write'], resources: [], decidedAt: noon + 1, version: 1 };
      expect(await nodes.other.consents.record(wider)).toBe('recorded');
      expect(await nodes.store.consents.find(consent.userId, consent.clientId)).toEqual({
        ...wider,
        version: 2,
      });
    });

    test('a consent decided on an older version is a conflict and changes nothing', async () => {
      const consent = aConsent();
      await nodes.store.consents.record(consent);
      await nodes.store.consents.record({ ...consent, version: 1 });
      const stored = await nodes.store.consents.find(consent.userId, consent.clientId);
      for (const version of [0, 1, 3]) {
        expect(await nodes.other.consents.record({ ...consent, scopes: [], version })).toBe('conflict');
      }
      expect(await nodes.store.consents.find(consent.userId, consent.clientId)).toEqual(stored);
    });

    test('a consent that claims a version where there is no row is a conflict', async () => {
      const consent = aConsent({ version: 1 });
      expect(await nodes.store.consents.record(consent)).toBe('conflict');
      expect(await nodes.store.consents.find(consent.userId, consent.clientId)).toBeNull();
    });

    test('of fifty tabs that decide first, one is recorded', async () => {
      const consent = aConsent();
      const answers = await nodes.race((store, racer) =>
        store.consents.record({ ...consent, scopes: [`${racer}`] }),
      );
      expect(tally(answers)).toEqual({ recorded: 1, conflict: 49 });
      const scopes = [`${answers.indexOf('recorded')}`];
      const stored = await nodes.store.consents.find(consent.userId, consent.clientId);
      expect(stored).toEqual({ ...consent, scopes, version: 1 });
    });

    test('of fifty tabs that change one version, one is recorded', async () => {
      const consent = aConsent();
      await nodes.store.consents.record(consent);
      const answers = await nodes.race((store, racer) =>
        store.consents.record({ ...consent, scopes: [`${racer}`], version: 1 }),
      );
      expect(tally(answers)).toEqual({ recorded: 1, conflict: 49 });
      const scopes = [`${answers.indexOf('recorded')}`];
      const stored = await nodes.store.consents.find(consent.userId, consent.clientId);
      expect(stored).toEqual({ ...consent, scopes, version: 2 });
    });

    test('a withdrawal empties the row, and raises epoch and version', async () => {
      const consent = aConsent();
      await nodes.store.consents.record(consent);
      expect(await nodes.store.consents.withdraw(consent.userId, consent.clientId, noon + hour)).toBe(
        'withdrawn',
      );
      expect(await nodes.other.consents.find(consent.userId, consent.clientId)).toEqual({
        ...consent,
        scopes: [],
        resources: [],
        withdrawnAt: noon + hour,
        epoch: 1,
        version: 2,
      });
    });

    test('of fifty withdrawals one withdraws, and the epoch is raised once', async () => {
      const { userId, clientId, ...rest } = aConsent();
      await nodes.store.consents.record({ userId, clientId, ...rest });
      const answers = await nodes.race((store, racer) =>
        store.consents.withdraw(userId, clientId, noon + racer),
      );
      expect(tally(answers)).toEqual({ withdrawn: 1, already: 49 });
      const withdrawnAt = noon + answers.indexOf('withdrawn');
      expect(await nodes.store.consents.find(userId, clientId)).toMatchObject({
        withdrawnAt,
        epoch: 1,
        version: 2,
      });
    });

    test('a consent that is not there cannot be withdrawn', async () => {
      expect(await nodes.store.consents.withdraw(freshId('user'), freshId('client'), noon)).toBe('unknown');
    });

    test('a consent that was withdrawn can be given again, and its epoch goes on', async () => {
      const consent = aConsent();
      await nodes.store.consents.record(consent);
      await nodes.store.consents.withdraw(consent.userId, consent.clientId, noon);
      expect(await nodes.store.consents.record({ ...consent, version: 1 })).toBe('conflict');
      const again = { ...consent, epoch: 1, version: 2 };
      expect(await nodes.store.consents.record(again)).toBe('recorded');
      const stored = await nodes.other.consents.find(consent.userId, consent.clientId);
      expect(stored).toEqual({ ...again, version: 3 });
    });

    test('a withdrawal beats decisions that were made on what it withdrew', async () => {
      const consent = aConsent();
      const { userId, clientId } = consent;
      await nodes.store.consents.record(consent);
      const answers = await nodes.race((store, racer) =>
        racer === 25
          ? store.consents.withdraw(userId, clientId, noon)
          : store.consents.record({ ...consent, version: 1 }),
      );
      const { recorded = 0, withdrawn } = tally(answers);
      expect(withdrawn).toBe(1);
      expect(recorded).toBeLessThanOrEqual(1);
      expect(await nodes.store.consents.find(userId, clientId)).toMatchObject({
        scopes: [],
        withdrawnAt: noon,
        epoch: 1,
        version: 2 + recorded,
      });
    });

    test('a consent that is withdrawn while it is given is withdrawn, or was not there yet', async () => {
      const consent = aConsent();
      const { userId, clientId } = consent;
      const answers = await nodes.race((store, racer): Promise<string> => {
        if (racer === 20) return store.consents.record(consent);
        return store.consents.withdraw(userId, clientId, noon);
      });
      const { withdrawn = 0, already = 0 } = tally(answers);
      expect(withdrawn).toBe(already > 0 ? 1 : withdrawn);
      const stored = await nodes.store.consents.find(userId, clientId);
      expect(stored).toMatchObject({ withdrawnAt: withdrawn === 1 ? noon : null, epoch: withdrawn });
    });

    test('its use is noted without a new version', async () => {
      const consent = aConsent();
      await nodes.store.consents.record(consent);
      await nodes.store.consents.use(consent.userId, consent.clientId, noon + hour);
      const stored = await nodes.other.consents.find(consent.userId, consent.clientId);
      expect(stored).toEqual({ ...consent, lastUsedAt: noon + hour, version: 1 });
    });

    test('fifty uses are one of them, and of a consent that is not there nothing comes', async () => {
      const consent = aConsent();
      const { userId, clientId } = consent;
      await nodes.race((store, racer) => store.consents.use(userId, clientId, noon + racer));
      expect(await nodes.store.consents.find(userId, clientId)).toBeNull();
      await nodes.store.consents.record(consent);
      await nodes.race((store, racer) => store.consents.use(userId, clientId, noon + racer));
      const stored = await nodes.store.consents.find(userId, clientId);
      expect(stored).toEqual({ ...consent, lastUsedAt: stored?.lastUsedAt, version: 1 });
      expect(stored?.lastUsedAt).toBeGreaterThanOrEqual(noon);
    });

    test("a person's consents are listed with the latest decision first, without those withdrawn", async () => {
      const userId = freshId('user');
      const first = aConsent({ userId, decidedAt: noon });
      const third = aConsent({ userId, decidedAt: noon + 2 * minute });
      const second = aConsent({ userId, decidedAt: noon + minute });
      const withdrawn = aConsent({ userId });
      for (const consent of [second, third, first, withdrawn, aConsent()]) {
        await nodes.store.consents.record(consent);
      }
      await nodes.store.consents.withdraw(userId, withdrawn.clientId, noon);
      const stored = [third, second, first].map((consent) => ({ ...consent, version: 1 }));
      expect(await nodes.other.consents.listOf(userId)).toEqual(stored);
      expect(await nodes.store.consents.listOf(freshId('user'))).toEqual([]);
    });
  });
}

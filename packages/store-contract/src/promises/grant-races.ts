import type { Grant, RevocationReason, Store } from '@valetkey/server';
import { describe, expect, test } from 'vitest';
import { aGrant, day, freshId, hour, minute, noon } from '../fixtures.ts';
import { openNodes, tally } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeGrantRaces(makePlace: () => Promise<StorePlace>): void {
  describe('grants in races', () => {
    const nodes = openNodes(makePlace);
    const now = noon + hour;
    const idle = 30 * day;

    const opened = async (over: Partial<Grant> = {}) => {
      const grant = aGrant(over);
      await nodes.store.grants.open(grant);
      return grant;
    };

    test('of fifty that redeem one code, one opens the grant', async () => {
      const grant = aGrant();
      const answers = await nodes.race((store, racer) =>
        store.grants.open({ ...grant, sessionId: `${racer}` }),
      );
      expect(tally(answers)).toEqual({ opened: 1, replayed: 49 });
      const sessionId = `${answers.indexOf('opened')}`;
      expect(await nodes.store.grants.find(grant.id)).toEqual({ ...grant, sessionId });
    });

    test('fifty codes open fifty grants', async () => {
      const grants = Array.from({ length: 50 }, () => aGrant());
      const answers = await nodes.race((store, racer) => store.grants.open(grants[racer] ?? aGrant()));
      expect(tally(answers)).toEqual({ opened: 50 });
      for (const grant of grants) expect(await nodes.other.grants.find(grant.id)).toEqual(grant);
    });

    test('of fifty that advance one generation, one does; the others see the new one', async () => {
      const { id } = await opened();
      const answers = await nodes.race((store) => store.grants.advance({ id, generation: 0, now, idle }));
      expect(tally(answers)).toEqual({ advanced: 1, stale: 49 });
      for (const answer of answers) expect(answer).toMatchObject({ grant: { id, generation: 1 } });
      expect(await nodes.store.grants.find(id)).toMatchObject({ generation: 1, advancedAt: now });
    });

    test('of fifty that advance an expired grant, none does', async () => {
      const { id } = await opened({ expiresAt: now });
      const answers = await nodes.race((store) => store.grants.advance({ id, generation: 0, now, idle }));
      expect(tally(answers)).toEqual({ expired: 50 });
    });

    test('fifty that follow the generation advance it fifty times, none twice', async () => {
      const { id } = await opened();
      const generations = await nodes.race((store) => follow(store, id));
      expect(generations.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
      expect(await nodes.store.grants.find(id)).toMatchObject({ generation: 50 });
    });

    const follow = async (store: Store, id: string): Promise<number> => {
      for (let generation = 0; ; ) {
        const answer = await store.grants.advance({ id, generation, now, idle });
        if (answer.outcome === 'advanced') return answer.grant.generation;
        if (answer.outcome !== 'stale') throw new Error(`A living grant was told as ${answer.outcome}`);
        generation = answer.grant.generation;
      }
    };

    test('of fifty that revoke, one does, and its reason stays', async () => {
      const { id } = await opened();
      const reasons: RevocationReason[] = ['code_replayed', 'refresh_token_reused', 'revoked_by_user'];
      const answers = await nodes.race((store, racer) => {
        const why = reasons[racer % 3] ?? 'revoked_by_client';
        return store.grants.revoke({ id, why, now: now + racer, sweepAt: now + day + racer });
      });
      expect(tally(answers)).toEqual({ revoked: 1, already: 49 });
      const winner = answers.indexOf('revoked');
      expect(await nodes.store.grants.find(id)).toMatchObject({
        revokedAt: now + winner,
        revokedWhy: reasons[winner % 3],
        sweepAt: now + day + winner,
      });
    });

    test('once a revocation has been answered, no advance that begins later succeeds, on any node', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { id } = await opened();
        const revocation = { id, why: 'revoked_by_user', now, sweepAt: now + day } as const;
        let answered = false;
        const late: string[] = [];
        const advance = async (store: Store, generation: number) => {
          const begunLater = answered;
          const answer = await store.grants.advance({ id, generation, now, idle });
          if (begunLater) late.push(answer.outcome);
          return answer.outcome === 'unknown' ? 0 : answer.grant.generation;
        };
        await nodes.race(async (store, racer) => {
          if (racer === 25) {
            expect(await store.grants.revoke(revocation)).toBe('revoked');
            answered = true;
            return;
          }
          let generation = 0;
          for (let i = 0; i < 4; i += 1) generation = await advance(store, generation);
        });
        expect(late.filter((outcome) => outcome !== 'revoked')).toEqual([]);
        const dead = await nodes.store.grants.find(id);
        expect(dead).toMatchObject({ revokedAt: now, revokedWhy: 'revoked_by_user' });
        const last = { id, generation: dead?.generation ?? 0, now, idle };
        expect(await nodes.other.grants.advance(last)).toEqual({ outcome: 'revoked', grant: dead });
      }
    });

    test('once a revocation has been answered, no use that begins later finds the grant alive', async () => {
      const { id } = await opened();
      let answered = false;
      const late: string[] = [];
      await nodes.race(async (store, racer) => {
        if (racer === 25) {
          await store.grants.revoke({ id, why: 'revoked_by_client', now, sweepAt: now + day });
          answered = true;
          return;
        }
        for (let i = 1; i <= 4; i += 1) {
          const begunLater = answered;
          const { outcome } = await store.grants.use({ id, now: now + i * hour, idle, staleAfter: minute });
          if (begunLater) late.push(outcome);
        }
      });
      expect(late.filter((outcome) => outcome !== 'revoked')).toEqual([]);
      const answer = await nodes.other.grants.use({ id, now: now + 9 * hour, idle, staleAfter: minute });
      expect(answer).toMatchObject({ outcome: 'revoked', grant: { revokedAt: now } });
    });

    test('a grant that is opened while it is revoked is dead, or the revocation said that it was not there', async () => {
      const grant = aGrant();
      const answers = await nodes.race(async (store, racer) => {
        if (racer % 4 < 2) return store.grants.open(grant);
        return store.grants.revoke({ id: grant.id, why: 'code_replayed', now, sweepAt: now + day });
      });
      const { opened: opens, revoked = 0, already = 0 } = tally(answers);
      expect(opens).toBe(1);
      expect(revoked).toBeLessThanOrEqual(1);
      if (already > 0) expect(revoked).toBe(1);
      const stored = await nodes.store.grants.find(grant.id);
      expect(stored?.revokedAt).toBe(revoked === 1 ? now : null);
    });

    test('fifty uses at once answer alive, and the row is written as one of them', async () => {
      const { id } = await opened();
      const answers = await nodes.race((store) => store.grants.use({ id, now, idle, staleAfter: minute }));
      expect(tally(answers)).toEqual({ alive: 50 });
      expect(await nodes.store.grants.find(id)).toMatchObject({ lastUsedAt: now, expiresAt: now + idle });
    });

    test('of fifty revocations of access tokens, none is lost', async () => {
      const { id } = await opened();
      const answers = await nodes.race((store) => store.grants.revokeAccess(id));
      expect(tally(answers)).toEqual({ revoked: 50 });
      expect(await nodes.store.grants.find(id)).toMatchObject({ accessEpoch: 50 });
    });

    test('of fifty that do anything with a grant that is not there, none makes one', async () => {
      const id = freshId('grant');
      const answers = await nodes.race((store, racer): Promise<string | { outcome: string }> => {
        if (racer % 4 === 0) return store.grants.advance({ id, generation: 0, now, idle });
        if (racer % 4 === 1) return store.grants.use({ id, now, idle, staleAfter: 0 });
        if (racer % 4 === 2) return store.grants.revokeAccess(id);
        return store.grants.revoke({ id, why: 'revoked_by_user', now, sweepAt: now });
      });
      expect(tally(answers)).toEqual({ unknown: 50 });
      expect(await nodes.store.grants.find(id)).toBeNull();
    });
  });
}

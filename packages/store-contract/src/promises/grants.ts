import { describe, expect, test } from 'vitest';
import { aGrant, day, freshId, hour, minute, noon } from '../fixtures.ts';
import { openNodes } from '../nodes.ts';
import type { StorePlace } from '../place.ts';

export function describeGrants(makePlace: () => Promise<StorePlace>): void {
  describe('grants', () => {
    const nodes = openNodes(makePlace);
    const aStep = (id: string, over = {}) => ({
      id,
      generation: 0,
      now: noon + hour,
      idle: 30 * day,
      ...over,
    });
    const aUse = (id: string, over = {}) => ({
      id,
      now: noon + hour,
      idle: 30 * day,
      staleAfter: minute,
      ...over,
    });
    const aRevocation = (id: string, over = {}) => ({
      id,
      why: 'refresh_token_reused' as const,
      now: noon + hour,
      sweepAt: noon + 2 * hour,
      ...over,
    });

    test('a grant is found as it was opened, on every node', async () => {
      const grant = aGrant({ endsWithSession: true, consentEpoch: 4, userEpoch: 5, clientEpoch: 6 });
      expect(await nodes.store.grants.open(grant)).toBe('opened');
      expect(await nodes.store.grants.find(grant.id)).toEqual(grant);
      expect(await nodes.other.grants.find(grant.id)).toEqual(grant);
    });

    test('a grant that nobody opened is not found', async () => {
      expect(await nodes.store.grants.find(freshId('grant'))).toBeNull();
    });

    test('a code redeemed twice is a replay and changes nothing', async () => {
      const grant = aGrant();
      await nodes.store.grants.open(grant);
      await nodes.store.grants.advance(aStep(grant.id));
      const before = await nodes.store.grants.find(grant.id);
      expect(await nodes.other.grants.open({ ...grant, scopes: ['everything'] })).toBe('replayed');
      expect(await nodes.store.grants.find(grant.id)).toEqual(before);
    });

    test('a grant needs no consent, user, client or session to be there', async () => {
      expect(await nodes.store.grants.open(aGrant())).toBe('opened');
    });

    test('an advance of the current generation answers the grant that is stored', async () => {
      const grant = aGrant();
      await nodes.store.grants.open(grant);
      const advanced = {
        ...grant,
        generation: 1,
        advancedAt: noon + hour,
        lastUsedAt: noon + hour,
        expiresAt: noon + hour + 30 * day,
      };
      expect(await nodes.store.grants.advance(aStep(grant.id))).toEqual({
        outcome: 'advanced',
        grant: advanced,
      });
      expect(await nodes.other.grants.find(grant.id)).toEqual(advanced);
    });

    test('the idle end never passes the absolute end', async () => {
      const grant = aGrant({ endsAt: noon + 2 * day, expiresAt: noon + day });
      await nodes.store.grants.open(grant);
      await nodes.store.grants.advance(aStep(grant.id));
      expect(await nodes.store.grants.find(grant.id)).toMatchObject({ expiresAt: noon + 2 * day });
      const idle = await nodes.store.grants.use(aUse(grant.id, { now: noon + 5 * hour }));
      expect(idle).toMatchObject({ grant: { expiresAt: noon + 2 * day } });
    });

    test('a generation that is not the current one is stale, and the grant tells which is', async () => {
      const grant = aGrant({ generation: 5 });
      await nodes.store.grants.open(grant);
      for (const generation of [0, 4, 6]) {
        const answer = await nodes.other.grants.advance(aStep(grant.id, { generation }));
        expect(answer).toEqual({ outcome: 'stale', grant });
      }
      expect(await nodes.store.grants.find(grant.id)).toEqual(grant);
    });

    test('an expired grant does not advance, and is told as expired before stale', async () => {
      const grant = aGrant({ expiresAt: noon + hour });
      await nodes.store.grants.open(grant);
      const { grants } = nodes.store;
      expect(await grants.advance(aStep(grant.id))).toEqual({ outcome: 'expired', grant });
      expect(await grants.advance(aStep(grant.id, { generation: 7 }))).toEqual({ outcome: 'expired', grant });
      const justBefore = await grants.advance(aStep(grant.id, { now: noon + hour - 1 }));
      expect(justBefore).toMatchObject({ outcome: 'advanced' });
    });

    test('a revoked grant does not advance, and is told as revoked before expired and stale', async () => {
      const grant = aGrant({ expiresAt: noon + day });
      await nodes.store.grants.open(grant);
      await nodes.store.grants.revoke(aRevocation(grant.id));
      const dead = await nodes.other.grants.find(grant.id);
      for (const over of [
        {},
        { generation: 3 },
        { now: noon + 2 * day },
        { generation: 3, now: noon + 2 * day },
      ]) {
        const answer = await nodes.other.grants.advance(aStep(grant.id, over));
        expect(answer).toEqual({ outcome: 'revoked', grant: dead });
      }
      expect(await nodes.store.grants.find(grant.id)).toEqual(dead);
    });

    test('a grant that is not there is unknown to every verb', async () => {
      const id = freshId('grant');
      const { grants } = nodes.store;
      expect(await grants.advance(aStep(id))).toEqual({ outcome: 'unknown' });
      expect(await grants.use(aUse(id))).toEqual({ outcome: 'unknown' });
      expect(await grants.revoke(aRevocation(id))).toBe('unknown');
      expect(await grants.revokeAccess(id)).toBe('unknown');
      expect(await grants.find(id)).toBeNull();
    });

    test('a use is written when the last one is old enough', async () => {
      const grant = aGrant();
      await nodes.store.grants.open(grant);
      const fresh = await nodes.store.grants.use(aUse(grant.id, { now: noon + minute }));
      expect(fresh).toEqual({ outcome: 'alive', grant });
      expect(await nodes.other.grants.find(grant.id)).toEqual(grant);

      const now = noon + minute + 1;
      const used = { ...grant, lastUsedAt: now, expiresAt: now + 30 * day };
      expect(await nodes.store.grants.use(aUse(grant.id, { now }))).toEqual({
        outcome: 'alive',
        grant: used,
      });
      expect(await nodes.other.grants.find(grant.id)).toEqual(used);
    });

    test('a dead grant is not used', async () => {
      const grant = aGrant({ expiresAt: noon + day });
      await nodes.store.grants.open(grant);
      const late = await nodes.store.grants.use(aUse(grant.id, { now: noon + day }));
      expect(late).toEqual({ outcome: 'expired', grant });
      await nodes.store.grants.revoke(aRevocation(grant.id));
      const dead = await nodes.store.grants.find(grant.id);
      for (const now of [noon + hour, noon + day]) {
        const answer = await nodes.other.grants.use(aUse(grant.id, { now }));
        expect(answer).toEqual({ outcome: 'revoked', grant: dead });
      }
      expect(await nodes.store.grants.find(grant.id)).toEqual(dead);
    });

    test('a revocation sets time, reason and sweep, and the first one stays', async () => {
      const grant = aGrant();
      await nodes.store.grants.open(grant);
      expect(await nodes.store.grants.revoke(aRevocation(grant.id))).toBe('revoked');
      const dead = {
        ...grant,
        revokedAt: noon + hour,
        revokedWhy: 'refresh_token_reused',
        sweepAt: noon + 2 * hour,
      };
      expect(await nodes.other.grants.find(grant.id)).toEqual(dead);
      const second = aRevocation(grant.id, {
        why: 'revoked_by_user',
        now: noon + day,
        sweepAt: noon + 9 * day,
      });
      expect(await nodes.other.grants.revoke(second)).toBe('already');
      expect(await nodes.store.grants.find(grant.id)).toEqual(dead);
    });

    test('access tokens are revoked by a number, and the refresh token lives', async () => {
      const grant = aGrant();
      await nodes.store.grants.open(grant);
      expect(await nodes.store.grants.revokeAccess(grant.id)).toBe('revoked');
      expect(await nodes.other.grants.find(grant.id)).toEqual({ ...grant, accessEpoch: 1 });
      expect(await nodes.store.grants.advance(aStep(grant.id))).toMatchObject({
        outcome: 'advanced',
        grant: { accessEpoch: 1 },
      });
    });
  });
}

import type { Grant, GrantStore } from '@valetkey/server';
import { Table } from './table.ts';

export function memoryGrants(): GrantStore & { sweep(now: number): number } {
  const table = new Table<Grant>();

  const change = (grant: Grant, changes: Partial<Grant>): Grant => {
    table.change(grant.id, changes);
    return { ...grant, ...changes };
  };

  return {
    async find(id) {
      return table.find(id);
    },
    async open(grant) {
      return table.add(grant.id, grant) ? 'opened' : 'replayed';
    },
    async advance({ id, generation, now, idle }) {
      const grant = table.find(id);
      if (!grant) return { outcome: 'unknown' };
      const life = lifeOf(grant, now);
      if (life !== 'alive') return { outcome: life, grant };
      if (grant.generation !== generation) return { outcome: 'stale', grant };
      const expiresAt = Math.min(grant.endsAt, now + idle);
      const advanced = { generation: generation + 1, advancedAt: now, lastUsedAt: now, expiresAt };
      return { outcome: 'advanced', grant: change(grant, advanced) };
    },
    async use({ id, now, idle, staleAfter }) {
      const grant = table.find(id);
      if (!grant) return { outcome: 'unknown' };
      const outcome = lifeOf(grant, now);
      if (outcome !== 'alive' || now - grant.lastUsedAt <= staleAfter) return { outcome, grant };
      const expiresAt = Math.min(grant.endsAt, now + idle);
      return { outcome, grant: change(grant, { lastUsedAt: now, expiresAt }) };
    },
    async revoke({ id, why, now, sweepAt }) {
      const grant = table.find(id);
      if (!grant) return 'unknown';
      if (grant.revokedAt !== null) return 'already';
      change(grant, { revokedAt: now, revokedWhy: why, sweepAt });
      return 'revoked';
    },
    async revokeAccess(id) {
      const grant = table.find(id);
      if (!grant) return 'unknown';
      change(grant, { accessEpoch: grant.accessEpoch + 1 });
      return 'revoked';
    },
    sweep: (now) => table.sweep((grant) => grant.sweepAt <= now),
  };
}

function lifeOf(grant: Grant, now: number): 'alive' | 'revoked' | 'expired' {
  if (grant.revokedAt !== null) return 'revoked';
  return grant.expiresAt > now ? 'alive' : 'expired';
}

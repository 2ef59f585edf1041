import { type Grant, type GrantStore, type Store, StoreUnavailable } from '@valetkey/server';

/** Stores with one fault each, such as hurried adapters have. The checker is worth something if it sees all of them. */
export const brokenStores: Record<string, (store: Store) => Store> = {
  'lets a code be redeemed again': withGrants((grants) => ({
    open: async (grant) => {
      await grants.open(grant);
      return 'opened';
    },
  })),

  'takes no notice of a revocation when it rotates': withGrants((grants) => ({
    advance: async (step) => {
      const advanced = await grants.advance(step);
      if (advanced.outcome !== 'revoked') return advanced;
      return {
        outcome: 'advanced',
        grant: { ...advanced.grant, revokedAt: null, generation: step.generation + 1 },
      };
    },
  })),

  'overwrites a revocation that was made while it rotated': withGrants((grants) => {
    const revived = new Map<string, Grant>();
    return {
      find: async (id) => revived.get(id) ?? grants.find(id),
      advance: async (step) => {
        const before = await grants.find(step.id);
        const advanced = await grants.advance(step);
        if (before === null || before.revokedAt !== null || advanced.outcome !== 'revoked') return advanced;
        const grant = { ...before, generation: before.generation + 1, advancedAt: step.now };
        revived.set(step.id, grant);
        return { outcome: 'advanced', grant };
      },
    };
  }),

  'finds first and writes then, so that two may rotate': withGrants((grants) => ({
    advance: async (step) => {
      const before = await grants.find(step.id);
      if (before?.generation !== step.generation) return grants.advance(step);
      const now = await grants.find(step.id);
      return grants.advance({ ...step, generation: now?.generation ?? step.generation });
    },
  })),

  'prolongs the grace with every use of it': withGrants((grants) => ({
    advance: async (step) => {
      const advanced = await grants.advance(step);
      if (advanced.outcome !== 'stale') return advanced;
      return { outcome: 'stale', grant: { ...advanced.grant, advancedAt: step.now } };
    },
  })),

  'takes any older generation for the last one': withGrants((grants) => ({
    advance: async (step) => {
      const advanced = await grants.advance(step);
      if (advanced.outcome !== 'stale') return advanced;
      return { outcome: 'stale', grant: { ...advanced.grant, generation: step.generation + 1 } };
    },
  })),

  'forgets a rotation it has acknowledged': withGrants((grants) => ({
    advance: async (step) => {
      const grant = await grants.find(step.id);
      if (grant?.generation !== step.generation || grant.revokedAt !== null || grant.expiresAt <= step.now) {
        return grants.advance(step);
      }
      return {
        outcome: 'advanced',
        grant: { ...grant, generation: grant.generation + 1, advancedAt: step.now },
      };
    },
  })),

  'acknowledges a revocation before it is written': withGrants((grants) => {
    const waiting: (() => Promise<unknown>)[] = [];
    return {
      find: async (id) => {
        const grant = await grants.find(id);
        for (const write of waiting.splice(0)) await write();
        return grant;
      },
      revoke: async (step) => {
        waiting.push(() => grants.revoke(step));
        return 'revoked';
      },
    };
  }),

  'reads grants from a cache of its own': withGrants((grants) => {
    const cache = new Map<string, Grant>();
    return {
      find: async (id) => {
        const grant = cache.get(id) ?? (await grants.find(id));
        if (grant !== null) cache.set(id, grant);
        return grant;
      },
    };
  }),

  'says "unknown" when it cannot answer': withGrants((grants) => {
    const unknown = (error: unknown) => {
      if (error instanceof StoreUnavailable) return { outcome: 'unknown' } as const;
      throw error;
    };
    return {
      advance: (step) => grants.advance(step).catch(unknown),
      use: (step) => grants.use(step).catch(unknown),
    };
  }),

  'does not end a grant that has run out': withGrants((grants) => ({
    use: async (step) => {
      const used = await grants.use(step);
      return used.outcome === 'expired' ? { ...used, outcome: 'alive' } : used;
    },
    advance: async (step) => {
      const advanced = await grants.advance(step);
      if (advanced.outcome !== 'expired') return advanced;
      return { outcome: 'advanced', grant: { ...advanced.grant, generation: step.generation + 1 } };
    },
  })),

  'withdraws no consent': (store) => ({
    ...parts(store),
    consents: { ...parts(store.consents), withdraw: async () => 'withdrawn' },
  }),
};

function withGrants(broken: (grants: GrantStore) => Partial<GrantStore>): (store: Store) => Store {
  return (store) => ({ ...parts(store), grants: { ...parts(store.grants), ...broken(store.grants) } });
}

/** The store is a proxy: its members are asked for one by one. */
function parts<Port extends object>(port: Port): Port {
  const names = Object.keys(port) as (keyof Port)[];
  return Object.fromEntries(names.map((name) => [name, port[name]])) as Port;
}

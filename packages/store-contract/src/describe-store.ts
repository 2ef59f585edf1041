import { describe } from 'vitest';
import type { StorePlace } from './place.ts';
import { describeAttempts } from './promises/attempts.ts';
import { describeClients } from './promises/clients.ts';
import { describeConsents } from './promises/consents.ts';
import { describeDurability } from './promises/durability.ts';
import { describeGrantRaces } from './promises/grant-races.ts';
import { describeGrants } from './promises/grants.ts';
import { describeKeys } from './promises/keys.ts';
import { describeOnce } from './promises/once.ts';
import { describeOptionalMembers } from './promises/optional-members.ts';
import { describePushed } from './promises/pushed.ts';
import { describeSessionClients } from './promises/session-clients.ts';
import { describeSessions } from './promises/sessions.ts';
import { describeStanding } from './promises/standing.ts';
import { describeSweep } from './promises/sweep.ts';
import { describeUsers } from './promises/users.ts';
import { describeValues } from './promises/values.ts';

/**
 * The promises of the ports, as one suite for every store. Each promise is asked of two nodes over the same data, and
 * every verb is raced by fifty.
 */
export function describeStore(name: string, makePlace: () => Promise<StorePlace>): void {
  describe(name, () => {
    describeClients(makePlace);
    describeUsers(makePlace);
    describeSessions(makePlace);
    describeSessionClients(makePlace);
    describeConsents(makePlace);
    describeGrants(makePlace);
    describeGrantRaces(makePlace);
    describeKeys(makePlace);
    describeAttempts(makePlace);
    describeOnce(makePlace);
    describePushed(makePlace);
    describeStanding(makePlace);
    describeSweep(makePlace);
    describeValues(makePlace);
    describeOptionalMembers(makePlace);
    describeDurability(makePlace);
  });
}

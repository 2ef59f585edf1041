import type { Authority } from '../authority.ts';
import type { Client } from '../model.ts';
import { canReach, reachedContexts } from '../openid/authentication-context.ts';
import { subjectFor } from '../openid/subject.ts';
import { fingerprintOf } from '../register/fingerprint.ts';
import type { Visitor } from '../session.ts';
import type { Facts } from './decide.ts';
import type { PendingRequest } from './request.ts';

/** What `decide` has to know of the person, the client and this moment. */
export function factsOf(
  authority: Authority,
  request: PendingRequest,
  { client, visitor }: { client: Client; visitor: Visitor | null },
): Omit<Facts, 'consented'> {
  return {
    client,
    visitor,
    ...(request.acrValues === undefined || visitor === null
      ? {}
      : { context: contextFor(authority, request.acrValues, visitor) }),
    ...(visitor === null ? {} : { subject: subjectFor(authority, client, visitor.user.id) }),
    ...(client.origin === 'document' ? { fingerprint: fingerprintOf(client) } : {}),
  };
}

function contextFor(
  { config, clock }: Authority,
  asked: readonly string[],
  { session }: Visitor,
): 'reached' | 'reachable' | 'out-of-reach' {
  const reached = reachedContexts(config, session, clock());
  if (asked.some((value) => reached.includes(value))) return 'reached';
  return canReach(config, asked) ? 'reachable' : 'out-of-reach';
}

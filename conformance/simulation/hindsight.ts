import { deadlyEvents, type Operation } from './history.ts';
import type { Life } from './life.ts';

/** What one sees in a life when looking back at it. */

export const gave = ({ outcome }: Operation) => outcome === 'tokens';
export const worked = ({ outcome }: Operation) => outcome === 'tokens' || outcome === 'active';
export const refused = ({ outcome }: Operation) => outcome.startsWith('refused');
export const isUnknown = ({ outcome }: Operation) => outcome === 'unknown';

export const isExchange = ({ call }: Operation) => call.kind === 'exchange';
export const isRefresh = ({ call }: Operation) => call.kind === 'refresh';
export const isRight = ({ call }: Operation) =>
  !('how' in call) || call.how === 'right' || call.how === 'narrower';

/** Generation of the refresh token that was presented; -1 where none was. */
export function presented({ call }: Operation): number {
  return call.kind === 'refresh' ? call.generation : -1;
}

/** `earlier` had been answered before `later` began. */
export function precedes(earlier: Operation, later: Operation): boolean {
  return earlier.returned < later.called;
}

export function overlap(a: Operation, b: Operation): boolean {
  return a.called < b.returned && b.called < a.returned;
}

/** The operations that began when one of these had been answered. */
export function after({ operations }: Life, these: readonly Operation[]): Operation[] {
  return operations.filter((operation) => these.some((one) => precedes(one, operation)));
}

/** Revocations and events that ended the family, and were acknowledged. */
export function endings({ operations }: Life): Operation[] {
  return operations.filter((operation) => {
    const { call, outcome } = operation;
    if (outcome !== 'ok') return false;
    if (call.kind === 'revoke') return true;
    if (call.kind !== 'event' || !(deadlyEvents as readonly string[]).includes(call.event)) return false;
    // An administrator finds nothing to revoke before the code is redeemed.
    const isOpened = operations.some(
      (other) => isExchange(other) && gave(other) && precedes(other, operation),
    );
    return call.event !== 'revoked-by-administrator' || isOpened;
  });
}

/** Redemptions, right in everything, of a code that had been redeemed. They end the family when both are answered. */
export function replays({ operations }: Life): Operation[] {
  const first = operations.find((operation) => isExchange(operation) && gave(operation));
  if (first === undefined) return [];
  return operations
    .filter((operation) => isExchange(operation) && isRight(operation))
    .filter(({ outcome }) => outcome === 'refused: invalid_grant')
    .map((replay) => ({ ...replay, returned: Math.max(replay.returned, first.returned) }));
}

/** Refreshes with a token whose successor had been used, or had been given longer ago than the grace lasts. */
export function reuses({ operations, rules }: Life): Operation[] {
  if (!rules.rotating) return [];
  return operations.filter((operation) => {
    if (!isRefresh(operation) || !isRight(operation) || isUnknown(operation)) return false;
    return operations.some((other) => {
      if (!isRefresh(other) || !gave(other) || !precedes(other, operation)) return false;
      const over = operation.now - other.now > rules.grace;
      return presented(other) > presented(operation) || (presented(other) === presented(operation) && over);
    });
  });
}

/** Looks at a token that said active after one had said inactive. */
export function flaps({ operations }: Life): Operation[] {
  return operations.filter((look) => {
    const same = (other: Operation) => JSON.stringify(other.call) === JSON.stringify(look.call);
    const isDead = (other: Operation) => other.outcome === 'inactive' && same(other) && precedes(other, look);
    return look.outcome === 'active' && operations.some(isDead);
  });
}

/** What was asked at the end and did not work, although nothing had ended the family. */
export function failedAtTheEnd({ operations, epilogue }: Life): Operation[] {
  return operations
    .slice(epilogue)
    .filter(({ call }) => call.kind === 'introspect' || call.kind === 'refresh')
    .filter((operation) => !worked(operation));
}

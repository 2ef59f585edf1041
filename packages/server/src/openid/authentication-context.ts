import type { Config } from '../config.ts';
import type { Session } from '../model.ts';

/** Methods that a sign-in here can add to a session (RFC 8176). */
const methodsOnOffer = ['pwd'];

type Made = Pick<Session, 'amr' | 'authenticatedAt'>;

/** The authentication contexts a session has reached by now, strongest first. */
export function reachedContexts(config: Config, session: Made, now: number): readonly string[] {
  return config.authenticationContexts
    .filter(({ methods, within }) => {
      const fresh = within === undefined || now - session.authenticatedAt <= within * 1000;
      return fresh && methods.every((method) => session.amr.includes(method));
    })
    .map(({ value }) => value);
}

/** The `acr` to tell: of the reached ones the first that was asked for, or else the strongest. */
export function contextOf(reached: readonly string[], asked: readonly string[] = []): string | undefined {
  return asked.find((value) => reached.includes(value)) ?? reached[0];
}

/** Whether signing in again can reach one of them. */
export function canReach(config: Config, asked: readonly string[]): boolean {
  return config.authenticationContexts.some(
    ({ value, methods }) =>
      asked.includes(value) && methods.every((method) => methodsOnOffer.includes(method)),
  );
}

import type fc from 'fast-check';
import {
  after,
  endings,
  failedAtTheEnd,
  flaps,
  gave,
  isExchange,
  isRefresh,
  isRight,
  isUnknown,
  overlap,
  presented,
  refused,
  replays,
  reuses,
  worked,
} from './hindsight.ts';
import type { Operation } from './history.ts';
import type { Life } from './life.ts';
import type { Program } from './program.ts';
import { everyEdge, everything, kills, programs } from './programs.ts';

/** One of the invariants of invariants.md, asked of a life in hindsight and without the model. */
export interface Invariant {
  readonly number: number;
  readonly text: string;
  /** Programs that put it to the test. */
  readonly programs: fc.Arbitrary<Program>;
  /** Whether a life says anything about it: runs of which none does prove nothing. */
  readonly concerns: (life: Life) => boolean;
  /** The operations that break it. */
  readonly brokenBy: (life: Life) => readonly Operation[];
}

const everyFault = ['before', 'after', 'later', 'lost'] as const;
const rotating = ['public', 'confidential, rotating'] as const;

export const invariants: readonly Invariant[] = [
  {
    number: 1,
    text: 'a code is exchanged once at most, on any number of nodes',
    programs: programs({
      acts: { exchange: 6, 'exchange wrongly': 2, refresh: 2 },
      faults: everyFault,
      restarts: true,
      together: 5,
    }),
    concerns: ({ operations }) => operations.filter((one) => isExchange(one) && isRight(one)).length > 1,
    brokenBy: ({ operations }) => operations.filter((one) => isExchange(one) && gave(one)).slice(1),
  },
  {
    number: 2,
    text: 'whoever gets tokens was right in everything: client, secret, redirect URI, verifier',
    programs: programs({
      acts: { 'exchange wrongly': 6, exchange: 1, 'refresh wrongly': 4, refresh: 3 },
      together: 4,
    }),
    concerns: ({ operations }) => operations.some(gave) && operations.some((one) => !isRight(one)),
    brokenBy: ({ operations }) => operations.filter((one) => gave(one) && !isRight(one)),
  },
  {
    number: 3,
    text: 'no code is exchanged after its life',
    programs: programs({
      acts: { exchange: 4, 'exchange wrongly': 1 },
      opened: false,
      faults: ['before'],
      passes: [1000, 30_000, 60_000, 60_001],
      length: 4,
    }),
    concerns: ({ operations, rules }) =>
      operations.some((one) => isExchange(one) && isRight(one) && one.now - rules.issuedAt > rules.codeLife),
    brokenBy: ({ operations, rules }) =>
      operations.filter((one) => isExchange(one) && gave(one) && one.now - rules.issuedAt > rules.codeLife),
  },
  {
    number: 4,
    text: 'when a replay has been answered, nothing of the family works anywhere',
    programs: programs({
      acts: { exchange: 3, refresh: 4, introspect: 3 },
      opened: true,
      faults: everyFault,
      passes: everyEdge,
      together: 4,
    }),
    concerns: (life) => replays(life).length > 0,
    brokenBy: (life) => after(life, replays(life)).filter(worked),
  },
  {
    number: 5,
    text: 'a wrong request is inert: it is refused, and everything works as before',
    programs: programs({
      acts: { 'exchange wrongly': 4, 'refresh wrongly': 4, 'revoke wrongly': 4, refresh: 2, introspect: 1 },
      opened: true,
      together: 4,
    }),
    concerns: ({ operations }) => operations.some((one) => !isRight(one)),
    brokenBy: (life) => [
      ...life.operations.filter((one) => !isRight(one) && !refused(one)),
      ...failedAtTheEnd(life),
    ],
  },
  {
    number: 6,
    text: 'there is one current generation, and all answers within the grace carry the same token',
    programs: programs({
      acts: { refresh: 6, 'refresh with a replaced token': 2 },
      clients: rotating,
      opened: true,
      faults: ['after', 'lost'],
      passes: [1000, 9000],
      together: 5,
    }),
    concerns: (life) => repeated(life).length > 0,
    brokenBy: (life) =>
      repeated(life).filter(({ tokens }) => {
        const first = life.operations.find((one) => one.tokens?.generation === tokens?.generation);
        return first?.tokens?.refreshToken !== tokens?.refreshToken;
      }),
  },
  {
    number: 7,
    text: 'reuse outside the grace is refused and kills the family',
    programs: programs({
      acts: { refresh: 5, 'refresh with a replaced token': 3, introspect: 2 },
      clients: rotating,
      opened: true,
      faults: everyFault,
      passes: [10_000, 10_001, 60_000],
      together: 3,
    }),
    concerns: (life) => reuses(life).length > 0,
    brokenBy: (life) => [...reuses(life).filter(worked), ...after(life, reuses(life)).filter(worked)],
  },
  {
    number: 8,
    text: 'a refresh whose answer was lost can be asked for again within the grace, on any node',
    programs: programs({
      acts: { refresh: 5, introspect: 1 },
      clients: rotating,
      opened: true,
      faults: ['after', 'later', 'lost'],
      restarts: true,
      passes: [1000, 3000],
      together: 2,
    }),
    concerns: ({ operations }) => operations.some((one) => gave(one) && attempts(operations, one).length > 0),
    brokenBy: ({ operations, rules }) =>
      operations
        .filter((one) => isRefresh(one) && refused(one))
        .filter((one) => attempts(operations, one).every((lost) => one.now - lost.now <= rules.grace)),
  },
  {
    number: 9,
    text: 'the grace is bounded in time, and nothing passes the absolute end',
    programs: programs({
      acts: { refresh: 5, 'refresh with a replaced token': 4 },
      opened: true,
      passes: everyEdge,
      together: 2,
      length: 14,
    }),
    concerns: (life) => reuses(life).length > 0 || repeated(life).length > 0,
    brokenBy: (life) => [
      ...reuses(life).filter(gave),
      ...life.operations.filter((one) => worked(one) && one.now >= life.rules.issuedAt + life.rules.absolute),
    ],
  },
  {
    number: 10,
    text: 'when a revocation has been answered, no later check says active, on any node, and nothing flaps',
    programs: programs({
      acts: { refresh: 4, introspect: 6, 'introspect refresh token': 2, exchange: 1, revoke: 2, ...kills },
      faults: everyFault,
      together: 5,
    }),
    concerns: (life) => after(life, endings(life)).length > 0,
    brokenBy: (life) => [...after(life, endings(life)).filter(worked), ...flaps(life)],
  },
  {
    number: 11,
    text: 'dead stays dead: through restarts, faults, time, key rotation, and those who are let in again',
    programs: programs({
      acts: {
        refresh: 3,
        introspect: 3,
        exchange: 1,
        revoke: 1,
        ...kills,
        'user-enabled': 3,
        'client-enabled': 3,
      },
      opened: true,
      faults: everyFault,
      restarts: true,
      passes: everyEdge,
    }),
    concerns: (life) => after(life, endings(life)).length > 0,
    brokenBy: (life) => after(life, endings(life)).filter(worked),
  },
  {
    number: 12,
    text: 'a revocation beats a rotation that runs at the same time',
    programs: programs({
      acts: { refresh: 4, revoke: 3, 'revoked-by-administrator': 2, 'user-disabled': 1 },
      clients: rotating,
      opened: true,
      together: 5,
      length: 5,
    }),
    concerns: (life) => {
      const rotations = life.operations.filter((one) => isRefresh(one) && isRight(one));
      return endings(life).some((ending) => rotations.some((rotation) => overlap(ending, rotation)));
    },
    brokenBy: (life) => after(life, endings(life)).filter(worked),
  },
  {
    number: 13,
    text: 'scope never grows, and what was asked narrowly does not narrow the grant',
    programs: programs({
      acts: { refresh: 3, 'refresh narrowly': 3, 'refresh wrongly': 2, introspect: 2 },
      opened: true,
      together: 3,
    }),
    concerns: ({ operations }) => operations.some((one) => gave(one) && isNarrow(one)),
    brokenBy: ({ operations, scopes }) =>
      operations.filter(({ tokens, ...one }) => {
        const expected = isNarrow(one) ? ['photos:read'] : scopes;
        return tokens !== undefined && tokens.scopes.toSorted().join() !== expected.toSorted().join();
      }),
  },
  {
    number: 14,
    text: 'all issued values are distinct',
    programs: programs({ acts: { refresh: 6, exchange: 1 }, opened: true, faults: ['lost'], together: 5 }),
    concerns: ({ operations }) => operations.filter(gave).length > 2,
    brokenBy: ({ operations, code }) =>
      operations.filter(({ id, tokens }) => {
        if (tokens === undefined) return false;
        const { accessToken, refreshToken, generation } = tokens;
        const twin = operations.some((one) => one.id !== id && one.tokens?.accessToken === accessToken);
        const double = operations.some(
          (one) => one.tokens?.refreshToken === refreshToken && one.tokens.generation !== generation,
        );
        return twin || double || new Set([code, accessToken, refreshToken]).size < 3;
      }),
  },
  {
    number: 15,
    text: 'what the client received stays true after any restart',
    programs: programs({
      acts: { refresh: 3, introspect: 1 },
      opened: true,
      restarts: true,
      passes: [1000, 30_000],
      together: 3,
    }),
    concerns: ({ restarts }) => restarts > 0,
    brokenBy: failedAtTheEnd,
  },
  {
    number: 16,
    text: 'errors are truthful: a good request on a living family is never refused, under faults too',
    programs: programs({
      acts: { refresh: 5, introspect: 3, 'revoke access': 1 },
      opened: true,
      faults: everyFault,
      restarts: true,
      together: 4,
    }),
    concerns: ({ operations }) => operations.some(isUnknown),
    brokenBy: ({ operations }) =>
      operations.filter(refused).filter(({ call }) => call.kind !== 'introspect-refresh'),
  },
  {
    number: 17,
    text: 'when faults have ended, every living family refreshes',
    programs: programs({
      acts: { refresh: 5, introspect: 3 },
      opened: true,
      faults: everyFault,
      restarts: true,
      passes: [1000],
      together: 3,
      length: 8,
    }),
    concerns: ({ operations }) => operations.some(isUnknown),
    brokenBy: failedAtTheEnd,
  },
];

/** Everything at once: for the model to explain. */
export const anyProgram = programs(everything);

/** Answers that gave a generation again. */
function repeated({ operations, rules }: Life): Operation[] {
  if (!rules.rotating) return [];
  return operations.filter(({ id, tokens }) =>
    operations.some(
      (one) => one.id < id && one.tokens?.generation === tokens?.generation && tokens !== undefined,
    ),
  );
}

/** Attempts with the same token, before this one, of which nobody heard again. */
function attempts(operations: readonly Operation[], of: Operation): Operation[] {
  return operations.filter(
    (one) => isUnknown(one) && isRefresh(one) && presented(one) === presented(of) && one.called < of.called,
  );
}

function isNarrow({ call }: Pick<Operation, 'call'>): boolean {
  return call.kind === 'refresh' && call.how === 'narrower';
}

import type { Config } from '../config.ts';
import type { SigningAlgorithm, StoredKey } from '../model.ts';
import type { NewKey } from './make-key.ts';

const hour = 3_600_000;

/** What keys are of one line: each has its own slots and rotations. */
export type KeyLine =
  | { readonly purpose: 'sign'; readonly algorithm: SigningAlgorithm }
  | { readonly purpose: 'seal'; readonly algorithm: 'A256GCM' };

/** When keys of one line are made and dropped; in milliseconds. */
export interface Schedule {
  readonly line: KeyLine;
  readonly every: number;
  /** How long a key is known before it is used. */
  readonly ahead: number;
  /** How long it is kept after the next one is used: what it made has died by then. */
  readonly keep: number;
  /** How long it is published after the next one is used. Until it goes it still tells our own ID tokens from others'. */
  readonly publish: number;
}

/** The schedules of everything that the configuration asks for. */
export function schedulesOf(config: Config): readonly Schedule[] {
  const { algorithms, sealRotateEvery } = config.keys;
  const seal: Schedule = {
    line: { purpose: 'seal', algorithm: 'A256GCM' },
    every: sealRotateEvery * 1000,
    ahead: hour / 12,
    keep: sealedLife(config) * 1000 + hour,
    publish: 0,
  };
  const timing = signingTiming(config);
  return [
    ...algorithms.map((algorithm) => ({ line: { purpose: 'sign', algorithm } as const, ...timing })),
    seal,
  ];
}

/** The keys of a line, by slot. */
export function keysOf(line: KeyLine, stored: readonly StoredKey[]): StoredKey[] {
  return stored
    .filter((key) => key.purpose === line.purpose && key.algorithm === line.algorithm)
    .toSorted((a, b) => a.slot - b.slot);
}

export function nextSlot(keys: readonly StoredKey[]): number {
  return Math.max(0, ...keys.map((key) => key.slot)) + 1;
}

/** The key of a line that is to be made now. The first of all is active at once. */
export function dueKey(
  keys: readonly StoredKey[],
  { every, ahead }: Schedule,
  now: number,
): NewKey | undefined {
  const newest = keys.findLast((key) => key.revokedAt === null);
  if (newest === undefined) return { slot: nextSlot(keys), createdAt: now, activeFrom: now };
  if (newest.activeFrom + every - ahead > now) return undefined;
  const activeFrom = Math.max(newest.activeFrom + every, now + ahead);
  return { slot: nextSlot(keys), createdAt: now, activeFrom };
}

/** A key retires when the next slot that still lives becomes active, and dies when whatever it made has died. */
export function deadKeys(
  keys: readonly StoredKey[],
  { keep }: Pick<Schedule, 'keep'>,
  now: number,
): StoredKey[] {
  return keys.filter((_, i) => {
    const next = nextLiving(keys, i);
    return next !== undefined && next.activeFrom + keep < now;
  });
}

/** Signing keys that nobody needs to verify a token that lives; they are kept, but published no more. */
export function withheldKeys(config: Config, stored: readonly StoredKey[], now: number): StoredKey[] {
  const signing = schedulesOf(config).filter(({ line }) => line.purpose === 'sign');
  const { publish } = signingTiming(config);
  return [
    ...signing.flatMap(({ line }) => deadKeys(keysOf(line, stored), { keep: publish }, now)),
    ...leftovers(config, stored, { keep: publish, now }),
  ];
}

/**
 * Dead signing keys of algorithms that the configuration names no longer. When it was changed nobody knows; but the
 * last key of an algorithm is followed by another before its time is up, so it has signed nothing after.
 */
export function deadLeftovers(config: Config, stored: readonly StoredKey[], now: number): StoredKey[] {
  return leftovers(config, stored, { keep: signingTiming(config).keep, now });
}

function leftovers(
  config: Config,
  stored: readonly StoredKey[],
  { keep, now }: { keep: number; now: number },
): StoredKey[] {
  const configured: readonly string[] = config.keys.algorithms;
  const left = stored
    .filter((key) => key.purpose === 'sign' && !configured.includes(key.algorithm))
    .toSorted((a, b) => a.slot - b.slot);
  const { every } = signingTiming(config);
  return [...Map.groupBy(left, (key) => key.algorithm).values()].flatMap((keys) =>
    keys.filter((key, i) => (nextLiving(keys, i)?.activeFrom ?? key.activeFrom + every) + keep < now),
  );
}

function nextLiving(keys: readonly StoredKey[], i: number): StoredKey | undefined {
  return keys.slice(i + 1).find((key) => key.revokedAt === null);
}

function signingTiming(config: Config): Omit<Schedule, 'line'> {
  const { rotateEvery, publishAhead } = config.keys;
  const { idToken, sessionAbsolute } = config.lifetimes;
  const publish = Math.max(accessTokenLife(config), idToken) * 1000 + hour;
  // RP-Initiated Logout §2: an ID token is a hint as long as the session it is about can last, long after it expired.
  const keep = config.features.openid ? Math.max(publish, sessionAbsolute * 1000) : publish;
  return { every: rotateEvery * 1000, ahead: publishAhead * 1000, keep, publish };
}

/** Seconds that the longest-lived of all sealed values lives. */
function sealedLife(config: Config): number {
  const { refreshTokenAbsolute, sessionIdle, interaction } = config.lifetimes;
  return Math.max(refreshTokenAbsolute, accessTokenLife(config), sessionIdle, interaction);
}

/** Seconds that the longest-lived access token lives. */
function accessTokenLife({ lifetimes, resources }: Config): number {
  return Math.max(
    lifetimes.accessToken,
    ...resources.map(({ accessTokenLifetime }) => accessTokenLifetime ?? 0),
  );
}

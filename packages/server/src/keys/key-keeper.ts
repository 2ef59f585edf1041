import type { Config } from '../config.ts';
import type { AuthorityEvent } from '../events.ts';
import type { StoredKey } from '../model.ts';
import type { KeyStore } from '../ports.ts';
import { KeyRing } from './key-ring.ts';
import { makeSealKey, makeSigningKey, type NewKey } from './make-key.ts';
import type { RootKey } from './root-key.ts';

/** How old a ring may grow before it is read again; far below any publish-ahead time. */
const ringAge = 60_000;
/** Between two reads that an unknown key id asked for. */
const coolDown = 1_000;
const hour = 3_600_000;

/** When keys of one purpose are made and dropped; in milliseconds. */
interface Schedule {
  readonly purpose: StoredKey['purpose'];
  readonly every: number;
  /** How long a key is known before it is used. */
  readonly ahead: number;
  /** How long it is kept after the next one is used: what it made has died by then. */
  readonly keep: number;
}

interface Ports {
  readonly store: KeyStore;
  readonly rootKey: RootKey;
  readonly random: (size: number) => Uint8Array;
  readonly emit: (event: AuthorityEvent) => void;
}

/**
 * Keeps the ring fresh and rotates it by the calendar, with no timer: whoever asks for the ring when it has grown old
 * starts the reading. Several nodes may try the same rotation: the slot is unique, so one key is made.
 */
export class KeyKeeper {
  readonly #config: Config;
  readonly #ports: Ports;
  #ring: KeyRing | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<KeyRing> | undefined;

  constructor(config: Config, ports: Ports) {
    this.#config = config;
    this.#ports = ports;
  }

  /** The ring. Only the first call, and calls after a long sleep, wait for the store. */
  async ring(now: number): Promise<KeyRing> {
    const age = this.#age(now);
    if (this.#ring === undefined || age > 10 * ringAge) return this.#read(now);
    if (age > ringAge) this.#read(now).catch(() => undefined); // the old ring still serves; the store's fault shows elsewhere
    return this.#ring;
  }

  /** The ring read anew because a key id is unknown, at most once a cool-down. */
  async ringAgain(now: number): Promise<KeyRing> {
    return this.#ring === undefined || this.#age(now) > coolDown ? this.#read(now) : this.#ring;
  }

  /** The ring for the published key set: a few seconds old at most, since a key made by hand may already sign elsewhere. */
  async freshRing(now: number): Promise<KeyRing> {
    if (this.#age(now) <= 5 * coolDown) return this.ring(now);
    return this.#read(now).catch(() => this.ring(now));
  }

  /** Makes the next signing key. Current at once, or after the publish-ahead time. Throws `WrongRootKey`. */
  async rotate(now: number, when: 'at-once' | 'published-ahead'): Promise<StoredKey> {
    await this.#read(now);
    const activeFrom = when === 'at-once' ? now : now + this.#config.keys.publishAhead * 1000;
    for (;;) {
      const signing = (await this.#ports.store.list()).filter((key) => key.purpose === 'sign');
      const { key, outcome } = await this.#make('sign', {
        slot: nextSlot(signing),
        createdAt: now,
        activeFrom,
      });
      if (outcome === 'exists') continue; // another node took the slot meanwhile
      await this.#read(now);
      return key;
    }
  }

  /** Of the ring. A clock that was set back must not make it look young until the clock has caught up. */
  #age(now: number): number {
    return Math.abs(now - this.#readAt);
  }

  #read(now: number): Promise<KeyRing> {
    this.#reading ??= this.#load(now).finally(() => {
      this.#reading = undefined;
    });
    return this.#reading;
  }

  async #load(now: number): Promise<KeyRing> {
    const found = await this.#ports.store.list();
    // Opened before anything is made: a key wrapped with a wrong root key would lock out every other node.
    const ring = this.#open(found);
    const stored = await this.#maintain(found, now);
    this.#ring = stored === found ? ring : this.#open(stored);
    this.#readAt = now;
    return this.#ring;
  }

  /** Throws `WrongRootKey`. */
  #open(stored: readonly StoredKey[]): KeyRing {
    return new KeyRing(stored, this.#ports.rootKey, this.#config.issuer);
  }

  /** Makes keys that are due and removes those whose last token has died. */
  async #maintain(stored: readonly StoredKey[], now: number): Promise<readonly StoredKey[]> {
    let changed = false;
    for (const schedule of this.#schedules()) {
      const keys = stored
        .filter((key) => key.purpose === schedule.purpose)
        .toSorted((a, b) => a.slot - b.slot);
      if (await this.#rotateIfDue(keys, schedule, now)) changed = true;
      for (const key of expired(keys, schedule, now)) {
        await this.#ports.store.remove(key.id);
        changed = true;
      }
    }
    return changed ? this.#maintain(await this.#ports.store.list(), now) : stored;
  }

  #schedules(): readonly Schedule[] {
    const { publishAhead, rotateEvery, sealRotateEvery } = this.#config.keys;
    const { accessToken, refreshTokenAbsolute, sessionIdle, interaction } = this.#config.lifetimes;
    return [
      {
        purpose: 'sign',
        every: rotateEvery * 1000,
        ahead: publishAhead * 1000,
        keep: accessToken * 1000 + hour,
      },
      {
        purpose: 'seal',
        every: sealRotateEvery * 1000,
        ahead: hour / 12,
        keep: Math.max(refreshTokenAbsolute, accessToken, sessionIdle, interaction) * 1000 + hour,
      },
    ];
  }

  async #rotateIfDue(
    keys: readonly StoredKey[],
    { purpose, every, ahead }: Schedule,
    now: number,
  ): Promise<boolean> {
    const newest = keys.findLast((key) => key.revokedAt === null);
    const due = newest === undefined || newest.activeFrom + every - ahead <= now;
    if (!due) return false;
    const activeFrom = newest === undefined ? now : Math.max(newest.activeFrom + every, now + ahead);
    await this.#make(purpose, { slot: nextSlot(keys), createdAt: now, activeFrom });
    return true;
  }

  /** Another node may have filled the slot first: then its key stands. */
  async #make(
    purpose: StoredKey['purpose'],
    newKey: NewKey,
  ): Promise<{ key: StoredKey; outcome: 'added' | 'exists' }> {
    const { rootKey, random, store, emit } = this.#ports;
    const key =
      purpose === 'sign' ? makeSigningKey(newKey, rootKey, random) : makeSealKey(newKey, rootKey, random);
    const outcome = await store.add(key);
    if (outcome === 'added') {
      const { id: keyId, algorithm, activeFrom, createdAt: at } = key;
      emit({ type: 'key.created', at, keyId, algorithm, activeFrom });
    }
    return { key, outcome };
  }
}

function nextSlot(keys: readonly StoredKey[]): number {
  return Math.max(0, ...keys.map((key) => key.slot)) + 1;
}

/** A key retires when the next slot that still lives becomes active, and dies when whatever it made has died. */
function expired(keys: readonly StoredKey[], { keep }: Schedule, now: number): StoredKey[] {
  return keys.filter((_, i) => {
    const next = keys.slice(i + 1).find((key) => key.revokedAt === null);
    return next !== undefined && next.activeFrom + keep < now;
  });
}

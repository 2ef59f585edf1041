import type { Config } from '../config.ts';
import type { AuthorityEvent } from '../events.ts';
import type { SigningAlgorithm, StoredKey } from '../model.ts';
import type { KeyStore } from '../ports.ts';
import { KeyRing } from './key-ring.ts';
import { makeSealKey, makeSigningKey, type NewKey, type NewKeyPair } from './make-key.ts';
import type { RootKey } from './root-key.ts';
import {
  deadKeys,
  deadLeftovers,
  dueKey,
  type KeyLine,
  keysOf,
  nextSlot,
  type Schedule,
  schedulesOf,
  withheldKeys,
} from './schedule.ts';

/** How old a ring may grow before it is read again; far below any publish-ahead time. */
const ringAge = 60_000;
/** Between two reads that an unknown key id asked for. */
const coolDown = 1_000;

interface Ports {
  readonly store: KeyStore;
  readonly rootKey: RootKey;
  readonly random: (size: number) => Uint8Array;
  readonly newKeyPair: NewKeyPair;
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

  /**
   * Makes the next signing key of an algorithm, or of each that is configured. Current at once, or after the
   * publish-ahead time. Throws `WrongRootKey`, and `RangeError` for an algorithm that is not configured.
   */
  async rotate(
    now: number,
    when: 'at-once' | 'published-ahead',
    only?: SigningAlgorithm,
  ): Promise<readonly StoredKey[]> {
    const { algorithms, publishAhead } = this.#config.keys;
    if (only !== undefined && !algorithms.includes(only)) throw new RangeError(`${only} is not configured.`);
    await this.#read(now);
    const activeFrom = when === 'at-once' ? now : now + publishAhead * 1000;
    const made = await Promise.all(
      (only === undefined ? algorithms : [only]).map((algorithm) =>
        this.#makeNext({ purpose: 'sign', algorithm }, { createdAt: now, activeFrom }),
      ),
    );
    await this.#read(now);
    return made;
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
    const ring = this.#open(found, now);
    const stored = await this.#maintain(found, now);
    this.#ring = stored === found ? ring : this.#open(stored, now);
    this.#readAt = now;
    return this.#ring;
  }

  /** Throws `WrongRootKey`. */
  #open(stored: readonly StoredKey[], now: number): KeyRing {
    const { issuer, keys } = this.#config;
    const withheld = new Set(withheldKeys(this.#config, stored, now).map(({ id }) => id));
    return new KeyRing(stored, this.#ports.rootKey, { issuer, algorithms: keys.algorithms, withheld });
  }

  /** Makes keys that are due, all at the same time, and removes those whose last token has died. */
  async #maintain(stored: readonly StoredKey[], now: number): Promise<readonly StoredKey[]> {
    const schedules = schedulesOf(this.#config);
    const made = await Promise.all(schedules.map((schedule) => this.#rotateIfDue(stored, schedule, now)));
    const dead = [
      ...schedules.flatMap((schedule) => deadKeys(keysOf(schedule.line, stored), schedule, now)),
      ...deadLeftovers(this.#config, stored, now),
    ];
    for (const { id } of dead) await this.#ports.store.remove(id);
    const changed = dead.length > 0 || made.includes('due');
    return changed ? this.#maintain(await this.#ports.store.list(), now) : stored;
  }

  async #rotateIfDue(
    stored: readonly StoredKey[],
    schedule: Schedule,
    now: number,
  ): Promise<'due' | 'not-due'> {
    const key = dueKey(keysOf(schedule.line, stored), schedule, now);
    if (key === undefined) return 'not-due';
    await this.#make(schedule.line, key);
    return 'due';
  }

  async #makeNext(line: KeyLine, times: Omit<NewKey, 'slot'>): Promise<StoredKey> {
    for (;;) {
      const slot = nextSlot(keysOf(line, await this.#ports.store.list()));
      const { key, outcome } = await this.#make(line, { ...times, slot });
      if (outcome === 'added') return key; // else another node took the slot meanwhile
    }
  }

  /** Another node may have filled the slot first: then its key stands. */
  async #make(line: KeyLine, newKey: NewKey): Promise<{ key: StoredKey; outcome: 'added' | 'exists' }> {
    const { store, emit } = this.#ports;
    const key =
      line.purpose === 'sign'
        ? await makeSigningKey(line.algorithm, newKey, this.#ports)
        : makeSealKey(newKey, this.#ports);
    const outcome = await store.add(key);
    if (outcome === 'added') {
      const { id: keyId, algorithm, activeFrom, createdAt: at } = key;
      emit({ type: 'key.created', at, keyId, algorithm, activeFrom });
    }
    return { key, outcome };
  }
}

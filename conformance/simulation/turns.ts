import { setImmediate } from 'node:timers/promises';

interface Waiting {
  readonly who: number;
  readonly go: () => void;
}

/**
 * Lets several operations run as if each step to the store took a while, in an order of our choosing: everyone waits
 * before a step, and of those that wait one goes on. The same choices give the same interleaving.
 */
export class Turns {
  readonly #waiting: Waiting[] = [];
  #running = new Set<number>();

  /** Before a step to the store. Nobody waits while only one operation runs. */
  async take(who: number): Promise<void> {
    if (this.#running.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ who, go: resolve });
    await promise;
  }

  /** Runs all of them to their end. `choices` say, step by step, who of those that wait goes on; without, nobody waits. */
  async run<T>(acts: readonly (() => Promise<T>)[], choices: readonly number[]): Promise<T[]> {
    if (acts.length < 2 || choices.length === 0) return Promise.all(acts.map((act) => act()));
    this.#running = new Set(acts.keys());
    const results = acts.map(async (act, who) => {
      try {
        return await act();
      } finally {
        this.#running.delete(who);
        if (this.#running.size === 0) this.#release();
      }
    });
    for (let turn = 0; this.#running.size > 0; ) {
      await this.#quiet();
      if (this.#waiting.length === 0) continue;
      const choice = choices[turn % choices.length] ?? 0;
      const [next] = this.#waiting.splice(choice % this.#waiting.length, 1);
      next?.go();
      turn += 1;
    }
    return Promise.all(results);
  }

  /** Until everyone who runs waits for a turn, or for somebody who does. */
  async #quiet(): Promise<void> {
    for (let idle = 0; idle < 5; idle += 1) {
      const waitingBefore = this.#waiting.length;
      if (this.#everyoneWaits()) return;
      await setImmediate();
      if (this.#waiting.length !== waitingBefore) idle = 0;
    }
  }

  #everyoneWaits(): boolean {
    const waiting = new Set(this.#waiting.map(({ who }) => who));
    return [...this.#running].every((who) => waiting.has(who));
  }

  /** What goes on in the background after the last operation has ended need not wait. */
  #release(): void {
    for (const { go } of this.#waiting.splice(0)) go();
  }
}

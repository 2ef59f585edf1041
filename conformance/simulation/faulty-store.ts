import { AsyncLocalStorage } from 'node:async_hooks';
import { type Store, StoreUnavailable } from '@valetkey/server';
import type { Turns } from './turns.ts';

/** A fault at the `at`th step that one operation takes to the store. */
export interface Fault {
  readonly at: number;
  /**
   * The step fails, and has not happened; or it has happened, and its answer is lost; or it happens later, when everyone
   * believes that it has failed (a statement whose connection broke may still run).
   */
  readonly kind: 'before' | 'after' | 'later';
}

interface Running {
  readonly who: number;
  readonly fault: Fault | undefined;
  steps: number;
}

/** A store that gives way to others between steps, and breaks when told. Outside of an operation it does neither. */
export class FaultyStore {
  readonly store: Store;
  readonly #running = new AsyncLocalStorage<Running>();
  readonly #turns: Turns;
  readonly #late: (() => Promise<unknown>)[] = [];

  constructor(inner: Store, turns: Turns) {
    this.#turns = turns;
    this.store = this.#wrap(inner);
  }

  /** What `act` asks of the store is asked in its turns, and meets its fault. */
  during<T>(who: number, fault: Fault | undefined, act: () => Promise<T>): Promise<T> {
    return this.#running.run({ who, fault, steps: 0 }, act);
  }

  /** What was believed to have failed happens now. */
  async catchUp(): Promise<void> {
    for (const step of this.#late.splice(0)) await step().catch(() => undefined);
  }

  #wrap<Port extends object>(port: Port): Port {
    return new Proxy(port, {
      get: (of, name, receiver) => {
        const member: unknown = Reflect.get(of, name, receiver);
        if (typeof member === 'object' && member !== null) return this.#wrap(member);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]) => this.#step(() => Reflect.apply(member, of, values));
      },
    });
  }

  async #step(step: () => Promise<unknown>): Promise<unknown> {
    const running = this.#running.getStore();
    if (running === undefined) return step();
    const fault = running.steps === running.fault?.at ? running.fault : undefined;
    running.steps += 1;
    await this.#turns.take(running.who);
    if (fault?.kind === 'later') this.#late.push(step);
    if (fault?.kind === 'before' || fault?.kind === 'later') throw new StoreUnavailable('It broke before.');
    const result = await step();
    if (fault?.kind === 'after') throw new StoreUnavailable('It broke after.');
    return result;
  }
}

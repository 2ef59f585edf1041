import type { AuthorityEvent } from '../events.ts';
import type { Client, ClientCompatibility } from '../model.ts';

const hour = 3_600_000;
const capacity = 10_000;

interface Ports {
  readonly clock: () => number;
  readonly emit: (event: AuthorityEvent) => void;
}

/** Tells the operator that a client rests on something that only it is allowed: once an hour each, on every node. */
export class CompatibilityLog {
  readonly #ports: Ports;
  readonly #told = new Map<string, number>();

  constructor(ports: Ports) {
    this.#ports = ports;
  }

  note({ id: clientId }: Pick<Client, 'id'>, what: keyof ClientCompatibility): void {
    const at = this.#ports.clock();
    const key = `${what} ${clientId}`;
    if ((this.#told.get(key) ?? Number.NEGATIVE_INFINITY) > at - hour) return;
    if (this.#told.size >= capacity) this.#told.clear();
    this.#told.set(key, at);
    this.#ports.emit({ type: 'compatibility.used', at, clientId, what });
  }
}

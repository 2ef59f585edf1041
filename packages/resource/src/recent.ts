/** A map of bounded size that keeps what was used lately: between half of `most` and `most` entries. */
export class Recent<Value> {
  readonly #half: number;
  // In two halves, of which the elder goes as a whole: forgetting entries one by one would walk over deleted ones.
  #younger = new Map<string, Value>();
  #elder = new Map<string, Value>();

  constructor(most: number) {
    this.#half = Math.max(1, Math.floor(most / 2));
  }

  get(key: string): Value | undefined {
    const young = this.#younger.get(key);
    if (young !== undefined) return young;
    const old = this.#elder.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  set(key: string, value: Value): void {
    this.#younger.set(key, value);
    if (this.#younger.size < this.#half) return;
    this.#elder = this.#younger;
    this.#younger = new Map();
  }

  delete(key: string): void {
    this.#younger.delete(key);
    this.#elder.delete(key);
  }
}

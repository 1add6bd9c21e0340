/** A map for the many small objects of a lockfile: two arrays cost a fraction of a Map, in time and in memory. */

/** Keys in the order they came; looked up one by one while there are few. */
export class SmallMap<V> {
  readonly #keys: string[] = [];
  readonly #values: V[] = [];
  #index: Map<string, number> | undefined;

  get size(): number {
    return this.#keys.length;
  }

  has(key: string): boolean {
    return this.#at(key) >= 0;
  }

  get(key: string): V | undefined {
    const at = this.#at(key);
    return at < 0 ? undefined : this.#values[at];
  }

  /** Adds a key that is not there yet. */
  add(key: string, value: V): void {
    this.#index?.set(key, this.#keys.length);
    this.#keys.push(key);
    this.#values.push(value);
  }

  keys(): readonly string[] {
    return this.#keys;
  }

  values(): readonly V[] {
    return this.#values;
  }

  *[Symbol.iterator](): Generator<[string, V]> {
    for (let at = 0; at < this.#keys.length; at++) yield [this.#keys[at] as string, this.#values[at] as V];
  }

  #at(key: string): number {
    if (this.#keys.length < 12) return this.#keys.indexOf(key);
    this.#index ??= new Map(this.#keys.map((held, at) => [held, at]));
    return this.#index.get(key) ?? -1;
  }
}

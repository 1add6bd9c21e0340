/** A memory bounded by weight: the entry used longest ago goes first. Keys may be chosen by strangers, so nothing is kept without bound. */
export interface BoundedCache<V> {
  get(key: string): V | undefined;
  /** Keeps a value; one that weighs more than half of the whole is not kept. Call again when its weight has changed. */
  set(key: string, value: V, weight: number): void;
  delete(key: string): void;
  readonly weight: number;
  readonly size: number;
  values(): Iterable<V>;
}

/** Opens a cache that holds at most `most` of weight. */
export function openBoundedCache<V>(most: number): BoundedCache<V> {
  const held = new Map<string, { readonly value: V; readonly weight: number; readonly at: number }>();
  let total = 0;
  let moves = 0;

  function drop(key: string): void {
    const entry = held.get(key);
    if (!entry) return;
    held.delete(key);
    total -= entry.weight;
  }

  return {
    get(key) {
      const entry = held.get(key);
      if (!entry) return undefined;
      // What stands among the newer half is far from its end: moving it with every use would cost more than it tells.
      if (moves - entry.at >= held.size / 2) {
        held.delete(key);
        held.set(key, { ...entry, at: ++moves });
      }
      return entry.value;
    },
    set(key, value, weight) {
      drop(key);
      if (weight > most / 2) return;
      held.set(key, { value, weight, at: ++moves });
      total += weight;
      while (total > most) {
        const oldest = held.keys().next();
        if (oldest.done) return;
        drop(oldest.value);
      }
    },
    delete: drop,
    get weight() {
      return total;
    },
    get size() {
      return held.size;
    },
    *values() {
      for (const { value } of held.values()) yield value;
    },
  };
}

/** Shares work that is under way: callers with the same key wait for the same promise. */
export function openShared(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const pending = new Map<string, Promise<unknown>>();
  return <T>(key: string, work: () => Promise<T>) => {
    const running = pending.get(key);
    if (running) return running as Promise<T>;
    const started = work().finally(() => pending.delete(key));
    pending.set(key, started);
    return started;
  };
}

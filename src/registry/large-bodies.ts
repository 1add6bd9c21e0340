/** Keeps the large bodies that are on their way within a limit together: without one, as many of them stand in memory as there are requests. */

/** Told how much of a body has come; what is to be waited for before more of it is taken, if anything. */
export type Wait = (length: number) => Promise<void> | undefined;

/** One body on its way. */
export interface Body {
  readonly came: Wait;
  /** It was read, or does not come. */
  gone(): void;
}

/** Beyond `most` bytes only the oldest of them goes on, so that there is always one that does. Bodies below `large` are nobody's concern. */
export function largeBodies(most: number, large: number): () => Body {
  const lengths = new Map<object, number>();
  const waiting = new Map<object, () => void>();
  let held = 0;

  function mayGoOn(body: object): boolean {
    return held <= most || lengths.keys().next().value === body;
  }

  return () => {
    const body = {};
    return {
      came(length) {
        if (length < large) return undefined;
        held += length - (lengths.get(body) ?? 0);
        lengths.set(body, length);
        return mayGoOn(body) ? undefined : new Promise((resolve) => waiting.set(body, resolve));
      },
      gone() {
        held -= lengths.get(body) ?? 0;
        lengths.delete(body);
        waiting.delete(body);
        for (const [other, goOn] of waiting) {
          if (!mayGoOn(other)) continue;
          waiting.delete(other);
          goOn();
        }
      },
    };
  };
}

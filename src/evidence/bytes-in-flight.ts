/** Keeps the bytes that wait in memory within limits: what would come on top waits where it is. */
export interface BytesInFlight {
  /** Resolves when there is room for more. */
  room(): Promise<void>;
  /** Counts bytes until what is given back is called. */
  hold(bytes: number): () => void;
}

export function bytesInFlight(most: number): BytesInFlight {
  let held = 0;
  const line: (() => void)[] = [];
  return {
    async room() {
      while (held >= most) await new Promise<void>((resolve) => line.push(resolve));
    },
    hold(bytes) {
      held += bytes;
      return () => {
        held -= bytes;
        if (held < most) for (const resume of line.splice(0)) resume();
      };
    },
  };
}

/** Lets at most so many run at once; the others wait in line. */
export interface Turns {
  take<T>(work: () => Promise<T>): Promise<T>;
  waiting(): number;
}

export function turns(most: number): Turns {
  let running = 0;
  const line: (() => void)[] = [];
  return {
    waiting: () => line.length,
    async take(work) {
      if (running >= most) await new Promise<void>((resolve) => line.push(resolve));
      running++;
      try {
        return await work();
      } finally {
        running--;
        line.shift()?.();
      }
    },
  };
}

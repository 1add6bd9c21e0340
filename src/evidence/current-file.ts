/** The file a thread is reading, in memory both threads see: telling it by messages would cost more than many files do. */

const counter = 0;
const length = 1;
const headBytes = 8;
/** Longer paths are cut off: nothing but the choice of what is read as tokens depends on them. */
const mostBytes = 2 ** 12;

export function newCurrentFile(): SharedArrayBuffer {
  return new SharedArrayBuffer(headBytes + mostBytes);
}

/** Writes which file is read now; undefined for none with a limit of its own. */
export function noteFile(shared: SharedArrayBuffer, path: string | undefined): void {
  const head = new Int32Array(shared, 0, 2);
  const bytes = path === undefined ? 0 : Buffer.from(shared, headBytes).write(path);
  Atomics.store(head, length, bytes);
  Atomics.add(head, counter, 1);
}

export function fileIn(shared: SharedArrayBuffer): string | undefined {
  const bytes = Atomics.load(new Int32Array(shared, 0, 2), length);
  return bytes === 0 ? undefined : Buffer.from(shared, headBytes, bytes).toString();
}

/** Tells once when one file has been read for longer than so many milliseconds; looks until what is given back is called. */
export function watchFile(shared: SharedArrayBuffer, limit: number, onLate: () => void): () => void {
  const head = new Int32Array(shared, 0, 2);
  let seen = { count: Atomics.load(head, counter), since: performance.now() };
  const timer = setInterval(() => {
    const count = Atomics.load(head, counter);
    if (count !== seen.count) seen = { count, since: performance.now() };
    else if (Atomics.load(head, length) > 0 && performance.now() - seen.since >= limit) onLate();
  }, limit / 8);
  return () => clearInterval(timer);
}

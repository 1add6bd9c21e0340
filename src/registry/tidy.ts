/**
 * Lets go of what was read. V8 lets garbage stand while the machine has memory to spare: after hundreds of tarballs that is
 * several times what is in use, and machines of CI have little to spare.
 */
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** So much more than was left the last time; where much memory is about to be used, or little is in use, so that collecting costs little, less. */
const growth = 24 * 2 ** 20;
export const littleGrowth = 8 * 2 ** 20;
/** Packed bytes of one tarball after which to look again. */
export const tidiedEach = 2 ** 20;
/** At first as if so much were in use: a few tarballs are read and done before that is reached. */
let left = 32 * 2 ** 20;
let collect: (() => void) | undefined;

/** Collects garbage when much has come together in this thread since the last time, and at least such a share of what was in use then; true when it did. */
export function tidy(allowed = growth, share = 0): boolean {
  if (held() < left + Math.max(allowed, share * left)) return false;
  collect ??= collector();
  collect();
  left = held();
  return true;
}

/** A heap of this size holds tens of megabytes empty that new objects once went through, and no collection of the usual kind gives them back. */
const spacious = 32 * 2 ** 20;

/** The same, and gives room that stands empty back to the machine: before another thread needs most of the memory there is. */
export async function giveBack(): Promise<void> {
  // A node that was built without an inspector has no other way.
  if (getHeapStatistics().total_heap_size < spacious || !process.features.inspector) return void tidy(littleGrowth);
  const { Session } = process.getBuiltinModule('node:inspector');
  const session = new Session();
  session.connect();
  await new Promise<void>((resolve) => session.post('HeapProfiler.collectGarbage', () => resolve()));
  session.disconnect();
  left = held();
}

function held(): number {
  // `process.memoryUsage` asks the machine as well: several times the cost.
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

/** What `--expose-gc` gives, for this thread alone and no global. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const found: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  return typeof found === 'function' ? () => void found() : () => undefined;
}

/** One walk over a syntax tree. */
import type { ESTree } from 'meriyah';
import { type Scan, Scanned } from './scanned.ts';
import { walk } from './walk.ts';

export type { Scan, Seen } from './scanned.ts';

/** Scopes and bindings of a script, and the nodes worth a closer look. */
export function scan(program: ESTree.Program): Scan {
  const found = new Scanned();
  walk(program, found);
  return found;
}

/** Whether a capability is news, against what the release before could do. Pure. */
import type { Capability, Novelty, Reach } from '../model/contents.ts';

/** The reaches, from the least. */
export const fromLeast: readonly Reach[] = ['shipped', 'bin', 'import', 'install'];

/** What is compared of a capability. */
export type Compared = Pick<Capability, 'kind' | 'detail' | 'reach' | 'waits'>;

/** What the release before could do. */
export interface Before {
  /** How near each kind came to running by itself. */
  readonly kinds: ReadonlyMap<string, number>;
  /** The same for each kind with its words. */
  readonly details: ReadonlyMap<string, number>;
}

/** How near something is to running by itself: what waits for a call is nearer than what nothing leads to, and further than what runs. */
export function nearnessOf({ reach, waits = false }: Pick<Compared, 'reach' | 'waits'>): number {
  return waits && (reach === 'import' || reach === 'bin') ? waiting : order.indexOf(reach) + 1;
}

const waiting = 2;
const order: readonly (Reach | 'waiting')[] = ['shipped', 'waiting', 'bin', 'import', 'install'];

/** Says what capabilities there were. */
export function beforeOf(capabilities: readonly Compared[]): Before {
  const kinds = new Map<string, number>();
  const details = new Map<string, number>();
  for (const found of capabilities) {
    const near = nearnessOf(found);
    const words = wordsOf(found);
    kinds.set(found.kind, Math.max(kinds.get(found.kind) ?? 0, near));
    details.set(words, Math.max(details.get(words) ?? 0, near));
  }
  return { kinds, details };
}

function wordsOf({ kind, detail }: Pick<Compared, 'kind' | 'detail'>): string {
  return `${kind} ${detail}`;
}

/**
 * What is there is no news, but that it runs is: a payload may be shipped in one release, where it waits for a call or nothing leads
 * to it, and be called by the next. Of 492 honest updates 8 brought anything nearer, none of them anything that convicts.
 */
export function noveltyOf(found: Compared, old: Before | undefined): Novelty {
  if (!old) return 'kind';
  const near = nearnessOf(found);
  const [kindWas, was] = [old.kinds.get(found.kind) ?? 0, old.details.get(wordsOf(found)) ?? 0];
  const nearer = isCommon(found) ? kindWas === 0 || (kindWas === 1 && near > 1) : kindWas < near || (was > 0 && was < near);
  if (nearer || (found.reach === 'install' && kindWas < near)) return 'kind';
  return was > 0 ? 'old' : 'detail';
}

/** What builds and bundlers move between waiting and running: programs, and hosts that nobody wrote down. */
function isCommon({ kind, detail }: Compared): boolean {
  return kind === 'process' || kind === 'dynamic-code' || kind === 'native-load' || (kind === 'network' && /[… ]/.test(detail));
}

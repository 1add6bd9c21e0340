/** Whether a capability is news, against what the release before could do. Pure. */
import type { Capability, Novelty, Reach } from '../model/contents.ts';

/** The reaches, from the least. */
export const fromLeast: readonly Reach[] = ['shipped', 'bin', 'import', 'install'];

/** What the release before could do. */
export interface Before {
  /** How far each kind reached before. */
  readonly kinds: ReadonlyMap<string, number>;
  readonly details: ReadonlySet<string>;
}

/** Says what capabilities there were. */
export function beforeOf(capabilities: readonly Capability[]): Before {
  const kinds = new Map<string, number>();
  const details = new Set<string>();
  for (const { kind, detail, reach } of capabilities) {
    kinds.set(kind, Math.max(kinds.get(kind) ?? 0, fromLeast.indexOf(reach) + 1));
    details.add(`${kind} ${detail}`);
  }
  return { kinds, details };
}

/** A capability that only shipped before and now runs on import or install is new. */
export function noveltyOf(found: Pick<Capability, 'kind' | 'detail' | 'reach'>, old: Before | undefined): Novelty {
  if (!old) return 'kind';
  const reached = old.kinds.get(found.kind) ?? 0;
  if (reached === 0 || (reached <= 1 && found.reach !== 'shipped') || (found.reach === 'install' && reached < 4)) return 'kind';
  return old.details.has(`${found.kind} ${found.detail}`) ? 'old' : 'detail';
}

/** The gate's view of a repository without what the policy leaves out; what a change does there is said, not judged. */
import { pathMatcher } from '../model/path-pattern.ts';
import type { PolicyNote } from '../model/report.ts';
import { listText, printable } from '../model/text.ts';
import { plural } from '../model/time.ts';
import type { Side } from '../resolve/sides.ts';
import type { GateTarget } from './gate-target.ts';

/** The target without ignored paths, and a remark when the change touches some. */
export async function withoutIgnored(
  target: GateTarget,
  patterns: readonly string[],
): Promise<GateTarget & { readonly notes: readonly PolicyNote[] }> {
  if (patterns.length === 0) return { ...target, notes: [] };
  const ignored = pathMatcher(patterns);
  const kept = (paths: ReadonlySet<string>) => new Set([...paths].filter((path) => !ignored(path)));
  const side = (one: Side): Side => ({
    paths: async () => kept(await one.paths()),
    first: (paths) => one.first(paths.filter((path) => !ignored(path))),
    text: one.text,
    leadsOut: one.leadsOut,
  });
  const left = [...(target.before ? target.changed : await target.after.paths())].filter(ignored).sort();
  return {
    ...target,
    before: target.before && side(target.before),
    after: side(target.after),
    changed: kept(target.changed),
    notes: left.length === 0 ? [] : [noteOn(left, target.before !== undefined)],
  };
}

function noteOn(paths: readonly string[], changed: boolean): PolicyNote {
  const files = plural(paths.length, changed ? 'changed file' : 'file');
  return {
    kind: 'paths-ignored',
    message: `the policy leaves out ${files} (ignore): ${listText(
      paths.map((path) => printable(path, 100)),
      5,
    )}`,
  };
}

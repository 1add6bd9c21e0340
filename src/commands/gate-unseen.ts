/** What a change does where the gate cannot look: it moves submodules, or makes folders links that lead out of the repository. */
import type { Gap } from '../model/finding.ts';
import type { PolicyNote } from '../model/report.ts';
import { withoutShaped } from '../model/secrets.ts';
import { listText, printable } from '../model/text.ts';
import { plural } from '../model/time.ts';
import type { GateTarget } from './gate-target.ts';

/** Said, and in the case of links not passed over. */
export async function unseenOf(target: GateTarget): Promise<{ readonly notes: readonly PolicyNote[]; readonly gaps: readonly Gap[] }> {
  const { before, after, changed, submodules } = target;
  if (!before) return { notes: [], gaps: [] };
  const moved = (await submodules?.()) ?? [];
  const folders = foldersOf(changed);
  const replaced = [...changed].filter((path) => folders.has(path)).sort();
  const out = await Promise.all(replaced.map(async (path) => ((await after.leadsOut(path)) ? [path] : [])));
  return { notes: moved.length === 0 ? [] : [noteOn(moved)], gaps: out.flat().map(gapOf) };
}

function foldersOf(paths: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let end = path.lastIndexOf('/'); end > 0 && !folders.has(path.slice(0, end)); end = path.lastIndexOf('/', end - 1))
      folders.add(path.slice(0, end));
  return folders;
}

function noteOn(paths: readonly string[]): PolicyNote {
  const shown = listText(
    paths.map((path) => printable(path, 100)),
    5,
  );
  return {
    kind: 'submodule-moved',
    message: `the change moves ${plural(paths.length, 'submodule')}, and what is in it is not judged (a repository of its own): ${shown}`,
  };
}

function gapOf(file: string): Gap {
  const reason = 'it was a folder and is now a link that leads out of the repository: what lies there cannot be judged';
  return { subject: { kind: 'file', file: withoutShaped(file) }, missing: 'file', why: 'failed', reason, ruleIds: [] };
}

/** The policy that judges a change: the one from before it. What the change does to the policy itself is said, not obeyed. */
import { relative, sep } from 'node:path';
import type { Layouts } from '../evidence/layouts.ts';
import type { Policy, Waiver } from '../model/policy.ts';
import type { PolicyNote } from '../model/report.ts';
import { type ConfigFile, defaultPolicy, policyOf } from '../policy/build.ts';
import { weakenings } from '../policy/compare.ts';
import { configName } from '../policy/load.ts';
import type { GateTarget } from './gate-target.ts';
import { projectPolicy } from './policy.ts';
import { foldersUpwards } from './registry-folder.ts';

/** The policy to judge by, and remarks on waivers that come with the change. `--config` is somebody's word and wins. */
export async function policiesOf(
  target: GateTarget,
  config: string | undefined,
  cwd: string,
  known?: Sound,
): Promise<{ readonly policy: Policy; readonly notes: readonly PolicyNote[] }> {
  if (config !== undefined || !target.before) return { policy: await projectPolicy(cwd, config), notes: [] };
  const candidates = foldersUpwards(relative(target.root, cwd).split(sep).join('/')).map((folder) => folder + configName);
  const policy = await policyIn(target.before, candidates, known);
  if (!candidates.some((path) => target.changed.has(path))) return { policy, notes: [] };
  const next = await policyIn(target.after, candidates, known);
  const held = new Set(policy.waivers.map(markOf));
  return { policy, notes: [...weakenings(policy, next), ...next.waivers.filter((waiver) => !held.has(markOf(waiver))).map(noteOn)] };
}

/** Remembers configurations without a mistake. */
type Sound = Pick<Layouts, 'isSound' | 'keepSound'>;

async function policyIn(side: GateTarget['after'], candidates: readonly string[], known: Sound | undefined): Promise<Policy> {
  const file = await side.first(candidates);
  const text = file === undefined ? undefined : await side.text(file, 1_000_000);
  if (file === undefined || text === undefined) return defaultPolicy();
  const words = known?.isSound(text) ? wordsOf(text) : undefined;
  if (words) return policyOf(words, file);
  const [{ settableRules }, { parsePolicy }] = await Promise.all([import('../rule-settings.ts'), import('../policy/parse.ts')]);
  const policy = parsePolicy(text, file, settableRules);
  known?.keepSound(text);
  return policy;
}

/** What a configuration without a mistake says; undefined where it has comments. */
function wordsOf(sound: string): ConfigFile | undefined {
  try {
    return JSON.parse(sound) as ConfigFile;
  } catch {
    return undefined;
  }
}

function markOf({ rule, subject, integrity }: Waiver): string {
  return [rule, subject, integrity ?? ''].join(' ');
}

function noteOn(waiver: Waiver): PolicyNote {
  return {
    kind: 'waiver-in-change',
    message: `this change itself brings a waiver of ${waiver.rule} for ${waiver.subject} (${waiver.owner}: ${waiver.reason}); it counts once it is merged`,
  };
}

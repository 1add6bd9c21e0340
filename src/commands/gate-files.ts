/** The rules on files, asked about what a change does to the repository. */
import type { Finding, Gap } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import type { Instant } from '../model/time.ts';
import type { Side } from '../resolve/sides.ts';
import type { GateTarget } from './gate.ts';

/** Largest file a rule on files is shown; lockfiles are the largest of them. */
const largest = 64 * 1024 * 1024;

/** Findings and gaps on files; nothing is loaded when no file changed. */
export async function judgeRepository(
  target: GateTarget,
  policy: Policy,
  now: Instant,
): Promise<{ fileFindings: readonly Finding[]; fileGaps: readonly Gap[] }> {
  const { before, after, changed } = target;
  if (!before || changed.size === 0) return { fileFindings: [], fileGaps: [] };
  const [{ fileFilter, judgeFiles }, { repositoryRules }] = await Promise.all([import('../judge-files.ts'), import('../repository-rules/index.ts')]);
  const wanted = fileFilter(repositoryRules, policy);
  if (![...changed].some(wanted)) return { fileFindings: [], fileGaps: [] };
  const gaps: Gap[] = [];
  const texts = await textsOf(after, [...after.paths].filter(wanted), gaps);
  const old = new Map<string, string>();
  for (const path of [...before.paths].filter(wanted)) {
    const same = changed.has(path) ? undefined : texts.get(path);
    if (same !== undefined) old.set(path, same);
    else for (const [name, text] of await textsOf(before, [path], gaps)) old.set(name, text);
  }
  const judged = judgeFiles({ rules: repositoryRules, files: { now: texts, before: old, paths: after.paths, changed }, policy, now });
  return { fileFindings: judged.fileFindings, fileGaps: [...judged.fileGaps, ...gaps] };
}

async function textsOf(side: Side, paths: readonly string[], gaps: Gap[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of paths) {
    try {
      const text = await side.text(path, largest);
      if (text !== undefined) texts.set(path, text);
    } catch (error) {
      gaps.push({
        subject: { kind: 'file', file: path },
        missing: 'file',
        why: 'failed',
        reason: error instanceof Error ? error.message : 'it could not be read',
        ruleIds: [],
      });
    }
  }
  return texts;
}

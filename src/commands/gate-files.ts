/** The rules on files, asked about what a change does to the repository. */
import { calledNext, fileFilter, followFilter, judgeFiles } from '../judge-files.ts';
import type { Finding, Gap } from '../model/finding.ts';
import type { Policy } from '../model/policy.ts';
import { pathsOf } from '../model/repository-paths.ts';
import { withoutShaped } from '../model/secrets.ts';
import type { Instant } from '../model/time.ts';
import { repositoryRules } from '../repository-rules/index.ts';
import type { Side } from '../resolve/sides.ts';
import type { GateTarget } from './gate-target.ts';

/** Largest file a rule on files is shown; lockfiles are the largest of them. */
const largest = 64 * 1024 * 1024;

/** Findings and gaps on files; nothing is loaded when no file changed. */
export async function judgeRepository(
  target: GateTarget,
  policy: Policy,
  now: Instant,
): Promise<{ fileFindings: readonly Finding[]; fileGaps: readonly Gap[]; tellsTime: boolean }> {
  const { before, after, changed } = target;
  if (!before || changed.size === 0) return { fileFindings: [], fileGaps: [], tellsTime: false };
  const wanted = fileFilter(repositoryRules, policy);
  const follows = followFilter(repositoryRules, policy);
  if (![...changed].some((path) => wanted(path) || follows(path))) return { fileFindings: [], fileGaps: [], tellsTime: false };
  const gaps: Gap[] = [];
  const [paths, earlier] = await Promise.all([after.paths(), before.paths()]);
  const texts = await textsOf(after, [...paths].filter(wanted), gaps);
  const old = [...earlier].filter(wanted);
  const read = await textsOf(
    before,
    old.filter((path) => changed.has(path) || !texts.has(path)),
    gaps,
  );
  const texted = new Map(old.flatMap((path) => pairOf(path, read.get(path) ?? (changed.has(path) ? undefined : texts.get(path)))));
  const followed = async (now: Map<string, string>, all: ReadonlySet<string>, side: Side) => {
    const tried = new Set<string>();
    const asked = { rules: repositoryRules, policy, files: { now, paths: pathsOf(all) } };
    for (let next = calledNext(asked, tried); next.length > 0; next = calledNext(asked, tried))
      for (const [path, text] of await textsOf(side, next, gaps)) now.set(path, text);
  };
  await followed(texts, paths, after);
  await followed(texted, earlier, before);
  const judged = judgeFiles({
    rules: repositoryRules,
    files: { now: texts, before: texted, paths: pathsOf(paths), pathsBefore: pathsOf(earlier), changed },
    policy,
    now,
  });
  return { fileFindings: judged.fileFindings, fileGaps: [...judged.fileGaps, ...gaps], tellsTime: judged.tellsTime };
}

async function textsOf(side: Side, paths: readonly string[], gaps: Gap[]): Promise<Map<string, string>> {
  const read = await Promise.allSettled(paths.map((path) => side.text(path, largest)));
  const texts = new Map<string, string>();
  for (const [index, path] of paths.entries()) {
    const one = read[index];
    if (one?.status === 'fulfilled' && one.value !== undefined) texts.set(path, one.value);
    if (one?.status === 'rejected') gaps.push(gapOf(path, one.reason));
  }
  return texts;
}

function gapOf(file: string, error: unknown): Gap {
  const reason = error instanceof Error ? error.message : 'it could not be read';
  return { subject: { kind: 'file', file: withoutShaped(file) }, missing: 'file', why: 'failed', reason, ruleIds: [] };
}

function pairOf<K, V>(key: K, value: V | undefined): [K, V][] {
  return value === undefined ? [] : [[key, value]];
}

/** What lockfiles hold, judged for the doctor: loaded where a lockfile stands whose entries a rule is on for. */
import { judgeLockfile } from '../judge-locked.ts';
import { DepwardError } from '../model/errors.ts';
import type { Finding, Gap } from '../model/finding.ts';
import type { ResolvedTree } from '../model/package.ts';
import type { Policy } from '../model/policy.ts';
import type { FileTexts } from '../model/repository-rule.ts';
import { folderOf } from '../model/repository-rule.ts';
import { withoutSecrets, withoutShaped } from '../model/secrets.ts';
import { printable } from '../model/text.ts';
import type { Instant } from '../model/time.ts';
import { readLockfile } from '../resolve/lockfiles/index.ts';
import { withManifest } from '../resolve/lockfiles/manifest.ts';
import { entryRules as rules } from '../rules/entries.ts';

/** What is said of entries, and the lockfiles that could not be read. */
export interface JudgedLockfiles {
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

/** Judges the entries of the lockfiles at `files`. */
export async function judgeLockfiles(
  files: readonly string[],
  texts: FileTexts,
  judging: { readonly policy: Policy; readonly now: Instant; readonly secrets: ReadonlySet<string> },
): Promise<JudgedLockfiles> {
  const { policy } = judging;
  const isOn = (id: string) => [policy, ...policy.overrides].some((settings) => (settings.rules.get(id)?.level ?? 'off') !== 'off');
  if (!rules.some(({ meta }) => isOn(meta.id))) return { findings: [], gaps: [] };
  const findings: Finding[] = [];
  const gaps: Gap[] = [];
  for (const file of files) {
    const shown = withoutShaped(file);
    const read = await treeOf(shown, texts.get(file) ?? '', texts.get(`${folderOf(file)}package.json`));
    if ('untold' in read) gaps.push(gapOf(shown, withoutSecrets(read.untold, judging.secrets)));
    else findings.push(...judgeLockfile({ ...judging, file: shown, tree: read, rules }));
  }
  return { findings, gaps };
}

async function treeOf(file: string, text: string, manifest: string | undefined): Promise<ResolvedTree | { readonly untold: string }> {
  try {
    return await readLockfile(withManifest({ file, text }, manifest));
  } catch (error) {
    if (!(error instanceof DepwardError)) throw error;
    // Which file it is stands before it in every report.
    return {
      untold: error.message.startsWith(printable(file))
        ? error.message
            .slice(printable(file).length)
            .replace(/^:\d+(?=:)/, (line) => ` line ${line.slice(1)}`)
            .replace(/^: /, '')
            .trim()
        : error.message,
    };
  }
}

function gapOf(file: string, reason: string): Gap {
  return { subject: { kind: 'file', file }, missing: 'file', why: 'failed', reason, ruleIds: rules.map(({ meta }) => meta.id) };
}

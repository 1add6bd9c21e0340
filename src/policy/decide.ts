/** Findings, gaps and policy in; verdicts out. Pure. */
import type { Finding, Gap, Subject } from '../model/finding.ts';
import { subjectText } from '../model/finding.ts';
import { matchesPattern } from '../model/patterns.ts';
import type { OnFailed, Policy, RuleSetting, Waiver } from '../model/policy.ts';
import type { Action, Mode, PolicyNote, Waived } from '../model/report.ts';
import { type Instant, isoOf } from '../model/time.ts';

const rank: Record<Action, number> = { allow: 0, warn: 1, block: 2 };

/** The setting of a rule for a package: the last override that names both wins. */
export function settingFor(policy: Policy, ruleId: string, packageName: string | undefined): RuleSetting | undefined {
  let setting = policy.rules.get(ruleId);
  if (packageName === undefined) return setting;
  for (const override of policy.overrides) {
    const replaced = override.rules.get(ruleId);
    if (replaced && matchesPattern(packageName, override.packages)) setting = replaced;
  }
  return setting;
}

/** What one finding does. Blocking takes more than low confidence. */
export function actionOf(finding: Finding, policy: Policy): Action {
  const name = finding.subject.kind === 'package' ? finding.subject.name : undefined;
  const level = settingFor(policy, finding.ruleId, name)?.level ?? 'off';
  if (level === 'block') return finding.confidence === 'low' ? 'warn' : 'block';
  return level === 'warn' ? 'warn' : 'allow';
}

/** What missing evidence does: what failed warns or blocks by door and policy, what is not offered only where the policy requires it. */
export function actionOfGap(gap: Gap, policy: Policy, mode: Mode): Action {
  if (gap.why === 'not-offered') return policy.require.some((kind) => kind === gap.missing) ? 'block' : 'allow';
  const fallback: OnFailed = mode === 'check' || mode === 'doctor' ? 'warn' : 'block';
  return policy.onFailed ?? fallback;
}

/** The stricter of two actions. */
export function stricter(a: Action, b: Action): Action {
  return rank[a] >= rank[b] ? a : b;
}

/** Splits findings into those that count and those a valid waiver covers, with remarks on expired and unused waivers. */
export function applyWaivers(
  findings: readonly Finding[],
  policy: Policy,
  now: Instant,
): { readonly counted: Finding[]; readonly waived: Waived[]; readonly notes: PolicyNote[] } {
  const used = new Set<Waiver>();
  const counted: Finding[] = [];
  const waived: Waived[] = [];
  for (const finding of findings) {
    const waiver = waiverFor(policy, finding);
    if (waiver) used.add(waiver);
    if (waiver && waiver.expires > now) waived.push({ finding, owner: waiver.owner, reason: waiver.reason, expires: isoOf(waiver.expires) });
    else counted.push(finding);
  }
  return { counted, waived, notes: policy.waivers.flatMap((waiver) => noteOn(waiver, used.has(waiver), findings, now)) };
}

/** The waiver that covers a finding, expired or not. */
export function waiverFor(policy: Policy, finding: Finding): Waiver | undefined {
  return policy.waivers.find((candidate) => covers(candidate, finding));
}

// Bound to the artefact: a waiver without integrity covers only what has none, one with integrity only that very tarball.
function covers(waiver: Waiver, finding: Finding): boolean {
  return isAbout(waiver, finding) && integrityOf(finding.subject) === waiver.integrity;
}

function isAbout(waiver: Waiver, finding: Finding): boolean {
  return (
    waiver.rule === finding.ruleId &&
    waiver.subject === waivable(finding.subject) &&
    (waiver.message === undefined || waiver.message === finding.message)
  );
}

function integrityOf(subject: Subject): string | undefined {
  return subject.kind === 'package' ? subject.integrity : subject.fingerprint;
}

function waivable(subject: Subject): string {
  return subject.kind === 'file' ? subject.file : subjectText(subject);
}

function noteOn(waiver: Waiver, used: boolean, findings: readonly Finding[], now: Instant): PolicyNote[] {
  const text = `waiver of ${waiver.rule} for ${waiver.subject} (${waiver.owner})`;
  if (waiver.expires <= now) return [{ kind: 'waiver-expired', message: `${text} expired on ${isoOf(waiver.expires).slice(0, 10)}` }];
  if (used) return [];
  const other = findings.find((finding) => isAbout(waiver, finding));
  return [{ kind: 'waiver-unused', message: other ? `${text} ${mismatchText(waiver, other.subject)}` : `${text} covers nothing here` }];
}

function mismatchText(waiver: Waiver, subject: Subject): string {
  const integrity = integrityOf(subject);
  if (waiver.integrity === undefined) return `does not count: it must name the integrity ${integrity}`;
  return `does not count: the artefact here is another, ${integrity ?? 'without integrity'}`;
}

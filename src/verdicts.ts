/** Puts findings and gaps together by subject, in an order that never changes. Pure. */

import { type PathFinder, subjectOf } from './judge.ts';
import { type Finding, type Gap, type Subject, subjectKey } from './model/finding.ts';
import type { IncomingChange } from './model/package.ts';
import type { Policy } from './model/policy.ts';
import type { Action, Coverage, Mode, Verdict } from './model/report.ts';
import { actionOf, actionOfGap, stricter } from './policy/decide.ts';

interface Deciding {
  readonly policy: Policy;
  readonly mode: Mode;
  readonly everyWay?: boolean;
}

/** One verdict for each package that comes in and each file with a finding, worst first. */
export function verdictsOf(
  incoming: readonly IncomingChange[],
  findings: readonly Finding[],
  gaps: readonly Gap[],
  input: Deciding,
  path: PathFinder,
): Verdict[] {
  const bySubject = groupBy(findings, (finding) => subjectKey(finding.subject));
  const gapsBySubject = groupBy(gaps, (gap) => subjectKey(gap.subject));
  const subjects = new Map<string, { readonly subject: Subject; readonly change?: IncomingChange }>();
  for (const change of incoming) {
    const subject = subjectOf(change);
    subjects.set(subjectKey(subject), { subject, change });
  }
  for (const { subject } of [...findings, ...gaps]) if (!subjects.has(subjectKey(subject))) subjects.set(subjectKey(subject), { subject });
  return [...subjects]
    .sort(([a], [b]) => compare(a, b))
    .map(([key, { subject, change }]) => verdictOf(subject, change, bySubject.get(key) ?? [], gapsBySubject.get(key) ?? [], input, path))
    .sort((a, b) => worstFirst[a.action] - worstFirst[b.action]);
}

function verdictOf(
  subject: Subject,
  change: IncomingChange | undefined,
  findings: readonly Finding[],
  gaps: readonly Gap[],
  input: Deciding,
  path: PathFinder,
): Verdict {
  const because = [
    ...findings.map((finding) => ({ ruleId: finding.ruleId, action: actionOf(finding, input.policy), message: finding.message })),
    ...gaps.map((gap) => ({
      ruleId: gap.ruleIds[0] ?? gap.missing,
      action: actionOfGap(gap, input.policy, input.mode),
      message: `could not tell: ${gap.reason}`,
    })),
  ].filter((reason) => reason.action !== 'allow');
  return {
    subject,
    action: because.reduce<Action>((worst, reason) => stricter(worst, reason.action), 'allow'),
    ...(change && { change: change.action }),
    ...(change?.action === 'change' && { from: change.before.version }),
    path: change && (because.length > 0 || input.everyWay) ? path(change.after.key) : [],
    because,
  };
}

/** What was looked at and what was not. */
export function coverageOf(packages: number, incoming: readonly IncomingChange[], gaps: readonly Gap[], ages: readonly number[]): Coverage {
  const offered = groupBy(
    gaps.filter((gap) => gap.why === 'not-offered'),
    (gap) => gap.missing,
  );
  const outside = incoming.filter((change) => change.after.source !== 'registry').length;
  return {
    packages,
    judged: incoming.length,
    notOffered: [...offered]
      .map(([evidence, list]) => ({ evidence, packages: new Set(list.map((gap) => subjectKey(gap.subject))).size, reason: list[0]?.reason ?? '' }))
      .sort((a, b) => compare(a.evidence, b.evidence)),
    incomplete: new Set(gaps.filter((gap) => gap.why === 'failed' && gap.subject.kind === 'package').map((gap) => subjectKey(gap.subject))).size,
    outsideRegistry: outside,
    ...(ages.length > 0 && { oldestFactSeconds: Math.max(...ages) }),
  };
}

function groupBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}

const worstFirst: Record<Action, number> = { block: 0, warn: 1, allow: 2 };

/** Worst first, then by subject and rule. */
export function byFinding(a: Finding & { action: Action }, b: Finding & { action: Action }): number {
  return worstFirst[a.action] - worstFirst[b.action] || compare(subjectKey(a.subject), subjectKey(b.subject)) || compare(a.ruleId, b.ruleId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What rules on packages that need no evidence say of the entries of a lockfile as it stands. No I/O of its own. */
import { contextMaker, judge } from './judge.ts';
import { withoutSecretsIn } from './judge-files.ts';
import type { Facts, Finding, Subject } from './model/finding.ts';
import { isOrdinary } from './model/ordinary-entry.ts';
import { type ResolvedPackage, type ResolvedTree, refText } from './model/package.ts';
import type { Policy } from './model/policy.ts';
import type { JudgingRule } from './model/rule.ts';
import { withoutShaped } from './model/secrets.ts';
import { printable } from './model/text.ts';
import type { Instant } from './model/time.ts';
import { settingFor, waiverFor } from './policy/decide.ts';

/** A lockfile, and what it is judged by. */
export interface LockedEvaluation {
  readonly file: string;
  readonly tree: ResolvedTree;
  readonly rules: readonly JudgingRule[];
  readonly policy: Policy;
  readonly now: Instant;
  /** Values that no output may repeat. */
  readonly secrets: ReadonlySet<string>;
}

interface Seen {
  readonly finding: Finding;
  readonly entry: ResolvedPackage;
}

/** The findings: one for each cause, at the first entry it holds for. Entries the policy speaks of by name keep their own. */
export function judgeLockfile(input: LockedEvaluation): readonly Finding[] {
  const own: Finding[] = [];
  const byCause = new Map<string, [Seen, ...Seen[]]>();
  for (const seen of findingsIn(input)) {
    const { finding } = seen;
    const cause = `${finding.ruleId}\n${finding.confidence}\n${finding.message}`;
    const held = byCause.get(cause);
    if (isNamed(seen, input.policy)) own.push({ ...finding, subject: withoutTokens(finding.subject) });
    else if (held) held.push(seen);
    else byCause.set(cause, [seen]);
  }
  return [...own, ...[...byCause.values()].map((all) => together(all, input.file))].map((finding) => ({
    ...finding,
    ...withoutSecretsIn(finding, input.secrets),
  }));
}

function findingsIn({ tree, rules, policy, now }: LockedEvaluation): readonly Seen[] {
  const judging = { rules, policy, weights: new Map() };
  const contextOf = contextMaker(now);
  const registries = new Set<string>();
  return tree.packages.flatMap((entry) =>
    isOrdinary(entry, registries)
      ? []
      : worthTelling(judge({ action: 'add', after: entry }, {}, judging, () => [], contextOf).findings).map((finding) => ({ finding, entry })),
  );
}

/** What comes from elsewhere and is held to its content is somebody's wish: whoever lets it in is asked, nobody afterwards. */
function worthTelling(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length === 0) return findings;
  const left = findings.filter(({ ruleId, facts }) => ruleId !== 'remote-source' || facts['pinned'] !== true);
  // Both say of an address without a hash that anything may lie there.
  return left.some(({ ruleId }) => ruleId === 'remote-source') ? left.filter(({ ruleId }) => ruleId !== 'integrity-missing') : left;
}

function isNamed({ finding, entry }: Seen, policy: Policy): boolean {
  return settingFor(policy, finding.ruleId, entry.name) !== settingFor(policy, finding.ruleId, undefined) || waiverFor(policy, finding) !== undefined;
}

function withoutTokens(subject: Subject): Subject {
  return subject.kind === 'file' ? subject : { ...subject, name: withoutShaped(subject.name), version: withoutShaped(subject.version) };
}

const mostNamed = 20;

function together(all: readonly [Seen, ...Seen[]], file: string): Finding {
  const [{ finding, entry }] = all;
  const others = all.length === 1 ? '' : ` and ${all.length - 1} more`;
  return {
    ...finding,
    message: `${printable(refText(entry))}${others}: ${finding.message}`,
    facts: {
      ...factsOf(all),
      ...(all.length > 1 && {
        count: all.length,
        entries: all.slice(0, mostNamed).map(({ entry: { name, version, where } }) => placed(refText({ name, version }), where?.line)),
      }),
    },
    subject: {
      kind: 'file',
      file,
      ...(entry.where && { line: entry.where.line, ...(entry.where.column !== undefined && { column: entry.where.column }) }),
    },
  };
}

function placed(name: string, line: number | undefined): string {
  return line === undefined ? printable(name) : `${printable(name)} (line ${line})`;
}

/** What is said of each in words, all values of it. */
function factsOf(all: readonly Seen[]): Facts {
  const told = new Map<string, Set<string>>();
  for (const { finding } of all.slice(0, mostNamed))
    for (const [key, value] of Object.entries(finding.facts)) if (typeof value === 'string') told.set(key, (told.get(key) ?? new Set()).add(value));
  return Object.fromEntries([...told].map(([key, values]) => [key, values.size === 1 ? ([...values][0] ?? '') : [...values]]));
}

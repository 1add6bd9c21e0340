/** The one engine behind every door: changes in, report out. Composes the stages; no I/O of its own. */
import type { EvidenceKind, EvidenceSet, Gathered, NewDependency } from './model/evidence.ts';
import type { Finding, Gap, Observation, Subject } from './model/finding.ts';
import { type Change, type IncomingChange, isIncoming, type PackageRef, type ResolvedTree, refText } from './model/package.ts';
import type { Policy, RuleSetting } from './model/policy.ts';
import type { Action, Coverage, Mode, PolicyNote, Report, Verdict } from './model/report.ts';
import type { AnyRule } from './model/rule.ts';
import { defaultOptions } from './model/rule.ts';
import { type Instant, isoOf } from './model/time.ts';
import { indexByKey, pathTo } from './model/tree.ts';
import { actionOf, actionOfGap, applyWaivers, settingFor, stricter } from './policy/decide.ts';
import { join, type Weights } from './policy/join.ts';

/** Hands over evidence; implemented in evidence/, faked in tests. Never throws for one package: what cannot be had is `failed`. */
export interface EvidenceSource {
  /** Evidence of at least the kinds asked for, for each change, in any order. */
  gather(changes: readonly IncomingChange[], kinds: readonly EvidenceKind[]): Promise<ReadonlyMap<IncomingChange, EvidenceSet>>;
  /** Age in seconds of the oldest cached fact used without asking again, if any. */
  oldestFactSeconds?(): number | undefined;
}

/**
 * Remembers packages about which the very same rules and policy found nothing at all. Sound because a rule may only get laxer
 * as time passes (held by a contract test) and because what is remembered is asked for anew as soon as its facts are.
 */
export interface CleanMemory {
  /** What was not offered for a package found clean before; undefined when it must be judged. */
  recall(change: IncomingChange): readonly NotOffered[] | undefined;
  /** `leansOn`: what else in the tree the judgement looked at. */
  keep(change: IncomingChange, notOffered: readonly NotOffered[], leansOn: readonly NewDependency[]): void;
  /** Writes down what was kept, which rests on facts at least this old. */
  save(oldestFactSeconds: number): void;
  /** Age in seconds of the oldest fact behind what was recalled, if any. */
  oldestFactSeconds(): number | undefined;
}

/** Evidence a registry does not publish, and how that is said. */
export interface NotOffered {
  readonly missing: EvidenceKind;
  readonly reason: string;
}

/** What a door hands to the engine. */
export interface Evaluation {
  readonly mode: Mode;
  readonly toolVersion: string;
  readonly changes: readonly Change[];
  /** The tree after the change: the way in of each package. */
  readonly tree: ResolvedTree;
  readonly sources: EvidenceSource;
  readonly rules: readonly AnyRule[];
  readonly weights: Weights;
  readonly policy: Policy;
  readonly now: Instant;
  readonly memory?: CleanMemory;
  /** Findings on files, from the repository family of rules. */
  readonly fileFindings?: readonly Finding[];
  /** Files that could not be read. */
  readonly fileGaps?: readonly Gap[];
  readonly notes?: readonly PolicyNote[];
}

/** Judges the changes and says what to do, with the evidence. */
export async function evaluate(input: Evaluation): Promise<Report> {
  const incoming = input.changes.filter(isIncoming);
  const path = pathFinder(input.tree);
  const judged = await judgeAll(incoming, input, path);
  const found = [...judged.flatMap((one) => one.findings), ...(input.fileFindings ?? [])];
  const { counted, waived, notes } = applyWaivers(found, input.policy, input.now);
  const gaps = [...judged.flatMap((one) => one.gaps), ...(input.fileGaps ?? [])];
  const verdicts = verdictsOf(incoming, counted, gaps, input, path);
  return {
    schema: 1,
    tool: { name: 'depward', version: input.toolVersion },
    mode: input.mode,
    asOf: isoOf(input.now),
    policy: input.policy.origin,
    action: verdicts.reduce<Action>((worst, verdict) => stricter(worst, verdict.action), 'allow'),
    complete: gaps.every((gap) => gap.why !== 'failed'),
    verdicts,
    findings: counted.map((finding) => ({ ...finding, action: actionOf(finding, input.policy) })).sort(byFinding),
    gaps: gaps.filter((gap) => gap.why === 'failed'),
    waived,
    notes: [...notes, ...(input.notes ?? [])],
    removed: input.changes.flatMap((change) => (change.action === 'remove' ? [{ name: change.before.name, version: change.before.version }] : [])),
    coverage: coverageOf(input, incoming, gaps),
  };
}

/** Judges what is not remembered as clean, and remembers what now proves so. */
async function judgeAll(incoming: readonly IncomingChange[], input: Evaluation, path: PathFinder): Promise<readonly Judged[]> {
  const { memory } = input;
  const recalled = new Map(incoming.flatMap((change) => pairOf(change, memory?.recall(change))));
  const open = incoming.filter((change) => !recalled.has(change));
  const gathered =
    open.length === 0 ? new Map<IncomingChange, EvidenceSet>() : await input.sources.gather(open, neededKinds(input.rules, input.policy));
  const contextOf = contextMaker(input.now);
  const judged = incoming.map((change) => {
    const notOffered = recalled.get(change);
    if (notOffered)
      return { findings: [], gaps: notOffered.map((one): Gap => ({ subject: subjectOf(change), why: 'not-offered', ruleIds: [], ...one })) };
    const evidence = gathered.get(change) ?? {};
    const one = judge(change, evidence, input, path, contextOf);
    if (memory && isClean(one))
      memory.keep(
        change,
        one.gaps.map(({ missing, reason }) => ({ missing, reason }) as NotOffered),
        evidence.newDependencies?.ok ? evidence.newDependencies.value : [],
      );
    return one;
  });
  memory?.save(input.sources.oldestFactSeconds?.() ?? 0);
  return judged;
}

function pairOf<K, V>(key: K, value: V | undefined): [K, V][] {
  return value === undefined ? [] : [[key, value]];
}

function isClean({ findings, gaps }: Judged): boolean {
  return findings.length === 0 && gaps.every((gap) => gap.why === 'not-offered');
}

interface Judged {
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
}

type PathFinder = (key: string) => readonly PackageRef[];

function neededKinds(rules: readonly AnyRule[], policy: Policy): EvidenceKind[] {
  const on = rules.filter((rule) => isOn(rule, policy));
  return [...new Set<EvidenceKind>(['listing', ...policy.require, ...on.flatMap((rule) => rule.needs)])];
}

function isOn(rule: AnyRule, policy: Policy): boolean {
  return settingFor(policy, rule.meta.id, undefined)?.level !== 'off' || policy.overrides.some((override) => override.rules.has(rule.meta.id));
}

function judge(change: IncomingChange, evidence: EvidenceSet, input: Evaluation, path: PathFinder, contextOf: ContextMaker): Judged {
  const subject = subjectOf(change);
  const values = valuesOf(evidence);
  const findings: Finding[] = [];
  const missing: MissingEvidence = new Map();
  for (const rule of input.rules) {
    const setting = settingFor(input.policy, rule.meta.id, change.after.name);
    if (!setting || setting.level === 'off' || !rule.sources.includes(change.after.source)) continue;
    const lacking = lackingFor(rule, evidence);
    if (lacking === 'moot') continue;
    if (lacking) {
      note(missing, lacking.kind, lacking.gathered, rule.meta.id);
      continue;
    }
    for (const observation of observe(rule, change, values, contextOf(rule, setting))) {
      findings.push({ ...observation, ruleId: rule.meta.id, severity: rule.meta.severity, subject, path: path(change.after.key) });
    }
  }
  if (change.after.source === 'registry') noteRequired(missing, evidence, input.policy);
  const joined = join(findings, input.weights, input.policy.joinThreshold);
  const gaps = [...missing].map(
    ([kind, { gathered, ruleIds }]): Gap => ({ subject, missing: kind, why: gathered.why, reason: gathered.reason, ruleIds }),
  );
  return { findings: joined ? [joined, ...findings] : findings, gaps };
}

type NotHad = Extract<Gathered<unknown>, { ok: false }>;
type MissingEvidence = Map<EvidenceKind, { readonly gathered: NotHad; readonly ruleIds: string[] }>;

function note(missing: MissingEvidence, kind: EvidenceKind, gathered: NotHad, ruleId?: string): void {
  const held = missing.get(kind) ?? { gathered, ruleIds: [] };
  if (ruleId !== undefined) held.ruleIds.push(ruleId);
  missing.set(kind, held);
}

/** What the policy requires is missed even where no rule that is on asked for it. */
function noteRequired(missing: MissingEvidence, evidence: EvidenceSet, policy: Policy): void {
  for (const kind of policy.require) {
    const gathered = evidence[kind] ?? notCollected;
    if (!gathered.ok) note(missing, kind, gathered);
  }
}

/** What a rule gets besides evidence; its options are of its own types, checked where they were read. */
interface Context {
  readonly now: Instant;
  readonly options: RuleSetting['options'];
}

type ContextMaker = (rule: AnyRule, setting: RuleSetting) => Context;

/** Thousands of packages share one context per rule and setting. */
function contextMaker(now: Instant): ContextMaker {
  const made = new Map<AnyRule, Map<RuleSetting, Context>>();
  return (rule, setting) => {
    const ofRule = made.get(rule) ?? new Map<RuleSetting, Context>();
    made.set(rule, ofRule);
    const context = ofRule.get(setting) ?? { now, options: { ...defaultOptions(rule.options), ...setting.options } };
    ofRule.set(setting, context);
    return context;
  };
}

function observe(rule: AnyRule, change: IncomingChange, values: Record<string, unknown>, context: Context): readonly Observation[] {
  return rule.check(change, values, context);
}

const notCollected: NotHad = { ok: false, why: 'failed', reason: 'it was not collected' };

/** Evidence a rule lacks; `moot` when the registry does not list the version, which has its own rules. */
function lackingFor(rule: AnyRule, evidence: EvidenceSet): { kind: EvidenceKind; gathered: NotHad } | 'moot' | undefined {
  const listing = evidence.listing;
  const unlisted = listing?.ok === true && listing.value.status !== 'listed';
  for (const kind of rule.needs as readonly EvidenceKind[]) {
    const gathered = evidence[kind];
    if (gathered?.ok) continue;
    if (unlisted && kind !== 'listing' && kind !== 'name') return 'moot';
    return { kind, gathered: gathered ?? notCollected };
  }
  return undefined;
}

/** What was had, by kind. Each rule's type lets it see only the kinds it needs. */
function valuesOf(evidence: EvidenceSet): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [kind, gathered] of Object.entries(evidence)) if (gathered.ok) values[kind] = gathered.value;
  return values;
}

function subjectOf(change: IncomingChange): Subject {
  const { name, version, integrity, alias, where } = change.after;
  return { kind: 'package', name, version, ...(integrity && { integrity }), ...(alias && { alias }), ...(where && { where }) };
}

function verdictsOf(
  incoming: readonly IncomingChange[],
  findings: readonly Finding[],
  gaps: readonly Gap[],
  input: Evaluation,
  path: PathFinder,
): Verdict[] {
  const bySubject = groupBy(findings, (finding) => keyOf(finding.subject));
  const gapsBySubject = groupBy(gaps, (gap) => keyOf(gap.subject));
  const subjects = new Map<string, { readonly subject: Subject; readonly change?: IncomingChange }>();
  for (const change of incoming) {
    const subject = subjectOf(change);
    subjects.set(keyOf(subject), { subject, change });
  }
  for (const { subject } of [...findings, ...gaps]) if (!subjects.has(keyOf(subject))) subjects.set(keyOf(subject), { subject });
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
  input: Evaluation,
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
    path: change && because.length > 0 ? path(change.after.key) : [],
    because,
  };
}

function coverageOf(input: Evaluation, incoming: readonly IncomingChange[], gaps: readonly Gap[]): Coverage {
  const offered = groupBy(
    gaps.filter((gap) => gap.why === 'not-offered'),
    (gap) => gap.missing,
  );
  const ages = [input.sources.oldestFactSeconds?.(), input.memory?.oldestFactSeconds()].filter((age) => age !== undefined);
  const oldest = ages.length > 0 ? Math.max(...ages) : undefined;
  const outside = incoming.filter((change) => change.after.source !== 'registry').length;
  return {
    packages: input.tree.packages.length,
    judged: incoming.length,
    notOffered: [...offered]
      .map(([evidence, list]) => ({ evidence, packages: new Set(list.map((gap) => keyOf(gap.subject))).size, reason: list[0]?.reason ?? '' }))
      .sort((a, b) => compare(a.evidence, b.evidence)),
    incomplete: new Set(gaps.filter((gap) => gap.why === 'failed' && gap.subject.kind === 'package').map((gap) => keyOf(gap.subject))).size,
    outsideRegistry: outside,
    ...(oldest !== undefined && { oldestFactSeconds: oldest }),
  };
}

function pathFinder(tree: ResolvedTree): PathFinder {
  let index: ReturnType<typeof indexByKey> | undefined;
  return (key) => {
    index ??= indexByKey(tree);
    return pathTo(tree, key, index);
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

function keyOf(subject: Subject): string {
  return subject.kind === 'file' ? `file ${subject.file}:${subject.line ?? 0}` : `package ${refText(subject)} ${subject.integrity ?? ''}`;
}

const worstFirst: Record<Action, number> = { block: 0, warn: 1, allow: 2 };

function byFinding(a: Finding & { action: Action }, b: Finding & { action: Action }): number {
  return worstFirst[a.action] - worstFirst[b.action] || compare(keyOf(a.subject), keyOf(b.subject)) || compare(a.ruleId, b.ruleId);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

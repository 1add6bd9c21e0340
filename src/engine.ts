/** The one engine behind every door: changes in, report out. Composes the stages; no I/O of its own. */
import { contextMaker, type Judged, judge, neededKinds, type PathFinder, subjectOf } from './judge.ts';
import type { EvidenceKind, EvidenceSet, Gathered, NameEvidence, NewDependency } from './model/evidence.ts';
import { type Finding, type Gap, subjectKey } from './model/finding.ts';
import { type Change, type IncomingChange, isIncoming, type ResolvedTree } from './model/package.ts';
import type { Policy } from './model/policy.ts';
import type { Action, Mode, PolicyNote, Report } from './model/report.ts';
import type { JudgingRule } from './model/rule.ts';
import { type Instant, isoOf } from './model/time.ts';
import { indexByKey, pathTo } from './model/tree.ts';
import { actionOf, actionOfGap, applyWaivers, stricter } from './policy/decide.ts';
import type { Weights } from './policy/join.ts';
import { byFinding, coverageOf, verdictsOf } from './verdicts.ts';

/** Hands over evidence; implemented in evidence/, faked in tests. Never throws for one package: what cannot be had is `failed`. */
export interface EvidenceSource {
  /** Evidence of at least the kinds asked for, for each change, in any order. */
  gather(
    changes: readonly IncomingChange[],
    kinds: readonly EvidenceKind[],
    /** All that comes in with them, where that is more. */
    among?: readonly IncomingChange[],
  ): Promise<ReadonlyMap<IncomingChange, EvidenceSet>>;
  /** When the oldest fact was confirmed that was used without asking again; undefined while none was. */
  oldest?(): Instant | undefined;
  /** When the oldest of all facts used was confirmed, asked for again or not. */
  confirmedAt?(): Instant | undefined;
  /** When evidence on a change will be another by the clock alone; undefined for never. */
  until?(change: IncomingChange): Instant | undefined;
  /** True where evidence on a change speaks of what else comes in with it. */
  leansOnOthers?(change: IncomingChange): boolean;
}

/**
 * Remembers what the very same rules and policy made of packages. Sound because only what does not depend on the clock is
 * remembered, or until when it does, and because it is asked for anew as soon as its facts are.
 */
export interface JudgementMemory {
  /** What was said of a package before; undefined when it must be judged. */
  recall(change: IncomingChange): RememberedJudgement | undefined;
  /** `leansOn`: what else in the tree the judgement looked at; `name`: what its own name said. */
  keep(change: IncomingChange, judgement: RememberedJudgement, leansOn: readonly NewDependency[], name: NameEvidence | undefined): void;
  /** Writes down what was kept, which rests on facts confirmed then or later. */
  save(confirmedAt: Instant): void;
  /** When the oldest fact behind what was recalled was confirmed. */
  oldest(): Instant | undefined;
}

/** A judgement without its subject. */
export interface RememberedJudgement {
  readonly findings: readonly Omit<Finding, 'subject' | 'path'>[];
  readonly notOffered: readonly NotOffered[];
  /** When it will be another by the clock alone. */
  readonly until?: Instant;
}

/** Evidence a registry does not publish, and how that is said. */
export interface NotOffered {
  readonly missing: Gap['missing'];
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
  /** The rules, or how to get them: where all is remembered none is asked. */
  readonly rules: readonly JudgingRule[] | (() => Promise<readonly JudgingRule[]>);
  readonly weights: Weights;
  readonly policy: Policy;
  readonly now: Instant;
  readonly memory?: JudgementMemory;
  /** Told of every moment from which, by the clock alone, the answer may be another. */
  readonly onUntil?: (moment: Instant) => void;
  /** Findings on files, from the repository family of rules. */
  readonly fileFindings?: readonly Finding[];
  /** Files that could not be read. */
  readonly fileGaps?: readonly Gap[];
  readonly notes?: readonly PolicyNote[];
  /** Tells the way in of packages with nothing against them too, which is work where there are thousands. */
  readonly everyWay?: boolean;
}

/** Judges the changes and says what to do, with the evidence. */
export async function evaluate(input: Evaluation): Promise<Report> {
  const incoming = input.changes.filter(isIncoming);
  const path = pathFinder(input.tree);
  const judged = await judgeAll(incoming, input, path);
  const found = once([...judged.flatMap((one) => one.findings), ...(input.fileFindings ?? [])]);
  const { counted, waived, notes } = applyWaivers(found, input.policy, input.now);
  for (const { expires } of input.policy.waivers) if (expires > input.now) input.onUntil?.(expires);
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
    coverage: coverageOf(input.tree.size ?? input.tree.packages.length, incoming, gaps, agesOf(input)),
  };
}

/** Judges what is not remembered, and remembers what can be. */
async function judgeAll(incoming: readonly IncomingChange[], input: Evaluation, path: PathFinder): Promise<readonly Judged[]> {
  const { memory, sources, now } = input;
  const recalled = new Map(incoming.flatMap((change) => pairOf(change, memory?.recall(change))));
  const open = incoming.filter((change) => !recalled.has(change));
  const rules = open.length === 0 ? [] : typeof input.rules === 'function' ? await input.rules() : input.rules;
  const gathered =
    open.length === 0 ? new Map<IncomingChange, EvidenceSet>() : await sources.gather(open, neededKinds(rules, input.policy), incoming);
  const judging = { ...input, rules };
  const contextOf = contextMaker(now);
  const judged = incoming.map((change) => {
    const known = recalled.get(change);
    if (known) return revived(known, change, input, path);
    const evidence = gathered.get(change) ?? {};
    const one = judge(change, evidence, judging, path, contextOf);
    const until = one.tellsTime ? now : sources.until?.(change);
    if (until !== undefined) input.onUntil?.(until);
    const lasts = (until ?? Number.POSITIVE_INFINITY) > now && !sources.leansOnOthers?.(change);
    if (memory && change.after.source === 'registry' && lasts && mayBeKept(one, input))
      memory.keep(change, asRemembered(one, until), hadIn(evidence.newDependencies) ?? [], hadIn(evidence.name));
    return one;
  });
  memory?.save(sources.confirmedAt?.() ?? now);
  return judged;
}

function hadIn<T>(gathered: Gathered<T> | undefined): T | undefined {
  return gathered?.ok ? gathered.value : undefined;
}

function pairOf<K, V>(key: K, value: V | undefined): [K, V][] {
  return value === undefined ? [] : [[key, value]];
}

/** What could not be told is asked for anew, and gaps that block name the rules they keep from running. */
function mayBeKept({ gaps }: Judged, { policy, mode }: Evaluation): boolean {
  return gaps.every((gap) => gap.why === 'not-offered' && actionOfGap(gap, policy, mode) === 'allow');
}

function asRemembered({ findings, gaps }: Judged, until: Instant | undefined): RememberedJudgement {
  return {
    findings: findings.map(({ subject: _subject, path: _path, ...finding }) => finding),
    notOffered: gaps.map(({ missing, reason }) => ({ missing, reason })),
    ...(until !== undefined && { until }),
  };
}

function revived({ findings, notOffered, until }: RememberedJudgement, change: IncomingChange, input: Evaluation, path: PathFinder): Judged {
  if (until !== undefined) input.onUntil?.(until);
  const subject = subjectOf(change);
  return {
    findings: findings.map((finding) => ({ ...finding, subject, path: path(change.after.key) })),
    gaps: notOffered.map((one): Gap => ({ subject, why: 'not-offered', ruleIds: [], ...one })),
    tellsTime: false,
  };
}

/** Ages in seconds of the oldest facts nobody was asked about again. */
function agesOf({ sources, memory, now }: Evaluation): number[] {
  return [sources.oldest?.(), memory?.oldest()].flatMap((at) => (at === undefined ? [] : [Math.max(0, Math.round((now - at) / 1000))]));
}

function pathFinder(tree: ResolvedTree): PathFinder {
  let index: Parameters<typeof pathTo>[2];
  return (key) => {
    index ??= tree.at ? { get: tree.at } : indexByKey(tree);
    return pathTo(tree, key, index);
  };
}

/** A package that stands in several places of a tree is spoken of once. */
function once(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = `${subjectKey(finding.subject)} ${finding.ruleId} ${finding.message}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

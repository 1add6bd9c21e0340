/** The one engine behind every door: changes in, report out. Composes the stages; no I/O of its own. */
import { contextMaker, type Judged, judge, neededKinds, type PathFinder, subjectOf } from './judge.ts';
import type { EvidenceKind, EvidenceSet, NewDependency } from './model/evidence.ts';
import type { Finding, Gap } from './model/finding.ts';
import { type Change, type IncomingChange, isIncoming, type ResolvedTree } from './model/package.ts';
import type { Policy } from './model/policy.ts';
import type { Action, Mode, PolicyNote, Report } from './model/report.ts';
import type { AnyRule } from './model/rule.ts';
import { type Instant, isoOf } from './model/time.ts';
import { indexByKey, pathTo } from './model/tree.ts';
import { actionOf, applyWaivers, stricter } from './policy/decide.ts';
import type { Weights } from './policy/join.ts';
import { byFinding, coverageOf, keyOf, verdictsOf } from './verdicts.ts';

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
  const found = once([...judged.flatMap((one) => one.findings), ...(input.fileFindings ?? [])]);
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
    coverage: coverageOf(input.tree.packages.length, incoming, gaps, [input.sources.oldestFactSeconds?.(), input.memory?.oldestFactSeconds()]),
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

function pathFinder(tree: ResolvedTree): PathFinder {
  let index: ReturnType<typeof indexByKey> | undefined;
  return (key) => {
    index ??= indexByKey(tree);
    return pathTo(tree, key, index);
  };
}

/** A package that stands in several places of a tree is spoken of once. */
function once(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = `${keyOf(finding.subject)} ${finding.ruleId} ${finding.message}`;
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

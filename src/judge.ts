/** Judges one package: its evidence in, findings and gaps out. Pure. */
import type { EvidenceKind, EvidenceSet, Lack } from './model/evidence.ts';
import type { Finding, Gap, Observation, Subject } from './model/finding.ts';
import type { IncomingChange, PackageRef } from './model/package.ts';
import type { Policy, RuleSetting } from './model/policy.ts';
import { defaultOptions, type JudgingRule } from './model/rule.ts';
import type { Instant } from './model/time.ts';
import { settingFor } from './policy/decide.ts';
import { join, type Weights } from './policy/join.ts';

/** What judging depends on besides the evidence. */
export interface Judging {
  readonly rules: readonly JudgingRule[];
  readonly weights: Weights;
  readonly policy: Policy;
}

/** What is known of one package in the end. */
export interface Judged {
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  /** True when a rule that found something had asked for the time: its words may be others a minute later. */
  readonly tellsTime: boolean;
}

/** The way in of a package, by its key in the tree. */
export type PathFinder = (key: string) => readonly PackageRef[];

/** The kinds of evidence that the rules which are on ask for. */
export function neededKinds(rules: readonly JudgingRule[], policy: Policy): readonly EvidenceKind[] {
  const known = needed.get(policy);
  if (known?.rules === rules) return known.kinds;
  const on = rules.filter((rule) => isOn(rule, policy));
  const kinds = [...new Set<EvidenceKind>(['listing', ...policy.require, ...on.flatMap((rule) => rule.needs)])];
  needed.set(policy, { rules, kinds });
  return kinds;
}

/** Neither changes, and thousands of single packages are judged by both. */
const needed = new WeakMap<Policy, { readonly rules: readonly JudgingRule[]; readonly kinds: readonly EvidenceKind[] }>();

function isOn(rule: JudgingRule, policy: Policy): boolean {
  const level = settingFor(policy, rule.meta.id, undefined)?.level ?? 'off';
  return level !== 'off' || policy.overrides.some((override) => override.rules.has(rule.meta.id));
}

/** Runs every rule that is on over one package: findings, and what could not be told. */
export function judge(change: IncomingChange, evidence: EvidenceSet, input: Judging, path: PathFinder, contextOf: ContextMaker): Judged {
  const subject = subjectOf(change);
  const values = valuesOf(evidence);
  const findings: Finding[] = [];
  const missing: MissingEvidence = new Map();
  let tellsTime = false;
  const partly = Object.values(evidence).some((gathered) => gathered.ok && gathered.lacking);
  for (const { rule, setting } of chosenFor(change.after.name, input)) {
    if (!rule.sources.includes(change.after.source)) continue;
    const lacking = lackingFor(rule, evidence);
    if (lacking === 'moot') continue;
    if (lacking) {
      note(missing, lacking.kind, lacking.gathered, rule.meta.id);
      continue;
    }
    if (partly) noteParts(missing, rule, evidence);
    const context = contextOf(rule, setting);
    context.asked = false;
    for (const observation of observe(rule, change, values, context)) {
      tellsTime ||= context.asked;
      findings.push({ ...observation, ruleId: rule.meta.id, severity: rule.meta.severity, subject, path: path(change.after.key) });
    }
  }
  if (change.after.source === 'registry') noteRequired(missing, evidence, input.policy);
  const joined = join(findings, input.weights, input.policy.joinThreshold);
  const gaps = [...missing].map(
    ([kind, { gathered, ruleIds }]): Gap => ({ subject, missing: kind, why: gathered.why, reason: gathered.reason, ruleIds }),
  );
  return { findings: joined ? [joined, ...findings] : findings, gaps, tellsTime };
}

interface Chosen {
  readonly rule: JudgingRule;
  readonly setting: RuleSetting;
}

/** The rules that are on for a package of that name. */
function chosenFor(name: string, { rules, policy }: Judging): readonly Chosen[] {
  const known = policy.overrides.length === 0 ? chosen.get(policy) : undefined;
  if (known?.rules === rules) return known.all;
  const all = rules.flatMap((rule): Chosen[] => {
    const setting = settingFor(policy, rule.meta.id, name);
    return setting && setting.level !== 'off' ? [{ rule, setting }] : [];
  });
  if (policy.overrides.length === 0) chosen.set(policy, { rules, all });
  return all;
}

/** Where no package has rules of its own, what holds for one holds for thousands. */
const chosen = new WeakMap<Policy, { readonly rules: readonly JudgingRule[]; readonly all: readonly Chosen[] }>();

type MissingEvidence = Map<EvidenceKind, { readonly gathered: Lack; readonly ruleIds: string[] }>;

/** Evidence that was had but for a part: the rules that run on it could have seen more. */
function noteParts(missing: MissingEvidence, rule: JudgingRule, evidence: EvidenceSet): void {
  for (const kind of rule.needs as readonly EvidenceKind[]) {
    const gathered = evidence[kind];
    if (gathered?.ok && gathered.lacking) note(missing, kind, gathered.lacking, rule.meta.id);
  }
}

function note(missing: MissingEvidence, kind: EvidenceKind, gathered: Lack, ruleId?: string): void {
  const held = missing.get(kind) ?? { gathered, ruleIds: [] };
  if (ruleId !== undefined) held.ruleIds.push(ruleId);
  missing.set(kind, held);
}

/** What the policy requires is missed even where no rule that is on asked for it. */
function noteRequired(missing: MissingEvidence, evidence: EvidenceSet, policy: Policy): void {
  for (const kind of policy.require) {
    const gathered = evidence[kind] ?? notCollected;
    if (!gathered.ok) note(missing, kind, gathered);
    else if (gathered.lacking) note(missing, kind, gathered.lacking);
  }
}

/** What a rule gets besides evidence; its options are of its own types, checked where they were read. */
interface Context {
  readonly now: Instant;
  readonly options: RuleSetting['options'];
  /** Whether the time was asked for since this was last set. */
  asked: boolean;
}

export type ContextMaker = (rule: JudgingRule, setting: RuleSetting) => Context;

/** Thousands of packages share one context per rule and setting. */
export function contextMaker(now: Instant): ContextMaker {
  const made = new Map<JudgingRule, Map<RuleSetting, Context>>();
  return (rule, setting) => {
    const known = made.get(rule)?.get(setting);
    if (known) return known;
    const context = watched(now, { ...defaultOptions(rule.options), ...setting.options });
    made.set(rule, (made.get(rule) ?? new Map<RuleSetting, Context>()).set(setting, context));
    return context;
  };
}

/** Notices whether a rule asks for the time. */
function watched(now: Instant, options: RuleSetting['options']): Context {
  return {
    options,
    asked: false,
    get now() {
      this.asked = true;
      return now;
    },
  };
}

function observe(rule: JudgingRule, change: IncomingChange, values: Record<string, unknown>, context: Context): readonly Observation[] {
  return rule.check(change, values, context);
}

const notCollected = { ok: false, why: 'failed', reason: 'it was not collected' } as const;

/** Evidence a rule lacks; `moot` when the registry does not list the version, which has its own rules. */
function lackingFor(rule: JudgingRule, evidence: EvidenceSet): { kind: EvidenceKind; gathered: Lack } | 'moot' | undefined {
  const listing = evidence.listing;
  const unlisted = listing?.ok === true && listing.value.status !== 'listed';
  for (const kind of rule.needs as readonly EvidenceKind[]) {
    const gathered = evidence[kind];
    if (gathered?.ok) continue;
    if (gathered?.moot || (unlisted && kind !== 'listing' && kind !== 'name')) return 'moot';
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

/** What a finding on a package that comes in is about. */
export function subjectOf(change: IncomingChange): Subject {
  const { name, version, integrity, alias, where } = change.after;
  const { alsoAt } = change;
  return {
    kind: 'package',
    name,
    version,
    ...(integrity && { integrity }),
    ...(alias && { alias }),
    ...(where && { where }),
    ...(alsoAt && { alsoAt }),
  };
}

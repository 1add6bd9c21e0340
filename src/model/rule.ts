/** The contract of a rule: a doc page, the evidence it needs, and a pure check. */
import type { EvidenceKind, EvidenceMap } from './evidence.ts';
import type { Observation, Severity } from './finding.ts';
import type { IncomingChange, PackageSource } from './package.ts';
import type { Instant } from './time.ts';

/** Evidence family: facts of one family are not independent of each other and count once when evidence is joined. */
export type Family =
  | 'name'
  | 'age'
  | 'script'
  | 'dependency'
  | 'publisher'
  | 'trust'
  | 'timing'
  | 'code'
  | 'hiding'
  | 'shape'
  | 'source'
  | 'pipeline';

/** A value an option may take in `depward.config.json`. */
export type OptionSpec =
  | { readonly type: 'number'; readonly default: number; readonly min?: number; readonly max?: number; readonly about: string }
  | { readonly type: 'boolean'; readonly default: boolean; readonly about: string }
  | { readonly type: 'strings'; readonly default: readonly string[]; readonly about: string };

/** Options by name, as a rule declares them. */
export type OptionSpecs = Readonly<Record<string, OptionSpec>>;

/** The values a rule receives for the options it declared. */
export type OptionValues<O extends OptionSpecs> = {
  readonly [K in keyof O]: O[K] extends { type: 'number' } ? number : O[K] extends { type: 'boolean' } ? boolean : readonly string[];
};

/** One worked example: what the rule is shown and how many findings it makes of it. */
export interface RuleExample<N extends EvidenceKind, M extends EvidenceKind = never> {
  readonly title: string;
  readonly change: IncomingChange;
  readonly evidence: Pick<EvidenceMap, N> & Partial<Pick<EvidenceMap, M>>;
  readonly now: Instant;
  /** Options that differ from the defaults. */
  readonly options?: Readonly<Record<string, number | boolean | readonly string[]>>;
  readonly flagged: boolean;
}

/** The doc page of a rule: `explain`, the README table and SARIF follow from it. */
export interface RuleMeta {
  readonly id: string;
  readonly family: Family;
  readonly severity: Severity;
  /** One line: what is wrong. */
  readonly summary: string;
  /** Why it matters, in plain sentences. */
  readonly why: string;
  /** What to do now. */
  readonly remedy: string;
  /** Real incidents, papers, documentation. */
  readonly references: readonly string[];
  /** When honest packages trip it. */
  readonly falsePositives: string;
  /** First version of depward that has it. */
  readonly since: string;
}

/** What a rule gets besides evidence: no client, no clock of its own. */
export interface RuleContext<O extends OptionSpecs = OptionSpecs> {
  readonly now: Instant;
  readonly options: OptionValues<O>;
}

/** A rule on one package that comes in. Using evidence it did not declare is a compile error. */
export interface Rule<N extends EvidenceKind = EvidenceKind, O extends OptionSpecs = OptionSpecs, M extends EvidenceKind = never> {
  readonly meta: RuleMeta;
  readonly needs: readonly N[];
  /** What it looks at where another rule had it gathered. */
  readonly sees?: readonly M[];
  readonly options: O;
  /** Sources it applies to; registry packages unless said otherwise, and tarballs at web addresses where contents are all it needs. */
  readonly sources: readonly PackageSource[];
  check(change: IncomingChange, evidence: Pick<EvidenceMap, N> & Partial<Pick<EvidenceMap, M>>, context: RuleContext<O>): readonly Observation[];
  readonly examples: readonly RuleExample<N, M>[];
}

/** How a rule file writes itself down. */
export interface RuleDefinition<N extends EvidenceKind, O extends OptionSpecs, M extends EvidenceKind = never> {
  readonly meta: RuleMeta;
  readonly needs: readonly N[];
  /** What it looks at where another rule had it gathered. */
  readonly sees?: readonly M[];
  readonly options?: O;
  readonly sources?: readonly PackageSource[];
  check(change: IncomingChange, evidence: Pick<EvidenceMap, N> & Partial<Pick<EvidenceMap, M>>, context: RuleContext<O>): readonly Observation[];
  readonly examples: readonly RuleExample<N, M>[];
}

/** A rule of any evidence and options, as lists hold them. */
// biome-ignore lint/suspicious/noExplicitAny: the list of rules is heterogeneous; each rule was checked against its own needs where it is defined
export type AnyRule = Rule<any, any, any>;

/** What judging knows of a rule's doc page: the build leaves the rest out where packages are judged. */
export type JudgingMeta = Pick<RuleMeta, 'id' | 'family' | 'severity'>;

/** A rule as judging knows it. */
export type JudgingRule = Omit<AnyRule, 'meta' | 'examples'> & { readonly meta: JudgingMeta };

/** Makes a rule of its definition, with the type checker holding `check` to the evidence in `needs`. */
export function defineRule<
  const N extends EvidenceKind,
  const O extends OptionSpecs = Record<never, OptionSpec>,
  const M extends EvidenceKind = never,
>(definition: RuleDefinition<N, O, M>): Rule<N, O, M> {
  const bytesAlone = definition.needs.length > 0 && definition.needs.every((kind) => kind === 'contents');
  return { options: {} as O, sources: bytesAlone ? ['registry', 'remote', 'git', 'file'] : ['registry'], ...definition };
}

/** The option values of a rule when the policy says nothing. */
export function defaultOptions(specs: OptionSpecs): Record<string, OptionSpec['default']> {
  return Object.fromEntries(Object.entries(specs).map(([name, spec]) => [name, spec.default]));
}

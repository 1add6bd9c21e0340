/** Rules on files of a repository: what is wrong in them, and what a change does to what gets installed. */
import type { Observation } from './finding.ts';
import type { RepositoryPaths } from './repository-paths.ts';
import type { JudgingMeta, OptionSpecs, OptionValues, RuleMeta } from './rule.ts';
import type { Instant } from './time.ts';

/** The texts of files by path from the repository root, with `/` between folders. */
export type FileTexts = ReadonlyMap<string, string>;

/** What a rule is shown of the repository: of the files it asked for, those that exist. */
export interface RepositoryFiles {
  readonly now: FileTexts;
  /** The state before the change; undefined where there is no change to look at. */
  readonly before?: FileTexts;
  /** Every path there is, without its text: what stands beside a file often tells how to read it. */
  readonly paths: RepositoryPaths;
  /** Every path there was before the change. */
  readonly pathsBefore?: RepositoryPaths;
  /** Paths whose content the change alters, brings or takes away; undefined where there is no change. */
  readonly changed?: ReadonlySet<string>;
}

/** Something wrong at a place of a file. */
export interface FileObservation extends Observation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  /** What tells it from others where its words hold what moves without being another weakness: a count, a version. A change that only moves those brings nothing new. */
  readonly about?: string;
  /** Of the secret it is about, to bind a waiver to. */
  readonly fingerprint?: string;
  /** The secret itself, so that no finding of any rule repeats it. Never leaves the judging. */
  readonly secret?: string;
  /** Where one is safe to make without thinking. */
  readonly fix?: FileFix;
}

/** A correction that changes nothing else: text of one line for other text, or lines added at the end of a file. */
export type FileFix =
  | { readonly kind: 'replace'; readonly file: string; readonly line: number; readonly from: string; readonly to: string }
  | { readonly kind: 'append'; readonly file: string; readonly lines: readonly string[] };

/** A file the rule could not read: a result, never a pass. */
export interface FileUntold {
  readonly file: string;
  readonly untold: string;
}

/** What a rule on files says. */
export type FileSeen = FileObservation | FileUntold;

/**
 * `state`: is asked what is wrong in files as they are; in a change only what is new of it counts.
 * `change`: compares before and after, and is not asked where there is no change.
 */
export type RepositoryRuleKind = 'state' | 'change';

export interface RepositoryContext<O extends OptionSpecs = OptionSpecs> {
  readonly now: Instant;
  readonly options: OptionValues<O>;
}

/** Files that are read only where others call them. */
export interface Following {
  /** Whether the file at this path may be one of them. */
  mayCall(path: string): boolean;
  /** Those that the texts call and that are not among them. */
  calledIn(texts: FileTexts, paths: RepositoryPaths): ReadonlySet<string>;
}

/** One worked example: texts by path. */
export interface RepositoryExample {
  readonly title: string;
  readonly now: Readonly<Record<string, string>>;
  readonly before?: Readonly<Record<string, string>>;
  /** Where the defaults of the rule say nothing. */
  readonly options?: Readonly<Record<string, number | boolean | readonly string[]>>;
  readonly flagged: boolean;
}

/** A rule on files. Pure: it gets the text of the files whose paths it `reads`, and says what it sees. */
export interface RepositoryRule<O extends OptionSpecs = OptionSpecs> {
  readonly meta: RuleMeta;
  readonly kind: RepositoryRuleKind;
  readonly options: O;
  /** Whether it wants the text of the file at this path. */
  reads(path: string): boolean;
  /** Files it wants beyond those, when what it reads calls them. */
  readonly follows?: Following;
  /** Files of which it says of each line what it would say of that line among four or five others: where a change adds and takes away only lines of which it says nothing, it has nothing new to say. */
  readonly byLine?: (path: string) => boolean;
  check(files: RepositoryFiles, context: RepositoryContext<O>): readonly FileSeen[];
  readonly examples: readonly RepositoryExample[];
}

/** How a rule file writes itself down. */
export interface RepositoryRuleDefinition<O extends OptionSpecs> extends Omit<RepositoryRule<O>, 'options'> {
  readonly options?: O;
}

/** A rule of any options, as lists hold them. */
// biome-ignore lint/suspicious/noExplicitAny: the list of rules is heterogeneous; each rule was checked against its own options where it is defined
export type AnyRepositoryRule = RepositoryRule<any>;

/** A rule on files as judging knows it. */
export type JudgingRepositoryRule = Omit<AnyRepositoryRule, 'meta' | 'examples'> & { readonly meta: JudgingMeta };

/** Makes a rule of its definition. */
export function defineRepositoryRule<const O extends OptionSpecs = Record<never, OptionSpecs[string]>>(
  definition: RepositoryRuleDefinition<O>,
): RepositoryRule<O> {
  return { options: {} as O, ...definition };
}

/** The last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The folder of a path with its closing `/`; empty at the root. */
export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

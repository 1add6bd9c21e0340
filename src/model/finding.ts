/** What rules observe, what becomes of it, and what could not be told. */
import type { EvidenceKind } from './evidence.ts';
import type { Location, PackageRef } from './package.ts';

/** How much harm the thing does if it is what it looks like. */
export type Severity = 'info' | 'low' | 'medium' | 'high' | 'critical';

/** How sure the rule is. Severity and confidence are two axes; the policy decides. */
export type Confidence = 'low' | 'medium' | 'high';

/** A fact of a finding, shown as `key: value`. Values may be the words of strangers: reporters neutralise them. */
export type Facts = Readonly<Record<string, string | number | boolean | readonly string[]>>;

/** What a rule saw. */
export interface Observation {
  /** One sentence without the package's name: what is wrong here. */
  readonly message: string;
  readonly confidence: Confidence;
  readonly facts: Facts;
  /** The signal for joining evidence, where finer than the rule id, e.g. `publisher-changed:dormant`. */
  readonly signal?: string;
  /** What to do about this very case; the rule's own remedy otherwise. */
  readonly remedy?: string;
  /** When the finding will pass by itself (ISO time), for ages. */
  readonly passesAt?: string;
}

/** What a finding is about: a package, or a file of the repository. */
export type Subject =
  | {
      readonly kind: 'package';
      readonly name: string;
      readonly version: string;
      readonly integrity?: string;
      readonly alias?: string;
      readonly where?: Location;
      /** Where further lockfiles bring in the same. */
      readonly alsoAt?: readonly Location[];
    }
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly line?: number;
      readonly column?: number;
      /** Of the secret it is about: a waiver covers that secret and no other in the file. */
      readonly fingerprint?: string;
    };

/** An observation with its rule and its subject. */
export interface Finding extends Observation {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly subject: Subject;
  /** The way in, from the project's own dependency to the subject; empty for files. */
  readonly path: readonly PackageRef[];
}

/** Tells subjects apart: by their bytes, else by the lockfile they stand in, where a path may mean something else in each. */
export function subjectKey(subject: Subject): string {
  if (subject.kind === 'file') return `file ${subject.file}:${subject.line ?? 0}`;
  return `package ${subject.name}@${subject.version} ${subject.integrity ?? subject.where?.file ?? ''}`;
}

/** Something that could not be told: a result, never silence. */
export interface Gap {
  readonly subject: Subject;
  /** The kind of evidence; `file` and `tree` where a file or the resolved tree could not be read. */
  readonly missing: EvidenceKind | 'file' | 'tree';
  readonly why: 'not-offered' | 'failed';
  readonly reason: string;
  /** The rules that could not run for want of it, or saw but a part. */
  readonly ruleIds: readonly string[];
}

/** What stands in reports and waivers for a subject: `name@version`, or `file` and line. */
export function subjectText(subject: Subject): string {
  if (subject.kind === 'package') return subject.version === '' ? subject.name : `${subject.name}@${subject.version}`;
  return subject.line === undefined ? subject.file : `${subject.file}:${subject.line}`;
}

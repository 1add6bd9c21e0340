/** The result of every door; reporters see only this. Published as depward.report.schema.json. */
import type { Finding, Gap, Subject } from './finding.ts';
import type { PackageRef } from './package.ts';

export type Mode = 'check' | 'gate' | 'proxy' | 'run' | 'doctor';
export type Action = 'allow' | 'warn' | 'block';

/** The decision on one subject and what it rests on. */
export interface Verdict {
  readonly subject: Subject;
  readonly action: Action;
  /** What the change does to it; files have none. */
  readonly change?: 'add' | 'change';
  /** The version it replaces. */
  readonly from?: string;
  readonly path: readonly PackageRef[];
  readonly because: readonly { readonly ruleId: string; readonly action: Action; readonly message: string }[];
  /** The newest older version that would be let in, judged by the same rules; only for blocks. */
  readonly instead?: string;
}

/** A finding that a waiver covers. */
export interface Waived {
  readonly finding: Finding;
  readonly owner: string;
  readonly reason: string;
  /** ISO time. */
  readonly expires: string;
}

/** A remark on the policy itself (an expired or unused waiver, what it leaves out), or on what lies where nothing was judged. */
export interface PolicyNote {
  readonly kind: 'waiver-expired' | 'waiver-unused' | 'waiver-in-change' | 'policy-weakened' | 'paths-ignored' | 'baseline' | 'submodule-moved';
  readonly message: string;
}

/** What was looked at and what was not. */
export interface Coverage {
  readonly packages: number;
  readonly judged: number;
  /** Kinds of evidence this registry does not publish, with how many packages that concerns. */
  readonly notOffered: readonly { readonly evidence: string; readonly packages: number; readonly reason: string }[];
  /** Packages about which something could not be told. */
  readonly incomplete: number;
  /** Packages that no registry vouches for (git, remote, file, workspace): metadata rules do not apply. */
  readonly outsideRegistry: number;
  /** How old the oldest registry fact used is, in seconds, when it came from the cache without asking again. */
  readonly oldestFactSeconds?: number;
}

/** The whole answer. Same inputs, same bytes: everything is sorted, nothing timed. */
export interface Report {
  readonly schema: 1;
  readonly tool: { readonly name: 'depward'; readonly version: string };
  readonly mode: Mode;
  /** The moment judged at, ISO time. */
  readonly asOf: string;
  readonly policy: string;
  readonly action: Action;
  /** False when something failed and the answer may be missing findings. */
  readonly complete: boolean;
  readonly verdicts: readonly Verdict[];
  readonly findings: readonly (Finding & { readonly action: Action })[];
  readonly gaps: readonly Gap[];
  readonly waived: readonly Waived[];
  readonly notes: readonly PolicyNote[];
  readonly removed: readonly PackageRef[];
  readonly coverage: Coverage;
}

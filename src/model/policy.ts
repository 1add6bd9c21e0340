/** What a user decides: levels, options, overrides, waivers. Loaded and validated in policy/load.ts. */
import type { EvidenceKind } from './evidence.ts';
import type { Instant } from './time.ts';

/** What a finding of a rule does: nothing, a note, a warning, a block (with enough confidence). */
export type Level = 'off' | 'info' | 'warn' | 'block';

export interface RuleSetting {
  readonly level: Level;
  readonly options: Readonly<Record<string, number | boolean | readonly string[]>>;
}

/** Settings that replace the general ones for packages by exact name, `@scope/*`, or `prefix*`. */
export interface Override {
  readonly packages: readonly string[];
  readonly rules: ReadonlyMap<string, RuleSetting>;
}

/** An accepted finding. Bound to the artefact, so that a swapped tarball is not covered by it. */
export interface Waiver {
  readonly rule: string;
  /** `name@version`, or a repository file. */
  readonly subject: string;
  /** Of the package's artefact, or of the secret in the file. */
  readonly integrity?: string;
  /** Only the finding with exactly these words, where the subject is no artefact. */
  readonly message?: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: Instant;
}

/** What happens when evidence that should be there could not be had. */
export type OnFailed = 'warn' | 'block';

/** Everything decide.ts needs; immutable. */
export interface Policy {
  /** Where it came from, for reports: a file, or `recommended`. */
  readonly origin: string;
  readonly rules: ReadonlyMap<string, RuleSetting>;
  readonly overrides: readonly Override[];
  readonly waivers: readonly Waiver[];
  /** Patterns of paths that the gate and doctor leave out: lockfiles and other files that install nothing here, such as fixtures. */
  readonly ignore?: readonly string[];
  /** Evidence without which a package is blocked even when the registry does not publish it. */
  readonly require: readonly EvidenceKind[];
  /** Undefined: the door's own default (check warns, gate and proxy block). */
  readonly onFailed?: OnFailed;
  /** Joined evidence convicts from this many decibans (tenths of a power of ten of likelihood). */
  readonly joinThreshold: number;
}

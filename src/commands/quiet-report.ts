/** The report on a change that brings no package in. */
import { evaluate } from '../engine.ts';
import type { Finding, Gap } from '../model/finding.ts';
import type { Change, ResolvedTree } from '../model/package.ts';
import type { Policy } from '../model/policy.ts';
import type { PolicyNote, Report } from '../model/report.ts';
import type { Instant } from '../model/time.ts';
import { toolVersion } from '../package-root.ts';

/** What is left to say. */
export interface QuietChange {
  readonly changes: readonly Change[];
  readonly tree: ResolvedTree;
  readonly policy: Policy;
  readonly notes: readonly PolicyNote[];
  readonly fileFindings: readonly Finding[];
  readonly fileGaps: readonly Gap[];
}

/** The same engine without evidence and without rules on packages. */
export function quietReport(quiet: QuietChange, now: Instant, onUntil: (moment: Instant) => void): Promise<Report> {
  return evaluate({
    mode: 'gate',
    toolVersion: toolVersion(),
    sources: { gather: async () => new Map() },
    rules: [],
    weights: new Map(),
    now,
    onUntil,
    ...quiet,
  });
}

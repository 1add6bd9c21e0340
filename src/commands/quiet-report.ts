/** Reports that need neither evidence nor rules on packages. */
import { type Evaluation, evaluate } from '../engine.ts';
import type { Finding, Gap } from '../model/finding.ts';
import type { Change, ResolvedTree } from '../model/package.ts';
import type { Policy } from '../model/policy.ts';
import type { PolicyNote, Report } from '../model/report.ts';
import type { Instant } from '../model/time.ts';
import { toolVersion } from '../package-root.ts';
import type { Standing } from './answers.ts';

/** What is left to say. */
export interface QuietChange {
  readonly changes: readonly Change[];
  readonly tree: ResolvedTree;
  readonly policy: Policy;
  readonly notes: readonly PolicyNote[];
  readonly fileFindings: readonly Finding[];
  readonly fileGaps: readonly Gap[];
}

/** A report, and how long it stands. */
export interface QuietJudgement {
  readonly report: Report;
  readonly standing: Standing;
}

/** The report of the same engine on a change that brings no package in, or none that `memory` does not know. */
export async function quietReport(quiet: QuietChange, now: Instant, memory?: Evaluation['memory']): Promise<QuietJudgement> {
  let until = Number.POSITIVE_INFINITY;
  const report = await evaluate({
    mode: 'gate',
    toolVersion: toolVersion(),
    sources: { gather: async () => new Map() },
    rules: [],
    weights: new Map(),
    now,
    onUntil: (moment) => {
      until = Math.min(until, moment);
    },
    ...(memory && { memory }),
    ...quiet,
  });
  const confirmedAt = memory?.oldest();
  return { report, standing: { judgedAt: now, ...(confirmedAt !== undefined && { confirmedAt }), ...(Number.isFinite(until) && { until }) } };
}

/** The engine as the proxy's judge. */
import { createHash } from 'node:crypto';
import { type EvidenceSource, evaluate } from '../engine.ts';
import type { Finding } from '../model/finding.ts';
import type { Change, ResolvedTree } from '../model/package.ts';
import type { Packument } from '../model/packument.ts';
import { matchesPattern } from '../model/patterns.ts';
import type { Policy } from '../model/policy.ts';
import type { Mode, Report, Verdict } from '../model/report.ts';
import type { JudgingRule } from '../model/rule.ts';
import { day, type Instant, parseInstant } from '../model/time.ts';
import { actionOf } from '../policy/decide.ts';
import type { Weights } from '../policy/join.ts';
import type { PackumentSource } from '../registry/source.ts';
import type { Bench, Judgement, JudgeRequest } from './verdict.ts';

export interface BenchOptions {
  readonly mode: Mode;
  readonly policy: Policy;
  readonly rules: readonly JudgingRule[];
  readonly weights: Weights;
  readonly toolVersion: string;
  expect(packageName: string): void;
  evidence(packuments: PackumentSource, now: Instant, contents: JudgeRequest['contents']): EvidenceSource;
}

const emptyTree: ResolvedTree = { format: 'proxy', root: {}, packages: [], dependentsOf: () => [] };

/** Versions older than the waiting time are still looked at for a while: what went wrong with them is often found late. */
const suspiciousAtLeast = 30 * day;

/** Opens the judge for one policy and set of rules. */
export function openBench(options: BenchOptions): Bench {
  const { policy, rules } = options;
  const waiting = Math.max(
    0,
    ...[policy.rules, ...policy.overrides.map((override) => override.rules)].map((settings) => daysOf(settings.get('release-age')?.options)),
  );
  return {
    digest: digestOf(policy, rules, options.toolVersion),
    suspicious: Math.max(suspiciousAtLeast, waiting * 2 * day),
    expect: options.expect,
    names: (name) =>
      policy.overrides.some((override) => matchesPattern(name, override.packages)) ||
      policy.waivers.some((waiver) => waiver.subject.startsWith(`${name}@`)),
    async judge(request) {
      const changes = request.versions.map((version) => changeTo(request.packument, version));
      const report = await evaluate({
        mode: options.mode,
        toolVersion: options.toolVersion,
        changes,
        tree: emptyTree,
        sources: options.evidence(request.packuments, request.now, request.contents),
        rules,
        weights: options.weights,
        policy,
        now: request.now,
      });
      return judgements(request, report, policy);
    },
  };
}

function judgements(request: JudgeRequest, report: Report, policy: Policy): ReadonlyMap<string, Judgement> {
  const findings = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    const version = finding.subject.kind === 'package' ? finding.subject.version : '';
    findings.set(version, [...(findings.get(version) ?? []), finding]);
  }
  const incomplete = new Set(report.gaps.map((gap) => (gap.subject.kind === 'package' ? gap.subject.version : '')));
  const judged = new Map<string, Judgement>();
  for (const verdict of report.verdicts) {
    if (verdict.subject.kind !== 'package') continue;
    const { version } = verdict.subject;
    judged.set(version, judgementOf(version, verdict, findings.get(version) ?? [], !incomplete.has(version), policy));
  }
  for (const version of request.versions) if (!judged.has(version)) throw new Error(`no verdict on ${version}`);
  return judged;
}

function judgementOf(version: string, verdict: Verdict, findings: readonly Finding[], complete: boolean, policy: Policy): Judgement {
  const blocking = verdict.because.filter((reason) => reason.action === 'block');
  const passing = findings.filter((finding) => actionOf(finding, policy) === 'block').map((finding) => parseInstant(finding.passesAt));
  const allowedFrom = blocking.length === passing.length && passing.every((at) => at !== undefined) ? Math.max(...(passing as Instant[])) : undefined;
  return {
    version,
    action: verdict.action,
    because: verdict.because,
    complete,
    ...(verdict.action === 'block' && allowedFrom !== undefined && { allowedFrom }),
  };
}

function changeTo(packument: Packument, version: string): Change {
  const release = packument.releases.find((candidate) => candidate.version === version);
  return {
    action: 'add',
    after: {
      name: packument.name,
      version,
      key: `node_modules/${packument.name}`,
      source: 'registry',
      dev: false,
      optional: false,
      peer: false,
      bundled: false,
      ...(release?.integrity && { integrity: release.integrity }),
    },
  };
}

function daysOf(options: Readonly<Record<string, unknown>> | undefined): number {
  return typeof options?.['days'] === 'number' ? options['days'] : 3;
}

function digestOf(policy: Policy, rules: readonly JudgingRule[], toolVersion: string): string {
  const text = JSON.stringify([toolVersion, rules.map((rule) => rule.meta.id), policy], (_, value: unknown) =>
    value instanceof Map ? [...value] : value,
  );
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/**
 * Joining evidence: each fact of an honest release is normal alone; several independent ones together are not.
 * The sum of log-likelihood ratios over evidence families, after I. J. Good, "Probability and the Weighing of
 * Evidence" (1950); the weights are counted, see data/weights.json.
 */
import type { Finding } from '../model/finding.ts';
import type { Family, RuleMeta } from '../model/rule.ts';

/** How strongly a signal speaks for an attack, in decibans (ten times the decimal logarithm of its likelihood ratio). */
export interface Weight {
  readonly family: Family;
  readonly decibans: number;
}

/** Weights by signal; a signal without one does not join. */
export type Weights = ReadonlyMap<string, Weight>;

/** The doc page of the joining rule. */
export const joinedEvidence: RuleMeta = {
  id: 'joined-evidence',
  family: 'source',
  severity: 'critical',
  summary: 'Independent facts that are harmless alone come together.',
  why: 'A new publisher, a long silence, a new dependency or a new script each happen in honest packages every day. Together in one release they are what a takeover looks like.',
  remedy: 'Do not install this version. Compare it with the release before, ask the maintainers, and take an older version meanwhile.',
  references: ['event-stream 2018', 'ua-parser-js 2021', 'axios 2026', 'I. J. Good, Probability and the Weighing of Evidence (1950)'],
  falsePositives: 'A package handed over to new people who change how it is built at the same time.',
  since: '0.1.0',
};

/** Joins the findings about one subject: at most the strongest signal of each family, at least two families. */
export function join(findings: readonly Finding[], weights: Weights, threshold: number): Finding | undefined {
  const strongest = strongestByFamily(findings, weights);
  const parts = [...strongest.values()].sort((a, b) => b.decibans - a.decibans || (a.signal < b.signal ? -1 : 1));
  const sum = parts.reduce((total, part) => total + part.decibans, 0);
  const [first] = parts;
  if (!first || parts.length < 2 || sum < threshold) return undefined;
  return {
    ruleId: joinedEvidence.id,
    severity: joinedEvidence.severity,
    subject: first.finding.subject,
    path: first.finding.path,
    message: `${parts.length} independent facts speak against it: ${parts.map((part) => part.finding.message).join('; ')}`,
    confidence: 'high',
    ...(findings.some(({ ruleId }) => aboutNew.has(ruleId)) && { remedy: remedyForNew }),
    facts: { decibans: Math.round(sum), threshold, parts: parts.map((part) => `${part.signal} +${Math.round(part.decibans)}`) },
  };
}

/** Of a package that has just appeared there is no release to go back to. */
const aboutNew: ReadonlySet<string> = new Set(['new-package', 'new-package-install-script']);
const remedyForNew =
  'Do not install it. Make sure of the name and of who publishes it, or wait: packages like this are found and removed within days.';

/** Facts that hold another family's fact within themselves, and were counted so: together they are still one. */
const within: ReadonlyMap<string, Family> = new Map([['new-package-install-script', 'age']]);

interface Part {
  readonly signal: string;
  readonly decibans: number;
  readonly finding: Finding;
}

function strongestByFamily(findings: readonly Finding[], weights: Weights): ReadonlyMap<Family, Part> {
  const strongest = new Map<Family, Part>();
  for (const finding of findings) {
    const signal = finding.signal ?? finding.ruleId;
    const weight = weights.get(signal) ?? weights.get(finding.ruleId);
    if (!weight || weight.decibans <= 0) continue;
    const held = strongest.get(weight.family);
    if (!held || held.decibans < weight.decibans) strongest.set(weight.family, { signal, decibans: weight.decibans, finding });
  }
  for (const { signal } of [...strongest.values()]) {
    const contained = within.get(signal);
    if (contained !== undefined) strongest.delete(contained);
  }
  return strongest;
}

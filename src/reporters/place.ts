/** Where a finding stands in the repository, and a name for it that survives moved lines. */
import { type Subject, subjectText } from '../model/finding.ts';
import type { Location } from '../model/package.ts';
import type { JudgedFinding } from './reporter.ts';

/** The place of a subject, where it has one. */
export function placeOf(subject: Subject): Location | undefined {
  if (subject.kind === 'package') return subject.where;
  return { file: subject.file, line: subject.line ?? 1, ...(subject.column !== undefined && { column: subject.column }) };
}

/** The further lockfiles that bring it in. */
export function furtherPlaces(subject: Subject): readonly Location[] {
  return subject.kind === 'package' ? (subject.alsoAt ?? []) : [];
}

/**
 * A fingerprint per finding: rule, subject and artefact, never the line. Kept in plain words, because a hostile name could be made
 * to collide with an alert already dismissed under any short hash.
 */
export function fingerprints(findings: readonly JudgedFinding[]): readonly string[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const { subject } = finding;
    const about =
      subject.kind === 'package' ? `${subjectText(subject)} ${subject.integrity ?? ''}` : `${subject.file} ${subject.fingerprint ?? ''}`.trim();
    const base = `${finding.ruleId} ${finding.signal ?? ''} ${about}`;
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return count === 1 ? base : `${base} #${count}`;
  });
}

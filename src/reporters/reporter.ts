/** The contract of a reporter: a report in, text out. The caller writes it. */

import { type Finding, type Subject, subjectKey } from '../model/finding.ts';
import type { PackageRef } from '../model/package.ts';
import type { Action, Report } from '../model/report.ts';
import type { RuleMeta } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { factInWords } from './fact-words.ts';

/** What a reporter knows besides the report. */
export interface ReporterContext {
  /** Doc pages by rule id. */
  readonly rules: ReadonlyMap<string, RuleMeta>;
  /** Columns to wrap at; no wrapping without. */
  readonly width?: number;
  readonly colour?: boolean;
  readonly detail?: 'quiet' | 'normal' | 'verbose';
}

/** Pure: the same report and context give the same text. */
export type Reporter = (report: Report, context: ReporterContext) => string;

/** A finding with what the policy made of it. */
export type JudgedFinding = Finding & { readonly action: Action };

/** Items by the subject they are about. */
export function bySubject<T extends { readonly subject: Subject }>(items: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = subjectKey(item.subject);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** The first sentence of a paragraph. */
export function firstSentence(paragraph: string): string {
  return /^.*?[.!?](?=\s|$)/s.exec(paragraph)?.[0] ?? paragraph;
}

/** What to do about a finding, with the date and the older version where the words do not name them yet. */
export function remedyOf(finding: Finding, rule: RuleMeta | undefined, instead: string | undefined): string {
  const words = finding.remedy ?? rule?.remedy ?? '';
  const when = finding.passesAt !== undefined && !words.includes(finding.passesAt) ? `Allowed from ${finding.passesAt}.` : '';
  const older = instead !== undefined && !words.includes(instead) ? `The same policy lets ${instead} in.` : '';
  return [words, when, older].filter((part) => part !== '').join(' ');
}

/** A package on the way in; of one that could not be resolved there is a name only. */
export function stepText({ name, version }: PackageRef): string {
  return version === '' ? name : `${name}@${version}`;
}

/** What the coverage of a report leaves open, in parts of one sentence. */
export function coverageParts(report: Report): string[] {
  const { notOffered, incomplete, outsideRegistry, oldestFactSeconds } = report.coverage;
  // Whether contents are read is depward's own choice, not the registry's.
  const unpacked = notOffered.filter(({ evidence }) => evidence === 'contents');
  const offered = notOffered.filter(({ evidence }) => evidence !== 'contents');
  return [
    ...(offered.length > 0 ? [`not offered by the registry: ${notOfferedText(offered)}`] : []),
    ...unpacked.map(({ packages, reason }) => `${counted(packages, 'package')} not unpacked: ${reason}`),
    ...(incomplete > 0 ? [`${counted(incomplete, 'package')} could not be judged completely`] : []),
    ...(outsideRegistry > 0 ? [`${counted(outsideRegistry, 'package')} from outside a registry`] : []),
    ...(oldestFactSeconds !== undefined && oldestFactSeconds > 0 ? [`facts up to ${ageText(oldestFactSeconds)} old`] : []),
  ];
}

/** Kinds of evidence by the number of packages they lack for: `trust and publishers (532 packages), maintainers (529)`. */
function notOfferedText(gaps: Report['coverage']['notOffered']): string {
  const counts = [...new Set(gaps.map((gap) => gap.packages))].sort((a, b) => b - a);
  return counts
    .map(
      (count) =>
        `${listText(gaps.filter((gap) => gap.packages === count).map(({ evidence }) => (evidence === 'release' ? 'install scripts' : evidence)))} (${counted(count, 'package')})`,
    )
    .join(', ');
}

/** How many verdicts of each action, e.g. `1 blocked, 2 warnings, 64 allowed`. */
export function countsText(report: Report): string {
  const count = (action: Action) => report.verdicts.filter((verdict) => verdict.action === action).length;
  const waived = report.waived.length > 0 ? [`${report.waived.length} waived`] : [];
  const removed = report.removed.length > 0 ? [`${report.removed.length} removed`] : [];
  return [`${count('block')} blocked`, counted(count('warn'), 'warning'), `${count('allow')} allowed`, ...waived, ...removed].join(', ');
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function ageText(seconds: number): string {
  if (seconds < 120) return counted(Math.round(seconds), 'second');
  if (seconds < 7200) return counted(Math.round(seconds / 60), 'minute');
  return seconds < 172_800 ? counted(Math.round(seconds / 3600), 'hour') : counted(Math.round(seconds / 86_400), 'day');
}

/** The facts of a finding in words: what they are called, and what was seen. */
export function factsInWords(finding: JudgedFinding): [label: string, value: string][] {
  return Object.entries(finding.facts).flatMap(([name, value]) => {
    const words = factInWords(name, value, finding.facts);
    return words ? [[words[0], seenText(words[1])]] : [];
  });
}

function seenText(value: JudgedFinding['facts'][string]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return printable(String(value));
  return value.length === 0 ? 'none' : listText(value.map((item) => printable(item, 120)));
}

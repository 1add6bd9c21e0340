/** For people at a terminal: worst first, grouped by package; what was seen, why it matters, the way in, what to do now. */
import { type Gap, type Subject, subjectKey, subjectText } from '../model/finding.ts';
import type { Location, PackageRef } from '../model/package.ts';
import type { Report, Verdict } from '../model/report.ts';
import { listText, printable } from '../model/text.ts';
import { columnsOf, type Paint, paintWith, wrap } from './paint.ts';
import {
  bySubject,
  countsText,
  coverageParts,
  factsInWords,
  firstSentence,
  type JudgedFinding,
  type ReporterContext,
  remedyOf,
  stepText,
} from './reporter.ts';

const mostShown = { block: 100, warn: 20, notes: 10 };
const mostPlaces = 4;
const labelWidth = 6;

interface Page extends Required<Pick<ReporterContext, 'rules' | 'detail'>> {
  readonly width: number;
  readonly paint: Paint;
  readonly report: Report;
  readonly findings: ReadonlyMap<string, readonly JudgedFinding[]>;
  readonly gaps: ReadonlyMap<string, readonly Gap[]>;
}

/** The report as text; empty when quiet and nothing is wrong. */
export default function text(report: Report, context: ReporterContext): string {
  const detail = context.detail ?? 'normal';
  if (detail === 'quiet' && report.action !== 'block' && report.complete) return '';
  const page: Page = {
    report,
    detail,
    rules: context.rules,
    width: context.width === undefined ? Number.POSITIVE_INFINITY : Math.max(20, context.width),
    paint: paintWith(context.colour ?? false),
    findings: bySubject(report.findings),
    gaps: bySubject(report.gaps),
  };
  const sections = [...verdictSections(page), ...incompleteSection(page), ...remarkSection(page), closing(page)];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function verdictSections(page: Page): string[][] {
  const judged = page.report.verdicts.filter((verdict) => (page.findings.get(subjectKey(verdict.subject))?.length ?? 0) > 0);
  const blocked = judged.filter((verdict) => verdict.action === 'block');
  const warned = page.detail === 'quiet' ? [] : judged.filter((verdict) => verdict.action === 'warn');
  const noted = page.detail === 'verbose' ? judged.filter((verdict) => verdict.action === 'allow') : [];
  const most = page.detail === 'verbose' ? { block: Infinity, warn: Infinity } : mostShown;
  return [
    ...blocked.slice(0, most.block).map((verdict) => section(verdict, page)),
    ...leftOut(blocked.length - most.block, 'blocked'),
    ...warned.slice(0, most.warn).map((verdict) => section(verdict, page)),
    ...leftOut(warned.length - most.warn, 'with warnings'),
    ...noted.map((verdict) => section(verdict, page)),
  ];
}

function leftOut(count: number, what: string): string[][] {
  return count > 0 ? [[`… and ${count} more ${what} (--verbose shows all)`]] : [];
}

function section(verdict: Verdict, page: Page): string[] {
  const key = subjectKey(verdict.subject);
  const shown = (page.findings.get(key) ?? []).filter((finding) => page.detail === 'verbose' || finding.action !== 'allow');
  const findings = shown.flatMap((finding) => findingLines(finding, verdict, page));
  const gaps = gapTexts(page.gaps.get(key) ?? [], page).flatMap((line) => labelled('', line, page, 2));
  return [...headline(verdict, page), ...wayIn(verdict.path, page), ...findings, ...gaps];
}

function headline(verdict: Verdict, page: Page): string[] {
  const { subject, action } = verdict;
  const mark = { block: page.paint.red('BLOCK'), warn: page.paint.yellow('warn '), allow: page.paint.dim('note ') }[action];
  const name = printable(subjectText(subject));
  return [[mark, page.paint.bold(name), page.paint.dim(asides(verdict, subject))].filter((part) => part !== '').join(' ')];
}

function asides(verdict: Verdict, subject: Subject): string {
  const parts = [
    verdict.from === undefined ? '' : `before: ${printable(verdict.from, 60)}`,
    subject.kind === 'package' && subject.alias !== undefined ? `installed as ${printable(subject.alias, 80)}` : '',
    ...(subject.kind === 'package' && subject.where ? placesIn([subject.where, ...(subject.alsoAt ?? [])]) : []),
  ].filter((part) => part !== '');
  return parts.length === 0 ? '' : `(${parts.join(', ')})`;
}

/** Where it stands, in a few lockfiles by name. */
function placesIn(all: readonly Location[]): string[] {
  const shown = all.slice(0, mostPlaces).map(({ file, line }) => `${printable(file)}:${line}`);
  return all.length > mostPlaces ? [...shown, `${all.length - mostPlaces} more lockfiles`] : shown;
}

function wayIn(path: readonly PackageRef[], page: Page): string[] {
  if (path.length < 2 || page.detail === 'quiet') return [];
  const steps = path.map((step) => printable(stepText(step), 80));
  const shown = steps.length > 7 && page.detail !== 'verbose' ? [...steps.slice(0, 3), `… ${steps.length - 6} more …`, ...steps.slice(-3)] : steps;
  return labelled('via', shown.join(' > '), page, 2);
}

function findingLines(finding: JudgedFinding, verdict: Verdict, page: Page): string[] {
  const rule = page.rules.get(finding.ruleId);
  const head = hang(`  ${finding.ruleId}: `, page.paint.bold, printable(finding.message, 500), page);
  if (page.detail === 'quiet') return head;
  const remedy = remedyOf(finding, rule, verdict.instead);
  const facts = factsInWords(finding).map(([label, value]) => `${printable(label, 40)} ${value}`);
  return [
    ...head,
    ...(facts.length > 0 ? labelled('seen', facts.join(' · '), page) : []),
    ...(rule ? labelled('why', firstSentence(rule.why), page) : []),
    ...(remedy === '' ? [] : labelled('do', printable(remedy, 500), page)),
    ...(page.detail === 'verbose' ? labelled('level', `${finding.severity} severity, ${finding.confidence} confidence`, page) : []),
  ];
}

/** One failure leaves many kinds of evidence out, and more rules: said once. */
function gapTexts(gaps: readonly Gap[], page: Page): string[] {
  return [...byReason(gaps)].map(([reason, alike]) => {
    const missing = listText([...new Set(alike.map((gap) => gap.missing))], page.detail === 'verbose' ? Infinity : 3);
    const rules = [...new Set(alike.flatMap((gap) => gap.ruleIds))];
    const left = rules.length === 0 ? '' : `; not run: ${listText(rules, page.detail === 'verbose' ? Infinity : 3)}`;
    return `could not tell (${missing}): ${printable(reason)}${left}`;
  });
}

function byReason(gaps: readonly Gap[]): ReadonlyMap<string, readonly Gap[]> {
  const found = new Map<string, Gap[]>();
  for (const gap of gaps) found.set(gap.reason, [...(found.get(gap.reason) ?? []), gap]);
  return found;
}

function labelled(label: string, content: string, page: Page, indent = 4): string[] {
  return hang(`${' '.repeat(indent)}${label.padEnd(label === '' ? 0 : labelWidth)}`, page.paint.dim, content, page);
}

/** A lead in the first line and text wrapped below it. */
function hang(lead: string, paint: (text: string) => string, content: string, page: Page): string[] {
  const indent = Math.min(columnsOf(lead), 10, Math.floor(page.width / 3));
  const [first = '', ...rest] = wrap(content, page.width - indent, columnsOf(lead) - indent);
  return [paint(lead) + first, ...rest.map((line) => ' '.repeat(indent) + line)];
}

// Packages about which nothing is known but that something failed: said by reason, for a dead registry fails them all alike.
function incompleteSection(page: Page): string[][] {
  const alone = page.report.gaps.filter((gap) => page.detail === 'quiet' || !page.findings.has(subjectKey(gap.subject)));
  const reasons = byReason(alone);
  if (reasons.size === 0) return [];
  const most = page.detail === 'verbose' ? Infinity : mostShown.notes;
  const lines = [...reasons].slice(0, most).flatMap(([reason, gaps]) => {
    const names = [...new Set(gaps.map((gap) => printable(subjectText(gap.subject))))];
    return hang('  ', String, `${printable(reason)}: ${listText(names, most === Infinity ? names.length : 5)}`, page);
  });
  const rest = reasons.size > most ? [`  … and ${reasons.size - most} more reasons (--verbose shows all)`] : [];
  return [[untoldTitle(alone, page), ...lines, ...rest]];
}

function untoldTitle(gaps: readonly Gap[], page: Page): string {
  const untold = new Set(gaps.map((gap) => subjectKey(gap.subject)));
  const blocked = page.report.verdicts.filter((verdict) => verdict.action === 'block' && untold.has(subjectKey(verdict.subject))).length;
  return blocked === 0 ? page.paint.yellow('Could not tell') : `${page.paint.red('BLOCK')} ${page.paint.bold('could not tell')}`;
}

function remarkSection(page: Page): string[][] {
  if (page.detail === 'quiet') return [];
  const waived = page.report.waived.map(
    ({ finding, owner, reason, expires }) =>
      `waived: ${finding.ruleId} for ${subjectText(finding.subject)} by ${owner} until ${expires.slice(0, 10)}: ${reason}`,
  );
  const removed = page.detail === 'verbose' ? page.report.removed.map((ref) => `removed: ${ref.name}@${ref.version}`) : [];
  const all = [...page.report.notes.map((note) => `policy: ${note.message}`), ...waived, ...removed];
  const most = page.detail === 'verbose' ? Infinity : mostShown.notes;
  const shown = all.slice(0, most).flatMap((remark) => hang('', String, printable(remark, 400), page));
  return all.length === 0 ? [] : [[...shown, ...leftOut(all.length - most, 'remarks').flat()]];
}

function closing(page: Page): string[] {
  const { report, paint } = page;
  const clean = report.verdicts.every((verdict) => verdict.action === 'allow') && report.complete;
  const state = clean
    ? paint.green(`${judgedText(report)}${removedText(report)}, nothing to object to`)
    : stateText(report, paint, judgedText(report));
  const coverage = coverageParts(report);
  const spoken = report.findings.find((finding) => finding.action !== 'allow')?.ruleId;
  return [
    ...hang('', String, `${state} (policy: ${printable(report.policy)})`, page),
    ...(coverage.length > 0 ? hang('', String, `Coverage: ${coverage.join('; ')}.`, page) : []),
    ...(clean || page.detail !== 'normal' || spoken === undefined ? [] : hang('', String, `More on a rule: depward explain ${spoken}`, page)),
  ];
}

function removedText({ removed }: Report): string {
  return removed.length === 0 ? '' : `, ${removed.length} removed`;
}

function judgedText({ mode, coverage, action }: Report): string {
  if (mode === 'doctor') return 'repository judged';
  if (mode === 'gate' && coverage.judged === 0 && action === 'allow') return 'no package added or changed';
  if (coverage.packages === 0 && action === 'allow') return 'no package to judge';
  return `${coverage.judged} package${coverage.judged === 1 ? '' : 's'} judged`;
}

function stateText(report: Report, paint: Paint, judged: string): string {
  const counts = report.action === 'block' ? paint.red(countsText(report)) : paint.yellow(countsText(report));
  return `${counts} · ${judged} as of ${report.asOf}${report.complete ? '' : ' · INCOMPLETE'}`;
}

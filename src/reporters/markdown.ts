/** For a job summary or a pull-request comment: short, the rest folded away, every word of strangers inert. */
import { type Subject, subjectKey, subjectText } from '../model/finding.ts';
import type { Report, Verdict } from '../model/report.ts';
import { printable } from '../model/text.ts';
import { furtherPlaces, placeOf } from './place.ts';
import {
  bySubject,
  countsText,
  coverageParts,
  factsInWords,
  firstSentence,
  type JudgedFinding,
  type Reporter,
  type ReporterContext,
  remedyOf,
  stepText,
} from './reporter.ts';

// A comment holds 65,536 characters.
const longest = 60_000;
const mostRemarks = 20;

const markdown: Reporter = (report, context) => {
  const findings = bySubject(report.findings);
  const shown = report.verdicts.filter((verdict) => verdict.action !== 'allow');
  const head = [
    heading(report),
    '',
    prose(`${countsText(report)}; ${report.coverage.judged} judged as of ${report.asOf}; policy: ${report.policy}`),
    '',
  ];
  const tail = [...remarks(report), ...coverage(report)];
  const left = longest - [...head, ...tail].join('\n').length;
  return `${[...head, ...tableOf(shown, findings, context, left), ...tail].join('\n').trimEnd()}\n`;
};

export default markdown;

function heading(report: Report): string {
  const words = { block: '⛔ depward: blocked', warn: '⚠️ depward: allowed, with warnings', allow: '✅ depward: nothing to object to' }[report.action];
  return `### ${report.complete ? words : `${words} (incomplete)`}`;
}

function tableOf(
  verdicts: readonly Verdict[],
  findings: ReadonlyMap<string, readonly JudgedFinding[]>,
  context: ReporterContext,
  room: number,
): string[] {
  const rows: string[] = [];
  let left = room - 200;
  for (const verdict of verdicts) {
    const row = section(verdict, findings.get(subjectKey(verdict.subject)) ?? [], context).join('\n');
    if (row.length > left) return [...rows, `… and ${verdicts.length - rows.length} more.`, ''];
    left -= row.length + 1;
    rows.push(row);
  }
  return rows;
}

function section(verdict: Verdict, findings: readonly JudgedFinding[], context: ReporterContext): string[] {
  const from = verdict.from === undefined ? '' : ` (before: ${code(verdict.from)})`;
  const counted = findings.filter((finding) => finding.action !== 'allow');
  // One failure leaves many rules without an answer.
  const untold = verdict.because.filter(
    (reason) => !counted.some((finding) => finding.ruleId === reason.ruleId && finding.message === reason.message),
  );
  const reasons = counted.length > 0 ? counted.map((finding) => finding.ruleId) : ['could not tell'];
  return [
    `<details><summary><b>${verdict.action}</b> ${code(subjectText(verdict.subject))}${from}: ${[...new Set(reasons)].map(prose).join(', ')}</summary>`,
    '',
    ...(verdict.path.length > 1 ? [`Comes in through ${verdict.path.map((step) => code(stepText(step))).join(' → ')}`, ''] : []),
    ...alsoIn(verdict.subject),
    ...counted.flatMap((finding) => findingLines(finding, verdict, context)),
    ...[...new Set(untold.map((reason) => `- ${prose(reason.message)}`))],
    '',
    '</details>',
    '',
  ];
}

function alsoIn(subject: Subject): string[] {
  const all = [placeOf(subject), ...furtherPlaces(subject)].map((place) => (place ? code(`${place.file}:${place.line}`) : ''));
  return all.length < 2 ? [] : [`In ${all.join(', ')}`, ''];
}

function findingLines(finding: JudgedFinding, verdict: Verdict, context: ReporterContext): string[] {
  const rule = context.rules.get(finding.ruleId);
  const remedy = remedyOf(finding, rule, verdict.instead);
  const facts = factsInWords(finding).map(([label, value]) => `${prose(label)} ${code(value)}`);
  return [
    `- **${prose(finding.ruleId)}**: ${prose(finding.message)}`,
    ...(facts.length > 0 ? [`  - Seen: ${facts.join(', ')}`] : []),
    ...(rule ? [`  - Why it matters: ${prose(firstSentence(rule.why))}`] : []),
    ...(remedy === '' ? [] : [`  - What to do: ${prose(remedy)}`]),
  ];
}

function remarks(report: Report): string[] {
  const waived = report.waived.map(
    ({ finding, owner, reason, expires }) =>
      `waived until ${expires.slice(0, 10)}: ${finding.ruleId} for ${subjectText(finding.subject)} by ${owner}: ${reason}`,
  );
  const all = [...report.notes.map((note) => note.message), ...waived];
  const rest = all.length > mostRemarks ? [`- … and ${all.length - mostRemarks} more`] : [];
  return all.length === 0 ? [] : [...all.slice(0, mostRemarks).map((remark) => `- ${prose(remark)}`), ...rest, ''];
}

function coverage(report: Report): string[] {
  const parts = coverageParts(report);
  return parts.length === 0 ? [] : [`Coverage: ${prose(parts.join('; '))}.`];
}

/**
 * Words of strangers in running text. Every character that Markdown or HTML could act on becomes an entity, which is never read as
 * markup; the invisible space after @ and # keeps GitHub from notifying people and linking issues.
 */
function prose(text: string): string {
  return entities(printable(text, 400)).replaceAll(/&#(?:64|35);/g, '$&&#8203;');
}

/** Words of strangers to be copied: GitHub does not look for mentions in code. */
function code(text: string): string {
  return `<code>${entities(printable(text))}</code>`;
}

function entities(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9 ,;()\u0080-\u{10ffff}]/gu, (found) => `&#${found.codePointAt(0)};`);
}

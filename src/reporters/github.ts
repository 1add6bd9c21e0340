/** Workflow commands: annotations on the changed lines. GitHub shows ten errors and ten warnings of a step, so the worst come first. */
import { type Subject, subjectText } from '../model/finding.ts';
import { listText, printable } from '../model/text.ts';
import { furtherPlaces, placeOf } from './place.ts';
import { countsText, type JudgedFinding, type Reporter, remedyOf } from './reporter.ts';

const most = 10;

const github: Reporter = (report, { rules }) => {
  const lines = (action: JudgedFinding['action'], command: string) =>
    report.findings
      .filter((finding) => finding.action === action)
      .slice(0, most)
      .map((finding) => annotation(command, finding, remedyOf(finding, rules.get(finding.ruleId), undefined)));
  const shown = [...lines('block', 'error'), ...lines('warn', 'warning')];
  const incomplete = report.complete ? '' : `; incomplete: ${report.gaps[0] ? printable(report.gaps[0].reason) : 'some evidence could not be had'}`;
  const all = report.findings.filter((finding) => finding.action !== 'allow').length;
  const rest = all > shown.length ? `; ${all - shown.length} more findings in the full report` : '';
  return `${[...shown, command('notice', { title: 'depward' }, `${countsText(report)}${incomplete}${rest}`)].join('\n')}\n`;
};

export default github;

function annotation(name: string, finding: JudgedFinding, remedy: string): string {
  const subject = subjectText(finding.subject);
  return command(
    name,
    { ...placeProperties(finding.subject), title: `${finding.ruleId}: ${subject}` },
    `${subject}: ${finding.message}. ${remedy}${alsoIn(finding.subject)}`,
  );
}

function alsoIn(subject: Subject): string {
  const files = furtherPlaces(subject).map(({ file, line }) => `${printable(file, 100)}:${line}`);
  return files.length === 0 ? '' : ` It also stands in ${listText(files, 3)}.`;
}

function placeProperties(subject: Subject): Record<string, string> {
  const place = placeOf(subject);
  if (!place) return {};
  return { file: place.file, line: String(place.line), ...(place.column !== undefined && { col: String(place.column) }) };
}

function command(name: string, properties: Record<string, string>, message: string): string {
  const set = Object.entries(properties).map(
    ([key, value]) => `${key}=${escapeData(printable(value, 250)).replaceAll(':', '%3A').replaceAll(',', '%2C')}`,
  );
  return `::${name} ${set.join(',')}::${escapeData(printable(message, 1000))}`;
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

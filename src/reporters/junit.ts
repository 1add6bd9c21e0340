/** JUnit XML, which every CI server reads: a test case per package judged, a failure per block. */
import { subjectText } from '../model/finding.ts';
import type { Verdict } from '../model/report.ts';
import { printable } from '../model/text.ts';
import type { Reporter } from './reporter.ts';

const junit: Reporter = (report) => {
  const failures = report.verdicts.filter((verdict) => verdict.action === 'block').length;
  const errors = report.verdicts.filter(isUntold).length;
  const totals = `tests="${report.verdicts.length}" failures="${failures - errors}" errors="${errors}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="depward" ${totals}>`,
    `  <testsuite name="depward ${report.mode}" timestamp="${report.asOf.replace('Z', '')}" ${totals}>`,
    ...report.verdicts.flatMap(testCase),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
};

export default junit;

// Blocked for nothing but missing evidence: JUnit keeps errors apart from failures.
function isUntold(verdict: Verdict): boolean {
  const blocking = verdict.because.filter((reason) => reason.action === 'block');
  return verdict.action === 'block' && blocking.every((reason) => reason.message.startsWith('could not tell'));
}

function testCase(verdict: Verdict): string[] {
  const name = `    <testcase classname="depward" name="${xml(subjectText(verdict.subject))}"`;
  const lines = verdict.because.map((reason) => `${reason.action} ${reason.ruleId}: ${reason.message}`);
  if (lines.length === 0) return [`${name}/>`];
  const words = lines.map((line) => xml(line, 500)).join('\n');
  const rule = xml(verdict.because.find((reason) => reason.action === verdict.action)?.ruleId ?? '');
  const tag = isUntold(verdict) ? 'error' : 'failure';
  const body =
    verdict.action === 'block' ? `<${tag} type="${rule}" message="${xml(lines[0] ?? '')}">${words}</${tag}>` : `<system-out>${words}</system-out>`;
  return [`${name}>`, `      ${body}`, '    </testcase>'];
}

function xml(text: string, limit = 300): string {
  return printable(text, limit).replaceAll(/[&<>"'\ufffe\uffff]/g, (found) => `&#${/[\ufffe\uffff]/.test(found) ? 0xfffd : found.charCodeAt(0)};`);
}

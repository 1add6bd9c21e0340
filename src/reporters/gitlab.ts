/** GitLab's code quality report: a list of issues with a place, a severity and a unique fingerprint. */
import { subjectText } from '../model/finding.ts';
import { printable } from '../model/text.ts';
import { fingerprints, placeOf } from './place.ts';
import { type JudgedFinding, type Reporter, remedyOf } from './reporter.ts';

const gitlab: Reporter = (report, { rules }) => {
  const prints = fingerprints(report.findings);
  const issues = report.findings.map((finding, index) => {
    const place = placeOf(finding.subject);
    return {
      description: printable(`${subjectText(finding.subject)}: ${finding.message}. ${remedyOf(finding, rules.get(finding.ruleId), undefined)}`, 1000),
      check_name: finding.ruleId,
      fingerprint: printable(prints[index] ?? '', 1000),
      severity: severityOf(finding),
      // GitLab drops issues without a place; what was asked for on the command line stands in package.json.
      location: { path: printable(place?.file ?? 'package.json', 500), lines: { begin: place?.line ?? 1 } },
    };
  });
  return `${JSON.stringify(issues, null, 2)}\n`;
};

export default gitlab;

function severityOf(finding: JudgedFinding): string {
  if (finding.action === 'block') return finding.severity === 'critical' ? 'blocker' : 'critical';
  return finding.action === 'warn' ? 'major' : 'info';
}

/** SARIF 2.1.0 for code scanning: rules with help, exact regions, fingerprints that survive moved lines. */
import { type Gap, type Subject, subjectText } from '../model/finding.ts';
import type { Location } from '../model/package.ts';
import type { Action } from '../model/report.ts';
import type { RuleMeta } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { fingerprints, furtherPlaces, placeOf } from './place.ts';
import { type JudgedFinding, type Reporter, remedyOf } from './reporter.ts';

type Json = { readonly [key: string]: unknown };

const levels: Record<Action, string> = { block: 'error', warn: 'warning', allow: 'note' };
const securitySeverity = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', info: '0.0' } as const;
// Code scanning takes no more from one run.
const mostResults = 25_000;

const sarif: Reporter = (report, { rules }) => {
  const findings = report.findings.slice(0, mostResults);
  const used = [...new Set(findings.map((finding) => finding.ruleId))].sort();
  const index = new Map(used.map((id, position) => [id, position]));
  const prints = fingerprints(findings);
  const run = {
    tool: { driver: { name: report.tool.name, semanticVersion: report.tool.version, rules: used.map((id) => ruleOf(id, rules.get(id))) } },
    automationDetails: { id: `depward/${report.mode}/` },
    columnKind: 'utf16CodeUnits',
    invocations: [{ executionSuccessful: report.complete, toolExecutionNotifications: report.gaps.map(notification) }],
    results: findings.map((finding, at) => resultOf(finding, index.get(finding.ruleId) ?? 0, prints[at] ?? '', rules.get(finding.ruleId))),
  };
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs: [run] };
  return `${JSON.stringify(log, null, 2)}\n`;
};

export default sarif;

function ruleOf(id: string, meta: RuleMeta | undefined): Json {
  if (!meta) return { id };
  const text = `${meta.why}\n\nWhat to do: ${meta.remedy}\n\nWhen honest packages trip it: ${meta.falsePositives}`;
  const references = meta.references.map((reference) => `- ${reference}`).join('\n');
  return {
    id,
    shortDescription: { text: meta.summary },
    fullDescription: { text: meta.why },
    help: { text, markdown: `${text}\n\nReferences:\n\n${references}` },
    properties: { tags: ['security', 'supply-chain', meta.family], 'security-severity': securitySeverity[meta.severity] },
  };
}

function resultOf(finding: JudgedFinding, ruleIndex: number, fingerprint: string, rule: RuleMeta | undefined): Json {
  const words = `${subjectText(finding.subject)}: ${finding.message}. ${remedyOf(finding, rule, undefined)}`;
  return {
    ruleId: finding.ruleId,
    ruleIndex,
    level: levels[finding.action],
    message: { text: unlinked(printable(words, 1000)) },
    locations: [locationOf(finding.subject)],
    ...relatedOf(finding.subject),
    partialFingerprints: { 'depward/v1': printable(fingerprint, 1000) },
    properties: { confidence: finding.confidence, severity: finding.severity, facts: shownFacts(finding) },
  };
}

// In SARIF messages [text](target) is a link.
function unlinked(text: string): string {
  return text.replaceAll(/[[\]\\]/g, '\\$&');
}

function shownFacts(finding: JudgedFinding): Json {
  const shown = (value: unknown) =>
    typeof value === 'string' ? printable(value) : Array.isArray(value) ? value.map((item) => printable(String(item))) : value;
  return Object.fromEntries(Object.entries(finding.facts).map(([key, value]) => [printable(key, 40), shown(value)]));
}

function locationOf(subject: Subject): Json {
  const place = placeOf(subject);
  const logicalLocations = subject.kind === 'package' ? [{ fullyQualifiedName: printable(subjectText(subject), 500), kind: 'package' }] : undefined;
  return {
    ...(place && { physicalLocation: physicalLocation(place) }),
    ...(logicalLocations && { logicalLocations }),
  };
}

function physicalLocation({ file, line, column }: Location): Json {
  return {
    artifactLocation: { uri: printable(file, 500).split(/[/\\]/).map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
    region: { startLine: line, ...(column !== undefined && { startColumn: column }) },
  };
}

/** GitHub lists them below the alert. */
function relatedOf(subject: Subject): Json {
  const further = furtherPlaces(subject);
  const related = further.map((place) => ({ physicalLocation: physicalLocation(place), message: { text: 'the same package comes in here' } }));
  return related.length === 0 ? {} : { relatedLocations: related };
}

function notification(gap: Gap): Json {
  return { level: 'warning', message: { text: unlinked(printable(`${subjectText(gap.subject)}: could not tell: ${gap.reason}`, 500)) } };
}

/** An exception made for a week and kept for years is how known holes stay open; depward's own waivers must end, so should those of its neighbours. */
import { baseName, defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { type Instant, isoOf, parseInstant } from '../model/time.ts';
import { type Exception, exceptionFiles, exceptionsIn } from './read/exceptions.ts';
import { isExample } from './read/paths.ts';

export default defineRepositoryRule({
  meta: {
    id: 'exception-without-end',
    family: 'pipeline',
    severity: 'low',
    summary: 'An accepted finding of an audit has no end, or its end has passed.',
    why: 'Nobody comes back to it. What was acceptable while a fix was on its way stays accepted when the fix is long there, or when the hole turns out to be worse.',
    remedy: 'Give it an end a few weeks ahead and a reason, or remove it.',
    references: [
      'better-npm-audit: .nsprc',
      'snyk: .snyk',
      'osv-scanner: ignoreUntil',
      'audit-ci: allowlist',
      'trivy: exp',
      'pnpm: auditConfig',
      'yarn: npmAuditIgnoreAdvisories',
    ],
    falsePositives:
      'Lists of pnpm and yarn have no place for an end: keep them in a file that has. Findings that can never apply, like one about a platform that is not used: give them a far end.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => exceptionFiles.has(baseName(path)),
  check: ({ now }, context) =>
    [...now].flatMap(([file, text]): readonly FileSeen[] => {
      if (isExample(file)) return [];
      const exceptions = exceptionsIn(file, text);
      return 'untold' in exceptions ? [{ file, ...exceptions }] : exceptions.flatMap((exception) => judged(exception, file, context));
    }),
  examples: [
    { title: 'no end', now: { '.nsprc': '{"GHSA-xxxx-yyyy-zzzz": {"active": true, "notes": "no fix yet"}}' }, flagged: true },
    {
      title: 'an end that has passed',
      now: { 'osv-scanner.toml': '[[IgnoredVulns]]\nid = "GHSA-xxxx-yyyy-zzzz"\nignoreUntil = 2024-01-01\n' },
      flagged: true,
    },
    { title: 'an end ahead', now: { '.nsprc': '{"GHSA-xxxx-yyyy-zzzz": {"active": true, "expiry": "2027-01-31"}}' }, flagged: false },
  ],
});

/** The time is asked for only where something ends: what it was asked for is soon out of date. */
function judged({ id, ends, line }: Exception, file: string, context: { readonly now: Instant }): readonly FileSeen[] {
  const end = ends === undefined ? undefined : instantIn(ends);
  if (end !== undefined && end > context.now) return [];
  const message = end === undefined ? `the exception for ${id} has no end` : `the exception for ${id} ended on ${isoOf(end).slice(0, 10)}`;
  return [
    {
      file,
      line,
      message,
      confidence: ends !== undefined && end === undefined ? 'medium' : 'high',
      facts: { exception: id, ...(ends !== undefined && { ends }) },
    },
  ];
}

function instantIn(text: string): number | undefined {
  const short = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}:\d{2})(?:\.\d+)?Z)?/.exec(text);
  return parseInstant(short ? `${short[1]}T${short[2] ?? '00:00:00'}Z` : text);
}

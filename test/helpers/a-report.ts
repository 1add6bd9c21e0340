/** Reports for reporter tests: one ordinary, one of every field, one whose every word is hostile. */
import type { Finding } from '../../src/model/finding.ts';
import type { Action, Report } from '../../src/model/report.ts';
import type { RuleMeta } from '../../src/model/rule.ts';

/** What strangers can write into names, messages, facts and reasons. */
export const hostileWords = [
  '\u001b]0;owned\u0007\u001b[2J',
  'two\nlines\r\nand more',
  '::error file=a.js::no',
  '##[stop-commands]x ##vso[task.complete]',
  '[click](javascript:alert(1)) ![x](https://evil.invalid/x.png)',
  '<img src=x onerror=alert(1)> </details></summary><!-- --> ]]>',
  '`code` **bold** | cell | @octocat #1 http://evil.invalid',
  '\u202egnp.exe \u200b\u2066 \u{e0041} \ud800',
  '100%25 ,:;"\'&amp;',
].join(' ');

export const aRule: RuleMeta = {
  id: 'release-age',
  family: 'age',
  severity: 'medium',
  summary: 'The release is younger than the waiting time.',
  why: 'Hijacked releases are mostly found within days. Second sentence.',
  remedy: 'Wait until the date shown.',
  references: ['chalk 2025'],
  falsePositives: 'Every honest release is young once.',
  since: '0.1.0',
};

export const pages = new Map([
  ['release-age', aRule],
  ['typosquat', { ...aRule, id: 'typosquat', why: 'People mistype names.', remedy: 'Take the name you meant.' }],
]);

const young: Finding & { action: Action } = {
  ruleId: 'release-age',
  severity: 'medium',
  confidence: 'high',
  action: 'block',
  message: 'published 12 minutes ago, the waiting time is 3 days',
  facts: { published: '2026-11-23T01:00:00Z', passes: '2026-11-26T01:00:00Z' },
  subject: {
    kind: 'package',
    name: 'left',
    version: '1.3.1',
    integrity: 'sha512-x',
    alias: 'links',
    where: { file: 'package-lock.json', line: 42, column: 5 },
  },
  path: [
    { name: 'app', version: '1.0.0' },
    { name: 'left', version: '1.3.1' },
  ],
  passesAt: '2026-11-26T01:00:00Z',
};

const near: Finding & { action: Action } = {
  ruleId: 'typosquat',
  severity: 'high',
  confidence: 'low',
  action: 'warn',
  message: 'the name is one letter away from express',
  facts: { targets: ['express', 'expres'], downloads: 100, same: false },
  signal: 'typosquat:omission',
  remedy: 'Take express.',
  subject: { kind: 'package', name: 'exprss', version: '1.0.0' },
  path: [{ name: 'exprss', version: '1.0.0' }],
};

const { action: _, ...unjudged } = near;

const inFile: Finding & { action: Action } = {
  ruleId: 'policy-weakened',
  severity: 'high',
  confidence: 'high',
  action: 'warn',
  message: 'the change turns a rule off',
  facts: {},
  subject: { kind: 'file', file: 'depward.config.json', line: 3, column: 7 },
  path: [],
};

/** A report that uses every field there is. */
export const fullReport: Report = {
  schema: 1,
  tool: { name: 'depward', version: '0.1.0' },
  mode: 'gate',
  asOf: '2026-11-23T01:12:00Z',
  policy: 'depward.config.json',
  action: 'block',
  complete: false,
  verdicts: [
    {
      subject: young.subject,
      action: 'block',
      change: 'change',
      from: '1.3.0',
      path: young.path,
      because: [{ ruleId: 'release-age', action: 'block', message: young.message }],
      instead: '1.2.9',
    },
    {
      subject: { kind: 'package', name: 'silent', version: '2.0.0' },
      action: 'block',
      change: 'add',
      path: [{ name: 'silent', version: '2.0.0' }],
      because: [{ ruleId: 'publisher-changed', action: 'block', message: 'could not tell: the registry answered 503' }],
    },
    {
      subject: near.subject,
      action: 'warn',
      change: 'add',
      path: near.path,
      because: [{ ruleId: 'typosquat', action: 'warn', message: near.message }],
    },
    { subject: inFile.subject, action: 'warn', path: [], because: [{ ruleId: 'policy-weakened', action: 'warn', message: inFile.message }] },
    { subject: { kind: 'package', name: 'fine', version: '1.0.0' }, action: 'allow', change: 'add', path: [], because: [] },
  ],
  findings: [young, inFile, near],
  gaps: [
    {
      subject: { kind: 'package', name: 'silent', version: '2.0.0' },
      missing: 'publishers',
      why: 'failed',
      reason: 'the registry answered 503',
      ruleIds: ['publisher-changed'],
    },
  ],
  waived: [
    {
      finding: { ...unjudged, subject: { ...near.subject, name: 'ours' } as Finding['subject'] },
      owner: 'ann',
      reason: 'our fork',
      expires: '2027-01-01T00:00:00Z',
    },
  ],
  notes: [{ kind: 'waiver-unused', message: 'waiver of x for y (ann) covers nothing here' }],
  removed: [{ name: 'gone', version: '1.0.0' }],
  coverage: {
    packages: 300,
    judged: 4,
    notOffered: [{ evidence: 'trust', packages: 4, reason: 'this registry publishes no attestations' }],
    incomplete: 1,
    outsideRegistry: 2,
    oldestFactSeconds: 18_000,
  },
};

const youngGap = { subject: young.subject, why: 'failed' as const, reason: 'the registry answered 503' };

/** One failure that leaves several kinds of evidence and many rules out, for a package about which something else is known. */
export const oneFailureReport: Report = {
  ...fullReport,
  verdicts: fullReport.verdicts.slice(0, 1).map((verdict) => ({
    ...verdict,
    because: [
      ...verdict.because,
      ...['a', 'b'].map((ruleId) => ({ ruleId, action: 'block' as const, message: 'could not tell: the registry answered 503' })),
    ],
  })),
  findings: [young],
  gaps: [
    { ...youngGap, missing: 'publishers', ruleIds: ['a'] },
    { ...youngGap, missing: 'times', ruleIds: ['a', 'b', 'c', 'd'] },
  ],
};

/** The same with nothing found. */
export const cleanReport: Report = {
  ...fullReport,
  mode: 'check',
  action: 'allow',
  complete: true,
  verdicts: fullReport.verdicts.slice(4),
  findings: [],
  gaps: [],
  waived: [],
  notes: [],
  removed: [],
  policy: 'recommended',
  coverage: { packages: 1, judged: 1, notOffered: [], incomplete: 0, outsideRegistry: 0 },
};

/** Every word of strangers replaced by hostile ones. */
export const hostileReport: Report = hostile(fullReport);

function hostile(report: Report): Report {
  const ours = new Set([
    'ruleId',
    'action',
    'kind',
    'mode',
    'asOf',
    'severity',
    'confidence',
    'change',
    'why',
    'missing',
    'expires',
    'passesAt',
    'evidence',
  ]);
  const swap = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return key === 'ruleIds' ? value : value.map((item) => swap(item, key));
    if (typeof value === 'object' && value !== null && key !== 'tool') {
      return Object.fromEntries(Object.entries(value).map(([name, inner]) => [key === 'facts' ? hostileWords + name : name, swap(inner, name)]));
    }
    return typeof value === 'string' && !ours.has(key) ? `${value} ${hostileWords}` : value;
  };
  return swap(report, '') as Report;
}

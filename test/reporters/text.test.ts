import { describe, expect, it } from '@jest/globals';
import type { Report } from '../../src/model/report.ts';
import { columnsOf, wrap } from '../../src/reporters/paint.ts';
import text from '../../src/reporters/text.ts';
import { cleanReport, fullReport, hostileReport, oneFailureReport, pages } from '../helpers/a-report.ts';

const plain = { rules: pages };

describe('the text report', () => {
  it('names a rule to read on about only where one speaks, and none that only informs', () => {
    expect(text({ ...fullReport, findings: [] }, plain)).not.toContain('depward explain');
    const [young, ...others] = fullReport.findings.map((finding, at) => (at === 0 ? { ...finding, action: 'allow' as const } : finding));
    expect(text({ ...fullReport, findings: young ? [young, ...others] : [] }, plain)).toContain('depward explain policy-weakened');
  });

  it('says one failure once, however many rules it left out', () => {
    const lines = text(oneFailureReport, plain).split('\n');
    expect(lines.filter((line) => line.includes('503'))).toEqual([
      '  could not tell (publishers and times): the registry answered 503; not run: a, b, c and 1 more',
    ]);
  });

  it('says what was seen, why it matters, the way in and what to do, worst first', () => {
    expect(text(fullReport, plain)).toMatchInlineSnapshot(`
"BLOCK left@1.3.1 (before: 1.3.0, installed as links, package-lock.json:42)
  via   app@1.0.0 > left@1.3.1
  release-age: published 12 minutes ago, the waiting time is 3 days
    seen  published 2026-11-23T01:00:00Z · old enough from 2026-11-26T01:00:00Z
    why   Hijacked releases are mostly found within days.
    do    Wait until the date shown. Allowed from 2026-11-26T01:00:00Z. The same policy lets 1.2.9 in.

warn  exprss@1.0.0
  typosquat: the name is one letter away from express
    seen  targets express and expres · downloads 100 · same no
    why   People mistype names.
    do    Take express.

warn  depward.config.json:3
  policy-weakened: the change turns a rule off

BLOCK could not tell
  the registry answered 503: silent@2.0.0

policy: waiver of x for y (ann) covers nothing here
waived: typosquat for ours@1.0.0 by ann until 2027-01-01: our fork

2 blocked, 2 warnings, 1 allowed, 1 waived, 1 removed · 4 packages judged as of 2026-11-23T01:12:00Z · INCOMPLETE (policy: depward.config.json)
Coverage: not offered by the registry: trust (4 packages); 1 package could not be judged completely; 2 packages from outside a registry; facts up to 5 hours old.
More on a rule: depward explain release-age
"
`);
  });

  it('names a package that could not be resolved without a version on the way in', () => {
    const verdicts = fullReport.verdicts.map((verdict) => ({ ...verdict, path: verdict.path.map((step) => ({ ...step, version: '' })) }));
    expect(text({ ...fullReport, verdicts }, plain)).toContain('  via   app > left\n');
  });

  it('is short when nothing is wrong', () => {
    expect(text(cleanReport, plain)).toBe('1 package judged, nothing to object to (policy: recommended)\n');
    expect(text(cleanReport, { ...plain, detail: 'quiet' })).toBe('');
    expect(text({ ...fullReport, action: 'warn', complete: true }, { ...plain, detail: 'quiet' })).toBe('');
  });

  it('quiet: the blocked and the counts alone', () => {
    expect(text(fullReport, { ...plain, detail: 'quiet' })).toMatchInlineSnapshot(`
"BLOCK left@1.3.1 (before: 1.3.0, installed as links, package-lock.json:42)
  release-age: published 12 minutes ago, the waiting time is 3 days

BLOCK could not tell
  the registry answered 503: silent@2.0.0

2 blocked, 2 warnings, 1 allowed, 1 waived, 1 removed · 4 packages judged as of 2026-11-23T01:12:00Z · INCOMPLETE (policy: depward.config.json)
Coverage: not offered by the registry: trust (4 packages); 1 package could not be judged completely; 2 packages from outside a registry; facts up to 5 hours old.
"
`);
  });

  it('verbose: adds notes, both axes and what went out', () => {
    const noted: Report = { ...fullReport, findings: fullReport.findings.map((finding) => ({ ...finding, action: 'allow' })) };
    const shown = text(noted, { ...plain, detail: 'verbose' });
    expect(shown).toContain('level high severity, low confidence');
    expect(shown).toContain('removed: gone@1.0.0');
    expect(text(noted, plain)).not.toContain('typosquat: ');
  });

  it('wraps to the width of the terminal, however narrow', () => {
    for (const width of [120, 60, 30, 5]) {
      const lines = text(fullReport, { ...plain, width }).split('\n');
      const longestWord = Math.max(...lines.flatMap((line) => line.split(' ').map(columnsOf)));
      expect(
        Math.max(
          ...lines
            .slice(1)
            .filter((line) => !/^(?:BLOCK|warn|note)/.test(line))
            .map(columnsOf),
        ),
      ).toBeLessThanOrEqual(Math.max(20, width) + longestWord);
    }
    expect(
      text(fullReport, { ...plain, width: 60 })
        .split('\n')
        .filter((line) => columnsOf(line) > 60 && !/^(?:BLOCK|warn)/.test(line)),
    ).toEqual([]);
  });

  it('has colour only when asked', () => {
    expect(text(fullReport, plain)).not.toContain('\u001b');
    const coloured = text(fullReport, { ...plain, colour: true });
    expect(coloured).toContain('\u001b[31mBLOCK\u001b[39m');
    expect(coloured.replaceAll(/\u001b\[\d+m/g, '')).toBe(text(fullReport, plain));
  });

  it('lets no word of strangers steer a terminal or a CI runner', () => {
    for (const width of [undefined, 40]) {
      const shown = text(hostileReport, { ...plain, ...(width && { width }), detail: 'verbose' });
      expect(shown).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]|\udb40/);
      expect(shown).not.toMatch(/^\s*::/m);
      expect(shown).not.toMatch(/##\w*\[/);
    }
  });

  it('stays readable when a registry is down or everything is wrong', () => {
    const subject = (index: number) => ({ kind: 'package' as const, name: `p${index}`, version: '1.0.0' });
    const many = Array.from({ length: 1000 }, (_, index) => index);
    const down: Report = {
      ...fullReport,
      findings: [],
      gaps: many.map((index) => ({
        subject: subject(index),
        missing: 'times',
        why: 'failed',
        reason: 'connection refused',
        ruleIds: ['release-age'],
      })),
      verdicts: many.map((index) => ({ subject: subject(index), action: 'warn', path: [], because: [] })),
    };
    expect(text(down, plain).split('\n').length).toBeLessThan(12);
    expect(text(down, plain)).toContain('connection refused: p0@1.0.0, p1@1.0.0, p2@1.0.0, p3@1.0.0, p4@1.0.0 and 995 more');
    const [young] = fullReport.findings;
    if (!young) throw new Error('no finding');
    const bad: Report = { ...down, gaps: [], findings: many.map((index) => ({ ...young, action: 'warn', subject: subject(index) })) };
    expect(text(bad, plain)).toContain('and 980 more with warnings (--verbose shows all)');
  });
});

describe('wrapping', () => {
  it('counts columns, not characters', () => {
    expect(columnsOf('漢字')).toBe(4);
    expect(columnsOf('e\u0301')).toBe(1);
    expect(wrap('漢字 漢字 ab', 6)).toEqual(['漢字', '漢字', 'ab']);
  });

  it('leaves room for a lead and never breaks a word', () => {
    expect(wrap('aa bb cc', 5, 3)).toEqual(['aa', 'bb cc']);
    expect(wrap('unbreakable', 3)).toEqual(['unbreakable']);
    expect(wrap('', 10)).toEqual(['']);
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Report } from '../../src/model/report.ts';
import github from '../../src/reporters/github.ts';
import gitlab from '../../src/reporters/gitlab.ts';
import { formats, reporterOf } from '../../src/reporters/index.ts';
import junit from '../../src/reporters/junit.ts';
import markdown from '../../src/reporters/markdown.ts';
import { cleanReport, fullReport, hostileReport, oneFailureReport, pages } from '../helpers/a-report.ts';

const context = { rules: pages };

describe('every format', () => {
  it.each(formats)('%s: same report, same bytes; no word of strangers steers a terminal', async (format) => {
    const reporter = await reporterOf(format);
    expect(reporter(structuredClone(fullReport), context)).toBe(reporter(fullReport, context));
    expect(reporter(hostileReport, context)).not.toMatch(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2066-\u2069]|\udb40|\ud800/,
    );
    expect(reporter(cleanReport, context).length).toBeLessThan(2000);
  });
});

describe('markdown', () => {
  it('folds each package away', () => {
    expect(markdown(fullReport, context)).toMatchInlineSnapshot(`
"### ⛔ depward: blocked (incomplete)

2 blocked, 2 warnings, 1 allowed, 1 waived, 1 removed; 4 judged as of 2026&#45;11&#45;23T01&#58;12&#58;00Z; policy&#58; depward&#46;config&#46;json

<details><summary><b>block</b> <code>left&#64;1&#46;3&#46;1</code> (before: <code>1&#46;3&#46;0</code>): release&#45;age</summary>

Comes in through <code>app&#64;1&#46;0&#46;0</code> → <code>left&#64;1&#46;3&#46;1</code>

- **release&#45;age**: published 12 minutes ago, the waiting time is 3 days
  - Seen: published <code>2026&#45;11&#45;23T01&#58;00&#58;00Z</code>, old enough from <code>2026&#45;11&#45;26T01&#58;00&#58;00Z</code>
  - Why it matters: Hijacked releases are mostly found within days&#46;
  - What to do: Wait until the date shown&#46; Allowed from 2026&#45;11&#45;26T01&#58;00&#58;00Z&#46; The same policy lets 1&#46;2&#46;9 in&#46;

</details>

<details><summary><b>block</b> <code>silent&#64;2&#46;0&#46;0</code>: could not tell</summary>

- could not tell&#58; the registry answered 503

</details>

<details><summary><b>warn</b> <code>exprss&#64;1&#46;0&#46;0</code>: typosquat</summary>

- **typosquat**: the name is one letter away from express
  - Seen: targets <code>express and expres</code>, downloads <code>100</code>, same <code>no</code>
  - Why it matters: People mistype names&#46;
  - What to do: Take express&#46;

</details>

<details><summary><b>warn</b> <code>depward&#46;config&#46;json&#58;3</code>: policy&#45;weakened</summary>

- **policy&#45;weakened**: the change turns a rule off

</details>

- waiver of x for y (ann) covers nothing here
- waived until 2027&#45;01&#45;01&#58; typosquat for ours&#64;&#8203;1&#46;0&#46;0 by ann&#58; our fork

Coverage: not offered by the registry&#58; trust (4 packages); 1 package could not be judged completely; 2 packages from outside a registry; facts up to 5 hours old.
"
`);
  });

  it('says one failure once, however many rules it left out', () => {
    expect(markdown(oneFailureReport, context).match(/503/g)).toHaveLength(1);
  });

  it('renders no word of strangers as markup, mention or link', () => {
    const ours = /<\/?(?:details|summary|b|code)>|&#?\w+;|\*\*|^### |^ *- /gm;
    const rest = markdown(hostileReport, context).replaceAll(ours, '');
    expect(rest).not.toMatch(/[<>`*_[\]|@#!\\~]|:(?! |$)/m);
    expect(markdown(hostileReport, context)).not.toMatch(/&#64;(?!&#8203;)(?![^<]*<\/code>)/);
  });

  it('fits into a comment', () => {
    const verdict = fullReport.verdicts[0];
    if (!verdict) throw new Error('no verdict');
    const many: Report = { ...fullReport, verdicts: Array.from({ length: 5000 }, () => verdict) };
    const text = markdown(many, context);
    expect(text.length).toBeLessThan(65_000);
    expect(text).toMatch(/… and \d+ more\./);
    expect(text).toContain('Coverage');
  });
});

describe('github', () => {
  it('annotates the lines', () => {
    expect(github(fullReport, context).split('\n')[0]).toBe(
      '::error file=package-lock.json,line=42,col=5,title=release-age%3A left@1.3.1::left@1.3.1: published 12 minutes ago, the waiting time is 3 days. Wait until the date shown. Allowed from 2026-11-26T01:00:00Z.',
    );
  });

  it('shows the worst ten of each and counts the rest', () => {
    const [young] = fullReport.findings;
    if (!young) throw new Error('no finding');
    const findings = (['block', 'warn'] as const).flatMap((action) => Array.from({ length: 15 }, () => ({ ...young, action })));
    const lines = github({ ...fullReport, findings }, context)
      .trim()
      .split('\n');
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('::warning'))).toHaveLength(10);
    expect(lines.at(-1)).toMatch(/^::notice .*10 more findings/);
  });

  it('is one command a line, whatever strangers write', () => {
    for (const line of github(hostileReport, context).trim().split('\n')) {
      expect(line).toMatch(/^::(?:error|warning|notice) [^\n]*$/);
      // Properties end at the first `::`; nothing in them may end them early or add one.
      const properties = line.slice(2).split('::')[0]?.replace(/^\w+ /, '').split(',') ?? [];
      for (const property of properties) expect(property).toMatch(/^(?:file|line|col|title)=[^:,]*$/);
      expect(line).not.toMatch(/%(?!25|0A|0D|3A|2C)/);
    }
  });
});

describe('gitlab', () => {
  it('gives every issue a place and a fingerprint of its own', () => {
    const issues: unknown = JSON.parse(gitlab({ ...fullReport, findings: [...fullReport.findings, ...fullReport.findings] }, context));
    if (!Array.isArray(issues)) throw new Error('not a list');
    expect(new Set(issues.map((issue) => issue.fingerprint)).size).toBe(6);
    expect(issues[0]).toEqual({
      description: expect.stringContaining('left@1.3.1: published 12 minutes ago'),
      check_name: 'release-age',
      fingerprint: 'release-age  left@1.3.1 sha512-x',
      severity: 'critical',
      location: { path: 'package-lock.json', lines: { begin: 42 } },
    });
  });

  it('keeps the fingerprint when lines move', () => {
    const moved = structuredClone(fullReport.findings).map((finding) => ({
      ...finding,
      subject: { ...finding.subject, where: { file: 'package-lock.json', line: 99 } },
    }));
    const prints = (report: Report) => (JSON.parse(gitlab(report, context)) as { fingerprint: string }[]).map((issue) => issue.fingerprint);
    expect(prints({ ...fullReport, findings: moved })).toEqual(prints(fullReport));
  });
});

describe('junit', () => {
  it('keeps failures and missing evidence apart', () => {
    expect(junit(fullReport, context)).toMatchInlineSnapshot(`
"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="depward" tests="5" failures="1" errors="1">
  <testsuite name="depward gate" timestamp="2026-11-23T01:12:00" tests="5" failures="1" errors="1">
    <testcase classname="depward" name="left@1.3.1">
      <failure type="release-age" message="block release-age: published 12 minutes ago, the waiting time is 3 days">block release-age: published 12 minutes ago, the waiting time is 3 days</failure>
    </testcase>
    <testcase classname="depward" name="silent@2.0.0">
      <error type="publisher-changed" message="block publisher-changed: could not tell: the registry answered 503">block publisher-changed: could not tell: the registry answered 503</error>
    </testcase>
    <testcase classname="depward" name="exprss@1.0.0">
      <system-out>warn typosquat: the name is one letter away from express</system-out>
    </testcase>
    <testcase classname="depward" name="depward.config.json:3">
      <system-out>warn policy-weakened: the change turns a rule off</system-out>
    </testcase>
    <testcase classname="depward" name="fine@1.0.0"/>
  </testsuite>
</testsuites>
"
`);
  });

  it('is well-formed, whatever strangers write', () => {
    expect(unclosed(junit(hostileReport, context))).toEqual([]);
  });
});

// A reader of just the XML that junit.ts writes: tags, attributes in double quotes, text without raw < or &.
function unclosed(xml: string): string[] {
  const open: string[] = [];
  const token = /<\?xml [^>]*\?>|<\/(?<close>[\w-]+)>|<(?<open>[\w-]+)(?: [\w-]+="(?:[^<&"]|&#\d+;)*")*(?<self>\/)?>|(?:[^<&]|&#\d+;)+/gy;
  let end = 0;
  for (const match of xml.matchAll(token)) {
    end = match.index + match[0].length;
    const { close, open: opened, self } = match.groups ?? {};
    if (opened && !self) open.push(opened);
    if (close && open.pop() !== close) return [`</${close}>`];
  }
  return end === xml.length ? open : [xml.slice(end, end + 50)];
}

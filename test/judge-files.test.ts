import { describe, expect, it } from '@jest/globals';
import { fileFilter, judgeFiles } from '../src/judge-files.ts';
import { pathsOf } from '../src/model/repository-paths.ts';
import { type AnyRepositoryRule, defineRepositoryRule, type FileSeen } from '../src/model/repository-rule.ts';
import { parsePolicy } from '../src/policy/parse.ts';

const meta = {
  id: 'loud',
  family: 'pipeline',
  severity: 'low',
  summary: 'Shouts.',
  why: '.',
  remedy: '.',
  references: [],
  falsePositives: '.',
  since: '0.1.0',
} as const;

/** A rule that finds every line in capitals, and cannot read a file holding `?`. */
const loud = (kind: 'state' | 'change'): AnyRepositoryRule =>
  defineRepositoryRule({
    meta,
    kind,
    reads: (path) => path.endsWith('.txt'),
    check: ({ now }) =>
      [...now].flatMap(([file, text]): readonly FileSeen[] =>
        text.includes('?')
          ? [{ file, untold: 'what?' }]
          : text
              .split('\n')
              .flatMap((line, at) =>
                /[A-Z]/.test(line) ? [{ file, line: at + 1, message: `shouts ${line}`, confidence: 'high' as const, facts: {} }] : [],
              ),
      ),
    examples: [],
  });

const policy = (level: string) => parsePolicy(JSON.stringify({ extends: [], rules: { loud: level } }), 'p', [{ meta, options: {} }]);

function judged(rule: AnyRepositoryRule, now: Record<string, string>, before?: Record<string, string>, level = 'warn') {
  const files = { now: new Map(Object.entries(now)), paths: pathsOf(Object.keys(now)), ...(before && { before: new Map(Object.entries(before)) }) };
  return judgeFiles({ rules: [rule], files, policy: policy(level), now: 0 });
}

describe('rules on files', () => {
  it('find what is wrong in files as they are, at its line, in the files they read', () => {
    const { fileFindings } = judged(loud('state'), { 'a.txt': 'x\nAAA', 'a.md': 'AAA' });
    expect(fileFindings).toMatchObject([{ ruleId: 'loud', severity: 'low', subject: { kind: 'file', file: 'a.txt', line: 2 } }]);
  });

  it('in a change speak of what is new only, even when lines move', () => {
    const { fileFindings } = judged(loud('state'), { 'a.txt': '\n\nAAA\nBBB' }, { 'a.txt': 'AAA' });
    expect(fileFindings.map((finding) => finding.message)).toEqual(['shouts BBB']);
  });

  it('on changes are silent where there is no change', () => {
    expect(judged(loud('change'), { 'a.txt': 'AAA' }).fileFindings).toEqual([]);
    expect(judged(loud('change'), { 'a.txt': 'AAA' }, {}).fileFindings).toHaveLength(1);
  });

  it('that cannot read a file leave a gap', () => {
    expect(judged(loud('state'), { 'a.txt': '?' }).fileGaps).toEqual([
      { subject: { kind: 'file', file: 'a.txt' }, missing: 'file', why: 'failed', reason: 'what?', ruleIds: ['loud'] },
    ]);
  });

  it('tell whether a rule that was shown something asked for the time', () => {
    const late = defineRepositoryRule({
      ...loud('state'),
      check: (_files, { now }) => (now < 0 ? [{ file: 'a.txt', message: 'x', confidence: 'high', facts: {} }] : []),
    });
    expect(judged(late, { 'a.txt': 'AAA' }).tellsTime).toBe(true);
    expect(judged(late, { 'b.md': 'AAA' }).tellsTime).toBe(false);
    expect(judged(loud('state'), { 'a.txt': 'AAA' }).tellsTime).toBe(false);
  });

  it('that are off neither read nor find', () => {
    expect(judged(loud('state'), { 'a.txt': 'AAA ?' }, undefined, 'off')).toEqual({
      fileFindings: [],
      fileGaps: [],
      fixes: [],
      secrets: new Set(),
      tellsTime: false,
    });
    expect(fileFilter([loud('state')], policy('off'))('a.txt')).toBe(false);
    expect(fileFilter([loud('state')], policy('info'))('a.txt')).toBe(true);
  });
});

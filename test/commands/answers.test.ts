import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { keepAnswer, type Question, recallAnswer, type Standing } from '../../src/commands/answers.ts';
import type { Report } from '../../src/model/report.ts';
import { isoOf, minute } from '../../src/model/time.ts';
import { at } from '../../src/rules/example.ts';

const now = at('2026-01-10T00:00:00Z');
let folder: string;
let question: Question;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-answers-'));
  question = { path: join(folder, 'answers', 'one'), digest: 'asked' };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the memory of answers', () => {
  it('gives the report back as of now, with the age of its facts', () => {
    const kept = keep({ judgedAt: now, confirmedAt: now - 10_000 });
    expect(recall(now + 60_000)).toEqual({ ...kept, asOf: isoOf(now + 60_000), coverage: { ...kept.coverage, oldestFactSeconds: 70 } });
  });

  it('says no age where the report rests on no facts, which then are never too old', () => {
    const kept = keep({ judgedAt: now });
    expect(recall(now + 500 * minute)).toEqual({ ...kept, asOf: isoOf(now + 500 * minute) });
  });

  it('says nothing once the facts are older than those asked for again, unless nobody can be asked', () => {
    keep({ judgedAt: now, confirmedAt: now - 10_000 });
    expect(recall(now + 5 * minute - 10_000)).toBeDefined();
    expect(recall(now + 5 * minute - 9_999)).toBeUndefined();
    expect(recall(now + 500 * minute, true)).toBeDefined();
  });

  it('says nothing from the moment on from which the clock makes it another', () => {
    keep({ judgedAt: now, confirmedAt: now, until: now + minute });
    expect(recall(now + minute - 1)).toBeDefined();
    expect(recall(now + minute, true)).toBeUndefined();
  });

  it('says nothing to another question, and nothing of the future', () => {
    keep({ judgedAt: now, confirmedAt: now });
    expect(recallAnswer({ ...question, digest: 'other' }, now, false)).toBeUndefined();
    expect(recall(now - 1, true)).toBeUndefined();
  });

  it.each([
    ['what is not complete', { complete: false }, {}],
    ['what the clock makes another at once', {}, { until: now }],
  ] as const)('never keeps %s', (_what, report, standing) => {
    keep({ judgedAt: now, confirmedAt: now, ...standing }, report);
    expect(recall(now)).toBeUndefined();
  });

  it('takes a damaged file for none', () => {
    keep({ judgedAt: now, confirmedAt: now });
    writeFileSync(question.path, readFileSync(question.path, 'utf8').replace('"warn"', '"allow"'));
    expect(recall(now)).toBeUndefined();
  });

  it('forgets the oldest of many', () => {
    mkdirSync(join(folder, 'answers'));
    for (let index = 0; index < 70; index++) {
      writeFileSync(join(folder, 'answers', `old-${index}`), '');
      utimesSync(join(folder, 'answers', `old-${index}`), index, index);
    }
    keep({ judgedAt: now, confirmedAt: now });
    expect(readdirSync(join(folder, 'answers'))).toHaveLength(64);
    expect(readdirSync(join(folder, 'answers'))).not.toContain('old-0');
    expect(recall(now)).toBeDefined();
  });
});

function recall(moment: number, offline = false): Report | undefined {
  return recallAnswer(question, moment, offline)?.report;
}

function keep(standing: Standing, more: Partial<Report> = {}): Report {
  const report: Report = {
    schema: 1,
    tool: { name: 'depward', version: '0.1.0' },
    mode: 'check',
    asOf: isoOf(standing.judgedAt),
    policy: 'recommended',
    action: 'warn',
    complete: true,
    verdicts: [],
    findings: [],
    gaps: [],
    waived: [],
    notes: [],
    removed: [],
    coverage: { packages: 1, judged: 1, notOffered: [], incomplete: 0, outsideRegistry: 0 },
    ...more,
  };
  keepAnswer(question, { report, pages: [] }, standing);
  return report;
}

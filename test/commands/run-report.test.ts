import { expect, it } from '@jest/globals';
import { together } from '../../src/commands/run-report.ts';
import type { Report, Verdict } from '../../src/model/report.ts';

const verdict = (name: string, action: Verdict['action']): Verdict => ({
  subject: { kind: 'package', name, version: '1.0.0' },
  action,
  path: [],
  because: [],
});
const stage = (part: Partial<Report>): Report => ({
  schema: 1,
  tool: { name: 'depward', version: '0.0.0' },
  mode: 'run',
  asOf: '2026-01-01T00:00:00.000Z',
  policy: 'recommended',
  action: 'allow',
  complete: true,
  verdicts: [],
  findings: [],
  gaps: [],
  waived: [],
  notes: [],
  removed: [],
  coverage: { packages: 0, judged: 0, notOffered: [], incomplete: 0, outsideRegistry: 0 },
  ...part,
});

it('loses nothing of the stages before, and answers with the worst of them', () => {
  const lockfile = stage({
    action: 'warn',
    complete: false,
    verdicts: [verdict('locked', 'warn')],
    notes: [
      { kind: 'waiver-unused', message: 'of added' },
      { kind: 'waiver-unused', message: 'of nobody' },
      { kind: 'waiver-expired', message: 'long ago' },
    ],
    coverage: {
      packages: 3,
      judged: 3,
      notOffered: [
        { evidence: 'maintainers', packages: 3, reason: 'no' },
        { evidence: 'times', packages: 1, reason: 'no' },
      ],
      incomplete: 1,
      outsideRegistry: 0,
      oldestFactSeconds: 7,
    },
  });
  const added = stage({
    verdicts: [verdict('added', 'allow')],
    notes: [
      { kind: 'waiver-unused', message: 'of nobody' },
      { kind: 'waiver-expired', message: 'long ago' },
    ],
    coverage: { packages: 4, judged: 1, notOffered: [{ evidence: 'maintainers', packages: 1, reason: 'no' }], incomplete: 0, outsideRegistry: 1 },
  });
  const whole = together([lockfile, added]);
  expect(whole).toMatchObject({ action: 'warn', complete: false });
  expect(whole.verdicts.map(({ subject }) => subject)).toEqual([...lockfile.verdicts, ...added.verdicts].map(({ subject }) => subject));
  expect(whole.notes.map(({ message }) => message).sort()).toEqual(['long ago', 'of nobody']);
  expect(whole.coverage).toEqual({
    packages: 4,
    judged: 4,
    notOffered: [
      { evidence: 'times', packages: 1, reason: 'no' },
      { evidence: 'maintainers', packages: 4, reason: 'no' },
    ],
    incomplete: 1,
    outsideRegistry: 1,
    oldestFactSeconds: 7,
  });
});

it('is the one report where there was one stage', () => {
  const only = stage({ action: 'block', verdicts: [verdict('one', 'block')] });
  expect(together([only])).toBe(only);
});

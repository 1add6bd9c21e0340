/** Rules that go by lines are shown few of a long lockfile, and must say of a change what they say when shown all of it. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeFiles } from '../src/judge-files.ts';
import { pathsOf } from '../src/model/repository-paths.ts';
import type { JudgingRepositoryRule } from '../src/model/repository-rule.ts';
import { defaultPolicy } from '../src/policy/build.ts';
import { repositoryRules } from '../src/repository-rules/index.ts';

const rules = repositoryRules.filter(({ byLine }) => byLine !== undefined);
const token = 'npm_0123456789abcdefABCDEF0123456789abcd';

const row = fc.oneof(
  fc.nat(30).map((at) => `      "resolved": "https://registry.example/p${at}/-/p${at}-1.0.0.tgz",`),
  fc.nat(40).map((at) => `      "resolved": "http://mirror${at}.example/p/-/p-1.0.0.tgz",`),
  fc.constantFrom('    },', '      "license": "MIT",', '      "resolved":', '        "http://split.example/a.tgz",', `      "x": "${token}",`),
  fc.nat(40).map((at) => `      "resolved": "https://me:secret${at}secret@host.example/p.tgz",`),
);
const edit = fc.tuple(fc.nat(), fc.nat(3), fc.array(row, { maxLength: 3 }));

function judged(all: readonly JudgingRepositoryRule[], before: string, now: string) {
  const [file, settings] = ['package-lock.json', 'registry=http://old.example/\n'];
  const paths = pathsOf(new Set([file, '.npmrc']));
  const texts = (text: string) =>
    new Map([
      [file, text],
      ['.npmrc', settings],
    ]);
  const files = { now: texts(now), before: texts(before), paths, pathsBefore: paths, changed: new Set([file]) };
  return judgeFiles({ rules: all, files, policy: defaultPolicy(), now: 0 });
}

describe('rules that go by lines', () => {
  it('are there', () => {
    expect(rules.map(({ meta }) => meta.id)).toEqual(['literal-credential', 'registry-over-http', 'lockfile-host-stray']);
  });

  it('say the same as when they are shown everything', () => {
    let found = 0;
    fc.assert(
      fc.property(fc.array(row, { minLength: 30, maxLength: 90 }), fc.array(edit, { maxLength: 4 }), (lines, edits) => {
        const after = lines.slice();
        for (const [at, gone, fresh] of edits) after.splice(at % (after.length + 1), gone, ...fresh);
        const [before, now] = [lines.join('\n'), after.join('\n')];
        const whole = judged(
          rules.map(({ byLine: _byLine, ...rule }) => rule),
          before,
          now,
        );
        found += whole.fileFindings.length;
        expect(judged(rules, before, now)).toEqual(whole);
      }),
      { seed: 23_11, numRuns: Number(process.env['FUZZ_RUNS'] ?? 300), interruptAfterTimeLimit: 15_000 },
    );
    expect(found).toBeGreaterThan(30);
  });
});

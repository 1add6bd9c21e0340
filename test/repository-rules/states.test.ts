/** What rules on states say of a change, and when they are not asked at all. */
import { describe, expect, it } from '@jest/globals';
import { judgeFiles } from '../../src/judge-files.ts';
import { pathsOf } from '../../src/model/repository-paths.ts';
import type { AnyRepositoryRule } from '../../src/model/repository-rule.ts';
import { policyOf } from '../../src/policy/build.ts';
import { repositoryRules } from '../../src/repository-rules/index.ts';

type Texts = Readonly<Record<string, string>>;
const policy = policyOf({}, 'recommended');

function filesOf(before: Texts, now: Texts) {
  const [paths, pathsBefore] = [new Set(Object.keys(now)), new Set(Object.keys(before))];
  const changed = new Set([...paths, ...pathsBefore].filter((path) => before[path] !== now[path]));
  return {
    now: new Map(Object.entries(now)),
    before: new Map(Object.entries(before)),
    paths: pathsOf(paths),
    pathsBefore: pathsOf(pathsBefore),
    changed,
  };
}

const ordinary: Texts = {
  'package.json': '{"name": "x", "dependencies": {"a": "^1.0.0"}, "packageManager": "npm@11.0.0"}',
  'package-lock.json': '{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "^1.0.0"}}}}',
  '.npmrc': 'ignore-scripts=true\n',
  '.github/workflows/ci.yml': 'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm ci\n',
};

describe('a rule on states in a change', () => {
  it('asks for the time only where something ends', () => {
    const manifest = (version: string) => ({ ...ordinary, 'package.json': (ordinary['package.json'] ?? '').replace('^1.0.0', version) });
    const { tellsTime } = judgeFiles({ rules: repositoryRules, files: filesOf(manifest('^1.0.0'), manifest('^1.1.0')), policy, now: 0 });
    expect(tellsTime).toBe(false);
    const ends = (day: string) => ({ '.nsprc': `{"GHSA-xxxx-yyyy-zzzz": {"active": true, "expiry": "${day}"}}` });
    expect(judgeFiles({ rules: repositoryRules, files: filesOf(ends('2027-01-31'), ends('2027-02-28')), policy, now: 0 }).tellsTime).toBe(true);
  });

  it('is not asked where all it looks at stays, and is where a path comes or goes', () => {
    let asked = 0;
    const known = repositoryRules.find(({ kind }) => kind === 'state');
    if (!known) throw new Error('no rules');
    const counting: AnyRepositoryRule = {
      ...known,
      reads: (path) => path === '.npmrc',
      check: ({ paths }) => {
        asked++;
        return paths.has('other') ? [{ file: '.npmrc', message: 'other is there', confidence: 'high', facts: {} }] : [];
      },
    };
    const judged = (before: Texts, now: Texts) => judgeFiles({ rules: [counting], files: filesOf(before, now), policy, now: 0 }).fileFindings.length;
    expect([judged({ '.npmrc': 'a', x: '1' }, { '.npmrc': 'a', x: '2' }), asked]).toEqual([0, 0]);
    expect([judged({ '.npmrc': 'a', other: '1' }, { '.npmrc': 'b', other: '1' }), asked]).toEqual([0, 2]);
    expect([judged({ '.npmrc': 'a' }, { '.npmrc': 'a', other: '1' }), asked]).toEqual([1, 4]);
    expect([judged({ '.npmrc': 'a', other: '1' }, { '.npmrc': 'a' }), asked]).toEqual([0, 5]);
  });

  it.each<[string, string, Texts, Texts]>([
    [
      'another major version of the manager',
      'install-scripts-unguarded',
      { 'package.json': '{"packageManager": "pnpm@8.0.0"}', 'pnpm-lock.yaml': "lockfileVersion: '6.0'\n" },
      { 'package.json': '{"packageManager": "pnpm@9.0.0"}', 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n" },
    ],
    [
      'another range of the same package',
      'hooks-by-dependency',
      { 'package.json': '{"devDependencies": {"husky": "^4.3.0"}}' },
      { 'package.json': '{"devDependencies": {"husky": "^4.3.8"}}' },
    ],
    [
      'fewer entries of the same host',
      'registry-over-http',
      { 'yarn.lock': `# yarn lockfile v1\n${['a', 'b'].map((name) => `${name}@1:\n  resolved "http://r.example/${name}.tgz"\n`).join('')}` },
      { 'yarn.lock': '# yarn lockfile v1\na@1:\n  resolved "http://r.example/a.tgz"\n' },
    ],
  ])('is not told of what stood there before in other words: %s', (_, rule, before, now) => {
    const judged = (old: Texts) => {
      const { fileFindings } = judgeFiles({ rules: repositoryRules, files: filesOf(old, now), policy: policyOf({}, 'strict'), now: 0 });
      return fileFindings.filter(({ ruleId }) => ruleId === rule).length;
    };
    expect([judged({}), judged(before)]).toEqual([1, 0]);
  });
});

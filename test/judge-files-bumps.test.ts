/** No rule on files has a word on changes that only move versions: that is why the gate does not ask them. */
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { judgeFiles } from '../src/judge-files.ts';
import { pathsOf } from '../src/model/repository-paths.ts';
import { versionBumpsIn } from '../src/model/version-bumps.ts';
import { defaultPolicy } from '../src/policy/build.ts';
import { repositoryRules } from '../src/repository-rules/index.ts';

const names = ['a', 'husky', 'semver', 'yorkie', '@s/tool', 'eslint', 'is-odd', 'tap'];
const version = fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat(3), fc.nat(3)).map((parts) => parts.join('.'));
const spec = fc.tuple(fc.constantFrom('^', '~', '', '>=', ''), version).map((parts) => parts.join(''));
const moving = fc.record({
  before: version,
  now: version,
  from: spec,
  to: spec,
  stays: fc.boolean(),
  asked: fc.constantFrom('exact', 'range', 'not', 'apart'),
});
type Moving = typeof moving extends fc.Arbitrary<infer T> ? T : never;
const hosts = ['https://r.example', 'https://r.example', 'https://r.example', 'http://r.example', 'https://other.example'];

const context: Readonly<Record<string, string>> = {
  '.npmrc': 'registry=https://r.example/\n',
  '.github/workflows/ci.yml':
    'on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: npm install\n      - run: npx eslint .\n      - run: npx some-tool\n',
  Dockerfile: 'FROM node\nCOPY . .\nRUN npm install\nRUN npx tap\n',
  '.gitignore': 'node_modules\n',
};

function project(moves: readonly Moving[], at: 'before' | 'now') {
  const asked: Record<string, string> = {};
  const locked: Record<string, string> = {};
  const packages: Record<string, object> = {};
  for (const [index, one] of moves.entries()) {
    const name = names[index] ?? 'z';
    const held = one.stays ? one.before : one[at];
    if (one.asked !== 'not') asked[name] = one.asked === 'exact' ? held : one.stays || at === 'before' ? one.from : one.to;
    if (one.asked !== 'not') locked[name] = one.asked === 'apart' ? '^7.7.7' : (asked[name] ?? '');
    packages[`node_modules/${name}`] = {
      version: held,
      resolved: `${hosts[index % hosts.length]}/${name}/-/x-${held}.tgz`,
      integrity: `sha512-${held.replaceAll('.', 'A').padEnd(86, 'b')}==`,
      ...(index % 3 === 0 && { bin: { [name.replace('@s/', '')]: 'x.js' } }),
    };
  }
  const root = { name: 'p', version: '1.0.0', dependencies: locked };
  return new Map([
    ...Object.entries(context),
    ['package.json', JSON.stringify({ name: 'p', version: '1.0.0', private: true, dependencies: asked }, null, 2)],
    [
      'package-lock.json',
      `${JSON.stringify({ name: 'p', version: '1.0.0', lockfileVersion: 3, requires: true, packages: { '': root, ...packages } }, null, 2)}\n`,
    ],
  ]);
}

/** Every rule on, and all that can be named in options named. */
const options = { hosts: ['r.example'], names: ['a', 'is-*'], scopes: ['@s'], libraries: true };
const everything = { ...defaultPolicy(), rules: new Map(repositoryRules.map(({ meta }) => [meta.id, { level: 'warn' as const, options }])) };

describe('changes that only move versions', () => {
  it('are nothing to the rules on files', () => {
    let [told, asked] = [0, 0];
    fc.assert(
      fc.property(fc.array(moving, { minLength: 1, maxLength: names.length }), (moves) => {
        const [before, now] = [project(moves, 'before'), project(moves, 'now')];
        const both = (file: string) => ({ before: before.get(file) ?? '', now: now.get(file) ?? '' });
        const bumps = versionBumpsIn({ lockfile: both('package-lock.json'), manifest: both('package.json') });
        const paths = pathsOf(new Set(now.keys()));
        const changed = new Set([...now.keys()].filter((path) => before.get(path) !== now.get(path)));
        const policy = moves.length % 2 === 0 ? everything : defaultPolicy();
        const judged = judgeFiles({
          rules: repositoryRules,
          files: { now, before, paths, pathsBefore: paths, changed },
          policy,
          now: 0,
        });
        if (!bumps) asked += judged.fileFindings.length;
        else {
          told += bumps.length;
          expect(judged.fileFindings).toEqual([]);
          expect(judged.fileGaps).toEqual([]);
        }
      }),
      { seed: 23_11, numRuns: Number(process.env['FUZZ_RUNS'] ?? 300), interruptAfterTimeLimit: 15_000 },
    );
    expect(told).toBeGreaterThan(50);
    // What is not told to be a plain move is worth asking about.
    expect(asked).toBeGreaterThan(10);
  });
});

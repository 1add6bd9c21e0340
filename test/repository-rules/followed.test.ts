/** What CI runs by way of another file: recipes, scripts of package.json, shell scripts; and where it is not sure, nothing. */
import { describe, expect, it } from '@jest/globals';
import { calledNext, judgeFiles } from '../../src/judge-files.ts';
import { pathsOf } from '../../src/model/repository-paths.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { repositoryRules } from '../../src/repository-rules/index.ts';

const policy = parsePolicy('{"extends": "recommended"}', 'p', repositoryRules);
type Files = Readonly<Record<string, string>>;

function seen(files: Files): string[] {
  const input = { now: new Map(Object.entries(files)), paths: pathsOf(Object.keys(files)) };
  const { fileFindings } = judgeFiles({ rules: repositoryRules, files: input, policy, now: Date.UTC(2026, 10, 23) });
  return fileFindings.flatMap(({ ruleId, subject }) =>
    /^(?:unfrozen|unpinned)/.test(ruleId) && subject.kind === 'file' ? [`${ruleId} ${subject.file}:${subject.line}`] : [],
  );
}

const npm = { 'package.json': '{}', 'package-lock.json': '{}' };
const web = { 'web/package.json': '{}', 'web/package-lock.json': '{}' };
const ci = (...lines: string[]) => ({
  '.github/workflows/ci.yml': ['on: push', 'jobs:', '  a:', '    steps:', '      - run: |', ...lines.map((line) => `          ${line}`)].join('\n'),
});
const scripts = (held: Files, more: object = {}) => ({
  'package.json': JSON.stringify({ ...more, scripts: held }, null, 1),
  'package-lock.json': '{}',
});

describe('what CI runs in another file', () => {
  it.each<[string, Files, string[]]>([
    ['make', { ...npm, ...ci('make install'), Makefile: 'install:\n\tnpm install\n' }, ['unfrozen-install Makefile:2']],
    ['make, the first target', { ...npm, ...ci('make'), Makefile: '.PHONY: all\nall: deps\ndeps:\n\t@npm i\n' }, ['unfrozen-install Makefile:4']],
    ['make, in a folder', { ...web, ...ci('make -C web'), 'web/Makefile': 'all:\n\tnpm install\n' }, ['unfrozen-install web/Makefile:2']],
    ['make, which changes folders', { ...web, ...ci('make a'), Makefile: 'a:\n\techo\n\tcd web && npm install\n' }, ['unfrozen-install Makefile:3']],
    [
      'make, variables',
      { ...web, ...ci('make a'), Makefile: 'NPM ?= npm\nDIR := web\na:\n\tcd $(DIR); $(NPM) install\n' },
      ['unfrozen-install Makefile:4'],
    ],
    ['make, calling itself', { ...npm, ...ci('make a'), Makefile: 'a:\n\t$(MAKE) b\nb:\n\tnpm install\n' }, ['unfrozen-install Makefile:4']],
    [
      'a file that has to be there',
      { ...npm, ...ci('make build'), Makefile: 'build: node_modules\nnode_modules: package.json\n\tnpm install\n' },
      ['unfrozen-install Makefile:3'],
    ],
    ['a tool', { ...npm, ...ci('make lint'), Makefile: 'lint:\n\tnpx --yes some-linter .\n' }, ['unpinned-tool Makefile:2']],
    ['npm run', { ...scripts({ 'ci-setup': 'npm install' }), ...ci('npm run ci-setup') }, ['unfrozen-install package.json:3']],
    ['npm test, what goes before', { ...scripts({ pretest: 'npm install', test: 'x' }), ...ci('npm test') }, ['unfrozen-install package.json:3']],
    ['yarn, a script', { ...scripts({ setup: 'npm i' }), ...ci('yarn setup') }, ['unfrozen-install package.json:3']],
    ['a script that calls a script', { ...scripts({ a: 'npm run b', b: 'npm install' }), ...ci('npm run a') }, ['unfrozen-install package.json:4']],
    [
      'a shell script',
      { ...npm, ...ci('bash scripts/setup.sh'), 'scripts/setup.sh': 'set -e\nnpm install\n' },
      ['unfrozen-install scripts/setup.sh:2'],
    ],
    [
      'a shell script, called as it is, elsewhere',
      { ...web, ...ci('cd web', '../tool/a.sh'), 'tool/a.sh': 'npm install\n' },
      ['unfrozen-install tool/a.sh:1'],
    ],
    ['a script that make calls', { ...npm, ...ci('make a'), Makefile: 'a:\n\t./b.sh\n', 'b.sh': 'npm install\n' }, ['unfrozen-install b.sh:1']],
    [
      'just',
      { ...npm, ...ci('just setup'), justfile: 'tool := "npm"\n\nsetup: clean\n    {{tool}} install\n\nclean:\n    rm x\n' },
      ['unfrozen-install justfile:4'],
    ],
    [
      'Task',
      { ...npm, ...ci('task build'), 'Taskfile.yml': 'tasks:\n  build:\n    deps: [setup]\n  setup:\n    cmds:\n      - npm install\n' },
      ['unfrozen-install Taskfile.yml:6'],
    ],
    [
      'Task, in a folder',
      { ...web, ...ci('task a'), 'Taskfile.yml': 'tasks:\n  a:\n    dir: web\n    cmds:\n      - cmd: npm install\n' },
      ['unfrozen-install Taskfile.yml:5'],
    ],
    ['GitLab', { ...npm, '.gitlab-ci.yml': 'a:\n  script:\n    - make deps\n', Makefile: 'deps:\n\tnpm install\n' }, ['unfrozen-install Makefile:2']],
    [
      'many steps, told once',
      { ...npm, ...ci('make a', 'make a', 'make b'), Makefile: 'a:\n\tnpm install\nb: a\n' },
      ['unfrozen-install Makefile:2'],
    ],
  ])('%s', (_title, files, expected) => expect(seen(files)).toEqual(expected));

  it.each<[string, Files]>([
    ['a target nobody calls', { ...npm, ...ci('make build'), Makefile: 'build:\n\techo\ninstall:\n\tnpm install\n' }],
    ['the first target where others are included', { ...npm, ...ci('make'), Makefile: 'include common.mk\na:\n\tnpm install\n' }],
    ['under a condition of make', { ...npm, ...ci('make a'), Makefile: 'a:\nifdef DEV\n\tnpm install\nendif\n\techo\n' }],
    ['another makefile', { ...npm, ...ci('make -f other.mk a'), Makefile: 'a:\n\tnpm install\n' }],
    ['a dry run', { ...npm, ...ci('make -n a'), Makefile: 'a:\n\tnpm install\n' }],
    ['a target only the run tells', { ...npm, ...ci('make $TARGET'), Makefile: 'a:\n\tnpm install\n' }],
    ['a program only make tells', { ...npm, ...ci('make a'), Makefile: 'TOOL = npm\nTOOL = true\na:\n\t$(TOOL) install\n' }],
    ['a folder only make tells', { ...npm, ...ci('make a'), Makefile: 'a:\n\tcd $(shell pwd)/x && npm install\n' }],
    ['frozen', { ...npm, ...ci('make a', 'npm run b'), ...scripts({ b: 'npm ci' }), Makefile: 'a:\n\tnpm ci\n' }],
    ['a script of a workspace', { ...scripts({ a: 'npm install' }), ...ci('npm run a -w web', 'npm run a --workspaces') }],
    ['a script of another folder', { ...scripts({ a: 'npm install' }), ...ci('cd web', 'npm run a') }],
    ['a recipe that commits what it installed', { ...npm, ...ci('./up.sh'), 'up.sh': 'npm install\ngit commit -am up\n' }],
    ['a script that is not there', { ...npm, ...ci('./made.sh') }],
    ['recipes in a circle', { ...npm, ...ci('make a'), Makefile: 'a: b\nb: a\n\t$(MAKE) a\n' }],
    ['scripts in a circle', { ...scripts({ a: 'npm run b', b: 'npm run a' }), ...ci('npm run a') }],
  ])('not: %s', (_title, files) => expect(seen(files)).toEqual([]));

  it('says who runs it, and corrects nothing: people run it too', () => {
    const files = { ...npm, ...ci('make a'), Makefile: 'a:\n\tnpm install\n' };
    const input = { now: new Map(Object.entries(files)), paths: pathsOf(Object.keys(files)) };
    const { fileFindings, fixes } = judgeFiles({ rules: repositoryRules, files: input, policy, now: 0 });
    const [found] = fileFindings.filter(({ ruleId }) => ruleId === 'unfrozen-install');
    expect(found?.message).toBe('"npm install" may change package-lock.json (.github/workflows/ci.yml runs it)');
    expect(fixes.filter(({ fix }) => fix.file === 'Makefile')).toEqual([]);
  });

  it('asks for files that are called, and for those that they call', () => {
    const now = new Map(Object.entries({ ...npm, ...ci('make a', 'tool/x.sh', './gone.sh') }));
    const paths = pathsOf([...now.keys(), 'Makefile', 'b.sh', 'other.sh', 'sub/Makefile', 'tool/x.sh']);
    const tried = new Set<string>();
    const next = () => calledNext({ rules: repositoryRules, policy, files: { now, paths } }, tried);
    expect(next()).toEqual(['Makefile', 'tool/x.sh']);
    now.set('Makefile', 'a:\n\tsh b.sh\n');
    expect(next()).toEqual(['b.sh']);
    expect(next()).toEqual([]);
  });

  it('spends bounded time on recipes made to keep it busy', () => {
    const deep = Array.from({ length: 3000 }, (_, at) => `t${at}: t${at + 1}\n\tnpm install\n`).join('');
    const wide = `all:${' x'.repeat(100_000)}\nx:\n\tnpm install\n`;
    const start = performance.now();
    seen({ ...npm, ...ci('make t0'), Makefile: deep });
    seen({ ...npm, ...ci('make all'), Makefile: wide });
    seen({ ...npm, ...ci('make a'), Makefile: `${'a '.repeat(200_000)}\n\tnpm install` });
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

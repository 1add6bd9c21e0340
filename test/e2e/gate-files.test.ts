/** The gate in a real repository, when files change by which packages are installed: what CI calls is followed, and only what a change brings is told. */
import { spawnSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type FixtureRegistry, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

let registry: FixtureRegistry;
let place: Workplace;

beforeAll(async () => {
  registry = await startFixtureRegistry({ packuments: [] });
});
afterAll(() => registry.close());
beforeEach(() => {
  place = aWorkplace(registry.url);
  git('init', '-q', '-b', 'main');
  place.write('package.json', { name: 'project', scripts: { deps: 'npm ci' } });
  place.write('package-lock.json', { name: 'project', lockfileVersion: 3, requires: true, packages: { '': { name: 'project' } } });
});
afterEach(() => place.remove());

function git(...args: string[]): void {
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  const env = { ...process.env, ...who, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  const ran = spawnSync('git', args, { cwd: place.folder, env, encoding: 'utf8' });
  if (ran.status !== 0) throw new Error(`git ${args.join(' ')}: ${ran.stderr}`);
}

function commit(): void {
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', 'one');
}

/** `rule file:line` of what the gate says of files. */
async function gate(): Promise<{ readonly code: number | null; readonly action: string; readonly told: readonly string[] }> {
  const { code, stdout, stderr } = await place.run('gate', '--format', 'json');
  if (stdout === '') throw new Error(stderr);
  const { action, findings } = JSON.parse(stdout) as { action: string; findings: { ruleId: string; subject: { file?: string; line?: number } }[] };
  return { code, action, told: findings.flatMap(({ ruleId, subject }) => (subject.file ? [`${ruleId} ${subject.file}:${subject.line}`] : [])) };
}

const workflow = (command: string) => `on: push\njobs:\n  a:\n    steps:\n      - uses: actions/checkout@v4\n      - run: ${command}\n`;
const ci = '.github/workflows/ci.yml';

describe('what CI calls', () => {
  it.each([
    ['a Makefile', 'make deps', 'Makefile', (install: string) => `all: deps\n\ndeps:\n\t${install}\n`, 4],
    ['a shell script', 'sh tools/setup.sh', 'tools/setup.sh', (install: string) => `set -e\n${install}\n`, 2],
    ['a Taskfile', 'task deps', 'Taskfile.yml', (install: string) => `version: 3\ntasks:\n  deps:\n    cmds:\n      - ${install}\n`, 5],
    ['a justfile', 'just deps', 'justfile', (install: string) => `deps:\n    ${install}\n`, 2],
    ['a script of package.json', 'npm run deps', 'package.json', (install: string) => `{\n"scripts": {\n"deps": "${install}"\n}}\n`, 3],
  ])('%s: warned of when it no longer freezes, silent about what is unrelated', async (_title, command, file, written, line) => {
    place.write(ci, workflow(command));
    place.write(file, written('npm ci'));
    commit();
    place.write(file, written('npm ci --no-audit'));
    place.write('notes.txt', 'unrelated');
    expect(await gate()).toEqual({ code: 0, action: 'allow', told: [] });
    place.write(file, written('npm install'));
    expect(await gate()).toEqual({ code: 0, action: 'warn', told: [`unfrozen-install ${file}:${line}`] });
  });

  it('is told when the workflow begins to call it, and not when it stood there before', async () => {
    place.write(ci, workflow('make lint'));
    place.write('Makefile', 'lint:\n\techo\n\ndeps:\n\tnpm install\n');
    commit();
    expect((await gate()).told).toEqual([]);
    place.write(ci, workflow('make lint deps'));
    expect((await gate()).told).toEqual(['unfrozen-install Makefile:5']);
    commit();
    git('checkout', '-q', '-b', 'topic');
    place.write('Makefile', '# moved\nlint:\n\techo a\n\ndeps:\n\tnpm install\n');
    expect((await gate()).told).toEqual([]);
  });

  it('is not told of a file that nobody in CI calls', async () => {
    place.write(ci, workflow('npm ci'));
    place.write('Makefile', 'deps:\n\tnpm ci\n');
    commit();
    place.write('Makefile', 'deps:\n\tnpm install\n');
    expect((await gate()).told).toEqual([]);
  });
});

describe('a change that only moves versions', () => {
  /** As npm writes it. */
  const locked = (version: string) =>
    place.write(
      'package-lock.json',
      `${JSON.stringify(
        {
          name: 'project',
          lockfileVersion: 3,
          requires: true,
          packages: {
            '': { name: 'project', dependencies: { tool: '>=1' } },
            'node_modules/tool': {
              version,
              resolved: `https://registry.example/tool/-/tool-${version}.tgz`,
              integrity: `sha512-${version.replaceAll('.', 'A').padEnd(86, 'b')}==`,
            },
          },
        },
        null,
        2,
      )}\n`,
    );

  it.each([
    ['1.3.0', []],
    ['2.0.0', [`unpinned-tool ${ci}:6`]],
  ])('to %s: told what commands of CI make of it', async (version, told) => {
    place.write('package.json', { name: 'project', dependencies: { tool: '>=1' } });
    locked('1.2.0');
    place.write(ci, workflow('npx tool@1 --all'));
    commit();
    locked(version);
    expect((await gate()).told).toEqual(told);
    // And where all of the base is remembered.
    expect((await gate()).told).toEqual(told);
  });

  it('is held against what the manifest asks for', async () => {
    place.write('package.json', { name: 'project', dependencies: { tool: '1.2.0' } });
    locked('1.2.0');
    commit();
    locked('1.2.1');
    expect((await gate()).told).toEqual(['lockfile-out-of-step package.json:4']);
  });
});

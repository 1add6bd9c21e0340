import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { defaultTips, toldByGit } from '../../src/resolve/git.ts';
import { plainRepository } from '../../src/resolve/git-plain.ts';

const env = { PATH: process.env['PATH'], HOME: tmpdir(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
const made: string[] = [];
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function aFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'depward-plain-')));
  made.push(folder);
  return folder;
}

function git(folder: string, ...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@mail.example', '-c', 'protocol.file.allow=always', ...args], {
    cwd: folder,
    env,
    stdio: 'ignore',
  });
}

function aRepository(): string {
  const folder = aFolder();
  git(folder, 'init', '-q', '-b', 'main');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'one');
  git(folder, 'commit', '-q', '--allow-empty', '-m', 'two');
  return folder;
}

async function expectAlike(folder: string): Promise<void> {
  const told = await toldByGit(folder, env);
  expect(told).toBeDefined();
  expect(plainRepository(folder, env, defaultTips)).toEqual(told);
}

const linux = process.platform === 'linux' ? describe : describe.skip;

linux('a repository told from its own files', () => {
  it.each<[string, (folder: string) => void]>([
    ['on its branch', () => undefined],
    ['with packed references', (folder) => git(folder, 'pack-refs', '--all')],
    [
      'with packed references and a newer one',
      (folder) => {
        git(folder, 'pack-refs', '--all');
        git(folder, 'commit', '-q', '--allow-empty', '-m', 'three');
      },
    ],
    ['detached', (folder) => git(folder, 'checkout', '-q', '--detach', 'HEAD~1')],
    ['on a branch in a folder of branches', (folder) => git(folder, 'checkout', '-q', '-b', 'feature/a.b-c')],
    ['on a branch with a name out of the ordinary', (folder) => git(folder, 'checkout', '-q', '-b', 'a,b')],
    ['on a branch without commits', (folder) => git(folder, 'checkout', '-q', '--orphan', 'new')],
    ['with a branch called master beside main', (folder) => git(folder, 'branch', 'master', 'HEAD~1')],
    [
      'with branches below the names that are looked for',
      (folder) => {
        git(folder, 'branch', '-m', 'other');
        git(folder, 'branch', 'main/below');
      },
    ],
  ])('%s', async (_title, prepare) => {
    const folder = aRepository();
    prepare(folder);
    const told = await toldByGit(folder, env);
    const plain = plainRepository(folder, env, defaultTips);
    // What is out of the ordinary is left to git.
    if (_title.includes('out of the ordinary')) expect(plain).toBeUndefined();
    else expect(plain).toEqual(told);
  });

  it('a clone, with the default branch of where it comes from', async () => {
    const origin = aRepository();
    const folder = aFolder();
    git(folder, 'clone', '-q', `file://${origin}`, 'there');
    await expectAlike(join(folder, 'there'));
    git(join(folder, 'there'), 'pack-refs', '--all');
    git(join(folder, 'there'), 'checkout', '-q', '-b', 'mine');
    await expectAlike(join(folder, 'there'));
  });

  it('a clone whose default branch is gone', async () => {
    const origin = aRepository();
    const folder = aFolder();
    git(folder, 'clone', '-q', `file://${origin}`, 'there');
    git(join(folder, 'there'), 'update-ref', '-d', 'refs/remotes/origin/main');
    await expectAlike(join(folder, 'there'));
  });

  it('a shallow clone', async () => {
    const origin = aRepository();
    const folder = aFolder();
    git(folder, 'clone', '-q', '--depth=1', `file://${origin}`, 'there');
    await expectAlike(join(folder, 'there'));
    expect(plainRepository(join(folder, 'there'), env, defaultTips)?.shallow).toBe(true);
  });

  it('from a folder inside, and from behind a link', async () => {
    const folder = aRepository();
    mkdirSync(join(folder, 'a/b'), { recursive: true });
    await expectAlike(join(folder, 'a/b'));
    const elsewhere = aFolder();
    symlinkSync(join(folder, 'a'), join(elsewhere, 'link'));
    await expectAlike(join(elsewhere, 'link'));
  });
});

linux('what is left to git', () => {
  const left = (folder: string, more: Readonly<Record<string, string>> = {}) =>
    expect(plainRepository(folder, { ...env, ...more }, defaultTips)).toBeUndefined();

  it('a linked worktree and a submodule', () => {
    const folder = aRepository();
    git(folder, 'worktree', 'add', '-q', 'linked');
    left(join(folder, 'linked'));
    const other = aRepository();
    git(folder, 'submodule', '--quiet', 'add', `file://${other}`, 'inner');
    left(join(folder, 'inner'));
  });

  it('a folder inside .git, a bare repository, no repository', () => {
    const folder = aRepository();
    left(join(folder, '.git/refs'));
    left(join(folder, '.git'));
    const bare = aFolder();
    git(bare, 'init', '-q', '--bare');
    left(bare);
    left(aFolder());
  });

  it.each([
    '[core]\n\tworktree = /elsewhere',
    '[include]\n\tpath = more',
    '[extensions]\n\tobjectFormat = sha256',
    '[core]\n\tbare = true',
    '[core]\n\tbare',
    '[core]\n\trepositoryformatversion = 1',
  ])('a configuration that says %j', (words) => {
    const folder = aRepository();
    appendFileSync(join(folder, '.git/config'), `${words}\n`);
    left(folder);
  });

  it.each(['GIT_DIR', 'GIT_WORK_TREE', 'GIT_COMMON_DIR', 'GIT_CEILING_DIRECTORIES', 'GIT_CONFIG_COUNT', 'GIT_NAMESPACE', 'GIT_OBJECT_DIRECTORY'])(
    'an environment with %s',
    (name) => left(aRepository(), { [name]: '0' }),
  );

  it('references that are not plainly written', () => {
    const folder = aRepository();
    writeFileSync(join(folder, '.git/refs/heads/main'), 'nonsense\n');
    left(folder);
    const other = aRepository();
    rmSync(join(other, '.git/HEAD'));
    symlinkSync('refs/heads/main', join(other, '.git/HEAD'));
    left(other);
  });

  it('a machine without git', () => left(aRepository(), { PATH: aFolder() }));
});

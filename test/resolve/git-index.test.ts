/** What is told from git's list of files alone is what git says of the folder; wherever it might say more, nothing is told. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRepository } from '../../src/resolve/git.ts';
import { treeIfClean } from '../../src/resolve/git-index.ts';

const env = { PATH: process.env['PATH'], HOME: tmpdir(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
const longAgo = new Date('2020-01-01T00:00:00Z');
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-index-'));
  git('init', '-q', '-b', 'main');
  write('a.txt', 'a');
  write('b/c/d e.txt', 'd');
  write('b/é.sh', '#!');
  chmodSync(join(folder, 'b/é.sh'), 0o755);
  symlinkSync('a.txt', join(folder, 'link'));
  write('.gitignore', '*.log\n');
  git('add', '-A');
  // What was written in the same tick as the list might have been written again.
  for (let tries = 0; tries < 100 && tree() === undefined; tries++) git('commit', '-q', '--allow-empty', '-m', 'one');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, env, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  return stdout.trim();
}

/** As of long ago, as files of a checkout are. */
function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
  utimesSync(join(folder, path), longAgo, longAgo);
}

function tree(): string | undefined {
  return treeIfClean(folder);
}

function headTree(): string {
  return git('rev-parse', 'HEAD^{tree}');
}

/** Whatever git has a word on. */
const changes: Readonly<Record<string, () => void>> = {
  'a file of the same size and time': () => {
    const { ctimeMs } = statSync(join(folder, 'a.txt'));
    // But for the tick of the clock nobody could tell it from what was there.
    while (statSync(join(folder, 'a.txt')).ctimeMs === ctimeMs) write('a.txt', 'b');
  },
  'a file that was put in place': () => {
    write('.git/other', 'b');
    renameSync(join(folder, '.git/other'), join(folder, 'a.txt'));
  },
  'a file that can be run': () => chmodSync(join(folder, 'a.txt'), 0o755),
  'a file that is gone': () => unlinkSync(join(folder, 'b/c/d e.txt')),
  'a folder that is gone': () => rmSync(join(folder, 'b'), { recursive: true }),
  'a new file': () => write('new.txt', 'n'),
  'a new file deep down': () => write('b/c/.npmrc', 'n'),
  'a new link': () => symlinkSync('/nowhere', join(folder, 'b/other')),
  'a link in the place of a file': () => {
    unlinkSync(join(folder, 'a.txt'));
    symlinkSync('b', join(folder, 'a.txt'));
  },
  'a link in the place of a folder': () => {
    renameSync(join(folder, 'b'), join(folder, '.git/b'));
    symlinkSync('.git/b', join(folder, 'b'));
  },
  'a link that leads elsewhere': () => {
    unlinkSync(join(folder, 'link'));
    symlinkSync('b.txt', join(folder, 'link'));
  },
  'a folder in the place of a file': () => {
    unlinkSync(join(folder, 'a.txt'));
    mkdirSync(join(folder, 'a.txt'));
  },
  'a repository within': () => mkdirSync(join(folder, 'b/.git')),
  'something staged': () => {
    write('a.txt', 'staged');
    git('add', 'a.txt');
  },
  'something staged that is new': () => {
    write('new.txt', 'n');
    git('add', 'new.txt');
  },
  'something to be added': () => {
    write('new.txt', 'n');
    git('add', '-N', 'new.txt');
  },
  'something that is no longer tracked': () => git('rm', '-q', '--cached', 'a.txt'),
  'something altered that was to stay as it is': () => {
    git('update-index', '--assume-unchanged', 'a.txt');
    write('a.txt', 'other');
  },
  'something that is not checked out': () => {
    git('update-index', '--skip-worktree', 'a.txt');
    unlinkSync(join(folder, 'a.txt'));
  },
};

describe('a folder as it was checked out', () => {
  it('is the tree of its commit', () => {
    expect(tree()).toBe(headTree());
  });

  it('is that of a clone too', () => {
    const other = join(folder, '.git/clone');
    git('clone', '-q', folder, other);
    // All of it is written within one tick, and looked into by git where that is not certain.
    const told = treeIfClean(other);
    if (told !== undefined) expect(told).toBe(headTree());
  });

  it('is no answer with ignored files or empty folders beside it, which only git can tell apart', () => {
    write('x.log', 'l');
    expect(tree()).toBeUndefined();
    unlinkSync(join(folder, 'x.log'));
    expect(tree()).toBe(headTree());
    mkdirSync(join(folder, 'empty'));
    expect(tree()).toBeUndefined();
  });

  it('is no answer where files were written when the list was', () => {
    const { mtime } = statSync(join(folder, '.git/index'));
    utimesSync(join(folder, '.git/index'), longAgo, longAgo);
    expect(tree()).toBeUndefined();
    utimesSync(join(folder, '.git/index'), mtime, mtime);
    expect(tree()).toBe(headTree());
  });
});

describe('a folder that is not', () => {
  it.each(Object.entries(changes))('%s', (_title, change) => {
    expect(tree()).toBe(headTree());
    change();
    const told = tree();
    expect(told === undefined || told !== headTree()).toBe(true);
  });

  it('a conflict', () => {
    git('checkout', '-q', '-b', 'other');
    write('a.txt', 'other');
    git('commit', '-qam', 'other');
    git('checkout', '-q', 'main');
    write('a.txt', 'main');
    git('commit', '-qam', 'main');
    spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', 'merge', '-q', 'other'], { cwd: folder, env });
    expect(git('ls-files', '-u')).not.toBe('');
    expect(tree()).toBeUndefined();
  });
});

describe('a list of another kind', () => {
  it.each([
    ['version 4', () => git('update-index', '--index-version', '4')],
    ['split', () => git('update-index', '--split-index')],
    ['with a repository as an entry', () => git('update-index', '--add', '--cacheinfo', `160000,${git('rev-parse', 'HEAD')},sub`)],
    ['none', () => unlinkSync(join(folder, '.git/index'))],
  ])('%s', (_title, change) => {
    change();
    expect(tree()).toBeUndefined();
  });

  it('one that ends too soon, or has other bytes, is no other tree', () => {
    const file = join(folder, '.git/index');
    const [bytes, head] = [readFileSync(file), headTree()];
    const at = bytes.indexOf('TREE');
    expect(at).toBeGreaterThan(0);
    for (let end = 0; end < bytes.length; end += 7) {
      writeFileSync(file, bytes.subarray(0, end));
      expect([undefined, head]).toContain(tree());
    }
    for (let where = 0; where < at; where++) {
      const other = Buffer.from(bytes);
      other.writeUInt8(bytes.readUInt8(where) ^ 0xff, where);
      writeFileSync(file, other);
      expect([undefined, head]).toContain(tree());
    }
  });
});

describe('the state of a repository', () => {
  function remembering() {
    const held = new Map<string, string>();
    return { held, recall: (question: string) => held.get(question), keep: (question: string, answer: string) => void held.set(question, answer) };
  }

  async function stateWith(memory: ReturnType<typeof remembering>, path = env.PATH) {
    return (await openRepository(folder, { ...env, PATH: path }, { memory: () => memory }))?.state();
  }

  /** A git that only leaves a note that it was started. */
  function noGit(): string {
    const bin = join(folder, '.git/bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'git'), `#!/bin/sh\n: >'${join(bin, 'asked')}'\nexit 1\n`, { mode: 0o755 });
    return bin;
  }

  it('is asked of git once, and again when anything is another', async () => {
    const memory = remembering();
    expect(await stateWith(memory)).toEqual([]);
    expect([...memory.held]).toEqual([[`tree of ${git('rev-parse', 'HEAD')}`, headTree()]]);
    const bin = noGit();
    expect(await stateWith(memory, bin)).toEqual([]);
    expect(existsSync(join(bin, 'asked'))).toBe(false);
    write('new.txt', 'n');
    expect(await stateWith(memory, bin)).toBeUndefined();
    expect(existsSync(join(bin, 'asked'))).toBe(true);
    expect(await stateWith(memory)).toEqual(['new.txt']);
  });

  it('of another commit is asked anew, and what is staged is never taken for its tree', async () => {
    const memory = remembering();
    await stateWith(memory);
    write('a.txt', 'of two');
    git('commit', '-qam', 'two');
    const two = git('rev-parse', 'HEAD');
    git('reset', '-q', '--soft', 'HEAD^');
    expect(await stateWith(memory)).toEqual(['a.txt']);
    git('reset', '-q', '--soft', two);
    expect(await stateWith(memory)).toEqual([]);
    git('reset', '-q', '--soft', 'HEAD^');
    expect(await stateWith(memory)).toEqual(['a.txt']);
    expect(memory.held.get(`tree of ${git('rev-parse', 'HEAD')}`)).toBe(headTree());
  });
});

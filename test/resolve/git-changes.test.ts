/** What commits make of each other, told in one run of git, from memory, or as it was asked for early: always the same. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { baseOf, commitBefore } from '../../src/resolve/base.ts';
import { type GitMemory, openRepository, type Repository } from '../../src/resolve/git.ts';
import { changedPaths, stepOf } from '../../src/resolve/git-changes.ts';
import { startState } from '../../src/resolve/git-state.ts';

const env = { PATH: process.env['PATH'], HOME: tmpdir(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-changes-'));
  git('init', '-q', '-b', 'main');
  write('a.txt', 'a');
  write('sub/b c\n.txt', 'b');
  commit('one');
  git('checkout', '-q', '-b', 'feature');
  write('feature.txt', 'f');
  write('a.txt', 'of the feature');
  commit('two');
  write('more.txt', 'm');
  commit('three');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: string[]): string {
  const { status, stdout } = spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, env, encoding: 'utf8' });
  expect(status).toBe(0);
  return stdout.trim();
}

function commit(message: string): void {
  git('add', '-A');
  git('commit', '-q', '--allow-empty', '-m', message);
}

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function merged(): void {
  git('checkout', '-q', 'main');
  write('main.txt', 'm');
  commit('of main');
  git('merge', '-q', '--no-ff', '-m', 'merged', 'feature');
}

async function opened(memory?: GitMemory): Promise<Repository> {
  const repository = await openRepository(folder, env, { state: startState(folder, env), memory: memory && (() => memory) });
  if (!repository) throw new Error('no repository');
  return repository;
}

/** What git itself says, commit against folder. */
function reference(base: string): string[] {
  return git('diff', '--name-only', '-z', '--no-renames', base, '--').split('\0').filter(Boolean);
}

describe('a commit and its parents', () => {
  it('of a merge differs from the first', async () => {
    merged();
    const [first, second] = [git('rev-parse', 'HEAD^1'), git('rev-parse', 'HEAD^2')];
    expect(await stepOf(await opened(), git('rev-parse', 'HEAD'))).toEqual({
      parents: [first, second],
      changed: ['a.txt', 'feature.txt', 'more.txt'],
    });
  });

  it('that changes nothing, or odd names', async () => {
    commit('nothing');
    expect(await stepOf(await opened(), git('rev-parse', 'HEAD'))).toEqual({ parents: [git('rev-parse', 'HEAD^')], changed: [] });
    write('sub/b c\n.txt', 'other');
    write('\n', 'x');
    commit('odd');
    expect((await stepOf(await opened(), git('rev-parse', 'HEAD')))?.changed).toEqual(['\n', 'sub/b c\n.txt']);
  });

  it('says nothing of the first commit, nor of one whose parents a shallow clone lacks', async () => {
    expect(await stepOf(await opened(), git('rev-parse', 'main'))).toBeUndefined();
    expect(await commitBefore(await opened(), git('rev-parse', 'main'))).toBeUndefined();
    const whole = folder;
    const clone = mkdtempSync(join(tmpdir(), 'depward-shallow-'));
    git('clone', '-q', '--depth', '1', `file://${whole}`, clone);
    folder = clone;
    const repository = await opened();
    expect(await stepOf(repository, git('rev-parse', 'HEAD'))).toBeUndefined();
    // Fetched where it is missing.
    expect(await commitBefore(repository, git('rev-parse', 'HEAD'))).toBe(
      spawnSync('git', ['rev-parse', 'HEAD^'], { cwd: whole, env, encoding: 'utf8' }).stdout.trim(),
    );
    rmSync(whole, { recursive: true });
  });
});

describe('a folder as it was checked out', () => {
  it('differs from any commit as the commit does', async () => {
    for (const base of ['main', 'HEAD^', 'HEAD^^', 'HEAD']) {
      const changed = await changedPaths(await opened(), git('rev-parse', base), undefined);
      expect([...changed].sort()).toEqual(reference(base).sort());
    }
  });

  it('that is then written to is compared itself', async () => {
    // As it is at the base, though two commits touched it.
    write('a.txt', 'a');
    write('new.txt', 'n');
    const changed = await changedPaths(await opened(), git('rev-parse', 'main'), undefined);
    expect([...changed].sort()).toEqual(['feature.txt', 'more.txt', 'new.txt']);
  });
});

describe('what git said once', () => {
  const request = () => ({ head: git('rev-parse', 'HEAD'), env: {}, note: () => undefined });

  it('is not asked again, and is the same', async () => {
    const held = new Map<string, string>();
    const memory: GitMemory = { recall: (question) => held.get(question), keep: (question, answer) => void held.set(question, answer) };
    for (let time = 0; time < 2; time++) {
      const repository = await opened(memory);
      const asked: string[] = [];
      const watched: Repository = {
        ...repository,
        git(args) {
          asked.push(args[0] ?? '');
          return repository.git(args);
        },
      };
      const base = await baseOf(watched, request());
      expect(base).toBe(git('rev-parse', 'main'));
      expect([...(await changedPaths(watched, base, undefined))].sort()).toEqual(reference('main').sort());
      expect(asked).toEqual([]);
    }
    expect([...held.keys()].map((question) => question.split(' ', 1)[0]).sort()).toEqual(['diff-tree', 'diff-tree', 'merge-base']);
    for (const question of held.keys()) held.set(question, 'nonsense\0');
    // What is remembered is what counts: git is not asked.
    expect(await baseOf(await opened(memory), request())).toBe('nonsense\0');
  });

  it('of one state of history is not taken for what it says of another', async () => {
    const held = new Map<string, string>();
    const memory: GitMemory = { recall: (question) => held.get(question), keep: (question, answer) => void held.set(question, answer) };
    await baseOf(await opened(memory), request());
    git('checkout', '-q', 'main');
    git('merge', '-q', '--ff-only', 'feature^');
    git('checkout', '-q', 'feature');
    const repository = await opened(memory);
    const base = await baseOf(repository, request());
    expect(base).toBe(git('rev-parse', 'feature^'));
    expect([...(await changedPaths(repository, base, undefined))]).toEqual(['more.txt']);
  });

  it('early is asked again where it failed', async () => {
    write('new.txt', 'n');
    const repository = await openRepository(folder, env, { state: Promise.resolve(undefined) });
    expect(await repository?.state()).toEqual(['new.txt']);
    expect(await startState(tmpdir(), { ...env, PATH: '/nowhere' })).toBeUndefined();
  });
});

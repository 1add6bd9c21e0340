/** What differs in a working folder, however it came about. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openRepository } from '../../src/resolve/git.ts';
import { changedPaths } from '../../src/resolve/git-changes.ts';

const env = { PATH: process.env['PATH'], HOME: tmpdir(), GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-git-'));
  git('init', '-q', '-b', 'main');
  write('a.txt', 'a');
  write('b/c.txt', 'c');
  write('.gitignore', 'ignored\n');
  commit('one');
  write('later.txt', 'l');
  commit('two');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...args: string[]): void {
  expect(spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, env }).status).toBe(0);
}

function commit(message: string): void {
  git('add', '-A');
  git('commit', '-q', '-m', message);
}

function write(path: string, text: string): void {
  mkdirSync(join(folder, path, '..'), { recursive: true });
  writeFileSync(join(folder, path), text);
}

async function changed(base: string, from = folder): Promise<string[]> {
  const repository = await openRepository(from, env);
  if (!repository) throw new Error('no repository');
  const commit = (await repository.git(['rev-parse', base]))?.trim() ?? '';
  return [...(await changedPaths(repository, commit, undefined))].sort();
}

describe('the working folder', () => {
  it('is as it was checked out', async () => {
    write('ignored', 'x');
    expect(await changed('HEAD')).toEqual([]);
    expect(await changed('HEAD^')).toEqual(['later.txt']);
  });

  it('has new files, told from its top wherever one stands, whatever they are called', async () => {
    const names = ['-x', 'new/very/deep.txt', 'with space', 'ü "quoted"', '?? a'];
    for (const name of names) write(name, 'x');
    expect(await changed('HEAD', join(folder, 'b'))).toEqual([...names].sort());
    expect(await changed('HEAD^', join(folder, 'b'))).toEqual([...names, 'later.txt'].sort());
  });

  it('has changes: made, staged, taken back after staging, deleted, moved', async () => {
    write('a.txt', 'other');
    write('new.txt', 'n');
    expect(await changed('HEAD')).toEqual(['a.txt', 'new.txt']);
    git('add', '-A');
    expect(await changed('HEAD')).toEqual(['a.txt', 'new.txt']);
    write('a.txt', 'a');
    expect(await changed('HEAD')).toEqual(['new.txt']);
    rmSync(join(folder, 'later.txt'));
    expect(await changed('HEAD')).toEqual(['later.txt', 'new.txt']);
    git('mv', 'b/c.txt', 'b/d.txt');
    expect(await changed('HEAD')).toEqual(['b/c.txt', 'b/d.txt', 'later.txt', 'new.txt']);
  });

  it('may be told otherwise by the settings of a repository, and is not', async () => {
    git('config', 'status.showUntrackedFiles', 'no');
    git('config', 'status.relativePaths', 'true');
    git('config', 'status.branch', 'true');
    git('config', 'status.short', 'true');
    write('new.txt', 'n');
    expect(await changed('HEAD', join(folder, 'b'))).toEqual(['new.txt']);
  });
});

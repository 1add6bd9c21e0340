/** What is remembered of commits: what git said, for that commit alone, and no credential. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { openCommitMemory } from '../../src/commands/commit-memory.ts';
import { openRepository, type Repository } from '../../src/resolve/git.ts';
import { commitSide } from '../../src/resolve/sides.ts';

const work = mkdtempSync(join(tmpdir(), 'depward-commits-'));
const [folder, cache] = [join(work, 'project'), join(work, 'cache')];
const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', HOME: work };

afterAll(() => rmSync(work, { recursive: true, force: true }));

function git(...args: string[]): string {
  return spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, env, encoding: 'utf8' }).stdout.trim();
}

function commit(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  git('add', '-A');
  git('commit', '-q', '-m', 'a state');
  return git('rev-parse', 'HEAD');
}

/** A repository that counts what git itself is asked. */
async function counted(): Promise<{ readonly repository: Repository; readonly asked: () => number }> {
  const repository = (await openRepository(folder, env)) as Repository;
  let asked = 0;
  const git: Repository['git'] = (...call) => {
    asked += 1;
    return repository.git(...call);
  };
  const blobs: Repository['blobs'] = (...call) => {
    asked += 1;
    return repository.blobs(...call);
  };
  return { repository: { ...repository, git, blobs }, asked: () => asked };
}

const all = ['package-lock.json', 'package.json', '.npmrc'];

async function read(id: string) {
  const { repository, asked } = await counted();
  const side = commitSide(repository, id, openCommitMemory(cache, repository.root));
  const paths = [...(await side.paths())].sort();
  const texts = await Promise.all(all.map((path) => side.text(path, 1_000_000)));
  await side.remember();
  return { paths, texts, asked: asked() };
}

describe('the memory of commits', () => {
  spawnSync('git', ['init', '-q', '-b', 'main', folder], { env });
  const texts = ['{"lockfileVersion": 3, "note": "ä€😀"}\n', '{"name": "p"}\n'];
  const first = commit({ 'package-lock.json': texts[0] ?? '', 'package.json': texts[1] ?? '', '.npmrc': '//r.example/:_authToken=secret-of-mine\n' });

  it('answers instead of git what git said', async () => {
    const told = await read(first);
    const again = await read(first);
    expect(told.asked).toBe(2);
    // What may hold a credential is read from git each time.
    expect(again.asked).toBe(1);
    expect({ ...again, asked: 0 }).toEqual({ ...told, asked: 0 });
    expect(again.texts[0]).toBe(texts[0]);
  });

  it('keeps no credentials', () => {
    const kept = readdirSync(join(cache, 'commits-1')).map((name) => readFileSync(join(cache, 'commits-1', name), 'utf8'));
    expect(kept).toHaveLength(1);
    expect(kept.join()).toContain('{"name": "p"}');
    expect(kept.join()).not.toContain('secret-of-mine');
  });

  it('is not asked about another commit, and forgets the old one', async () => {
    const second = commit({ 'package-lock.json': '{"lockfileVersion": 3, "a": "https://me:word@r.example/"}\n' });
    const told = await read(second);
    expect(told.texts[0]).toContain('me:word');
    expect(told.asked).toBe(2);
    const again = await read(second);
    expect(again.texts).toEqual(told.texts);
    expect(readFileSync(join(cache, 'commits-1', readdirSync(join(cache, 'commits-1'))[0] ?? ''), 'utf8')).not.toContain('me:word');
    expect((await read(first)).texts[0]).toBe(texts[0]);
  });

  it('takes nothing from a damaged file', async () => {
    const file = join(cache, 'commits-1', readdirSync(join(cache, 'commits-1'))[0] ?? '');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"p"', '"q"'));
    expect((await read(first)).texts[1]).toBe(texts[1]);
  });
});

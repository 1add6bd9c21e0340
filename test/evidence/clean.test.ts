import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { type CleanOptions, openCleanMemory } from '../../src/evidence/clean.ts';
import type { NewDependency } from '../../src/model/evidence.ts';
import type { IncomingChange, ResolvedTree } from '../../src/model/package.ts';
import { added, at } from '../../src/rules/example.ts';

const folder = mkdtempSync(join(tmpdir(), 'depward-clean-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const now = at('2026-01-10T00:00:00Z');
const change = added('a', '1.0.0', { integrity: 'sha512-one' });
const notOffered = [{ missing: 'publishers', reason: 'this registry does not name publishers' }] as const;
let files = 0;

describe('the memory of clean packages', () => {
  it('gives back what was not offered, while the facts behind it are fresh', () => {
    const options = remembered(change);
    expect(openCleanMemory({ ...options, now: now + 60_000 }).recall(change)).toEqual(notOffered);
    expect(openCleanMemory({ ...options, now: now + 6 * 60_000 }).recall(change)).toBeUndefined();
    expect(openCleanMemory({ ...options, now: now + 6 * 60_000, offline: true }).recall(change)).toEqual(notOffered);
    expect(openCleanMemory({ ...options, now: now - 60_000 }).recall(change)).toBeUndefined();
  });

  it('keeps nothing of what was judged offline: the registry could have given more', () => {
    const options = remembered(change, [], 0, treeWith(), true);
    expect(openCleanMemory({ ...options, offline: false }).recall(change)).toBeUndefined();
    expect(openCleanMemory(options).recall(change)).toBeUndefined();
  });

  it('counts freshness from the oldest fact, not from the judgement', () => {
    const options = remembered(change, [], 290);
    const memory = openCleanMemory({ ...options, now: now + 9_000 });
    expect(memory.recall(change)).toEqual(notOffered);
    expect(memory.oldestFactSeconds()).toBe(299);
    expect(openCleanMemory({ ...options, now: now + 20_000 }).recall(change)).toBeUndefined();
  });

  it.each([
    ['another integrity', added('a', '1.0.0', { integrity: 'sha512-two' })],
    ['another place to come from', added('a', '1.0.0', { integrity: 'sha512-one', resolved: 'https://registry.example/a.tgz' })],
    ['another version', added('a', '1.0.1', { integrity: 'sha512-one' })],
    ['another name it is installed under', added('a', '1.0.0', { integrity: 'sha512-one', alias: 'b' })],
    ['a change instead of an addition', { ...change, action: 'change', before: change.after } as IncomingChange],
  ])('says nothing of %s', (_what, other) => {
    expect(openCleanMemory(remembered(change)).recall(other)).toBeUndefined();
  });

  it('says nothing under another policy, build, registry or account', () => {
    const options = remembered(change);
    expect(openCleanMemory({ ...options, under: ['other policy'] }).recall(change)).toBeUndefined();
    expect(openCleanMemory({ ...options, askedAt: () => 'elsewhere' }).recall(change)).toBeUndefined();
  });

  it('says nothing once a new dependency it looked at resolves to another version', () => {
    const leansOn: NewDependency = { name: 'part', spec: '^1.0.0', kind: 'prod', near: [] };
    const options = { ...remembered(change, [leansOn], 0, treeWith('1.0.0')), tree: treeWith('1.0.0') };
    expect(openCleanMemory(options).recall(change)).toEqual(notOffered);
    expect(openCleanMemory({ ...options, tree: treeWith('1.0.1') }).recall(change)).toBeUndefined();
  });

  it('takes a damaged line for no line', () => {
    const options = remembered(change);
    const text = readFileSync(options.path, 'utf8').replace('publishers', 'maintainer');
    rmSync(options.path);
    appendFileSync(options.path, text);
    expect(openCleanMemory(options).recall(change)).toBeUndefined();
  });
});

function remembered(
  of: IncomingChange,
  leansOn: readonly NewDependency[] = [],
  age = 0,
  tree: ResolvedTree = treeWith(),
  offline = false,
): CleanOptions {
  const options: CleanOptions = { path: join(folder, `clean-${++files}.log`), now, offline, under: ['policy'], tree, askedAt: () => 'here' };
  const memory = openCleanMemory(options);
  memory.keep(of, notOffered, leansOn);
  memory.save(age);
  return options;
}

function treeWith(part?: string): ResolvedTree {
  return { format: 'test', root: {}, packages: [change.after, ...(part ? [added('part', part).after] : [])], dependentsOf: () => [] };
}

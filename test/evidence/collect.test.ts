import { describe, expect, it } from '@jest/globals';
import { openEvidence } from '../../src/evidence/collect.ts';
import { DepwardError } from '../../src/model/errors.ts';
import type { EvidenceKind, EvidenceMap, Gathered, NameEvidence } from '../../src/model/evidence.ts';
import type { Edge, IncomingChange, ResolvedPackage, ResolvedTree } from '../../src/model/package.ts';
import type { PackumentSource } from '../../src/registry/source.ts';
import { added, at } from '../../src/rules/example.ts';
import { aPackument, type PackumentTale, packumentsOf } from '../helpers/a-packument.ts';

const now = at('2025-01-01T00:00:00Z');
const plain = (): NameEvidence => ({ near: [] });

describe('gathering', () => {
  it('answers every kind asked for, for every package, and asks each package once', async () => {
    const packuments = packumentsOf([aPackument('a').published('1.0.0').published('1.0.1'), aPackument('b').published('2.0.0')]);
    const changes = [added('a', '1.0.0'), added('b', '2.0.0'), added('a', '1.0.1')];
    const kinds: EvidenceKind[] = ['listing', 'times', 'trust', 'newDependencies', 'name'];
    const gathered = await openEvidence({ packuments, names: plain, now }).gather(changes, kinds);
    for (const change of changes) {
      expect(Object.keys(gathered.get(change) ?? {}).sort()).toEqual([...kinds].sort());
      expect(Object.values(gathered.get(change) ?? {}).every((one) => one.ok)).toBe(true);
    }
    expect([...packuments.asked].sort()).toEqual(['a', 'b']);
  });

  it('keeps one package’s failure from the others', async () => {
    const packuments = packumentsOf([aPackument('good').published('1.0.0')], { failing: new Map([['bad', 'the registry timed out']]) });
    const changes = [added('bad', '1.0.0'), added('good', '1.0.0')];
    const [bad, good] = await gatherBoth(packuments, changes, 'times');
    expect(bad).toEqual({ ok: false, why: 'failed', reason: 'the registry timed out' });
    expect(good?.ok).toBe(true);
  });

  it('takes a source that throws for a failure, and lets an interruption through', async () => {
    const throwing = (error: Error): PackumentSource => ({ registryOf: () => 'https://registry.example/', packument: () => Promise.reject(error) });
    const [one] = await gatherBoth(throwing(new Error('socket hang up')), [added('x', '1.0.0')], 'listing');
    expect(one).toMatchObject({ ok: false, why: 'failed', reason: 'socket hang up' });
    const stopped = throwing(new DepwardError('interrupted', 'stopped'));
    await expect(gatherBoth(stopped, [added('x', '1.0.0')], 'listing')).rejects.toThrow('stopped');
  });

  it('asks no registry about packages that come from elsewhere', async () => {
    const packuments = packumentsOf([]);
    const [one] = await gatherBoth(packuments, [added('x', '1.0.0', { source: 'git' })], 'release');
    expect(one).toMatchObject({ ok: false, why: 'not-offered' });
    expect(packuments.asked).toEqual([]);
  });

  it('says of an unknown name that it is not there', async () => {
    const [one] = await gatherBoth(packumentsOf([]), [added('nobody', '')], 'listing');
    expect(one).toMatchObject({ ok: true, value: { status: 'package-not-found' } });
  });
});

describe('new dependencies', () => {
  const helper = aPackument('helper').published('1.0.0', { at: '2024-12-30', by: 'eve', scripts: { postinstall: 'node x' } });
  const parent = aPackument('parent')
    .published('1.0.0', { at: '2024-01-01', by: 'ann', dependencies: { old: '^1.0.0' } })
    .published('1.0.1', { at: '2024-12-31', by: 'ann', dependencies: { old: '^2.0.0', helper: '^1.0.0' } });

  it('describes what the release before had not', async () => {
    const names = (name: string): NameEvidence => (name === 'helper' ? { downloads: 7, near: [] } : { near: [] });
    const [dependency, ...rest] = await dependenciesOf([parent, helper], '1.0.1', { names });
    expect(rest).toEqual([]);
    expect(dependency).toEqual({
      name: 'helper',
      spec: '^1.0.0',
      kind: 'prod',
      version: '1.0.0',
      firstPublished: at('2024-12-30T00:00:00Z'),
      published: at('2024-12-30T00:00:00Z'),
      installScript: true,
      downloads: 7,
      sibling: false,
      near: [],
    });
  });

  it('sees it still in the second release of a burst', async () => {
    const burst = parent.published('1.0.2', { at: '2024-12-31T00:10:00Z', dependencies: { old: '^2.0.0', helper: '^1.0.0' } });
    expect(await dependenciesOf([burst, helper], '1.0.2')).toMatchObject([{ name: 'helper' }]);
  });

  it('knows a sibling by its founder', async () => {
    const own = aPackument('helper').published('1.0.0', { at: '2024-12-30', by: 'ann' });
    expect(await dependenciesOf([parent, own], '1.0.1')).toMatchObject([{ sibling: true }]);
  });

  it('does not take robots of one name for siblings', async () => {
    const robot = { name: 'GitHub Actions', email: 'robot@robots.example' };
    const automatic = aPackument('parent')
      .published('1.0.0', { at: '2024-01-01', by: robot, maintainers: null })
      .published('1.0.1', { at: '2024-12-31', by: robot, maintainers: null, dependencies: { helper: '*' } });
    const own = aPackument('helper').published('1.0.0', { at: '2024-12-30', by: robot });
    expect(await dependenciesOf([automatic, own], '1.0.1')).toMatchObject([{ sibling: false }]);
  });

  it('looks at every kind of dependency, behind aliases too, and says what it cannot know', async () => {
    const odd = aPackument('parent')
      .published('1.0.0', { at: '2024-01-01', dependencies: { renamed: 'npm:helper@1' } })
      .published('1.1.0', {
        at: '2024-12-31',
        dependencies: { helper: '^1.0.0', aliased: 'npm:real@^1', gone: '^1.0.0', git: 'github:a/b', broken: '^9.9.9' },
        optionalDependencies: { maybe: '1.x' },
        peerDependencies: { peer: '*' },
      });
    const others = [helper, aPackument('real').published('1.2.0'), aPackument('maybe').published('1.0.0'), aPackument('peer').published('3.0.0')];
    const found = await dependenciesOf([odd, ...others, aPackument('broken').published('1.0.0')], '1.1.0');
    expect(found.map(({ name, kind, version, unknown }) => [name, kind, version ?? unknown])).toEqual([
      ['maybe', 'optional', '1.0.0'],
      ['real', 'prod', '1.2.0'],
      ['gone', 'prod', 'the registry does not know this package'],
      ['git', 'prod', 'it does not come from the registry'],
      ['broken', 'prod', 'no published version satisfies it'],
      ['peer', 'peer', '3.0.0'],
    ]);
  });

  it('takes the version the tree has, where several are installed the one the dependent gets', async () => {
    const versions = helper.published('1.5.0', { at: '2024-06-01' }).published('2.0.0', { at: '2024-06-02' });
    const dependent = at1('parent', '1.0.1', 'node_modules/parent');
    const nested = at1('helper', '1.5.0', 'node_modules/parent/node_modules/helper');
    const tree = aTree([at1('helper', '2.0.0', 'node_modules/helper'), nested, dependent], new Map([[nested.key, [edge(dependent.key)]]]));
    expect(await dependenciesOf([parent, versions], '1.0.1', { tree })).toMatchObject([{ version: '1.5.0' }]);
  });

  it('resolves as of the moment asked about', async () => {
    const grown = helper.published('1.0.1', { at: '2025-06-01' });
    expect(await dependenciesOf([parent, grown], '1.0.1', { past: true })).toMatchObject([{ version: '1.0.0' }]);
  });

  it('is incomplete, not clean, where there is too much to look into', async () => {
    const many = Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`d${n}`, '*']));
    const flood = aPackument('parent').published('1.0.0', { at: '2024-01-01' }).published('1.0.1', { at: '2024-12-31', dependencies: many });
    const [one] = await gatherBoth(packumentsOf([flood]), [added('parent', '1.0.1')], 'newDependencies');
    expect(one).toMatchObject({ ok: false, why: 'failed' });
  });
});

describe('names and kinship', () => {
  const near = (target: string): NameEvidence => ({ near: [{ target, downloads: 1e6, classes: ['edit'], score: 0.9, tier: 'warn' }] });
  const target = aPackument('lodash').published('4.0.0', {
    by: 'ann',
    maintainers: ['ann', 'zoe'],
    repository: 'git+https://github.com/o/lodash.git',
  });

  it('asks nothing where no name is near', async () => {
    const packuments = packumentsOf([]);
    const [one] = await gatherBoth(packuments, [added('x', '1.0.0')], 'name');
    expect(one).toEqual({ ok: true, value: { near: [] } });
    expect(packuments.asked).toEqual([]);
  });

  it('finds owners and scopes in common', async () => {
    expect(await kinship(aPackument('lodahs').published('1.0.0', { by: 'zoe' }))).toBe('same owner');
    expect(await kinship(aPackument('lodahs').published('1.0.0', { by: 'eve' }))).toBeUndefined();
    expect(await kinship(aPackument('@o/lodahs').published('1.0.0', { by: 'eve' }), '@o/lodash')).toBe('same scope');
  });

  it('does not believe a young package that copies the repository, wraps the target or names its owner', async () => {
    const copied = { by: 'eve', maintainers: ['eve', 'ann'], repository: 'https://github.com/o/lodash', dependencies: { lodash: '^4.0.0' } };
    expect(await kinship(aPackument('lodahs').published('1.0.0', { ...copied, at: '2024-12-01' }))).toBeUndefined();
    expect(await kinship(aPackument('lodahs').published('1.0.0', { ...copied, at: '2020-12-01' }))).toBe('same repository');
    const wrapping = { by: 'eve', at: '2020-12-01', dependencies: { lodash: '*' } };
    expect(await kinship(aPackument('lodahs').published('1.0.0', wrapping))).toBe('depends on it');
  });

  async function kinship(tale: PackumentTale, of = 'lodash'): Promise<string | undefined> {
    const packuments = packumentsOf([tale, target]);
    const version = tale.build().releases[0]?.version ?? '';
    const change = added(tale.name, version);
    const gathered = await openEvidence({ packuments, names: () => near(of), now }).gather([change], ['name']);
    const name = gathered.get(change)?.name;
    return name?.ok ? name.value.near[0]?.kinship : undefined;
  }
});

interface Setting {
  readonly names?: (name: string) => NameEvidence;
  readonly tree?: ResolvedTree;
  readonly past?: boolean;
}

async function dependenciesOf(tales: readonly PackumentTale[], version: string, setting: Setting = {}): Promise<EvidenceMap['newDependencies']> {
  const change = added('parent', version);
  const source = openEvidence({ packuments: packumentsOf(tales), names: plain, now, ...setting });
  const evidence = (await source.gather([change], ['newDependencies'])).get(change)?.newDependencies;
  if (!evidence?.ok) throw new Error(evidence?.reason ?? 'nothing gathered');
  return evidence.value;
}

async function gatherBoth<K extends EvidenceKind>(
  packuments: PackumentSource,
  changes: readonly IncomingChange[],
  kind: K,
): Promise<(Gathered<unknown> | undefined)[]> {
  const gathered = await openEvidence({ packuments, names: plain, now }).gather(changes, [kind]);
  return changes.map((change) => gathered.get(change)?.[kind]);
}

function at1(name: string, version: string, key: string): ResolvedPackage {
  return { ...added(name, version).after, key };
}

function edge(from: string): Edge {
  return { from, spec: '*', kind: 'prod' };
}

function aTree(packages: readonly ResolvedPackage[], edges: ReadonlyMap<string, readonly Edge[]>): ResolvedTree {
  return { format: 'test', root: {}, packages, dependentsOf: (key) => edges.get(key) ?? [] };
}

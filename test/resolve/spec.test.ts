import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DepwardError } from '../../src/model/errors.ts';
import type { Change } from '../../src/model/package.ts';
import { pathTo } from '../../src/model/tree.ts';
import { type ResolveOptions, resolveSpecs } from '../../src/resolve/spec.ts';
import { type FixtureRegistry, publish, startFixtureRegistry } from '../helpers/fixture-registry.ts';

let registry: FixtureRegistry;
let folder: string;
beforeAll(async () => {
  registry = await startFixtureRegistry({
    packuments: [
      publish('left', [
        { version: '1.0.0', at: '2024-01-01T00:00:00Z', dependencies: { right: '^1.0.0' } },
        { version: '1.1.0', at: '2025-01-01T00:00:00Z', dependencies: { right: '^1.0.0', '@acme/up': '*' } },
      ]),
      publish('right', [
        { version: '1.0.0', at: '2024-01-01T00:00:00Z', dependencies: { left: '*' } },
        { version: '1.0.1', at: '2025-06-01T00:00:00Z', scripts: { postinstall: 'node x' } },
      ]),
      publish('@acme/up', [{ version: '3.0.0', at: '2024-01-01T00:00:00Z' }]),
      publish('lost', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z', dependencies: { 'never-there': '^2.0.0' } }]),
      publish('torn', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z', dependencies: { right: '^9.0.0' } }]),
      publish('maybe', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z', more: { optionalDependencies: { 'never-there': '^2.0.0' } } }]),
    ],
  });
});
afterAll(() => registry.close());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-spec-'));
});
afterEach(() => {
  registry.clearFaults();
  rmSync(folder, { recursive: true, force: true });
});

function options(more: Partial<ResolveOptions> = {}): ResolveOptions {
  return { folder, npm: async () => ({ registry: registry.url, fetchRetries: 0 }), ...more };
}

function texts(changes: readonly Change[]): string[] {
  return changes.map((change) => {
    const to = change.action === 'remove' ? '' : `${change.after.name}@${change.after.version}`;
    const from = change.action === 'add' ? '' : `${change.before.name}@${change.before.version}`;
    return `${change.action} ${from}${from && to ? ' -> ' : ''}${to}`;
  });
}

function digest(of: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(of, { recursive: true }).map(String).sort()) hash.update(name).update(readdirSyncOrText(join(of, name)));
  return hash.digest('hex');
}

function readdirSyncOrText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return 'folder';
  }
}

describe('specs that mean nothing, or not what they seem to', () => {
  for (const spec of ['<2', '-', '__proto__', 'node_modules', '']) {
    it(`${JSON.stringify(spec)} is no spec, nor is it the package "undefined"`, async () => {
      await expect(resolveSpecs([spec], options())).rejects.toThrow(/not a package spec/);
    });
  }

  it('an alias of no name is taken as npm takes it', async () => {
    expect(texts((await resolveSpecs(['npm:@acme/up@3.0.0'], options())).changes)).toEqual(['add @acme/up@3.0.0']);
  });

  it('a name that every object has is judged, or said not to be', async () => {
    registry.add(publish('constructor', [{ version: '1.0.0', at: '2024-01-01T00:00:00Z' }]));
    expect(texts((await resolveSpecs(['constructor'], options())).changes)).toEqual(['add constructor@1.0.0']);
    writeFileSync(join(folder, 'package.json'), '{"name":"project"}');
    await expect(resolveSpecs(['constructor', 'right'], options())).rejects.toThrow(/npm adds nothing here for constructor/);
  });

  for (const project of [false, true]) {
    it(`of two specs for one name npm takes the last, which is said (${project ? 'in a project' : 'in an empty folder'})`, async () => {
      if (project) writeFileSync(join(folder, 'package.json'), '{"name":"project"}');
      const { changes, notes } = await resolveSpecs(['right@1.0.0', 'right@1.0.1'], options());
      expect(texts(changes)).toEqual(['add right@1.0.1']);
      expect(notes).toEqual([expect.stringMatching(/^not judged: right@1\.0\.0, for npm would install right@1\.0\.1/)]);
    });
  }

  for (const spec of ['.', './', 'file:.']) {
    it(`${spec} is the project itself`, async () => {
      writeFileSync(join(folder, 'package.json'), '{"name":"project"}');
      await expect(resolveSpecs([spec, 'right'], options())).rejects.toThrow(/is this project itself/);
    });
  }

  it('an address that does not answer is given up soon', async () => {
    await expect(
      resolveSpecs(
        ['http://127.0.0.1:9/x.tgz'],
        options({ npm: async () => ({ registry: registry.url, retry: { retries: 2, minTimeout: 10_000, maxTimeout: 60_000 } }) }),
      ),
    ).rejects.toThrow(/cannot be reached/);
  }, 9_000);
});

describe('resolving specs', () => {
  it('brings in the spec and all it needs, with the way in', async () => {
    const { tree, changes, requested } = await resolveSpecs(['left'], options());
    expect(texts(changes)).toEqual(['add @acme/up@3.0.0', 'add left@1.1.0', 'add right@1.0.1']);
    expect(requested).toEqual(['node_modules/left']);
    expect(pathTo(tree, 'node_modules/@acme/up').map((ref) => ref.name)).toEqual(['left', '@acme/up']);
    const right = tree.packages.find((entry) => entry.name === 'right');
    expect(right).toMatchObject({ source: 'registry', hasInstallScript: true, resolved: registry.tarballUrl('right', '1.0.1') });
  });

  it('looks back in time', async () => {
    const { changes, notes } = await resolveSpecs(['left'], options({ before: new Date('2024-06-01T00:00:00Z') }));
    expect(texts(changes)).toEqual(['add left@1.0.0', 'add right@1.0.0']);
    expect(notes).toEqual([]);
  });

  it.each([
    ['left@1.0.0', 'left@1.0.0'],
    ['left@~1.0.0', 'left@1.0.0'],
    ['left@latest', 'left@1.1.0'],
    ['@acme/up@^3', '@acme/up@3.0.0'],
    ['other@npm:left@1.0.0', 'left@1.0.0'],
  ])('%s', async (spec, wanted) => {
    const { tree, requested } = await resolveSpecs([spec], options());
    const found = tree.packages.find((entry) => entry.key === requested[0]);
    expect(`${found?.name}@${found?.version}`).toBe(wanted);
    expect(found?.alias).toBe(spec.startsWith('other') ? 'other' : undefined);
  });

  it('reads a package folder and a tarball URL', async () => {
    mkdirSync(join(folder, 'lib'));
    writeFileSync(join(folder, 'lib/package.json'), JSON.stringify({ name: 'lib', version: '0.0.1', dependencies: { '@acme/up': '3' } }));
    const local = await resolveSpecs(['./lib'], options());
    expect(local.tree.packages.map((entry) => `${entry.name} ${entry.source}`)).toEqual(expect.arrayContaining(['lib file', '@acme/up registry']));
  });

  it('says which packages do not exist, asked for or needed', async () => {
    const direct = await resolveSpecs(['never-there', '@acme/up', 'never-there-either@latest'], options());
    expect(texts(direct.changes)).toEqual(['add @acme/up@3.0.0', 'add never-there@', 'add never-there-either@']);
    const alone = await resolveSpecs(['never-there@^1'], options());
    expect(texts(alone.changes)).toEqual(['add never-there@']);
    const needed = await resolveSpecs(['lost'], options());
    expect(texts(needed.changes)).toEqual(['add lost@1.0.0', 'add never-there@']);
    const key = needed.tree.packages.find((entry) => entry.name === 'never-there')?.key ?? '';
    expect(pathTo(needed.tree, key).map((ref) => ref.name)).toEqual(['lost', 'never-there']);
    expect(texts((await resolveSpecs(['maybe'], options())).changes)).toEqual(['add maybe@1.0.0']);
  });

  it('compares with the lockfile of the project, and writes nothing', async () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', dependencies: { left: '^1.0.0' } }));
    const packages = {
      '': { name: 'project', dependencies: { left: '^1.0.0' } },
      'node_modules/left': { version: '1.0.0', resolved: registry.tarballUrl('left', '1.0.0'), dependencies: { right: '^1.0.0' } },
      'node_modules/right': { version: '1.0.0', resolved: registry.tarballUrl('right', '1.0.0'), dependencies: { left: '*' } },
    };
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ name: 'project', lockfileVersion: 3, requires: true, packages }));
    const before = digest(folder);
    chmodSync(folder, 0o555);
    const { changes } = await resolveSpecs(['left@1.1.0'], options());
    chmodSync(folder, 0o755);
    expect(texts(changes)).toEqual(['add @acme/up@3.0.0', 'change left@1.0.0 -> left@1.1.0']);
    expect(digest(folder)).toBe(before);
  });

  it('judges what the spec brings, not the rest of a project without lockfile', async () => {
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'project', dependencies: { '@acme/up': '*' } }));
    expect(texts((await resolveSpecs(['right'], options())).changes)).toEqual(['add right@1.0.1']);
  });
});

describe('trouble', () => {
  it.each<[string, string, RegExp]>([
    ['no spec', 'left@@@', /not a package spec/],
    ['nothing', '', /not a package spec: ""/],
    ['no version', 'left@^7', /no version matches left@\^7/],
    ['no version below', 'torn', /no version matches right@\^9/],
    ['no folder', './nowhere', /nowhere/],
    ['no protocol', 'left@workspace:*', /not a package spec/],
  ])('%s: %s', async (_, spec, message) => {
    const failure = resolveSpecs([spec], options());
    await expect(failure).rejects.toThrow(DepwardError);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.toMatchObject({ hint: expect.any(String) });
  });

  it.each([401, 403, 429, 500])('the registry answers %i', async (status) => {
    registry.fault('right', { kind: 'status', status });
    await expect(resolveSpecs(['left'], options())).rejects.toThrow(new RegExp(`right.*${status}|${status}.*right`));
  });

  it('the registry answers with a page, half a document, or not at all', async () => {
    registry.fault('left', { kind: 'html' });
    await expect(resolveSpecs(['left'], options())).rejects.toThrow(DepwardError);
    registry.fault('left', { kind: 'cut', keepBytes: 40 });
    await expect(resolveSpecs(['left'], options())).rejects.toThrow(DepwardError);
    await expect(resolveSpecs(['left'], { ...options(), npm: async () => ({ registry: 'http://127.0.0.1:9/', fetchRetries: 0 }) })).rejects.toThrow(
      /cannot be reached/,
    );
  });

  it('never shows credentials', async () => {
    const url = registry.url.replace('//', '//user:secret@');
    registry.fault('left', { kind: 'status', status: 500 });
    const error = await resolveSpecs(['left'], { ...options(), npm: async () => ({ registry: url, fetchRetries: 0 }) }).catch(
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(DepwardError);
    expect(String(error)).not.toContain('secret');
  });

  it('ends on a registry that invents names without end', async () => {
    let at = 0;
    const fetchDocument = (name: string) =>
      Promise.resolve({
        name,
        'dist-tags': { latest: '1.0.0' },
        versions: { '1.0.0': { name, version: '1.0.0', dependencies: Object.fromEntries(Array.from({ length: 40 }, () => [`n${at++}`, '*'])) } },
      });
    await expect(resolveSpecs(['n'], options({ fetchDocument, limits: { most: 300 } }))).rejects.toThrow(/more than 300/);
  });

  it.each([
    ['a chain', {}],
    ['a chain along older versions', { '2.0.0': {} }],
    ['a chain with a peer in each link', { '2.0.0': {}, '0.9.0': { peerDependencies: { start: '*' } } }],
  ] as const)('ends early on %s without a bottom', async (_what, others) => {
    let asked = 0;
    const fetchDocument = (name: string) => {
      asked += 1;
      const link = {
        name,
        version: '1.0.0',
        dependencies: { [`n${asked}`]: '1.0.0' },
        ...('0.9.0' in others && { peerDependencies: { start: '*' } }),
      };
      const versions = { '1.0.0': link, ...Object.fromEntries(Object.keys(others).map((version) => [version, { name, version }])) };
      return Promise.resolve({ name, 'dist-tags': { latest: Object.keys(versions).sort().at(-1) }, versions });
    };
    await expect(resolveSpecs(['start@1.0.0'], options({ fetchDocument }))).rejects.toThrow(/more than 500 deep/);
    expect(asked).toBeLessThan(700);
  });

  it('ends where npm itself would go in circles', async () => {
    const at = '2024-01-01T00:00:00Z';
    const docs = [
      publish('start', [{ version: '1.1.0', at, dependencies: { b: '*' }, more: { peerDependencies: { d: 'npm:b@^1.0.0' } } }]),
      publish('b', [
        { version: '1.1.0', at, dependencies: { e: '~1.0.0' }, more: { peerDependencies: { b: '*' } } },
        { version: '2.0.0', at, dependencies: { start: '^3.0.0' }, more: { peerDependencies: { b: '^3.0.0' } } },
      ]),
      publish('e', [{ version: '1.0.0', at, dependencies: { start: 'npm:b@^1.0.0' } }]),
    ];
    const fetchDocument = (name: string) => Promise.resolve(docs.find((doc) => doc['name'] === name));
    // Steps are counted, not seconds: on a busy machine they take their time.
    await expect(resolveSpecs(['start'], options({ fetchDocument, limits: { milliseconds: 600_000 } }))).rejects.toThrow(
      /no end|no version matches start/,
    );
  }, 120_000);
});

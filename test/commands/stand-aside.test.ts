import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { loadAside } from '../../src/commands/stand-aside.ts';

const base = mkdtempSync(join(tmpdir(), 'depward-beside-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** Writes packages into a project: what each one exports is its own folder and what it requires. */
function projectOf(
  name: string,
  packages: Readonly<Record<string, { readonly needs?: readonly string[]; readonly optional?: readonly string[] }>>,
): string {
  const project = join(base, name);
  for (const [path, { needs = [], optional = [] }] of Object.entries(packages)) {
    const folder = join(project, path);
    mkdirSync(join(folder, 'dist'), { recursive: true });
    const listed = (names: readonly string[]) => Object.fromEntries(names.map((each) => [each, '1.0.0']));
    const manifest = { main: 'dist/main.js', dependencies: listed(needs), optionalDependencies: listed(optional) };
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'README.md'), 'not read');
    writeFileSync(
      join(folder, 'dist', 'main.js'),
      `module.exports = { at: __dirname, needs: [${needs.map((each) => `require('${each}')`).join()}] };\n`,
    );
  }
  return project;
}

interface Loaded {
  readonly at: string;
  readonly needs: readonly Loaded[];
}

describe('what runs beside a client', () => {
  it('is loaded from a copy with all it needs, each version where it was', () => {
    const project = projectOf('nested', {
      'node_modules/guard': { needs: ['first', '@scope/second'], optional: ['not-here'] },
      'node_modules/first': { needs: ['deep'] },
      'node_modules/first/node_modules/deep': {},
      'node_modules/deep': {},
      'node_modules/@scope/second': { needs: ['deep'] },
      'node_modules/stranger': {},
    });
    const loaded = loadAside(join(project, 'node_modules', 'guard'), join(project, 'packages', 'app'), 'main.js') as Loaded;
    const modules = dirname(dirname(loaded.at));
    expect(modules).not.toContain(project);
    const [first, second] = loaded.needs;
    expect(first?.needs[0]?.at).toBe(join(modules, 'first', 'node_modules', 'deep', 'dist'));
    expect(second?.needs[0]?.at).toBe(join(modules, 'deep', 'dist'));
    expect(statSync(join(modules, 'stranger'), { throwIfNoEntry: false })).toBeUndefined();
    expect(() => readFileSync(join(modules, 'guard', 'README.md'))).toThrow('ENOENT');
    rmSync(dirname(modules), { recursive: true });
  });

  it('stays where no client of this folder reaches it', () => {
    const project = projectOf('elsewhere', { 'node_modules/guard': {}, 'node_modules/.pnpm/guard@1/node_modules/guard': {}, checkout: {} });
    expect(loadAside(join(project, 'node_modules', 'guard'), base, 'main.js')).toBeUndefined();
    expect(loadAside(join(project, 'node_modules', 'guard'), `${project}-2`, 'main.js')).toBeUndefined();
    expect(loadAside(join(project, 'node_modules/.pnpm/guard@1/node_modules/guard'), project, 'main.js')).toBeUndefined();
    expect(loadAside(join(project, 'checkout'), project, 'main.js')).toBeUndefined();
  });
});

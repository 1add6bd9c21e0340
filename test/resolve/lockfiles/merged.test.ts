/** A lockfile of ten thousand packages, several projects in one, as npm's own tree builder sees it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { readLockfile } from '../../../src/resolve/lockfiles/index.ts';

type Entry = Record<string, unknown>;
type Packages = Record<string, Entry>;

const home = join(import.meta.dirname, '../../../../shared/bench/lockfiles');
const real = [
  'mochajs__mocha/npm-v3-2026-08-09',
  'microsoft__vscode-python/npm-v2-2026-07-21',
  'open-wc__open-wc/npm-v3-2026-05-29',
  'facebook__create-react-app/npm-v2-2025-01-27',
  'snyk__cli/npm-v2-2021-09-27',
].map((name) => join(home, name, 'package-lock.json'));

function realProjects(): Packages[] {
  return real.map((file) => (JSON.parse(readFileSync(file, 'utf8')) as { packages: Packages }).packages);
}

/** Projects made up: each package asks for the next, every seventh lies in the folder of the one before, every eleventh goes by another name. */
function madeProjects(): Packages[] {
  return Array.from({ length: 5 }, (_, project) => {
    const packages: Packages = { '': { name: `project-${project}`, version: '1.0.0', dependencies: { 'p-0': '^1.0.0' }, devDependencies: {} } };
    let outer = '';
    for (let index = 0; index < 2_000; index++) {
      const key = index % 7 === 6 ? `${outer}/node_modules/p-${index}` : `node_modules/p-${index}`;
      outer = index % 7 === 6 ? outer : key;
      packages[key] = {
        ...(index % 11 === 10 && { name: `@real/p-${index}` }),
        version: `1.${project}.${index}`,
        resolved: `https://registry.example/p-${index}/-/p-${index}-1.${project}.${index}.tgz`,
        integrity: `sha512-${Buffer.from(`${project} ${index}`).toString('base64')}`,
        ...(index % 5 === 0 && { dev: true }),
        ...(index % 9 === 0 && { optional: true, hasInstallScript: true, os: ['linux'] }),
        dependencies: { [`p-${index + 1}`]: '^1.0.0' },
      };
    }
    return packages;
  });
}

/** The projects as workspaces of one. */
function merged(projects: readonly Packages[]): Packages {
  const packages: Packages = { '': { name: 'merged', workspaces: ['w/*'] } };
  projects.forEach((project, index) => {
    for (const [key, entry] of Object.entries(project)) {
      const moved = entry['link'] === true ? { ...entry, resolved: `w/${index}/${String(entry['resolved'])}` } : entry;
      packages[key === '' ? `w/${index}` : `w/${index}/${key}`] = moved;
    }
    packages[`node_modules/w${index}`] = { resolved: `w/${index}`, link: true };
  });
  return packages;
}

it(`ten thousand packages, ${existsSync(home) ? 'of real projects' : 'made up (no bench data)'}, are those that arborist has`, async () => {
  const packages = merged(existsSync(home) ? realProjects() : madeProjects());
  const text = `${JSON.stringify({ name: 'merged', lockfileVersion: 3, requires: true, packages }, null, 2)}\n`;
  const folder = mkdtempSync(join(tmpdir(), 'depward-merged-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(packages['']));
    writeFileSync(join(folder, 'package-lock.json'), text);
    const { default: Arborist } = await import('@npmcli/arborist');
    const { inventory } = await new Arborist({ path: folder }).loadVirtual();
    const nodes = [...inventory.values()].filter((node) => !node.isProjectRoot && !node.isLink);
    const wanted = nodes.map(({ location, packageName, version, integrity }) => [location, packageName, version, integrity ?? undefined]);
    const tree = await readLockfile({ file: 'package-lock.json', text });
    const found = tree.packages.map(({ key, name, version, integrity }) => [key, name, version, integrity]);
    expect(found.length).toBeGreaterThan(9_900);
    expect(sorted(found)).toEqual(sorted(wanted));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 180_000);

function sorted(rows: readonly (readonly unknown[])[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

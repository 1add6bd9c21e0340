/** Every real lockfile there is: as many packages as an independent reader counted, and npm's as arborist sees them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readLockfile } from '../../../src/resolve/lockfiles/index.ts';

const home = join(import.meta.dirname, '../../../../shared/bench/lockfiles');
const names = /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lock)$/;
const files = existsSync(home)
  ? readdirSync(home, { recursive: true })
      .map(String)
      .filter((name) => names.test(name) && existsSync(join(home, dirname(name), 'packages.tsv.gz')))
      .sort()
  : [];

function manifestOf(folder: string): unknown {
  const path = join(folder, 'package.json');
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as unknown) : undefined;
}

(files.length > 0 ? describe : describe.skip)(`real lockfiles${files.length > 0 ? '' : ' (skipped: no bench data)'}`, () => {
  it.each(files)('%s', async (file) => {
    const folder = join(home, dirname(file));
    const tree = await readLockfile({ file, text: readFileSync(join(home, file), 'utf8'), manifest: manifestOf(folder) });
    const rows = gunzipSync(readFileSync(join(folder, 'packages.tsv.gz')))
      .toString()
      .trim()
      .split('\n')
      .slice(1)
      .map((row) => row.split('\t'));
    // The oracle counts a patch and what it patches as two, and calls versions of URLs by the URL.
    const wanted = rows.filter(([, , source]) => source === 'registry' || source === 'bundled').map(([name, version]) => `${name}@${version}`);
    const found = tree.packages.filter((entry) => entry.source === 'registry').map((entry) => `${entry.name}@${entry.version}`);
    expect([...new Set(found)].sort()).toEqual([...new Set(wanted)].sort());
    const elsewhere = rows.filter(([, , source]) => source === 'git' || source === 'local').map(([name]) => name);
    const outside = tree.packages.filter((entry) => entry.source !== 'registry').map((entry) => entry.name);
    expect(outside).toEqual(expect.arrayContaining(elsewhere));
    const orphans = tree.packages.filter((entry) => tree.dependentsOf(entry.key).length === 0);
    expect(orphans.length).toBeLessThanOrEqual(4);
  });

  // The large ones take arborist seconds each; the bench reads those.
  const npm = files.filter((file) => file.endsWith('package-lock.json') && !file.startsWith('atom') && statSync(join(home, file)).size < 400_000);
  it.each(npm)('%s has the places that arborist has', async (file) => {
    const folder = join(home, dirname(file));
    const { default: Arborist } = await import('@npmcli/arborist');
    const { inventory } = await new Arborist({ path: folder }).loadVirtual();
    const wanted = [...inventory.values()].filter((node) => !node.isProjectRoot && !node.isLink).map((node) => node.location);
    const tree = await readLockfile({ file, text: readFileSync(join(home, file), 'utf8'), manifest: manifestOf(folder) });
    expect(tree.packages.map((entry) => entry.key).sort()).toEqual(wanted.sort());
  });
});

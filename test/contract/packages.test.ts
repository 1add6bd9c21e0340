/** What the sources import, the package brings: as a dependency, or as a part of the build. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const within = ['@babel/parser', 'jsonc-parser', 'meriyah', 'yaml'];

function importedPackages(): ReadonlySet<string> {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) => /(?<!\.d)\.ts$/.test(file));
  const texts = files.map((file) => readFileSync(join(root, 'src', file), 'utf8'));
  const named = texts.flatMap((text) => [
    ...text.matchAll(
      /^(?:import|export)(?! type)[^;]*? from '([^.'][^']*)';|\b(?<!\*.*)import\('([^.'][^']*)'\)|import\.meta\.url\)\([^)]*'([^.'][^']*)'\)/gm,
    ),
  ]);
  const names = named.map((found) => found[1] ?? found[2] ?? found[3] ?? '').filter((name) => !name.startsWith('node:'));
  return new Set(names.map((name) => name.split('/', name.startsWith('@') ? 2 : 1).join('/')));
}

it('every package the sources import is a dependency, or comes within the build with its licence', () => {
  const { dependencies, files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    files: string[];
  };
  expect([...importedPackages()].filter((name) => !(name in dependencies)).sort()).toEqual(within);
  const [build, parts] = ['.ci/build.mjs', '.ci/within/index.mjs'].map((file) => readFileSync(join(root, file), 'utf8'));
  // What comes by the list of parts brings its licence by itself.
  for (const name of within) expect(parts?.includes(` ['${name}']`) || build?.includes(`['${name}', 'LICENSE`)).toBe(true);
  expect(files).toContain('THIRD-PARTY-NOTICES.md');
});

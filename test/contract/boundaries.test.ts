/** The import boundaries hold on the tree, and each is shown to bite: one deliberate violation per boundary, linted with the project's own configuration. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const imports = (specifier: string) => `import type { X } from '${specifier}';\nexport type Y = X;\n`;

/** A place, and what may not stand there. */
const violations: readonly (readonly [file: string, text: string])[] = [
  ['src/model/a.ts', imports('../names/index.ts')],
  ['src/names/a.ts', imports('../registry/client.ts')],
  ['src/names/sub/a.ts', imports('node:fs')],
  ['src/code/a.ts', imports('../rules/index.ts')],
  ['src/rules/a.ts', imports('../registry/client.ts')],
  ['src/rules/b.ts', imports('../evidence/collect.ts')],
  ['src/rules/c.ts', imports('node:fs')],
  ['src/rules/d.ts', imports('semver')],
  ['src/rules/e.ts', "export const late = () => import('pacote');\n"],
  ['src/repository-rules/a.ts', imports('node:fs')],
  ['src/repository-rules/read/a.ts', imports('../../policy/load.ts')],
  ['src/repository/a.ts', imports('../repository-rules/index.ts')],
  ['src/reporters/a.ts', imports('../engine.ts')],
  ['src/reporters/b.ts', imports('../policy/decide.ts')],
  ['src/policy/a.ts', imports('./load.ts')],
  ['src/policy/b.ts', imports('node:fs')],
  ['src/policy/load.ts', imports('../registry/client.ts')],
  ['src/engine.ts', imports('./registry/client.ts')],
  ['src/judge-files.ts', imports('node:fs')],
  ['src/rule-book.ts', imports('./commands/io.ts')],
  ['src/resolve/a.ts', imports('../registry/client.ts')],
  ['src/resolve/b.ts', imports('node:net')],
  ['src/resolve/diff.ts', imports('node:path')],
  ['src/resolve/lockfiles/a.ts', imports('node:fs')],
  ['src/evidence/a.ts', imports('../rules/index.ts')],
  ['src/evidence/b.ts', imports('npm-registry-fetch')],
  ['src/registry/a.ts', imports('../engine.ts')],
  ['src/registry/b.ts', imports('@npmcli/arborist')],
  ['src/proxy/a.ts', imports('../commands/io.ts')],
  ['src/proxy/filter-packument.ts', imports('node:http')],
  ['src/commands/a.ts', imports('../rules/typosquat.ts')],
  ['src/commands/b.ts', imports('../cli.ts')],
  ['src/commands/c.ts', imports('pacote')],
  ['src/commands/d.ts', imports('commander')],
  ['src/cli.ts', imports('./engine.ts')],
  ['src/main.ts', imports('./engine.ts')],
  ['src/commands/e.ts', imports('../main.ts')],
  ['src/index.ts', imports('./commands/io.ts')],
  ['src/bun.ts', imports('./engine.ts')],
  ['src/pnpm.ts', imports('./engine.ts')],
  ['src/verdaccio.ts', imports('./cli.ts')],
  ['src/package-root.ts', imports('./engine.ts')],
  ['src/yaml-parser.ts', imports('./engine.ts')],
  ['src/anything-new/a.ts', imports('pacote')],
  ['src/rules/f.ts', 'export const at = Date.now();\n'],
  ['src/rules/g.ts', 'export const at = new Date();\n'],
  ['src/reporters/c.ts', 'export const width = process.stdout.columns;\n'],
  ['src/policy/decide.ts', "export const say = () => console.log('x');\n"],
  ['src/engine.ts', "export const get = () => fetch('https://registry.example/');\n"],
  ['src/names/b.ts', 'export const dice = Math.random();\n'],
  ['src/model/b.ts', 'export const clock = globalThis.Date;\n'],
];

/** Honest neighbours of the violations: the lint must not simply fail everything. */
const allowed: readonly (readonly [file: string, text: string])[] = [
  ['src/rules/ok.ts', "import { day } from '../model/time.ts';\nexport const week = 7 * day + Date.UTC(2026, 0) + new Date(0).getTime();\n"],
  ['src/commands/ok.ts', imports('../engine.ts')],
  ['src/registry/ok.ts', "export const late = () => import('npm-registry-fetch');\nexport const at = Date.now();\n"],
];

let folder: string;
const flagged = new Set<string>();

// One run of the linter for all cases; those of one file take turns.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'depward-boundaries-'));
  for (let left = [...violations, ...allowed]; left.length > 0; ) {
    const round = new Map(left);
    const errors = filesWithErrors(round);
    for (const [file, text] of round) if (errors.has(file)) flagged.add(`${file}\n${text}`);
    left = left.filter(([file, text]) => round.get(file) !== text);
  }
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files in which the linter finds an error of the boundaries. */
function filesWithErrors(files: ReadonlyMap<string, string>): ReadonlySet<string> {
  rmSync(join(folder, 'src'), { recursive: true, force: true });
  for (const [file, text] of files) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  mkdirSync(join(folder, '.ci'), { recursive: true });
  for (const file of ['biome.json', '.ci/pure.grit']) copyFileSync(join(root, file), join(folder, file));
  const { stdout } = biome(folder, ['lint', '--vcs-enabled=false', '--reporter=json', '--max-diagnostics=none', 'src']);
  const report: { diagnostics: { category: string; location: { path: string } }[] } = JSON.parse(stdout);
  return new Set(report.diagnostics.filter(({ category }) => /noRestricted|plugin/.test(category)).map(({ location }) => location.path));
}

function biome(cwd: string, args: readonly string[]) {
  return spawnSync(process.execPath, [join(root, 'node_modules/@biomejs/biome/bin/biome'), ...args], { cwd, encoding: 'utf8', maxBuffer: 1e8 });
}

describe('import boundaries', () => {
  it.each(violations.map(([file, text]) => [file, text.split('\n')[0], text] as const))('%s may not hold: %s', (file, _, text) => {
    expect(flagged).toContain(`${file}\n${text}`);
  });

  it.each(allowed.map(([file, text]) => [file, text.split('\n')[0], text] as const))('%s may hold: %s', (file, _, text) => {
    expect(flagged).not.toContain(`${file}\n${text}`);
  });

  it('hold on the tree', () => {
    const { status, stdout, stderr } = biome(root, ['lint', '--diagnostic-level=error', 'src']);
    expect(`${stdout}${stderr}`).toMatch(/Checked \d{2,} files/);
    expect(status).toBe(0);
  });

  it('are drawn for every folder and file of src', () => {
    const config = readFileSync(join(root, 'biome.json'), 'utf8');
    for (const entry of readdirSync(join(root, 'src'))) expect(config).toMatch(new RegExp(`"src/${entry}(?:/\\*+)?"`));
  });

  it('keep heavy dependencies out of static imports', () => {
    const heavy = /^import (?!type\b)[^;]*?from '(?:@npmcli\/|pacote|npm-registry-fetch|ora|commander)/m;
    for (const file of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((each) => each.endsWith('.ts')))
      expect(`${file}: ${heavy.exec(readFileSync(join(root, 'src', file), 'utf8'))?.[0] ?? 'none'}`).toBe(`${file}: none`);
  });
});

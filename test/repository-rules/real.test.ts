/** Real repositories: what the rules say of them, by count. More than this is a change to look at, finding by finding. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from '@jest/globals';
import { judgeFiles } from '../../src/judge-files.ts';
import { pathsOf } from '../../src/model/repository-paths.ts';
import { parsePolicy } from '../../src/policy/parse.ts';
import { repositoryRules } from '../../src/repository-rules/index.ts';

const bench = fileURLToPath(new URL('../../../shared/bench', import.meta.url));
const policy = parsePolicy('{"extends": "recommended"}', 'p', repositoryRules);
const states = repositoryRules.filter(({ kind }) => kind === 'state');

function filesIn(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && !/\.tsv\.gz$/.test(entry.name));
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const bytes = readFileSync(path);
      const text = path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
      return [relative(folder, path).replace(/\.gz$/, ''), text.toString('utf8')] as const;
    }),
  );
}

function repositories(): readonly string[] {
  if (!existsSync(join(bench, 'lockfiles'))) return [];
  const below = (folder: string) => readdirSync(folder).map((name) => join(folder, name));
  const whole = below(join(bench, 'lockfiles')).flatMap(below);
  return [...whole, ...below(join(bench, 'lockfile_pairs')).map((pair) => join(pair, 'head'))].filter((folder) => existsSync(folder)).sort();
}

const all = repositories();

(all.length > 0 ? it : it.skip)(
  `say the same of ${all.length || 'no'} states of real repositories${all.length > 0 ? '' : ' (skipped: no bench data)'}`,
  () => {
    const counts = new Map<string, number>();
    let gaps = 0;
    for (const folder of all) {
      const now = filesIn(folder);
      const judged = judgeFiles({ rules: states, files: { now, paths: pathsOf(now.keys()) }, policy, now: Date.UTC(2026, 10, 23) });
      gaps += judged.fileGaps.length;
      for (const { ruleId } of judged.fileFindings) counts.set(ruleId, (counts.get(ruleId) ?? 0) + 1);
    }
    expect({ gaps, ...Object.fromEntries([...counts].sort()) }).toEqual({
      gaps: 0,
      'cooldown-missing': 36,
      'dependency-outside-registry': 7,
      'hook-runs-unpinned': 3,
      'hooks-by-dependency': 2,
      'install-scripts-unguarded': 36,
      // The names of npm's registry and of Yarn's for it are replaced in this data: here they are two.
      'lockfile-host-stray': 3,
      'registry-over-http': 6,
    });
  },
);

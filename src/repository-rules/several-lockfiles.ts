/** Two managers' lockfiles drift apart; which one counts depends on who installs (OpenSSF npm guide; npm reads only its own). */
import { baseName, defineRepositoryRule, type FileSeen, folderOf } from '../model/repository-rule.ts';
import { listText } from '../model/text.ts';
import { isExample, isLockfile, lockfileManagers } from './read/paths.ts';
import { manifestAt } from './read/project.ts';
import { at, stringOf } from './read/value.ts';

export default defineRepositoryRule({
  meta: {
    id: 'several-lockfiles',
    family: 'pipeline',
    severity: 'medium',
    summary: 'A project has the lockfiles of two package managers.',
    why: 'Only one of them is looked after. Whoever installs with the other manager gets versions that nobody reviewed, and a review of one says nothing of the other.',
    remedy: 'Decide for one manager, name it in packageManager of package.json, and remove the other lockfile.',
    references: ['OpenSSF npm best practices guide: lockfiles', 'Node.js docs: packageManager'],
    falsePositives: 'A project that moves from one manager to the other.',
    since: '0.1.0',
  },
  kind: 'state',
  reads: (path) => isLockfile(path) || baseName(path) === 'package.json',
  check({ now, paths }) {
    const byFolder = new Map<string, string[]>();
    for (const path of paths.telling) {
      if (!lockfileManagers.has(baseName(path)) || isExample(path)) continue;
      byFolder.set(folderOf(path), [...(byFolder.get(folderOf(path)) ?? []), baseName(path)]);
    }
    return [...byFolder].flatMap(([folder, names]): readonly FileSeen[] => {
      if (new Set(names.map((name) => lockfileManagers.get(name))).size < 2) return [];
      const used = stringOf(at(manifestAt(now, `${folder}package.json`), 'packageManager'))?.split('@')[0];
      const stale = names.filter((name) => lockfileManagers.get(name) !== used).sort();
      const file = `${folder}${used === undefined ? (names[0] ?? '') : (stale[0] ?? '')}`;
      return [
        {
          file,
          line: 1,
          message: `stands beside the lockfile of another manager: ${listText([...names].sort())}`,
          confidence: 'high',
          facts: { lockfiles: [...names].sort(), ...(used !== undefined && { packageManager: used }) },
        },
      ];
    });
  },
  examples: [
    { title: 'npm and yarn', now: { 'package.json': '{}', 'package-lock.json': '{}', 'yarn.lock': '' }, flagged: true },
    { title: 'npm’s two', now: { 'package-lock.json': '{}', 'npm-shrinkwrap.json': '{}' }, flagged: false },
    { title: 'each in its own project', now: { 'package-lock.json': '{}', 'site/yarn.lock': '' }, flagged: false },
  ],
});

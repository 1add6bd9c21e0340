/** A shrinkwrap inside a package fixes where its dependencies come from; an .npmrc is read by npm where packages are built from git. */
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

/** Folders in which nobody starts npm. */
const isSample = (path: string): boolean => /(^|\/)(tests?|__tests__|__fixtures__|fixtures|testdata|test-data)\//.test(path);

export default defineRule({
  meta: {
    id: 'embedded-npm-config',
    family: 'shape',
    severity: 'medium',
    summary: 'The release ships a file that steers npm: a shrinkwrap or an .npmrc.',
    why: 'A shrinkwrap overrides which versions and which addresses the dependencies of this package come from, past your own lockfile’s review. An .npmrc can name another registry, another shell or another git.',
    remedy: 'Look at the file before using this release.',
    references: ['npm documentation: npm-shrinkwrap.json', 'zero-sqlite3 issue on .npmrc of git dependencies'],
    falsePositives: 'Command line tools that pin their dependencies with a shrinkwrap.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const files = contents.added
      .map(({ path }) => path)
      .filter((path) => path === 'npm-shrinkwrap.json' || (/(^|\/)\.(npmrc|yarnrc|yarnrc\.yml|pnpmfile\.cjs)$/.test(path) && !isSample(path)));
    if (files.length === 0) return [];
    return [{ message: `ships ${listText(files.map((path) => printable(path, 60)))}`, confidence: 'low', facts: { files: files.slice(0, 20) } }];
  },
  examples: [
    {
      title: 'an .npmrc in a library',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ added: [{ path: '.npmrc', size: 60, hash: 'x', type: 'text', reach: 'shipped' }] }) },
      flagged: true,
    },
    {
      title: 'an .npmrc that tests read',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ added: [{ path: 'test/fixtures/.npmrc', size: 60, hash: 'x', type: 'text', reach: 'shipped' }] }) },
      flagged: false,
    },
    {
      title: 'none',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});

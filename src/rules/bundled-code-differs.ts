/** A copy under a known name is trusted for its name: the registry's tarball of that version says what it should hold. */
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'bundled-code-differs',
    family: 'shape',
    severity: 'high',
    summary: 'A package carried inside has other code than the registry’s own release of that name and version.',
    why: 'Bundled packages are loaded under the name and version they claim, and audits believe the claim. Code that the registry’s release of that version does not have was put there by whoever published this package.',
    remedy: 'Compare the files named with the registry’s release, and ask the maintainers why they differ.',
    references: ['npm documentation: bundleDependencies', 'electron-native-notify 2019 (a dependency carried along as its bearer)'],
    falsePositives: 'Packages patched, stripped or built anew before they were bundled.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const differing = contents.copies.filter(({ status }) => status === 'differs');
    if (differing.length === 0) return [];
    const names = differing.map(({ name, version }) => printable(`${name}@${version}`, 80));
    const files = differing.flatMap(({ path, files }) => files.map((file) => printable(`${path}/${file}`, 160)));
    return [
      {
        message: `carries ${listText(names, 3)} inside with other code than the registry’s`,
        confidence: 'medium',
        facts: { differs: names.slice(0, 12), files: files.slice(0, 30) },
      },
    ];
  },
  examples: [
    {
      title: 'one file of a bundled package is not the registry’s',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {
        contents: someContents({ copies: [{ path: 'node_modules/left', name: 'left', version: '1.0.0', status: 'differs', files: ['index.js'] }] }),
      },
      flagged: true,
    },
    {
      title: 'a bundled package as the registry has it',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ copies: [{ path: 'node_modules/left', name: 'left', version: '1.0.0', status: 'equal', files: [] }] }) },
      flagged: false,
    },
  ],
});

/** Bundled packages are code of others inside the tarball: no lockfile has a hash of them, no registry vouches for them. */
import type { BundledCopy } from '../model/contents.ts';
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { plural } from '../model/time.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'bundled-dependency',
    family: 'shape',
    severity: 'low',
    summary: 'The release carries copies of other packages that the release before did not.',
    why: 'Bundled packages come inside the tarball: lockfiles have no address and no hash of them, age rules do not see them, and a name and version inside says nothing about the code under it. Where contents are read, copies are held against the registry’s own release (rule bundled-code-differs).',
    remedy: 'Compare the bundled packages with the registry’s own, or prefer a release without them.',
    references: ['npm documentation: bundleDependencies'],
    falsePositives: 'npm itself and some command line tools bundle on purpose.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    if (contents.bundled.length === 0) return [];
    const names = contents.bundled.map(({ name, version }) => printable(`${name}@${version}`, 80));
    return [
      {
        message: `carries ${plural(contents.bundled.length, 'package')} inside: ${listText(names, 3)}`,
        confidence: 'low',
        facts: { bundled: names.slice(0, 30), ...comparedFacts(contents.copies) },
      },
    ];
  },
  examples: [
    {
      title: 'a package bundled for the first time',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ bundled: [{ path: 'node_modules/left', name: 'left', version: '9.9.9' }] }) },
      flagged: true,
    },
    {
      title: 'nothing bundled',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});

/** What the registry has to say of them; copies that differ have a rule of their own. */
function comparedFacts(copies: readonly BundledCopy[]): Readonly<Record<string, readonly string[]>> {
  const textOf = (copy: BundledCopy): string =>
    `${printable(`${copy.name}@${copy.version}`, 80)}${copy.why === undefined ? '' : ` (${printable(copy.why, 80)})`}`;
  const named = (status: BundledCopy['status']): readonly string[] =>
    copies
      .filter((copy) => copy.status === status)
      .slice(0, 30)
      .map(textOf);
  const [equal, unknown, open] = [named('equal'), named('no-such-version'), named('not-compared')];
  return {
    ...(equal.length > 0 && { asTheRegistryHasThem: equal }),
    ...(unknown.length > 0 && { notInTheRegistry: unknown }),
    ...(open.length > 0 && { notCompared: open }),
  };
}

/** Manifest confusion (Clarke 2023): the registry shows one package.json, the tarball holds another, and the client runs the latter. */
import type { Confusion } from '../model/contents.ts';
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'manifest-confusion',
    family: 'shape',
    severity: 'high',
    summary: 'The package.json in the tarball is not the one the registry shows.',
    why: 'Registries do not compare the manifest sent with a release to the one inside it. Scripts or dependencies that stand only inside are run by clients and seen by no page and no metadata check.',
    remedy: 'Do not trust what the registry page says of this release; ask the maintainers how it was published.',
    references: ['Clarke, The massive bug at the heart of the npm ecosystem (2023)'],
    falsePositives:
      'Tools that rewrite package.json while publishing; differing dependencies only warn. What registries rewrite themselves is not counted.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const [worst] = [...contents.confusion].sort((a, b) => weight(b) - weight(a));
    if (!worst) return [];
    return [
      {
        message: `the tarball and the registry differ in ${listText(
          contents.confusion.map(({ field }) => printable(field, 60)),
          3,
        )}`,
        confidence: weight(worst) > 1 ? 'high' : 'low',
        facts: {
          fields: contents.confusion
            .slice(0, 12)
            .map(({ field, listed, packed }) => `${printable(field, 60)}: listed ${printable(listed, 80)}, packed ${printable(packed, 80)}`),
        },
        ...(weight(worst) > 1 ? {} : { signal: 'manifest-confusion:minor' }),
      },
    ];
  },
  examples: [
    {
      title: 'an install script that only the tarball has',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ confusion: [{ field: 'scripts.postinstall', listed: 'nothing', packed: 'node x.js' }] }) },
      flagged: true,
    },
    {
      title: 'both say the same',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});

/** A hook that only the tarball has convicts; the rest is how some tools publish. */
function weight({ field, packed }: Confusion): number {
  return field.startsWith('scripts.') && packed !== 'nothing' ? 2 : 1;
}

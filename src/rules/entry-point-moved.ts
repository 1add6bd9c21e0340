/** flatmap-stream 2018 ran from a file of its own beside the source; a release that points its entry at a new file runs code nobody compared. */
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'entry-point-moved',
    family: 'shape',
    severity: 'low',
    summary: 'An entry point or command now means a file that was not used before, which can do what the old one could not.',
    why: 'Pointing main, exports or a command at a file of one’s own is a way to run code without touching the files people know and compare. The old file stays as it was; what is loaded is another.',
    remedy: 'Compare the file now loaded with the one before: depward diff names both and what is new.',
    references: ['Ohm et al., Backstabber’s Knife Collection (2020)', 'Node.js documentation: package entry points'],
    falsePositives: 'A change of the build or of the folder it writes to, together with new features.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const [first] = contents.movedEntries;
    if (!first) return [];
    const can = [...new Set(contents.movedEntries.flatMap((entry) => entry.can))];
    return [
      {
        message: `its ${printable(first.what, 60)} now means ${printable(first.to, 80)}, which was not used before and brings new abilities (${listText(can, 3)})`,
        confidence: 'low',
        facts: {
          moved: contents.movedEntries.map(({ what, from, to }) => `${printable(what, 60)}: ${printable(from, 100)} → ${printable(to, 100)}`),
          can,
        },
      },
    ];
  },
  examples: [
    {
      title: 'main points at a file that talks to a host',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {
        contents: someContents({ movedEntries: [{ what: 'entry point', from: 'index.js', to: 'lib/start.js', can: ['network', 'environment'] }] }),
      },
      flagged: true,
    },
    {
      title: 'the same entry points',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});

/** art-template 2026 changed only the browser bundle: of two builds that should be one program, one got more. */
import { defineRule } from '../model/rule.ts';
import { listText } from '../model/text.ts';
import { at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'build-divergence',
    family: 'code',
    severity: 'medium',
    summary: 'One of the builds for require and import newly does something the other does not.',
    why: 'Builds of one source do the same. When one of them starts programs or talks to hosts and the other does not, that code did not come from the source.',
    remedy: 'Compare the two builds: depward inspect names the places.',
    references: ['art-template 2026', 'gluestack 2025'],
    falsePositives: 'Builds for Node and for browsers under such names.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    if (contents.against === undefined || contents.oneBuildOnly.length === 0) return [];
    return [
      { message: `only one of its builds has ${listText(contents.oneBuildOnly)}`, confidence: 'low', facts: { capabilities: contents.oneBuildOnly } },
    ];
  },
  examples: [
    {
      title: 'only the CommonJS build starts programs',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents({ oneBuildOnly: ['process'] }) },
      flagged: true,
    },
    {
      title: 'both do the same',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});

/** event-stream 2018: a friendly stranger was made a maintainer; the release that hurt came days later. */

import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'maintainer-added',
    family: 'publisher',
    severity: 'low',
    summary: 'Somebody may publish this package who could not before.',
    why: 'Whoever is added as a maintainer can publish anything under a trusted name. Handing over is how good packages end in bad hands.',
    remedy: 'Nothing by itself. Together with a new publisher, dependency or script: look who it is.',
    references: ['event-stream 2018', 'art-template 2025'],
    falsePositives: 'Teams grow. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['maintainers'],
  check(_change, { maintainers }) {
    if (!maintainers.previous || maintainers.previous.length === 0) return [];
    const before = new Set(maintainers.previous.map((person) => person.name));
    const kept = maintainers.current.filter((person) => before.has(person.name));
    const added = maintainers.current.filter((person) => !before.has(person.name)).map((person) => printable(person.name, 80));
    if (added.length === 0) return [];
    const replaced = kept.length === 0;
    return [
      {
        message: replaced
          ? `all maintainers were replaced, now ${listText(added)}`
          : `new maintainer${added.length > 1 ? 's' : ''}: ${listText(added)}`,
        confidence: 'medium',
        facts: { added: added.slice(0, 10), maintainers: maintainers.current.length },
        signal: replaced ? 'maintainer-added:all-replaced' : 'maintainer-added',
      },
    ];
  },
  examples: [
    {
      title: 'a second maintainer appears',
      change: changed('stream-lib', '3.3.4', '3.3.5'),
      now: at('2018-09-10T00:00:00Z'),
      evidence: { maintainers: { current: [{ name: 'owner' }, { name: 'newcomer' }], previous: [{ name: 'owner' }] } },
      flagged: true,
    },
    {
      title: 'one leaves',
      change: changed('stream-lib', '3.3.4', '3.3.5'),
      now: at('2018-09-10T00:00:00Z'),
      evidence: { maintainers: { current: [{ name: 'owner' }], previous: [{ name: 'owner' }, { name: 'second' }] } },
      flagged: false,
    },
  ],
});

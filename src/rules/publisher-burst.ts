/** chalk/debug 2025 (18 packages of one account within minutes), Shai-Hulud 2025 (whatever a token could publish). */

import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { day, hour } from '../model/time.ts';
import { at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'publisher-burst',
    family: 'timing',
    severity: 'low',
    summary: 'One account published packages of several projects at once, and they come in together.',
    why: 'A stolen account is used for everything it can publish, within minutes, before anybody looks. People work on one thing at a time.',
    remedy: 'Nothing by itself. Together with another fact: wait a day.',
    references: ['chalk/debug 2025', 'Shai-Hulud 2025', 'eslint-config-prettier 2025'],
    falsePositives:
      'Maintainers of many small packages who renew them all at once. Packages of one repository or scope count as one project. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['company', 'times'],
  options: {
    projects: { type: 'number', default: 4, min: 2, max: 50, about: 'so many projects, this one counted' },
    hours: { type: 'number', default: 3, min: 1, max: 24, about: 'within so many hours' },
  },
  check(_change, { company, times }, { options }) {
    const near = company.others.filter((other) => Math.abs(other.at - times.published) <= options.hours * hour);
    const projects = new Set(near.map((other) => other.project)).size + 1;
    if (projects < options.projects) return [];
    const names = near.map((other) => printable(`${other.name}@${other.version}`, 120));
    return [
      {
        message: `its publisher published packages of ${projects} projects within ${options.hours} hours: also ${listText(names)}`,
        confidence: 'medium',
        facts: { projects, packages: names.slice(0, 10) },
      },
    ];
  },
  examples: [
    {
      title: 'four small packages within minutes',
      change: changed('paint', '5.6.0', '5.6.1'),
      now: at('2025-09-08T14:00:00Z'),
      evidence: {
        company: { others: ['strip', 'wrap', 'width'].map((name) => ({ name, version: '1.0.1', at: at('2025-09-08T13:20:00Z'), project: name })) },
        times: { published: at('2025-09-08T13:16:00Z'), firstPublished: at('2025-09-08T13:16:00Z') - 900 * day, before: [], around: [] },
      },
      flagged: true,
    },
    {
      title: 'a monorepo publishes',
      change: changed('@kit/core', '5.6.0', '5.6.1'),
      now: at('2025-09-08T14:00:00Z'),
      evidence: {
        company: { others: [] },
        times: { published: at('2025-09-08T13:16:00Z'), firstPublished: at('2015-09-08T13:16:00Z'), before: [], around: [] },
      },
      flagged: false,
    },
  ],
});

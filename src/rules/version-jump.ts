/** Dependency confusion (Birsan 2021): a first version such as 99.10.9 wins over every private version of the same name. */

import { defineRule } from '../model/rule.ts';
import { parseVersion } from '../model/version.ts';
import { added, aRelease, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'version-jump',
    family: 'timing',
    severity: 'medium',
    summary: 'The version number leaps where versions go step by step.',
    why: 'A very high first version has one purpose: to be chosen before a private package of the same name. A leap over several majors reaches everybody who asks for the latest.',
    remedy: 'If the name is one of your private packages, make sure your configuration sends it to your own registry only.',
    references: ['Birsan, Dependency Confusion (2021)', 'npm docs: scopes and registries'],
    falsePositives: 'Packages that take the version of the project they belong to; versions made of dates are left alone.',
    since: '0.1.0',
  },
  needs: ['release'],
  check(_change, { release }) {
    const now = parseVersion(release.current.version);
    if (!now || (now.major >= 1990 && now.major < 2100)) return [];
    const base = release.settled ?? release.previous;
    if (!base) {
      if (now.major < 50) return [];
      return [
        {
          message: 'the very first version has a number no project starts with',
          confidence: 'medium',
          facts: { major: now.major },
          signal: 'version-jump:first',
        },
      ];
    }
    const before = parseVersion(base.version);
    if (!before || now.major - before.major <= 2) return [];
    return [
      {
        message: `leaps over ${now.major - before.major - 1} major versions after ${base.version}`,
        confidence: 'low',
        facts: { older: base.version },
      },
    ];
  },
  examples: [
    {
      title: 'a first version no project starts with',
      change: added('acme-internal-logger', '99.10.9'),
      now: at('2021-02-09T00:00:00Z'),
      evidence: { release: { current: aRelease('99.10.9') } },
      flagged: true,
    },
    {
      title: 'from 2 to 9',
      change: changed('logger', '2.1.0', '9.0.0'),
      now: at('2021-02-09T00:00:00Z'),
      evidence: { release: { current: aRelease('9.0.0'), previous: aRelease('2.1.0') } },
      flagged: true,
    },
    {
      title: 'the next major',
      change: changed('logger', '2.1.0', '3.0.0'),
      now: at('2021-02-09T00:00:00Z'),
      evidence: { release: { current: aRelease('3.0.0'), previous: aRelease('2.1.0') } },
      flagged: false,
    },
    {
      title: 'a version made of a date',
      change: added('rules-data', '2021.2.9'),
      now: at('2021-02-09T00:00:00Z'),
      evidence: { release: { current: aRelease('2021.2.9') } },
      flagged: false,
    },
  ],
});

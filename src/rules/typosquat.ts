/** crossenv 2017, http-proxy-middelware 2020, the 2024 puppeteer typos, @acitons/artifact 2025: a name one slip away from a popular one. */

import type { NearName } from '../model/evidence.ts';
import { defineRule } from '../model/rule.ts';
import { isHint } from '../names/index.ts';
import { added, aListing, aNearName, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'typosquat',
    family: 'name',
    severity: 'high',
    summary: 'The name is easily mistaken for a much more popular one.',
    why: 'Typing, reading or remembering a name slightly wrong is enough to install somebody else’s code. Look-alike names are the most frequent kind of malicious package.',
    remedy: 'Compare the name with the popular one shown, and install that one if it is what you meant.',
    references: [
      'Taylor et al., SpellBound (2020)',
      'ConfuGuard (ICSE 2026)',
      'crossenv 2017',
      'http-proxy-middelware 2020',
      '@acitons/artifact 2025',
    ],
    falsePositives:
      'Honest packages with close names. In the preset recommended a name alone warns; it blocks together with another independent fact, such as a package days old.',
    since: '0.1.0',
  },
  needs: ['name', 'listing'],
  check(change, { name, listing }) {
    if (change.action === 'change' || listing.status !== 'listed') return [];
    const suspicious = name.near.filter((near) => near.kinship === undefined && !isHint(near) && near.downloads > (name.downloads ?? 0));
    const worst = suspicious.reduce<NearName | undefined>((held, near) => (held && held.score >= near.score ? held : near), undefined);
    if (!worst) return [];
    return [
      {
        message: `the name is easily mistaken for ${worst.target}`,
        confidence: worst.tier === 'block' ? 'medium' : 'low',
        facts: {
          popular: worst.target,
          downloads: worst.downloads,
          own: name.downloads ?? 0,
          confusion: worst.classes,
          score: worst.score,
          ...(worst.parts && { parts: worst.parts }),
        },
        signal: worst.tier === 'block' ? 'typosquat:close' : 'typosquat',
        remedy: `If you meant ${worst.target}, install that one.`,
      },
    ];
  },
  examples: [
    {
      title: 'two letters swapped',
      change: added('http-proxy-middelware', '1.0.0'),
      now: at('2020-11-01T00:00:00Z'),
      evidence: { name: { near: [aNearName('http-proxy-middleware')] }, listing: aListing() },
      flagged: true,
    },
    {
      title: 'close, but of the same owner',
      change: added('lodash.merges', '1.0.0'),
      now: at('2020-11-01T00:00:00Z'),
      evidence: { name: { near: [aNearName('lodash.merge', { kinship: 'same owner' })] }, listing: aListing() },
      flagged: false,
    },
    {
      title: 'already in the tree in another version',
      change: changed('http-proxy-middelware', '1.0.0', '1.0.1'),
      now: at('2020-11-01T00:00:00Z'),
      evidence: { name: { near: [aNearName('http-proxy-middleware')] }, listing: aListing() },
      flagged: false,
    },
  ],
});

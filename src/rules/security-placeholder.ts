/** npm replaces packages it removed for malice with `0.0.1-security` or the next such number: asking for one means the name was bad before. */

import { defineRule } from '../model/rule.ts';
import { added, aListing, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'security-placeholder',
    family: 'name',
    severity: 'critical',
    summary: 'The registry holds this name as a placeholder after a takedown.',
    why: 'The package was removed for malice and the registry keeps the name so that nobody can use it again. Whatever asks for it was aimed at the removed one, or the name is a misspelling.',
    remedy: 'Do not install it. Find out what asks for it (the path is shown), and treat machines that installed an earlier version as compromised.',
    references: ['npm security holding packages (0.0.1-security, 0.0.2-security)', 'crossenv 2017', 'flatmap-stream 2018'],
    falsePositives: 'A few names are held for reasons other than malice. None of them holds code anybody needs.',
    since: '0.1.0',
  },
  needs: ['listing'],
  check(_change, { listing }) {
    if (!listing.placeholder) return [];
    return [
      {
        message: 'the registry removed this package for security reasons and holds the name with a placeholder',
        confidence: 'high',
        facts: listing.latest === undefined ? {} : { latest: listing.latest },
      },
    ];
  },
  examples: [
    {
      title: 'a name that was taken down',
      change: added('crossenv', '0.0.2-security'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { listing: aListing({ placeholder: true, releaseCount: 1, latest: '0.0.2-security' }) },
      flagged: true,
    },
    {
      title: 'an ordinary package',
      change: added('cross-env', '7.0.3'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { listing: aListing() },
      flagged: false,
    },
  ],
});

/**
 * Language models invent package names, and attackers register them (Spracklen et al. 2025 counted 205,474 invented
 * names); whoever takes a free name decides what everybody gets who asks for it.
 */

import type { ListingEvidence } from '../model/evidence.ts';
import { defineRule } from '../model/rule.ts';
import { added, aListing, aNearName, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'package-not-found',
    family: 'name',
    severity: 'high',
    summary: 'The registry has no package of this name, or no longer.',
    why: 'A name nobody holds can be registered by anybody, today. Names an assistant made up, private names that leaked into a public manifest, and names whose owner left are taken this way.',
    remedy:
      'Check the spelling and the registry of your scope. If the name is private, make sure your configuration sends it to your own registry only.',
    references: ['Spracklen et al., We Have a Package for You! (USENIX Security 2025)', 'Birsan, Dependency Confusion (2021)', 'left-pad 2016'],
    falsePositives: 'A private package asked for without credentials; a registry that lags behind.',
    since: '0.1.0',
  },
  needs: ['listing', 'name'],
  check(change, { listing, name }) {
    if (listing.status !== 'package-not-found' && listing.status !== 'package-unpublished') return [];
    const [near] = name.near;
    const asked = { asked: change.after.name, ...(near && { near: near.target }) };
    const remedy = near
      ? `Check the spelling: "${near.target}" is a widely used name.`
      : listing.notYet
        ? 'Ask about a later moment if you did not mean one before its first release.'
        : undefined;
    return [{ message: messageOf(listing), confidence: 'high', facts: asked, ...(remedy !== undefined && { remedy }) }];
  },
  examples: [
    {
      title: 'a name that was made up',
      change: added('expres-session-store', '1.0.0'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {
        listing: aListing({ status: 'package-not-found', releaseCount: 0 }),
        name: { near: [aNearName('express-session-store', { classes: ['deletion'] })] },
      },
      flagged: true,
    },
    {
      title: 'a package the registry lists',
      change: added('express', '4.21.2'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { listing: aListing(), name: { downloads: 150_000_000, near: [] } },
      flagged: false,
    },
  ],
});

function messageOf({ status, notYet }: ListingEvidence): string {
  if (status === 'package-unpublished') return 'the whole package was unpublished; the name is or will be free for anybody';
  return notYet ? 'nothing was published under this name yet at the moment asked about' : 'the registry has no package of this name';
}

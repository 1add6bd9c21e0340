/** Dependency confusion (Alex Birsan, 2021): a company's own name, fetched from where anybody can publish it. */

import { matchesPattern } from '../model/patterns.ts';
import { defineRule } from '../model/rule.ts';
import { readTarballUrl } from '../model/tarball-url.ts';
import { printable } from '../model/text.ts';
import { added, aRelease, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'own-name-elsewhere',
    family: 'source',
    severity: 'critical',
    summary: 'A package with one of your own names comes from a registry that is not yours.',
    why: 'Whoever registers the name of a private package on a public registry is installed instead of it as soon as one machine asks the wrong registry.',
    remedy:
      'Point the scope to your registry in .npmrc (@acme:registry=…), delete the entry and resolve anew. Register the name publicly to keep others from it.',
    references: ['Dependency Confusion (Alex Birsan, 2021)', 'Microsoft: 3 Ways to Mitigate Risk Using Private Package Feeds (2021)'],
    falsePositives: 'A package that you do publish publicly: list that host as well.',
    since: '0.1.0',
  },
  needs: ['release'],
  options: {
    own: { type: 'strings', default: [], about: 'your names and scopes, e.g. "@acme/*", "acme-*"; nothing is judged without them' },
    hosts: { type: 'strings', default: [], about: 'hosts your own packages come from, e.g. "npm.acme.example"' },
  },
  check(change, { release }, { options }) {
    const { name, resolved } = change.after;
    if (!matchesPattern(name, options.own)) return [];
    const url = readTarballUrl(resolved) ?? readTarballUrl(release.current.tarball);
    if (url && options.hosts.includes(url.host)) return [];
    return [
      {
        message: url ? 'your own name, from a registry that is not yours' : 'your own name, and nothing says which registry it comes from',
        confidence: url ? 'high' : 'low',
        facts: { ...(url && { host: printable(url.host) }), yours: [...options.hosts] },
      },
    ];
  },
  examples: [
    {
      title: 'a private scope from a public host',
      change: added('@acme/tool', '99.0.0', { resolved: 'https://public.example/@acme/tool/-/tool-99.0.0.tgz' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { release: { current: aRelease('99.0.0') } },
      options: { own: ['@acme/*'], hosts: ['npm.acme.example'] },
      flagged: true,
    },
    {
      title: 'a private scope from its own host',
      change: added('@acme/tool', '1.0.0', { resolved: 'https://npm.acme.example/@acme/tool/-/tool-1.0.0.tgz' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { release: { current: aRelease('1.0.0') } },
      options: { own: ['@acme/*'], hosts: ['npm.acme.example'] },
      flagged: false,
    },
  ],
});

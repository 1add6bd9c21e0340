/** An entry that says one package and fetches another is how a lockfile is poisoned by hand. */

import { defineRule } from '../model/rule.ts';
import { fetchesAnother, readTarballUrl } from '../model/tarball-url.ts';
import { printable } from '../model/text.ts';
import { added, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'resolved-mismatch',
    family: 'source',
    severity: 'critical',
    summary: 'The address in the lockfile names another package or version than the entry.',
    why: 'Package managers fetch the address and do not compare it with the name. The entry reads like a known package, and something else is installed under its name.',
    remedy: 'Do not install. Delete the entry and let the package manager resolve it anew.',
    references: ['lockfile injection (Liran Tal, 2019)', 'lockfile-lint validate-package-names'],
    falsePositives: 'Registries with a layout of their own are not judged by this rule; known none.',
    since: '0.1.0',
  },
  needs: [],
  check(change) {
    const { name, version, resolved } = change.after;
    const other = fetchesAnother(change.after);
    const url = other && readTarballUrl(resolved);
    if (!url) return [];
    const facts = {
      entry: `${printable(name)}@${printable(version)}`,
      fetches: printable(`${url.name}@${url.version ?? '?'}`),
      host: printable(url.host),
    };
    return [{ message: `the entry fetches another ${other}`, confidence: 'high', facts }];
  },
  examples: [
    {
      title: 'one name, another tarball',
      change: added('left', '1.0.0', { resolved: 'https://registry.example/right/-/right-6.6.6.tgz', integrity: 'sha512-cmlnaHQ=' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: true,
    },
    {
      title: 'an alias fetches the package it stands for',
      change: added('@acme/left', '1.0.0', { alias: 'left', resolved: 'https://registry.example/@acme/left/-/left-1.0.0.tgz' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: false,
    },
  ],
});

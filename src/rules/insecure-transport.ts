/** What travels unencrypted can be exchanged on the way. */

import { hashesOf } from '../model/integrity.ts';
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { added, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'insecure-transport',
    family: 'source',
    severity: 'medium',
    summary: 'The package is fetched over an unencrypted connection.',
    why: 'Anybody on the way can see and exchange it. A strong hash in the lockfile catches the exchange, but not on the next update.',
    remedy: 'Use https (or ssh for repositories) in .npmrc or the dependency, and resolve anew.',
    references: ['lockfile-lint validate-https'],
    falsePositives: 'Registries on this machine are not meant and not reported; mirrors inside a closed network are.',
    since: '0.1.0',
  },
  needs: [],
  sources: ['registry', 'remote', 'git'],
  check(change) {
    const { resolved = '', integrity, checksum } = change.after;
    const found = /^(?:git\+)?(http|git):\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]+)/i.exec(resolved);
    const [, scheme, host = ''] = found ?? [];
    if (scheme === undefined || /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(host)) return [];
    const strong =
      checksum !== undefined || [...hashesOf(integrity).keys()].some((algorithm) => algorithm !== 'sha1') || /^git.*#[0-9a-f]{40}$/i.test(resolved);
    return [
      { message: `fetched over ${scheme}, unencrypted`, confidence: strong ? 'low' : 'high', facts: { host: printable(host), pinned: strong } },
    ];
  },
  examples: [
    {
      title: 'a tarball over http without a hash',
      change: added('left', '1.0.0', { resolved: 'http://files.example/left/-/left-1.0.0.tgz' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: true,
    },
    {
      title: 'a registry on this machine',
      change: added('left', '1.0.0', { resolved: 'http://127.0.0.1:4873/left/-/left-1.0.0.tgz' }),
      now: at('2026-01-01T00:00:00Z'),
      evidence: {},
      flagged: false,
    },
  ],
});

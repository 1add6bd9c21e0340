/** A mirror, proxy or man in the middle that exchanges a release cannot sign for the registry it stands in for. */

import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { added, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'registry-signature-false',
    family: 'trust',
    severity: 'critical',
    summary: 'The registry’s signature of this release does not hold.',
    why: 'The registry signs name, version and hash of every release with a key of its own. A signature that does not hold means that one of them was exchanged on the way, or that somebody else signed.',
    remedy: 'Do not install it. Ask another way (another network, the registry itself), and tell whoever runs the mirror in between.',
    references: ['npm docs: ECDSA registry signatures', 'npm audit signatures'],
    falsePositives:
      'A mirror that packs tarballs anew but passes the old signatures on. A key that the registry does not publish warns only: keys change, and mirrors lag behind. A true signature is no reason to trust a release: the registry signs whatever is published.',
    since: '0.1.0',
  },
  needs: ['signatures'],
  check(_change, { signatures }) {
    const { status, keyid, detail = '' } = signatures;
    if (status === 'verified') return [];
    const facts = { key: printable(keyid, 100), why: detail };
    if (status === 'unknown-key') {
      return [
        {
          message: `the registry’s signature cannot be held against a key: ${detail}`,
          confidence: 'low',
          facts,
          signal: 'registry-signature-false:unknown-key',
        },
      ];
    }
    return [{ message: `the registry’s signature is false: ${detail}`, confidence: 'high', facts }];
  },
  examples: [
    {
      title: 'the signature is of other bytes',
      change: added('left-pad', '1.3.0'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { signatures: { status: 'false', keyid: 'SHA256:abc', detail: 'the signature is not of this name, version and integrity' } },
      flagged: true,
    },
    {
      title: 'it holds',
      change: added('left-pad', '1.3.0'),
      now: at('2026-01-01T00:00:00Z'),
      evidence: { signatures: { status: 'verified', keyid: 'SHA256:abc' } },
      flagged: false,
    },
  ],
});

/** An attestation is shown to people as a green mark; whoever passes a forged one on counts on nobody looking. */

import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { added, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'attestation-false',
    family: 'trust',
    severity: 'critical',
    summary: 'An attestation of this release does not hold.',
    why: 'An attestation is signed by a build system, entered into a public log, and speaks of one package, one version and one hash. One that does not hold was forged, or taken from another release.',
    remedy: 'Do not install it, and ask the project.',
    references: ['npm docs: provenance statements', 'sigstore bundle format', 'SLSA provenance', 'in-toto statement'],
    falsePositives:
      'None known. What was made under an authority or log newer than the trust root that came with depward is incomplete, not false. A true attestation is no reason to trust a release: TanStack 2026 and keyv 2026 were attested.',
    since: '0.1.0',
  },
  needs: ['attestations'],
  check(_change, { attestations }) {
    if (attestations.status !== 'false') return [];
    const detail = printable(attestations.detail ?? '', 200);
    return [{ message: `its attestation is false: ${detail}`, confidence: 'high', facts: { why: detail } }];
  },
  examples: [
    {
      title: 'a true attestation of another release',
      change: added('http-client', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: { attestations: { status: 'false', detail: 'it speaks of other bytes than the registry serves' } },
      flagged: true,
    },
    {
      title: 'none at all',
      change: added('http-client', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: { attestations: { status: 'none' } },
      flagged: false,
    },
  ],
});

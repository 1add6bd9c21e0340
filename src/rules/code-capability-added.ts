/**
 * chalk and debug 2025, @solana/web3.js 2024, node-ipc 2026: 23 of 52 malicious updates run nothing on install. They wait for
 * the import, and do there what the release before did not.
 */

import { importRisk } from '../code/risk.ts';
import { capabilityText, placedText } from '../model/capability-text.ts';
import { defineRule } from '../model/rule.ts';
import { listText } from '../model/text.ts';
import { aCapability, added, at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'code-capability-added',
    family: 'code',
    severity: 'critical',
    summary: 'Code that runs on import can do something harmful that it could not do before.',
    why: 'Nearly half of the malicious updates have no install script: the payload runs when the package is imported. What this release newly does, together, is what stealing or remote control takes.',
    remedy: 'Stay on the release before, and read the places named: depward diff shows them.',
    references: ['chalk/debug 2025', '@solana/web3.js 2024', 'node-ipc 2026', 'Ferreira et al., Containing Malicious Package Updates in npm (2021)'],
    falsePositives:
      'A new feature that reads credentials and talks to their host. One ordinary new capability warns at most; what is taken and sent elsewhere, or run where nobody sees it, blocks. Of a package that comes in and is little known, what convicts is told though the release before did it as well.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    const risk = importRisk(contents.capabilities);
    const { standing } = contents;
    if (standing && risk.grade !== 'convicts')
      return [
        {
          message: `its code ${listText(standing.map(capabilityText), 3)}`,
          confidence: 'high',
          facts: { does: standing.map(placedText), comparedWith: contents.against ?? '' },
          signal: 'code-capability-added:standing',
        },
      ];
    if (risk.grade === 'none') return [];
    const first = contents.against === undefined;
    if (first && risk.grade === 'weak') return [];
    return [
      {
        message: `${first ? 'its code' : 'its code newly'} ${listText(risk.because.map(capabilityText), 3)}`,
        confidence: risk.grade === 'convicts' ? 'high' : risk.grade === 'suspicious' && (!first || risk.runs === true) ? 'medium' : 'low',
        facts: { does: risk.because.map(placedText), ...(first ? {} : { comparedWith: contents.against ?? '' }) },
        signal: `code-capability-added:${risk.grade}`,
      },
    ];
  },
  examples: [
    {
      title: 'an update whose entry point sends the environment away',
      change: changed('quiet-lib', '1.0.0', '1.0.1'),
      now: at('2026-05-14T10:00:00Z'),
      evidence: {
        contents: someContents({
          capabilities: [aCapability('exfiltration', 'the environment to host.invalid'), aCapability('network', 'host.invalid')],
        }),
      },
      flagged: true,
    },
    {
      title: 'a little-known package that is added, all of whose releases send the environment away',
      change: added('quiet-helper', '1.0.1'),
      now: at('2026-05-14T10:00:00Z'),
      evidence: { contents: someContents({ standing: [aCapability('exfiltration', 'the environment to host.invalid')] }) },
      flagged: true,
    },
    {
      title: 'an update that talks to a host it did not talk to before',
      change: changed('quiet-lib', '1.0.0', '1.1.0'),
      now: at('2026-05-14T10:00:00Z'),
      evidence: { contents: someContents({ capabilities: [aCapability('network', 'api.example')] }) },
      flagged: false,
    },
  ],
});

/** postmark-mcp 2025, injective 2026: the whole change is one more place that data goes to. */
import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { aCapability, at, changed, someContents } from './example.ts';

export default defineRule({
  meta: {
    id: 'network-host-added',
    family: 'code',
    severity: 'low',
    summary: 'The code talks to a host that the release before did not name.',
    why: 'Where the function of a package is sending things, the only trace of an attack may be one more host. It is normal in a new feature and worth a look in a patch.',
    remedy: 'Look at the places named and ask whether this host belongs to the makers of the package.',
    references: ['postmark-mcp 2025', 'injective 2026'],
    falsePositives: 'Every package that gains an integration.',
    since: '0.1.0',
  },
  needs: ['contents'],
  check(_change, { contents }) {
    if (contents.against === undefined) return [];
    const hosts = contents.capabilities.filter(
      (found) => found.kind === 'network' && found.reach !== 'shipped' && /^[\w-]+(\.[\w-]+)+(:\d+)?$/.test(found.detail),
    );
    const names = [...new Set(hosts.map((found) => found.detail))];
    if (names.length === 0) return [];
    return [
      {
        message: `talks to ${listText(
          names.map((name) => printable(name, 80)),
          3,
        )}, which it did not before`,
        confidence: 'low',
        facts: { hosts: names.slice(0, 12), places: hosts.slice(0, 12).map((found) => `${printable(found.file)}:${found.line}`) },
      },
    ];
  },
  examples: [
    {
      title: 'one more host in a patch',
      change: changed('mail-lib', '1.0.15', '1.0.16'),
      now: at('2025-09-17T10:00:00Z'),
      evidence: { contents: someContents({ capabilities: [aCapability('network', 'collect.invalid', { novelty: 'detail' })] }) },
      flagged: true,
    },
    {
      title: 'no new host',
      change: changed('mail-lib', '1.0.15', '1.0.16'),
      now: at('2025-09-17T10:00:00Z'),
      evidence: { contents: someContents() },
      flagged: false,
    },
  ],
});

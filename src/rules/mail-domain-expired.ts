/** ctx (PyPI) 2022, foreach 2022: whoever registers an expired mail domain resets the password of every account with an address there. */

import { defineRule } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { added, at } from './example.ts';

export default defineRule({
  meta: {
    id: 'mail-domain-expired',
    family: 'publisher',
    severity: 'medium',
    summary: 'Somebody who may publish has a mail address whose domain anybody could register.',
    why: 'Whoever registers the domain receives the account’s mail, and with it a new password. The account’s owner notices nothing.',
    remedy: 'Tell the maintainer. Until it is mended, pin the version and look at every new one.',
    references: [
      'foreach 2022',
      'ctx (PyPI) 2022',
      'Zahan et al., What are Weak Links in the npm Supply Chain? (2022): 2,818 addresses, 8,494 packages',
    ],
    falsePositives:
      'Addresses that are no longer in use by an account with a second factor; name servers that answer wrongly. Never blocks alone. Off unless the policy turns it on, because it asks the name system for the domains: not offline and not as of earlier moments.',
    since: '0.1.0',
  },
  needs: ['mailDomains'],
  check(_change, { mailDomains }) {
    const [first] = mailDomains.gone;
    if (!first) return [];
    const domains = mailDomains.gone.map(({ domain }) => printable(domain, 100));
    const names = [...new Set(mailDomains.gone.flatMap((one) => one.names))].map((name) => printable(name, 80));
    return [
      {
        message: `the mail domain of ${listText(names)} does not exist: ${listText(domains)}`,
        confidence: 'low',
        facts: { domains: domains.slice(0, 10), people: names.slice(0, 10) },
      },
    ];
  },
  examples: [
    {
      title: 'nobody holds the domain',
      change: added('each', '1.0.0'),
      now: at('2022-05-09T00:00:00Z'),
      evidence: { mailDomains: { gone: [{ domain: 'company.example', names: ['owner'] }] } },
      flagged: true,
    },
    {
      title: 'all domains stand',
      change: added('each', '1.0.0'),
      now: at('2022-05-09T00:00:00Z'),
      evidence: { mailDomains: { gone: [] } },
      flagged: false,
    },
  ],
});

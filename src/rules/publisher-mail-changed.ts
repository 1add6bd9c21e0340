/** axios 2026: the account's name stayed, its mail address moved to an anonymous provider hours before the bad release. */

import type { PublishersEvidence } from '../model/evidence.ts';
import { domainOf } from '../model/packument.ts';
import { defineRule } from '../model/rule.ts';
import { printable } from '../model/text.ts';
import { day, type Instant } from '../model/time.ts';
import { aPublisher, aStub, aTimeline, at, changed } from './example.ts';

export default defineRule({
  meta: {
    id: 'publisher-mail-changed',
    family: 'publisher',
    severity: 'medium',
    summary: 'The publishing account has a mail address it did not have before.',
    why: 'Whoever takes an account over moves its mail address first, so that the owner cannot take it back. The account’s name stays the same, and every comparison of names is blind to it.',
    remedy: 'Ask the maintainer on another channel whether the address is theirs, and stay on the release before meanwhile.',
    references: ['axios 2026', 'Zahan et al., What are Weak Links in the npm Supply Chain? (2022): expired mail domains'],
    falsePositives: 'People change their provider or employer: 4 of 1,000 honest releases. Weak alone; it counts together with other facts.',
    since: '0.1.0',
  },
  needs: ['publishers', 'times'],
  check(_change, { publishers, times }) {
    const { current } = publishers;
    const now = domainOf(current.email);
    const before = earlierDomains(publishers, times.published);
    if (now === undefined || current.oidcConfigId !== undefined || before.length === 0 || before.includes(now)) return [];
    const anonymous = throwaway.has(now);
    const alike = before.find((domain) => lookAlike(domain, now));
    return [
      {
        message: alike
          ? `the publisher's mail address moved to a domain that imitates the one before`
          : `the publisher's mail address moved to ${anonymous ? 'an anonymous provider' : 'another domain'}`,
        confidence: 'medium',
        facts: {
          publisher: printable(current.name, 80),
          domain: printable(now, 80),
          before: before.slice(0, 3).map((domain) => printable(domain, 80)),
        },
        signal: anonymous || alike ? 'publisher-mail-changed:anonymous' : 'publisher-mail-changed',
      },
    ];
  },
  examples: [
    {
      title: 'the same account, now with an anonymous provider',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        publishers: aPublisher('owner', [byOwner('owner@company.example')], { current: { name: 'owner', email: 'ifstap@proton.me' } }),
        times: aTimeline('2026-03-31T00:21:00Z'),
      },
      flagged: true,
    },
    {
      title: 'another address at the same domain',
      change: changed('http-client', '1.14.0', '1.14.1'),
      now: at('2026-03-31T00:30:00Z'),
      evidence: {
        publishers: aPublisher('owner', [byOwner('owner@company.example')], { current: { name: 'owner', email: 'me@COMPANY.example' } }),
        times: aTimeline('2026-03-31T00:21:00Z'),
      },
      flagged: false,
    },
  ],
});

/** Providers that ask nobody who they are; the well-known ones, a hint and never a verdict. */
const throwaway: ReadonlySet<string> = new Set([
  'proton.me',
  'protonmail.com',
  'pm.me',
  'tutanota.com',
  'tuta.io',
  'mailinator.com',
  'guerrillamail.com',
  'yopmail.com',
  'temp-mail.org',
  '10minutemail.com',
  'sharklasers.com',
  'trashmail.com',
  'cock.li',
  'dnmx.org',
  'onionmail.org',
]);

/** The mail domains of the same account in releases that were a week old; the last year and a half. */
function earlierDomains({ current, before }: PublishersEvidence, published: Instant): string[] {
  const own = before.filter(
    (stub) => stub.publisher?.name === current.name && stub.at !== undefined && stub.at <= published - 7 * day && stub.at >= published - 540 * day,
  );
  const mails = new Set(own.map((stub) => stub.publisher?.email));
  return [...new Set([...mails].flatMap((mail) => domainOf(mail) ?? []))];
}

/** The same letters but for one, or the same name under another ending. */
function lookAlike(a: string, b: string): boolean {
  const [stem, other] = [a.slice(0, a.lastIndexOf('.')), b.slice(0, b.lastIndexOf('.'))];
  if (stem.length < 5) return false;
  if (stem === other) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
  return Math.max(a.length, b.length) - start - end <= 1;
}

function byOwner(email: string) {
  return aStub('1.14.0', '2026-03-01T00:00:00Z', { publisher: { name: 'owner', email } });
}

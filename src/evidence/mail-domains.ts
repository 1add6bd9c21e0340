/** Mail domains of those who may publish a package, and whether anybody could register them. Only where the policy asks for it. */
import { type Gathered, had, type MailDomainsEvidence, notOffered } from '../model/evidence.ts';
import type { IncomingChange } from '../model/package.ts';
import { domainOf, type Person } from '../model/packument.ts';
import type { Context } from './context.ts';

const mostPeople = 30;

/** Collects them for one package. */
export async function mailDomains(change: IncomingChange, { lookup, domains, onUntil, now }: Context): Promise<Gathered<MailDomainsEvidence>> {
  if (!domains) return notOffered('mail domains are looked up only as of now, and not offline');
  const { publishers, maintainers } = await lookup.slices(change.after.name, change.after.version);
  if (!publishers.ok && !maintainers.ok) return maintainers;
  const people = [...(publishers.ok ? [publishers.value.current] : []), ...(maintainers.ok ? maintainers.value.current : [])].slice(0, mostPeople);
  const byDomain = groupByDomain(people);
  if (byDomain.size === 0) return notOffered('this registry does not show mail addresses');
  // Another hour, another answer.
  onUntil(change, now);
  const states = await Promise.all([...byDomain].map(async ([domain, names]) => ({ domain, names: [...names], state: await domains(domain) })));
  if (states.every(({ state }) => state === 'unknown')) return notOffered('none of the mail domains could be looked up');
  return had({ gone: states.filter(({ state }) => state === 'gone').map(({ domain, names }) => ({ domain, names })) });
}

function groupByDomain(people: readonly Person[]): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const person of people) {
    const domain = domainOf(person.email);
    // Robots share addresses that are nobody's.
    if (domain === undefined || person.oidcConfigId !== undefined) continue;
    found.set(domain, (found.get(domain) ?? new Set()).add(person.name));
  }
  return found;
}

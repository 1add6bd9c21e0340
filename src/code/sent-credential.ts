/** Credentials a package is given and sends on: which, where to, and whether that is news. Pure. */
import type { Capability, Novelty } from '../model/contents.ts';
import { domainOf } from './places.ts';

interface Sent {
  readonly names: readonly string[];
  readonly to: string;
  readonly unnoticed: boolean;
  /** The host is written so that nobody reads it. */
  readonly hidden: boolean;
}

/** What was sent before: which credentials, and to whose hosts; all hosts that were talked to. */
export interface SentBefore {
  readonly names: ReadonlySet<string>;
  readonly domains: ReadonlySet<string>;
  readonly hosts: ReadonlySet<string>;
}

/** In words, for the detail of a capability. */
export function sentText({ names, to, unnoticed, hidden }: Sent): string {
  return `${names.join(', ')} to ${to}${hidden ? hiding : ''}${unnoticed ? ' unnoticed' : ''}`;
}

const hiding = ', a hidden host';

/** Whatever it is: nobody hides where it goes that may be known. */
export function goesHidden(detail: string): boolean {
  return detail.replace(/ unnoticed$/, '').endsWith(hiding);
}

function sentOf(detail: string): Sent {
  const at = detail.lastIndexOf(' to ');
  const end = detail.slice(at + 4);
  const to = end.replace(/ unnoticed$/, '');
  const hidden = to.endsWith(hiding);
  return { names: detail.slice(0, at).split(', '), to: hidden ? to.slice(0, -hiding.length) : to, unnoticed: to !== end, hidden };
}

export function sentBefore(capabilities: readonly Capability[]): SentBefore {
  // A host in a file that nothing leads to was talked to by nobody yet.
  const led = capabilities.filter(({ reach }) => reach !== 'shipped');
  const sent = led.filter(({ kind }) => kind === 'credential-sent').map(({ detail }) => sentOf(detail));
  const hosts = [...led.filter(({ kind }) => kind === 'network').map(({ detail }) => detail), ...sent.map(({ to }) => to)];
  return {
    names: new Set(sent.flatMap(({ names }) => names)),
    domains: new Set(hosts.map(domainOf).filter((domain) => domain !== undefined)),
    hosts: new Set(hosts),
  };
}

/**
 * A credential that went somewhere before goes to other people now, or one that is nobody's business: news. One more service with a
 * key of its own is worth a remark where nobody would hear of a failure; the first service of a package is none.
 */
export function noveltyOfSent(detail: string, before: SentBefore | undefined): Novelty {
  const { names, to, unnoticed, hidden } = sentOf(detail);
  const domain = domainOf(to);
  if (hidden && before !== undefined && domain === undefined) return before.hosts.has(to) ? 'old' : 'kind';
  if (before === undefined || domain === undefined || before.domains.has(domain)) return 'old';
  if (hidden || names.some((name) => before.names.has(name)) || (unnoticed && names.some(isPersonal))) return 'kind';
  return unnoticed && before.domains.size > 0 ? 'detail' : 'old';
}

/** What people and requests bring, not what a service gives to its clients. */
function isPersonal(name: string): boolean {
  return /pass|pwd|^authorization$|^a secret key$|mnemonic/.test(name);
}

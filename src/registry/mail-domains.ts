/** Whether mail domains still exist: the one question depward asks of the name system, and only where the policy wants it. */
import type { Resolver } from 'node:dns/promises';

/** `gone`: nobody holds it, so anybody may register it and receive its mail. */
export type DomainState = 'exists' | 'gone' | 'unknown';

/** Tells the state of a domain; never throws. */
export type DomainLookup = (domain: string) => Promise<DomainState>;

/** The part of a resolver that is used. */
export type Names = Pick<Resolver, 'resolveMx' | 'resolveNs'>;

const longestMs = 2_000;
const mostDomains = 200;

/** Opens the look-up; each domain is asked for once, and not more than some hundred. `names` stands in for the system's resolver in tests. */
export function openMailDomains(names?: Names, timeoutMs = longestMs): DomainLookup {
  const known = new Map<string, Promise<DomainState>>();
  let resolver: Promise<Names> | undefined;
  return (domain) => {
    if (!isDomain(domain)) return Promise.resolve('unknown');
    const held = known.get(domain);
    if (held) return held;
    if (known.size >= mostDomains) return Promise.resolve('unknown');
    resolver ??= names ? Promise.resolve(names) : systemNames();
    const asked = resolver.then((opened) => inTime(stateOf(domain, opened), timeoutMs)).catch((): DomainState => 'unknown');
    known.set(domain, asked);
    return asked;
  };
}

async function systemNames(): Promise<Names> {
  const { Resolver: System } = await import('node:dns/promises');
  return new System({ timeout: longestMs, tries: 1 });
}

async function stateOf(domain: string, names: Names): Promise<DomainState> {
  const own = await exists(names.resolveMx(domain));
  if (own !== 'gone') return own;
  // A name below somebody's domain cannot be registered by others.
  const above = domain.slice(domain.indexOf('.') + 1);
  if (!above.includes('.') || isPublicSuffix(above)) return 'gone';
  return stateOfZone(above, names);
}

async function stateOfZone(domain: string, names: Names): Promise<DomainState> {
  return exists(names.resolveNs(domain));
}

/** Only the answer that there is no such name counts; no record of this kind, or no answer, does not. */
async function exists(answer: Promise<unknown>): Promise<DomainState> {
  try {
    await answer;
    return 'exists';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOTFOUND' ? 'gone' : code === 'ENODATA' ? 'exists' : 'unknown';
  }
}

function isDomain(text: string): boolean {
  return text.length <= 253 && /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/.test(text);
}

function isPublicSuffix(text: string): boolean {
  return /^(?:ac|co|com|edu|gob|gov|ltd|me|mil|ne|net|nom|or|org|sch)\.[a-z]{2}$/.test(text);
}

function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('out of time')), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

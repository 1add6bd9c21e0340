/** What is known of a package version: from the facts store while it is fresh, else from the packument. */
import type { Instant } from '../model/time.ts';
import { minute } from '../model/time.ts';
import type { PackumentAnswer, PackumentSource } from '../registry/source.ts';
import type { FactsStore, Kept } from './facts.ts';
import { type History, type Moment, openHistory } from './history.ts';
import { versionFor } from './satisfy.ts';
import { failedSlices, type Slices, slicesOf, unknownPackage } from './slices.ts';

/** For so long a fact is used without asking the registry again. */
export const freshFor = 5 * minute;

export interface LookupOptions {
  readonly packuments: PackumentSource;
  readonly moment: Moment;
  readonly facts?: FactsStore;
  /** Facts of any age are good: nobody can be asked. */
  readonly offline?: boolean;
}

/** The version a spec means. `unknown` says why it could not be told. */
export type Meant = { readonly version: string } | { readonly unknown: string };

export interface Lookup {
  /** Evidence from the package's own packument; at once where the facts store has it. */
  slices(name: string, version: string): Slices | Promise<Slices>;
  meant(name: string, spec: string): Promise<Meant>;
  /** When the oldest fact used without asking again was confirmed. */
  oldest(): Instant | undefined;
  /** Writes down what was learnt. */
  save(): void;
}

type Opened = { readonly history: History; readonly confirmedAt: Instant } | Exclude<PackumentAnswer, { status: 'found' }>;

/** Releases held at once, over all packages: a bound on memory whatever the packages. */
const mostReleases = 20_000;

export function openLookup({ packuments, moment, facts: store, offline = false }: LookupOptions): Lookup {
  // What is seen from a moment gone by is no fact of today.
  const facts = moment.past ? undefined : store;
  const opened = new Map<string, { readonly answer: Promise<Opened>; releases: number }>();
  const asked = new Map<string, Slices | Promise<Slices>>();
  let oldest: Instant | undefined;

  function open(name: string): Promise<Opened> {
    const held = opened.get(name);
    if (held) return held.answer;
    const entry = { answer: packuments.packument(name).then(read), releases: 0 };
    opened.set(name, entry);
    return entry.answer.then((answer) => {
      entry.releases = 'history' in answer ? answer.history.entries.length : 0;
      shrink(opened, name);
      return answer;
    });
  }

  function read(answer: PackumentAnswer): Opened {
    if (answer.status !== 'found') return answer;
    return { history: openHistory(answer.packument, moment), confirmedAt: answer.confirmedAt };
  }

  /** Whose facts: of which registry, seen by whom. */
  function whose(name: string): string {
    return `${packuments.registryOf(name)}#${packuments.identityOf?.(name) ?? ''}`;
  }

  function isFresh(kept: Kept<unknown> | undefined): boolean {
    return kept !== undefined && kept.confirmedAt <= moment.now && (offline || moment.now - kept.confirmedAt <= freshFor);
  }

  function used<T>(kept: Kept<T>): T {
    oldest = Math.min(oldest ?? kept.confirmedAt, kept.confirmedAt);
    return kept.value;
  }

  async function ask(name: string, version: string, kept: Kept<Slices> | undefined): Promise<Slices> {
    const answer = await open(name);
    if ('status' in answer && answer.status === 'failed') {
      // What never changes is still known; whether the version is still listed is not.
      return kept ? { ...used(kept), listing: failedSlices(answer.reason).listing } : failedSlices(answer.reason);
    }
    const slices = 'history' in answer ? slicesOf(answer.history, version) : unknownPackage();
    facts?.keepSlices(whose(name), name, version, { value: slices, confirmedAt: answer.confirmedAt });
    return slices;
  }

  return {
    slices(name, version) {
      const key = `${name} ${version}`;
      const held = asked.get(key);
      if (held) return held;
      const kept = facts?.slices(whose(name), name, version);
      const answer = kept && isFresh(kept) ? used(kept) : ask(name, version, kept);
      asked.set(key, answer);
      return answer;
    },
    async meant(name, spec) {
      const kept = facts?.meant(whose(name), name, spec);
      if (kept && isFresh(kept)) return used(kept);
      const answer = await open(name);
      if ('status' in answer) return { unknown: answer.status === 'failed' ? answer.reason : 'the registry does not know this package' };
      const version = await versionFor(answer.history, spec);
      const value: Meant = version === undefined ? { unknown: 'no published version satisfies it' } : { version };
      facts?.keepMeant(whose(name), name, spec, { value, confirmedAt: answer.confirmedAt });
      return value;
    },
    oldest: () => oldest,
    save: () => facts?.save(),
  };
}

function shrink(opened: Map<string, { releases: number }>, justOpened: string): void {
  let total = 0;
  for (const { releases } of opened.values()) total += releases;
  for (const [name, { releases }] of opened) {
    if (total <= mostReleases) return;
    if (name === justOpened || releases === 0) continue;
    opened.delete(name);
    total -= releases;
  }
}

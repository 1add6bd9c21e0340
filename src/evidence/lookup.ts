/** What is known of a package version: from the facts store while it is fresh, else from the packument. */
import type { Instant } from '../model/time.ts';
import type { PackumentAnswer, PackumentSource } from '../registry/source.ts';
import { tidy } from '../registry/tidy.ts';
import type { FactsStore, Kept, Meant } from './facts.ts';
import { freshFor } from './fresh.ts';
import { type History, type Moment, openHistory } from './history.ts';
import { versionFor } from './satisfy.ts';
import { failedSlices, type Slices, slicesOf, unknownPackage } from './slices.ts';

export interface LookupOptions {
  readonly packuments: PackumentSource;
  readonly moment: Moment;
  readonly facts?: FactsStore;
  /** Facts of any age are good: nobody can be asked. */
  readonly offline?: boolean;
  /** True in a server, which lives on: there V8 collects garbage by itself in small steps, and nobody waits for all of it. */
  readonly server?: boolean;
}

export interface Lookup {
  /** Evidence from the package's own packument; at once where the facts store has it. */
  slices(name: string, version: string): Slices | Promise<Slices>;
  meant(name: string, spec: string): Promise<Meant>;
  /** When the oldest fact used without asking again was confirmed. */
  oldest(): Instant | undefined;
  /** When the oldest of all facts used was confirmed. */
  confirmedAt(): Instant | undefined;
  /** Writes down what was learnt. */
  save(): void;
}

type Opened = { readonly history: History; readonly confirmedAt: Instant } | Exclude<PackumentAnswer, { status: 'found' }>;

const unknownName = 'the registry does not know this package';

/** Releases held at once, over all packages: a bound on memory whatever the packages. */
const mostReleases = 6000;

export function openLookup({ packuments, moment, facts: store, offline = false, server = false }: LookupOptions): Lookup {
  // What is seen from a moment gone by is no fact of today.
  const facts = moment.past ? undefined : store;
  const opened = new Map<string, { readonly answer: Promise<Opened>; releases: number }>();
  const asked = new Map<string, Slices | Promise<Slices>>();
  let oldest: Instant | undefined;
  let confirmed: Instant | undefined;

  function open(name: string): Promise<Opened> {
    const held = opened.get(name);
    if (held) return held.answer;
    const entry = { answer: packuments.packument(name).then(read), releases: 0 };
    opened.set(name, entry);
    return entry.answer.then((answer) => {
      entry.releases = 'history' in answer ? answer.history.entries.length : 0;
      shrink(opened, name);
      // What it was read from is several times what is kept of it.
      if (!server) tidy();
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

  function used<T>({ value, confirmedAt }: Kept<T>): T {
    confirmed = Math.min(confirmed ?? confirmedAt, confirmedAt);
    // What was confirmed since this run began was asked for by it.
    if (confirmedAt < moment.now) oldest = Math.min(oldest ?? confirmedAt, confirmedAt);
    return value;
  }

  async function ask(name: string, version: string, kept: Kept<Slices> | undefined): Promise<Slices> {
    const answer = await open(name);
    if ('status' in answer && answer.status === 'failed') {
      // What never changes is still known; whether the version is still listed is not.
      return kept ? { ...used(kept), listing: failedSlices(answer.reason).listing } : failedSlices(answer.reason);
    }
    const value = 'history' in answer ? slicesOf(answer.history, version) : unknownPackage();
    const fact = { value, confirmedAt: answer.confirmedAt };
    facts?.keepSlices(whose(name), name, version, fact);
    return used(fact);
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
      if ('status' in answer) return answer.status === 'failed' ? { unknown: answer.reason, failed: true } : { unknown: unknownName };
      const version = await versionFor(answer.history, spec);
      const fact: Kept<Meant> = {
        value: version === undefined ? { unknown: 'no published version satisfies it' } : { version },
        confirmedAt: answer.confirmedAt,
      };
      facts?.keepMeant(whose(name), name, spec, fact);
      return used(fact);
    },
    oldest: () => oldest,
    confirmedAt: () => confirmed,
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

/** Gathers the evidence that rules asked for: every kind for every package, several packages at a time, failures apart. */
import type { EvidenceSource } from '../engine.ts';
import { DepwardError } from '../model/errors.ts';
import { type EvidenceKind, type EvidenceMap, type EvidenceSet, failed, type Gathered, type NameEvidence, notOffered } from '../model/evidence.ts';
import type { IncomingChange, ResolvedTree } from '../model/package.ts';
import type { Instant } from '../model/time.ts';
import type { DomainLookup } from '../registry/mail-domains.ts';
import type { PackumentSource } from '../registry/source.ts';
import { collectors } from './collectors.ts';
import { arrivalsOf } from './company.ts';
import { isLikelyRead } from './contents.ts';
import type { ContentsReading, Context } from './context.ts';
import type { FactsStore } from './facts.ts';
import { installedIn } from './installed.ts';
import { openLookup } from './lookup.ts';
import type { Signing } from './signing.ts';

export interface EvidenceOptions {
  readonly packuments: PackumentSource;
  /** What a name looks like; from names/. */
  readonly names: (name: string) => NameEvidence;
  /** Says which names and which code answer, where the answers may be kept; absent, they are not. */
  readonly namesId?: string;
  /** Tells which version a new dependency resolves to. */
  readonly tree?: ResolvedTree;
  readonly now: Instant;
  /** True when `now` was asked for (`--as-of`): later is invisible, and facts are neither read nor kept. */
  readonly past?: boolean;
  /** Left out with `--no-cache`. */
  readonly facts?: FactsStore;
  readonly offline?: boolean;
  /** True in a server, where others wait while garbage is collected. */
  readonly server?: boolean;
  /** Left out where contents are not to be read. */
  readonly contents?: ContentsReading;
  /** Left out where signatures are not to be held against keys. */
  readonly signing?: Signing;
  /** Left out where the name system is not to be asked. */
  readonly domains?: DomainLookup;
}

/** Packages looked at side by side; the registry layer limits its connections itself. */
const sideBySide = 32;

/** Opens the evidence on registry packages. */
export function openEvidence(options: EvidenceOptions): EvidenceSource {
  const { packuments, now, past = false, facts, offline = false, server = false } = options;
  const lookup = openLookup({ packuments, moment: { now, past }, offline, server, ...(facts && { facts }) });
  const { contents: reading, signing, domains } = options;
  const ends = new Map<IncomingChange, Instant>();
  const leaning = new Set<IncomingChange>();
  const shared: Omit<Context, 'arrivals'> = {
    lookup,
    names: rememberedNames(options),
    installed: installedIn(options.tree),
    now,
    // Offline, asking again changes nothing.
    onUntil: (change, moment) => void ((offline ? moment > now : moment >= now) && ends.set(change, Math.min(moment, ends.get(change) ?? moment))),
    ...(reading && { reading }),
    onOthers: (change) => void leaning.add(change),
    ...(signing && { signing }),
    ...(domains && { domains }),
  };
  return {
    async gather(changes, kinds, among = changes) {
      const context: Context = { ...shared, names: askedOnce(shared.names), arrivals: arrivalsOf(among, lookup) };
      const gathered = new Map<IncomingChange, EvidenceSet>();
      if (kinds.includes('contents'))
        reading?.tarballs.expect?.(changes.filter((change) => isLikelyRead(change, context)).map(({ after }) => after.integrity));
      await inTurn(changes, (change) => {
        const set = collect(change, kinds, context);
        if (!(set instanceof Promise)) return void gathered.set(change, set);
        return set.then((value) => void gathered.set(change, value));
      });
      lookup.save();
      return gathered;
    },
    oldest: lookup.oldest,
    confirmedAt: lookup.confirmedAt,
    until: (change) => ends.get(change),
    leansOnOthers: (change) => leaning.has(change),
  };
}

/** Comparing a name costs more than reading what came of it last time. */
function rememberedNames({ names, namesId, facts, now }: EvidenceOptions): (name: string) => NameEvidence {
  if (namesId === undefined || !facts) return names;
  return (name) => {
    const known = facts.resembling(namesId, name);
    if (known) return known;
    const found = names(name);
    facts.keepResembling(namesId, name, found, now);
    return found;
  };
}

/** Several kinds of evidence ask for the same name. */
function askedOnce(names: Context['names']): Context['names'] {
  const known = new Map<string, NameEvidence>();
  return (name) => {
    const found = known.get(name) ?? names(name);
    known.set(name, found);
    return found;
  };
}

/** What the facts store holds is there at once, without a promise for each of thousands of packages. */
function collect(change: IncomingChange, kinds: readonly EvidenceKind[], context: Context): EvidenceSet | Promise<EvidenceSet> {
  const set: EvidenceSet = {};
  const pending = kinds.flatMap((kind) => collectKind(set, kind, change, context) ?? []);
  return pending.length === 0 ? set : Promise.all(pending).then(() => set);
}

function collectKind<K extends EvidenceKind>(set: EvidenceSet, kind: K, change: IncomingChange, context: Context): Promise<void> | undefined {
  const keep = (gathered: Gathered<EvidenceMap[K]>): void => void Object.assign(set, { [kind]: gathered });
  try {
    const gathered =
      isVouchedFor(change) || (kind === 'contents' && hasBytes(change))
        ? collectors[kind](change, context)
        : notOffered(`no registry vouches for a ${change.after.source} package`);
    if (gathered instanceof Promise) return gathered.then(keep, (error: unknown) => keep(trouble(error)));
    keep(gathered);
  } catch (error) {
    keep(trouble(error));
  }
  return undefined;
}

/** Nobody vouches for it, but there are bytes to be read. */
function hasBytes({ after: { source } }: IncomingChange): boolean {
  return source === 'remote' || source === 'git' || source === 'file';
}

function isVouchedFor(change: IncomingChange): boolean {
  return change.after.source === 'registry';
}

/** One package's trouble is its own; what stops the whole run is thrown on. */
function trouble(error: unknown): Gathered<never> {
  if (error instanceof DepwardError && fatal.has(error.code)) throw error;
  return failed(error instanceof Error ? error.message : 'it could not be collected');
}

const fatal: ReadonlySet<string> = new Set(['usage', 'config', 'interrupted']);

async function inTurn<T>(items: readonly T[], work: (item: T) => void | Promise<void>): Promise<void> {
  let next = 0;
  const hand = async (): Promise<void> => {
    while (next < items.length) {
      const item = items[next++];
      if (item === undefined) continue;
      const pending = work(item);
      if (pending) await pending;
    }
  };
  await Promise.all(Array.from({ length: sideBySide }, hand));
}

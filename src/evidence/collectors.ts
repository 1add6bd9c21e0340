/** The list of collectors, one for each kind of evidence. A new kind is its own file and one line here. */
import type { EvidenceKind, EvidenceMap, Gathered, NameEvidence } from '../model/evidence.ts';
import type { IncomingChange } from '../model/package.ts';
import type { Instant } from '../model/time.ts';
import type { DomainLookup } from '../registry/mail-domains.ts';
import { type Arrivals, company } from './company.ts';
import { type ContentsReading, contents } from './contents.ts';
import type { Installed } from './installed.ts';
import type { Lookup } from './lookup.ts';
import { mailDomains } from './mail-domains.ts';
import { name } from './name.ts';
import { newDependencies } from './new-dependencies.ts';
import { attestations, signatures } from './signed.ts';
import type { Signing } from './signing.ts';
import type { KindSlices, SliceKind } from './slices.ts';

/** What collectors work with. */
export interface Context {
  readonly lookup: Lookup;
  readonly names: (name: string) => NameEvidence;
  readonly installed: Installed;
  /** All that comes in together. */
  readonly arrivals: Arrivals;
  readonly now: Instant;
  /** Told of a moment, not yet gone by, from which evidence on a change may be another by the clock alone; `now` for what asking again may change. */
  readonly onUntil: (change: IncomingChange, moment: Instant) => void;
  /** Told of a change whose evidence speaks of what else comes in with it. */
  readonly onOthers: (change: IncomingChange) => void;
  /** Left out where contents are not to be read. */
  readonly reading?: ContentsReading;
  /** Left out where signatures are not to be held against keys. */
  readonly signing?: Signing;
  /** Left out where the name system is not to be asked. */
  readonly domains?: DomainLookup;
}

/** Has one kind of evidence on one registry package. */
export type Collector<K extends EvidenceKind> = (
  change: IncomingChange,
  context: Context,
) => Gathered<EvidenceMap[K]> | Promise<Gathered<EvidenceMap[K]>>;

export const collectors: { readonly [K in EvidenceKind]: Collector<K> } = {
  listing: slice('listing'),
  release: slice('release'),
  times: slice('times'),
  publishers: slice('publishers'),
  maintainers: slice('maintainers'),
  trust: slice('trust'),
  name,
  newDependencies,
  contents,
  signatures,
  attestations,
  company,
  mailDomains,
};

function slice<K extends SliceKind>(kind: K): Collector<K> {
  return (change, { lookup }) => {
    const slices: KindSlices | Promise<KindSlices> = lookup.slices(change.after.name, change.after.version);
    return slices instanceof Promise ? slices.then((had) => had[kind]) : slices[kind];
  };
}

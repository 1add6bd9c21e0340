/** What collectors of evidence work with. */
import type { EvidenceKind, EvidenceMap, Gathered, NameEvidence } from '../model/evidence.ts';
import type { IncomingChange, ResolvedPackage } from '../model/package.ts';
import type { Person } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';
import type { DomainLookup } from '../registry/mail-domains.ts';
import type { Installed } from './installed.ts';
import type { Lookup } from './lookup.ts';
import type { Signing } from './signing.ts';
import type { ReadTarball, Tarballs } from './tarballs.ts';

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

/** Reading contents, and of which packages. */
export interface ContentsReading {
  readonly tarballs: Tarballs;
  readonly offline: boolean;
  /** Leaves out releases of well-known packages that have stood so many days; 0 leaves out none. */
  readonly settledDays: number;
  /** Packages that were asked for by name: always read. */
  readonly wanted: ReadonlySet<string>;
  /** Reads a package from this machine's disk; left out where that is not to be read. Throws a DepwardError. */
  readonly local?: (entry: ResolvedPackage) => Promise<LocalPackage>;
}

/** A package of this machine's disk: a tarball, or a folder that is linked; `idle` when installing that runs nothing. */
export type LocalPackage = { readonly kind: 'tarball' | 'folder'; readonly read: ReadTarball } | { readonly kind: 'idle' };

/** A release that comes in, by whom and when. */
export interface Arrival {
  readonly name: string;
  readonly version: string;
  readonly at: Instant;
  readonly publisher: Person;
  /** What projects are told apart by: the scope, else the repository, else the name. */
  readonly project: string;
}

/** Everything that comes in with a known publisher and time; looked up once, and only when somebody asks. */
export type Arrivals = () => Promise<readonly Arrival[]>;

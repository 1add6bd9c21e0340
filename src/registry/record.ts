/** Our packument record as compact JSON for the disk cache, and back. Whatever several releases share is written once. */
import type { DependencySets, Packument, Person, Release } from '../model/packument.ts';

/** Raised with every change of the record or of what is read of packuments: older entries are then read anew. */
export const recordVersion = 4;

type Cell = string | number | boolean | null | readonly (readonly string[])[];

/** Whatever several releases share, by the place it is written at. */
class Shared {
  readonly texts = new Map<string, number>();
  /** Most of what is equal is the same object already. */
  private readonly known = new Map<unknown, number>();
  /** The value last seen in each column, and its place: mostly the next one is the same. */
  private readonly last: unknown[] = [];
  private readonly lastPlace: number[] = [];

  place(column: number, value: unknown): number {
    if (value === undefined) return -1;
    if (this.last[column] === value) return this.lastPlace[column] as number;
    const place = this.known.get(value) ?? this.added(value, JSON.stringify(column === setsColumn ? setsText(value as DependencySets) : value));
    this.last[column] = value;
    this.lastPlace[column] = place;
    return place;
  }

  private added(value: unknown, text: string): number {
    const place = this.texts.get(text) ?? this.texts.size;
    this.texts.set(text, place);
    this.known.set(value, place);
    return place;
  }
}

/** The record as one line of JSON. */
export function encodePackument(packument: Packument): string {
  return packumentParts(packument).join('');
}

/** The same in the parts it is made of. */
export function packumentParts(packument: Packument): readonly string[] {
  const shared = new Shared();
  const { releases, distTags, removed, maintainers, ...plain } = packument;
  const rows = releases.map((release) => rowOf(release, shared));
  const head = JSON.stringify({
    ...plain,
    distTags: [...distTags],
    removed: [...removed].map(([version, at]) => [version, at ?? null]),
    maintainers: shared.place(0, maintainers),
  });
  return [`{"head":${head},"rows":`, JSON.stringify(rows), `,"shared":[${[...shared.texts.keys()].join(',')}]}`];
}

/** Where the dependencies stand in a row. */
const setsColumn = 7;

function rowOf(release: Release, shared: Shared): Cell[] {
  return [
    release.version,
    release.at ?? null,
    release.trust,
    shared.place(3, release.publisher),
    shared.place(4, release.approver),
    shared.place(5, release.maintainers),
    shared.place(6, release.scripts),
    shared.place(setsColumn, release.dependencies),
    shared.place(8, release.bins),
    shared.place(9, release.repository),
    shared.place(10, release.description),
    shared.place(11, release.deprecated),
    // Never equal to another's: sharing would only cost.
    release.signatures?.map(({ keyid, sig }) => [keyid, sig]) ?? null,
    release.tarball ?? null,
    release.integrity ?? null,
    release.shasum ?? null,
    release.unpackedSize ?? null,
    release.fileCount ?? null,
    release.gitHead ?? null,
    release.attestationsUrl ?? null,
    release.gypfile ?? null,
    release.hasShrinkwrap ?? null,
    shared.place(22, release.terms),
  ];
}

function setsText({ prod, optional, peer, bundled }: DependencySets): unknown {
  return [[...prod], [...optional], [...peer], bundled];
}

interface Stored {
  readonly head: Omit<Packument, 'releases' | 'distTags' | 'removed' | 'maintainers'> & {
    readonly distTags: readonly [string, string][];
    readonly removed: readonly [string, number | null][];
    readonly maintainers: number;
  };
  readonly rows: readonly Cell[][];
  readonly shared: unknown[];
}

/** Reads what `encodePackument` wrote; its integrity must have been checked before. */
export function decodePackument(text: string): Packument {
  const { head, rows, shared } = JSON.parse(text) as Stored;
  const { distTags, removed, maintainers, ...plain } = head;
  const sets = new Map<number, DependencySets>();
  const people = shared[maintainers] as readonly Person[] | undefined;
  return {
    ...plain,
    distTags: new Map(distTags),
    removed: new Map(removed.map(([version, at]) => [version, at ?? undefined])),
    ...(people && { maintainers: people }),
    releases: rows.map((row) => releaseOf(row, shared, sets)),
  };
}

const optionalCells: readonly [number, keyof Release, 'shared' | 'cell'][] = [
  [1, 'at', 'cell'],
  [3, 'publisher', 'shared'],
  [4, 'approver', 'shared'],
  [5, 'maintainers', 'shared'],
  [9, 'repository', 'shared'],
  [10, 'description', 'shared'],
  [11, 'deprecated', 'shared'],
  [13, 'tarball', 'cell'],
  [14, 'integrity', 'cell'],
  [15, 'shasum', 'cell'],
  [16, 'unpackedSize', 'cell'],
  [17, 'fileCount', 'cell'],
  [18, 'gitHead', 'cell'],
  [19, 'attestationsUrl', 'cell'],
  [20, 'gypfile', 'cell'],
  [21, 'hasShrinkwrap', 'cell'],
  [22, 'terms', 'shared'],
];

function releaseOf(row: readonly Cell[], shared: readonly unknown[], sets: Map<number, DependencySets>): Release {
  const release: Record<string, unknown> = {
    version: row[0],
    trust: row[2],
    scripts: shared[row[6] as number],
    dependencies: dependenciesAt(row[7] as number, shared, sets),
    bins: shared[row[8] as number],
  };
  for (const [index, name, kind] of optionalCells) {
    const cell = row[index];
    const value = kind === 'shared' ? shared[cell as number] : cell;
    if (value !== undefined && value !== null) release[name] = value;
  }
  const signatures = row[12] as readonly (readonly [string, string])[] | null;
  if (signatures) release.signatures = signatures.map(([keyid, sig]) => ({ keyid, sig }));
  return release as unknown as Release;
}

function dependenciesAt(index: number, shared: readonly unknown[], sets: Map<number, DependencySets>): DependencySets {
  const known = sets.get(index);
  if (known) return known;
  const [prod, optional, peer, bundled] = shared[index] as [[string, string][], [string, string][], [string, string][], string[]];
  const made: DependencySets = { prod: new Map(prod), optional: new Map(optional), peer: new Map(peer), bundled };
  sets.set(index, made);
  return made;
}

/** The entries of a berry lockfile, the same whether they were read by Yarn's own layout or by a parser of YAML; and the latter. */
import type { Location } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import type { Pairs } from './layout.ts';
import { SmallMap } from './small-map.ts';
import { mapAt, readYaml, textAt, textEntries } from './yaml.ts';
import { keyLocations } from './yaml-lines.ts';
import type { YamlMap } from './yaml-value.ts';
import { resolutionsIn } from './yarn-berry-resolutions.ts';

/** One entry as written. */
export interface BerryEntry {
  /** The line's own key: all descriptors it answers. */
  readonly written: string;
  readonly resolution: string;
  readonly version: string | undefined;
  readonly checksum: string | undefined;
  dependencies(): Pairs;
  /** The dependencies that may be missing. */
  optional(): ReadonlySet<string>;
}

/** What the entries of a file resolve to, in the order of the file. */
export interface Resolutions {
  of(at: number): string;
  /** The entry that resolves to this. */
  find(resolution: string): number | undefined;
  /** One that is there twice. */
  twice(): string | undefined;
}

/** All of a file. */
export interface BerryFile {
  readonly version: string | undefined;
  /** Which archives of packages the checksums are of. */
  readonly cacheKey: string | undefined;
  readonly size: number;
  readonly resolutions: Resolutions;
  /** Those entries that may be more than a release of a registry. */
  readonly odd: Iterable<number>;
  entry(at: number): BerryEntry;
  where(at: number): Location | undefined;
  /** The lines of an entry, where they are in Yarn's own layout. */
  lines?(at: number): string;
}

/** The file by a parser of YAML. */
export async function readParsedLayout(input: LockfileInput, text: string): Promise<BerryFile> {
  const [document, second] = await readYaml(input, text);
  if (!document || second) throw unreadable(input, 'this is not a lockfile of one document', 'Restore it from version control.');
  const entries = [...document].flatMap(([key, value]) => (key === '__metadata' ? [] : [new ParsedEntry(input, key, value)]));
  const where = keyLocations(input.file, text, () => new Set(entries.map(({ written }) => written)));
  return {
    version: textAt(mapAt(document, '__metadata'), 'version'),
    cacheKey: textAt(mapAt(document, '__metadata'), 'cacheKey'),
    size: entries.length,
    resolutions: resolutionsIn(entries.map(({ resolution }) => resolution)),
    odd: entries.keys(),
    entry: (at) => entries[at] as ParsedEntry,
    where: (at) => where((entries[at] as ParsedEntry).written),
  };
}

class ParsedEntry implements BerryEntry {
  readonly written: string;
  readonly version: string | undefined;
  readonly resolution: string;
  readonly checksum: string | undefined;
  readonly #map: YamlMap;

  constructor(input: LockfileInput, written: string, value: unknown) {
    const map = value instanceof SmallMap ? (value as YamlMap) : undefined;
    const resolution = textAt(map, 'resolution');
    if (!map || resolution === undefined)
      throw unreadable(input, `the entry ${printable(written, 80)} has no resolution`, 'Restore the file from version control.');
    this.written = written;
    this.version = textAt(map, 'version');
    this.resolution = resolution;
    this.checksum = textAt(map, 'checksum');
    this.#map = map;
  }

  dependencies(): Pairs {
    return textEntries(mapAt(this.#map, 'dependencies'));
  }

  optional(): ReadonlySet<string> {
    const metas = mapAt(this.#map, 'dependenciesMeta');
    return new Set(metas.keys().filter((name) => textAt(mapAt(metas, name), 'optional') === 'true'));
  }
}

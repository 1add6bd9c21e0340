/** The entries of a berry lockfile: by the layout Yarn writes, or through the real parser. Both give the same. */
import type { Location } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { bare, eachMatch, type Pairs, pairsIn, piece, sticky, withinReason } from './layout.ts';
import { type PositionOf, positionsIn } from './positions.ts';
import { SmallMap } from './small-map.ts';
import { mapAt, readYaml, textAt, textEntries } from './yaml.ts';
import { keyLocations } from './yaml-lines.ts';
import type { YamlMap } from './yaml-value.ts';

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

/** All of a file. */
export interface BerryFile {
  readonly version: string | undefined;
  readonly entries: readonly BerryEntry[];
  where(at: number): Location | undefined;
}

/** Reads a file whatever its layout. */
export async function readBerryFile(input: LockfileInput, text: string): Promise<BerryFile> {
  return readOwnLayout(input.file, text) ?? (await readParsedLayout(input, text));
}

const { plain, key, value, inDouble } = piece;
const pairs = `(?:    ${key}: ${value}\\n)+`;
const flag = (name: string) => `(?:      ${name}: (?:true|false)\\n)?`;
const metas = `(?:    ${key}:\\n(?=      )${flag('built')}${flag('optional')}${flag('unplugged')})+`;
const field = (name: string, lines: string) => `(?:  ${name}:\\n${lines})?`;
const scalar = `(?:"${inDouble}"|${plain})`;
const written = `"${inDouble}"|[A-Za-z0-9][!-9;-~]*`;
const head = sticky(`(?:#[ -~]*\\n)*\\n*__metadata:\\n  version: (${scalar})\\n(?:  cacheKey: ${scalar}\\n)?\\n*`);
const upTo = (last: string) => `(?:(${written}):|\\? (${written})\\n:)\\n  version: ${last}`;
/** A whole entry: key (Yarn makes very long ones explicit), resolution, checksum. */
const entry = sticky(
  upTo(scalar) +
    `\\n  resolution: "(${inDouble})"\\n` +
    field('dependencies', pairs) +
    field('peerDependencies', pairs) +
    field('dependenciesMeta', metas) +
    field('peerDependenciesMeta', metas) +
    field('bin', pairs) +
    `(?:  checksum: (${scalar})\\n)?(?:  conditions: ${scalar}\\n)?  languageName: ${plain}\\n  linkType: (?:hard|soft)\\n\\n*`,
);
/** What is looked at only when somebody asks: version, dependencies, their flags. */
const details = sticky(
  `${upTo(`(${scalar})`)}\\n.*\\n${field('dependencies', `(${pairs})`)}${field('peerDependencies', pairs)}${field('dependenciesMeta', `(${metas})`)}`,
);

/** The file by Yarn's own layout; undefined when it is not in it. */
export function readOwnLayout(file: string, raw: string): BerryFile | undefined {
  return withinReason(() => readFile(file, raw));
}

function readFile(file: string, raw: string): BerryFile | undefined {
  const text = raw.includes('\r') ? raw.replaceAll('\r\n', '\n') : raw;
  head.lastIndex = 0;
  const version = head.exec(text)?.[1];
  if (version === undefined) return undefined;
  const source = { file, text };
  const entries: OwnEntry[] = [];
  const seen = new Set<string>();
  const end = eachMatch(entry, text, head.lastIndex, (match, start) => {
    const read = new OwnEntry(source, match, start);
    seen.add(read.written);
    entries.push(read);
  });
  if (end < text.length || seen.size < entries.length) return undefined;
  let position: PositionOf | undefined;
  const where = (at: number) => {
    position ??= positionsIn(text);
    return { file, ...position((entries[at] as OwnEntry).start) };
  };
  return { version: bare(version), entries, where };
}

interface Source {
  readonly file: string;
  readonly text: string;
}

class OwnEntry implements BerryEntry {
  readonly written: string;
  readonly resolution: string;
  readonly checksum: string | undefined;
  readonly start: number;
  readonly source: Source;

  constructor(source: Source, match: RegExpExecArray, start: number) {
    this.written = bare((match[1] ?? match[2]) as string);
    this.resolution = match[3] as string;
    this.checksum = match[4] && bare(match[4]);
    this.start = start;
    this.source = source;
  }

  get version(): string {
    return bare(this.#details()[3] as string);
  }

  dependencies(): Pairs {
    const lines = this.#details()[4];
    return lines === undefined ? [] : pairsIn(lines, 0, 4, (name) => this.#twice(name));
  }

  optional(): ReadonlySet<string> {
    const lines = this.#details()[5];
    return lines === undefined ? none : optionalIn(lines);
  }

  #details(): RegExpExecArray {
    details.lastIndex = this.start;
    return details.exec(this.source.text) as RegExpExecArray;
  }

  #twice(name: string): Error {
    const what = `${printable(name, 80)} is there twice in ${printable(this.written, 80)}`;
    return unreadable(this.source, what, 'Restore the file from version control.');
  }
}

const none: ReadonlySet<string> = new Set();
const meta = sticky(`    (${key}):\\n((?:      .*\\n)+)`);

function optionalIn(lines: string): ReadonlySet<string> {
  const found = new Set<string>();
  eachMatch(meta, lines, 0, ([, name = '', flags = '']) => {
    if (flags.includes('optional: true')) found.add(bare(name));
  });
  return found;
}

/** The file by a parser of YAML. */
export async function readParsedLayout(input: LockfileInput, text: string): Promise<BerryFile> {
  const [document, second] = await readYaml(input, text);
  if (!document || second) throw unreadable(input, 'this is not a lockfile of one document', 'Restore it from version control.');
  const entries = [...document].flatMap(([key, value]) => (key === '__metadata' ? [] : [new ParsedEntry(input, key, value)]));
  const where = keyLocations(input.file, text, () => new Set(entries.map(({ written }) => written)));
  return { version: textAt(mapAt(document, '__metadata'), 'version'), entries, where: (at) => where((entries[at] as ParsedEntry).written) };
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

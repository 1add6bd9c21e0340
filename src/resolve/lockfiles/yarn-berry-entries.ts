/** The entries of a berry lockfile: by the layout Yarn writes, or through the real parser. Both give the same. */
import type { Location } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import {
  allOnce,
  bare,
  eachEntry,
  eachMatch,
  type Forms,
  listsHoldOnce,
  matchAt,
  onceEach,
  type Pairs,
  pairsIn,
  piece,
  sticky,
  withinReason,
} from './layout.ts';
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
  /** What each entry resolves to, in the order of the file. */
  readonly resolutions: readonly string[];
  /** Those entries that may be more than a release of a registry. */
  readonly odd: Iterable<number>;
  entry(at: number): BerryEntry;
  where(at: number): Location | undefined;
  /** The lines of an entry, where they are in Yarn's own layout. */
  lines?(at: number): string;
}

/** Reads a file whatever its layout. */
export async function readBerryFile(input: LockfileInput, text: string): Promise<BerryFile> {
  return readOwnLayout(input.file, text) ?? (await readParsedLayout(input, text));
}

const { plain, plainKey, key, value, inDouble } = piece;
const pairs = `(?:    ${key}: ${value}\\n)+`;
const flag = (name: string) => `(?:      ${name}: (?:true|false)\\n)?`;
const flags = `:\\n(?=      )${flag('built')}${flag('optional')}${flag('unplugged')}`;
const metas = `(?:    ${key}${flags})+`;
const field = (name: string, lines: string) => `(?:  ${name}:\\n${lines})?`;
const once = (name: string, after: string) => field(name, onceEach(name, 4, `"@${inDouble}"|${plainKey}`, after));
const scalar = `(?:"${inDouble}"|${plain})`;
const written = `"${inDouble}"|[A-Za-z0-9][!-9;-~]*`;
const head = sticky(`(?:#[ -~]*\\n)*\\n*__metadata:\\n  version: (${scalar})\\n(?:  cacheKey: ${scalar}\\n)?\\n*`);
const rest = `(?:  conditions: ${scalar}\\n)?  languageName: ${plain}\\n  linkType: (?:hard|soft)\\n\\n*`;
const upTo = (version: string) => `(?:(${written}):|\\? (${written})\\n:)\\n  version: ${version}`;
/** A whole entry: key (Yarn makes very long ones explicit), version, resolution, checksum. */
const wide = sticky(
  upTo(`(${scalar})`) +
    `\\n  resolution: "(${inDouble})"\\n` +
    field('dependencies', pairs) +
    field('peerDependencies', pairs) +
    field('dependenciesMeta', metas) +
    field('peerDependenciesMeta', metas) +
    field('bin', pairs) +
    `(?:  checksum: (${scalar})\\n)?${rest}`,
);
/** The same with lists short enough to tell that nothing is in them twice. */
const shortLists = (resolution: string) =>
  sticky(
    `"${inDouble}":\\n  version: ${scalar}\\n  resolution: "${resolution}"\\n` +
      once('dependencies', `: ${value}\\n`) +
      once('peerDependencies', `: ${value}\\n`) +
      once('dependenciesMeta', flags) +
      once('peerDependenciesMeta', flags) +
      once('bin', `: ${value}\\n`) +
      `(?:  checksum: ${scalar}\\n)?${rest}`,
  );
/** `name@npm:1.2.3` and nothing bound to it: a release of a registry, as nearly all are. */
const release = '[ !#-\\[\\]-~][ !#-?A-\\[\\]-~]*@npm:[ !#-9;-?A-\\[\\]-~]*';
const forms: Forms = { narrow: shortLists(release), other: shortLists(inDouble), wide, isSure: (lines) => listsHoldOnce(lines, 4) };
/** What is looked at only when somebody asks: dependencies and their flags. */
const details = sticky(
  `${upTo(scalar)}\\n.*\\n${field('dependencies', `(${pairs})`)}${field('peerDependencies', pairs)}${field('dependenciesMeta', `(${metas})`)}`,
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
  const starts: number[] = [];
  const resolutions: string[] = [];
  const keys: string[] = [];
  const odd: number[] = [];
  const end = eachEntry(forms, text, head.lastIndex, (start, isNarrow) => {
    if (!isNarrow) odd.push(starts.length);
    starts.push(start);
    const line = text.indexOf('\n', start);
    if (text.charCodeAt(start) === doubleQuote) {
      const resolution = text.indexOf('\n', line + 1) + resolutionAt;
      keys.push(text.slice(start + 1, line - 2));
      resolutions.push(text.slice(resolution, text.indexOf('\n', resolution) - 1));
    } else {
      const entry = new OwnEntry(text, start);
      keys.push(entry.written);
      resolutions.push(entry.resolution);
    }
  });
  if (end < text.length || !allOnce(keys)) return undefined;
  let position: PositionOf | undefined;
  return {
    version: bare(version),
    resolutions,
    odd,
    entry: (at) => new OwnEntry(text, starts[at] as number),
    where(at) {
      position ??= positionsIn(text);
      return { file, ...position(starts[at] as number) };
    },
    lines: (at) => text.slice(starts[at], starts[at + 1] ?? text.length),
  };
}

const doubleQuote = 34;
/** Where on its line a resolution begins, counted from the end of the line before. */
const resolutionAt = '\n  resolution: "'.length;

class OwnEntry implements BerryEntry {
  readonly written: string;
  readonly version: string;
  readonly resolution: string;
  readonly checksum: string | undefined;
  readonly #text: string;
  readonly #start: number;

  constructor(text: string, start: number) {
    const match = matchAt(wide, text, start);
    this.written = bare((match[1] ?? match[2]) as string);
    this.version = bare(match[3] as string);
    this.resolution = match[4] as string;
    this.checksum = match[5] && bare(match[5]);
    this.#text = text;
    this.#start = start;
  }

  dependencies(): Pairs {
    const lines = this.#details()[3];
    return lines === undefined ? [] : pairsIn(lines, 0, 4);
  }

  optional(): ReadonlySet<string> {
    const lines = this.#details()[4];
    return lines === undefined ? none : optionalIn(lines);
  }

  #details(): RegExpExecArray {
    return matchAt(details, this.#text, this.#start);
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
  return {
    version: textAt(mapAt(document, '__metadata'), 'version'),
    resolutions: entries.map(({ resolution }) => resolution),
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

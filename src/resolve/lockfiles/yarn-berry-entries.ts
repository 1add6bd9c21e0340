/** The entries of a berry lockfile: by the layout Yarn writes, or through the real parser. Both give the same. */
import type { Location } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { allOnce, chain, entriesIn, type Forms, type Keys, startsOf } from './entries.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { bare, eachMatch, listsHoldOnce, matchAt, onceEach, type Pairs, pairsIn, piece, sticky, withinReason } from './layout.ts';
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
/** `name@npm:1.2.3` and nothing bound to it: a release of a registry, as nearly all are. */
const release = '[ !#-\\[\\]-~][ !#-?A-\\[\\]-~]*@npm:[ !#-9;-?A-\\[\\]-~]*';
/** The same with lists short enough to tell that nothing is in them twice. */
const narrow = chain(
  `(?<own>"${inDouble}":\\n)  version: ${scalar}\\n  resolution: "${release}"\\n` +
    once('dependencies', `: ${value}\\n`) +
    once('peerDependencies', `: ${value}\\n`) +
    once('dependenciesMeta', flags) +
    once('peerDependenciesMeta', flags) +
    once('bin', `: ${value}\\n`) +
    `(?:  checksum: ${scalar}\\n)?${rest}(?!\\k<own>)`,
);
const forms: Forms = { narrow, wide, isSure: (lines) => listsHoldOnce(lines, 4) };
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
  const entries = entriesIn(forms, text, head.lastIndex);
  const { texts, odd, end } = entries;
  if (end < text.length || !allOnce(entries, keys)) return undefined;
  let starts: readonly number[] | undefined;
  let position: PositionOf | undefined;
  return {
    version: bare(version),
    resolutions: texts.map(resolutionIn),
    odd,
    entry: (at) => new OwnEntry(texts[at] as string),
    where(at) {
      position ??= positionsIn(text);
      starts ??= startsOf(entries);
      return { file, ...position(starts[at] as number) };
    },
    lines: (at) => texts[at] as string,
  };
}

const doubleQuote = 34;
/** Where on its line a resolution begins, counted from the end of the line before. */
const resolutionAt = '\n  resolution: "'.length;

function resolutionIn(entry: string): string {
  if (entry.charCodeAt(0) !== doubleQuote) return new OwnEntry(entry).resolution;
  const start = entry.indexOf('\n', entry.indexOf('\n') + 1) + resolutionAt;
  return entry.slice(start, entry.indexOf('\n', start) - 1);
}

/** Keys are quoted for the `@` in them. */
const keys: Keys = {
  head: (entry) => (entry.charCodeAt(0) === doubleQuote ? entry.slice(0, entry.indexOf('\n') + 1) : undefined),
  name: (entry) => (entry.charCodeAt(0) === doubleQuote ? entry.slice(1, entry.indexOf('\n') - 2) : new OwnEntry(entry).written),
};

class OwnEntry implements BerryEntry {
  readonly written: string;
  readonly version: string;
  readonly resolution: string;
  readonly checksum: string | undefined;
  readonly #text: string;

  constructor(text: string) {
    const match = matchAt(wide, text, 0);
    this.written = bare((match[1] ?? match[2]) as string);
    this.version = bare(match[3] as string);
    this.resolution = match[4] as string;
    this.checksum = match[5] && bare(match[5]);
    this.#text = text;
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
    return matchAt(details, this.#text, 0);
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

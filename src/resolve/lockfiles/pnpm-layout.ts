/** pnpm's own layout of pnpm-lock.yaml, section by section; undefined for whatever is not in it. */
import type { Location } from '../../model/package.ts';
import { allOnce, areDifferent, type Entries, entriesIn, type Keys, placeOf, startsOf } from './entries.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { bare, matchAt, type Pairs, pairsIn, sticky, withinReason } from './layout.ts';
import { importersOf, type LocalLink, localLinksOf, type PnpmDependent, type PnpmDocument, type PnpmRow } from './pnpm-document.ts';
import { linksIn } from './pnpm-own-links.ts';
import { formsOf, type SectionName, sectionNames, widePackage } from './pnpm-patterns.ts';
import { type PositionOf, positionsIn } from './positions.ts';
import { SmallMap } from './small-map.ts';
import { mapAt, textAt } from './yaml.ts';
import { readFlowMap, readTidyYaml } from './yaml-tidy.ts';
import type { YamlMap } from './yaml-value.ts';

/** A section that is left to the reader of lines: settings, overrides, catalogs. */
const other = sticky('[A-Za-z][^\\n]*\\n(?:(?: [^\\n]*)?\\n)*');

/** The documents of a file that is in pnpm's own layout. */
export function readOwnLayout(input: LockfileInput, raw: string): readonly PnpmDocument[] | undefined {
  return withinReason(() => readDocuments(input, raw));
}

function readDocuments(input: LockfileInput, raw: string): readonly PnpmDocument[] | undefined {
  const text = raw.includes('\r') ? raw.replaceAll('\r\n', '\n') : raw;
  let position: PositionOf | undefined;
  const where = (offset: number) => {
    position ??= positionsIn(text);
    return { file: input.file, ...position(offset) };
  };
  const documents: PnpmDocument[] = [];
  for (let at = text.startsWith('---\n') ? 4 : 0; at < text.length; at += 4) {
    const draft = new OwnDocument({ input, text, where });
    const end = draft.read(at);
    if (end < text.length && !text.startsWith('---\n', end)) return undefined;
    if (!draft.finish()) return undefined;
    documents.push(draft);
    at = end;
  }
  return documents.length > 0 && !text.endsWith('---\n') ? documents : undefined;
}

interface Source {
  readonly input: LockfileInput;
  readonly text: string;
  readonly where: (offset: number) => Location;
}

/** A section as read, and what is made of it when somebody asks. */
class Section {
  readonly entries: Entries;
  #names: readonly string[] | undefined;
  #starts: readonly number[] | undefined;

  constructor(entries: Entries) {
    this.entries = entries;
  }

  get names(): readonly string[] {
    this.#names ??= this.entries.texts.map(nameIn);
    return this.#names;
  }

  get starts(): readonly number[] {
    this.#starts ??= startsOf(this.entries);
    return this.#starts;
  }
}

const nothing = new Section({ texts: [], odd: new Set(), start: 0, end: 0, strays: [], sorted: [] });

/** Keys are quoted for the `@` they begin with; where one is written in another way all names are held against each other. */
const keys: Keys = {
  head: (entry) => (/^ {2}(?:'@|[^'"])/.test(entry) ? entry.slice(0, 2 + rawKey(entry).length + 1) : undefined),
  name: nameIn,
  usual: headOf,
};

/** The key of an entry, whose value follows on the next line or is empty. */
function rawKey(entry: string): string {
  const end = entry.indexOf('\n');
  return entry.slice(2, entry.charCodeAt(end - 1) === 125 ? end - ': {}'.length : end - 1);
}

/** What the entry of a path begins with in the usual way. */
function headOf(path: string): string {
  return path.startsWith('@') ? `  '${path}':` : `  ${path}:`;
}

function nameIn(entry: string): string {
  return bare(rawKey(entry));
}

class OwnDocument implements PnpmDocument {
  lockfileVersion: string | undefined;
  patched: readonly string[] = [];
  readonly #source: Source;
  /** Where each entry of a section begins; the section ends where the last one does. */
  readonly #sections = new Map<SectionName, Section>();
  #places: ReadonlyMap<string, number> | undefined;
  #asked = 0;
  #rest = '';
  #document: YamlMap | undefined;
  #importers: YamlMap | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** Reads sections from `start` on; returns where it stopped. */
  read(start: number): number {
    const { text } = this.#source;
    for (let at = start; ; ) {
      while (text.charCodeAt(at) === 10) at++;
      const name = sectionNames.find((one) => text.startsWith(`${one}:\n\n  `, at));
      const end = name === undefined ? this.#other(at) : this.#section(name, at);
      if (end === at) return at;
      at = end;
    }
  }

  /** False when the document is not surely what the real parser would see. */
  finish(): boolean {
    const [document, second] = readTidyYaml(this.#rest) ?? [];
    if (!document || second || sectionNames.some((name) => document.has(name))) return false;
    this.#document = document;
    this.lockfileVersion = textAt(document, 'lockfileVersion');
    this.patched = mapAt(document, 'patchedDependencies').keys();
    return true;
  }

  #other(at: number): number {
    other.lastIndex = at;
    const found = other.exec(this.#source.text)?.[0] ?? '';
    this.#rest += found;
    return at + found.length;
  }

  /** Stays where it is when an entry is there twice, or the whole section, or it stands before the version it is of. */
  #section(name: SectionName, start: number): number {
    if (this.#sections.has(name) || !this.#rest.startsWith('lockfileVersion: ')) return start;
    const entries = entriesIn(formsOf(name, this.#isVersion9()), this.#source.text, start + name.length + 3);
    const section = new Section(entries);
    this.#sections.set(name, section);
    // Keys of projects are written in many ways.
    const isOnce = name === 'importers' ? areDifferent(section.names) : allOnce(entries, keys);
    return entries.texts.length > 0 && isOnce ? entries.end : start;
  }

  #isVersion9(): boolean {
    return this.#rest.startsWith("lockfileVersion: '9");
  }

  #in(name: SectionName): Section {
    return this.#sections.get(name) ?? nothing;
  }

  get size(): number {
    return this.#in('packages').entries.texts.length;
  }

  get paths(): readonly string[] {
    return this.#in('packages').names;
  }

  path(at: number): string {
    return nameIn(this.#in('packages').entries.texts[at] as string);
  }

  placeOf(path: string): number | undefined {
    // Few ask for few: then a map of all costs more than it saves.
    if (this.#places === undefined && this.#asked++ < 64 && this.#isUsual()) return placeOf(headOf(path), this.#in('packages').entries.texts);
    this.#places ??= new Map(this.paths.map((held, at) => [held, at]));
    return this.#places.get(path);
  }

  #isUsual(): boolean {
    const { texts, odd, strays } = this.#in('packages').entries;
    return strays.length === 0 && [...odd].every((at) => keys.head(texts[at] as string) !== undefined);
  }

  /** In older versions no path is the name and the version as they are shown. */
  get odd(): Iterable<number> | undefined {
    return this.#isVersion9() ? this.#in('packages').entries.odd : undefined;
  }

  isPlain(at: number): boolean {
    return !this.#in('packages').entries.odd.has(at);
  }

  row(at: number): PnpmRow {
    const lines = this.lines(at);
    return (this.isPlain(at) ? plainRow(lines) : undefined) ?? rowOf(nameIn(lines), matchAt(widePackage(), lines, 0));
  }

  lines(at: number): string {
    return this.#in('packages').entries.texts[at] as string;
  }

  *dependents(): Generator<PnpmDependent> {
    for (const name of ['packages', 'snapshots'] as const) {
      const { names, entries } = this.#in(name);
      for (let at = 0; at < names.length; at++) yield new OwnDependent(names[at] as string, entries.texts[at] as string);
    }
  }

  projects(): readonly string[] {
    return this.#sections.get('importers')?.names ?? ['.'];
  }

  localLinks(): readonly LocalLink[] {
    const own = this.#sections.get('importers');
    return own
      ? linksIn(this.#source.text, { ...own.entries, names: own.names, starts: own.starts })
      : this.importers().flatMap(([project, owner]) => localLinksOf(project, owner));
  }

  importers(): readonly (readonly [string, YamlMap])[] {
    const own = this.#sections.get('importers');
    if (own) this.#importers ??= readTidyYaml(`importers:\n${own.entries.texts.join('')}`)?.[0] ?? this.#twice();
    return importersOf(this.#importers ?? this.#document ?? new SmallMap());
  }

  /** Nothing else is in the pattern of a project and not in the reader of lines. */
  #twice(): never {
    throw unreadable(this.#source.input, 'a dependency of a project is there twice', 'Restore the file from version control.');
  }

  where(at: number): Location | undefined {
    const start = this.#in('packages').starts[at];
    // The entry's key stands behind two spaces.
    return start === undefined ? undefined : this.#source.where(start + 2);
  }
}

const hash = '    resolution: {integrity: ';
const built = '\n    requiresBuild: ';

/** The same of an entry that says nothing of where it is from but a hash, without the pattern; fields stand four deep, and nothing else does. */
function plainRow(lines: string): PnpmRow | undefined {
  const start = lines.indexOf('\n') + 1 + hash.length;
  const integrity = lines.slice(start, lines.indexOf('\n', start) - 1);
  if (integrity.includes(',')) return undefined;
  const flag = lines.indexOf(built);
  const requiresBuild = flag < 0 ? undefined : lines.slice(flag + built.length, lines.indexOf('\n', flag + 1));
  return { path: nameIn(lines), integrity, resolution: undefined, name: undefined, version: undefined, requiresBuild };
}

function rowOf(path: string, match: RegExpExecArray): PnpmRow {
  const [other, name, version] = [match[3], match[4], match[5]];
  const resolution = other === undefined ? undefined : readFlowMap(other);
  return {
    path,
    integrity: match[2] ?? textAt(resolution, 'integrity'),
    resolution,
    name: name && bare(name),
    version: version && bare(version),
    requiresBuild: match[6],
  };
}

class OwnDependent implements PnpmDependent {
  readonly path: string;
  readonly #lines: string;

  constructor(path: string, lines: string) {
    this.path = path;
    this.#lines = lines;
  }

  dependencies(): Pairs {
    return this.#list('dependencies');
  }

  optionalDependencies(): Pairs {
    return this.#list('optionalDependencies');
  }

  #list(name: string): Pairs {
    const head = `\n    ${name}:\n`;
    const at = this.#lines.indexOf(head);
    return at < 0 ? [] : pairsIn(this.#lines, at + head.length, 6);
  }
}

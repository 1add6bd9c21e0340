/** pnpm's own layout of pnpm-lock.yaml, section by section; undefined for whatever is not in it. */
import type { Location } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { bare, eachMatch, type Pairs, pairsIn, piece, sticky, withinReason } from './layout.ts';
import { importersOf, type LocalLink, localLinksOf, type PnpmDependent, type PnpmDocument, type PnpmRow } from './pnpm-document.ts';
import { type PositionOf, positionsIn } from './positions.ts';
import { SmallMap } from './small-map.ts';
import { mapAt, textAt } from './yaml.ts';
import { readFlowMap, readTidyYaml } from './yaml-tidy.ts';
import type { YamlMap } from './yaml-value.ts';

const { plain, key, value, inSingle } = piece;
const flowChar = '[!"$-+\\-./0-9;-Z\\\\^-z|~]';
const flowPlain = `[A-Za-z0-9/^~._<(+=$](?:${flowChar}|[:#](?=${flowChar})| (?=${flowChar}))*`;
const flowValue = `(?:'${inSingle}'|${flowPlain})`;
const flowKey = `(?:'${inSingle}'|[A-Za-z_$][\\w.$-]*)`;
const flowMap = `\\{${flowKey}: ${flowValue}(?:, ${flowKey}: ${flowValue})*\\}`;
const word = `(?:'${inSingle}'|[A-Za-z0-9_][\\w.-]*)`;
const flowList = `\\[${word}(?:, ${word})*\\]`;
const pairs = `(?:      ${key}: ${value}\\n)+`;
const items = `(?:      - (?:'${inSingle}'|${plain})\\n)+`;

/** Any character that YAML takes as it is. */
const wide = '[ -~\\u00a0-\\u2027\\u2030-\\ud7ff\\ud800-\\udfff\\ue000-\\ufefe\\uff00-\\ufffd]';
const wideWord = '[!-~\\u00a1-\\u2027\\u2030-\\ud7ff\\ud800-\\udfff\\ue000-\\ufefe\\uff00-\\ufffd]';
/** Why a package is deprecated, in any of the forms text is written in. Nobody here reads it. */
const prose =
  `(?:(?:'(?:[ -&(-~]|'')*'|"(?:[ !#-\\[\\]-~]|\\\\[nt"\\\\])*"|[A-Za-z0-9](?:(?![:#])${wideWord}|[:#](?=${wideWord})| (?= {0,20}${wideWord})(?!#))*)\\n` +
  `|[|>][-+]?\\n      ${wideWord}${wide}*\\n(?:      ${wide}*\\n|\\n(?=\\n*      ))*)`;

const field = (name: string, what: string) => `(?:    ${name}: ${what}\\n)?`;
const section = (name: string, what: string) => `(?:    ${name}:\\n${what})?`;
const flag = '(?:true|false)';
/** The fields of a package in the order in which pnpm writes them. Captures: integrity, other resolution, name, version, requiresBuild. */
const package_ = sticky(
  `  (${key}):\\n    resolution: (?:\\{integrity: (${flowPlain})\\}|(${flowMap}))\\n` +
    `${field('id', value)}${field('name', `(${value})`)}${field('version', `(${value})`)}${field('engines', flowMap)}` +
    `${field('cpu', flowList)}${field('os', flowList)}${field('libc', flowList)}(?:    deprecated: ${prose})?` +
    `${field('hasBin', flag)}${field('prepare', flag)}${field('requiresBuild', `(${flag})`)}` +
    `(?:    (?:bundledDependencies|bundleDependencies):(?: true\\n|\\n${items}))?` +
    `${section('peerDependencies', pairs)}${section('peerDependenciesMeta', `(?:      ${key}:\\n        optional: true\\n)+`)}` +
    `${section('dependencies', pairs)}${section('optionalDependencies', pairs)}${section('transitivePeerDependencies', items)}` +
    `${field('dev', flag)}${field('optional', flag)}${field('patched', flag)}\\n*`,
);
const snapshot = sticky(
  `  (${key}):(?: \\{\\}\\n|\\n(?=    [a-z])${section('dependencies', pairs)}${section('optionalDependencies', pairs)}` +
    `${section('transitivePeerDependencies', items)}${field('optional', flag)}${field('patched', flag)})\\n*`,
);
const versions = `(?:      ${key}: ${value}\\n|      ${key}:\\n        specifier: ${value}\\n        version: ${value}\\n)+`;
const asks = (name: string) => `(?:    ${name}:(?: \\{\\}\\n|\\n${versions}))?`;
const [optional, dev] = [asks('optionalDependencies'), asks('devDependencies')];
const folder = `[A-Za-z0-9._](?:(?![:#])${wideWord}|[:#](?=${wideWord})| (?!#)(?=${wideWord}))*`;
/** A project of the workspace. */
const importer = sticky(
  `  (${key}|${folder}):(?: \\{\\}\\n|\\n(?=    [a-z])(?:    specifiers:(?: \\{\\}\\n|\\n${pairs}))?${asks('configDependencies')}${asks('packageManagerDependencies')}` +
    `${asks('dependencies')}(?:${dev}${optional}|${optional}${dev}))\\n*(?!\\n|   )`,
);
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

/** The long sections, each with the pattern of its entries. */
const sections = { importers: importer, packages: package_, snapshots: snapshot } as const;
type SectionName = keyof typeof sections;
const sectionNames = Object.keys(sections) as readonly SectionName[];

interface Section {
  readonly entries: ReadonlyMap<string, number>;
  readonly start: number;
  readonly end: number;
}

class OwnDocument implements PnpmDocument {
  readonly packages: PnpmRow[] = [];
  lockfileVersion: string | undefined;
  patched: readonly string[] = [];
  readonly #source: Source;
  /** Where each entry of a section begins; the section ends where the last one does. */
  readonly #starts = new Map<SectionName, Section>();
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

  /** Stays where it is when an entry is there twice, or the whole section. */
  #section(name: SectionName, start: number): number {
    if (this.#starts.has(name)) return start;
    const entries = new Map<string, number>();
    let count = 0;
    const end = eachMatch(sections[name], this.#source.text, start + name.length + 3, (match, at) => {
      count++;
      const path = bare(match[1] as string);
      entries.set(path, at);
      if (name === 'packages') this.packages.push(rowOf(path, match));
    });
    this.#starts.set(name, { entries, start, end });
    return entries.size === count ? end : start;
  }

  *dependents(): Generator<PnpmDependent> {
    for (const name of ['packages', 'snapshots'] as const) {
      for (const [path, start] of this.#starts.get(name)?.entries ?? []) {
        sections[name].lastIndex = start;
        yield new OwnDependent(this.#source, path, sections[name].exec(this.#source.text)?.[0] ?? '');
      }
    }
  }

  projects(): readonly string[] {
    const own = this.#starts.get('importers');
    return own ? [...own.entries.keys()] : ['.'];
  }

  localLinks(): readonly LocalLink[] {
    const own = this.#starts.get('importers');
    return own ? linksIn(this.#source.text, own) : this.importers().flatMap(([project, owner]) => localLinksOf(project, owner));
  }

  importers(): readonly (readonly [string, YamlMap])[] {
    const own = this.#starts.get('importers');
    if (own) this.#importers ??= readTidyYaml(this.#source.text.slice(own.start, own.end))?.[0] ?? this.#twice();
    return importersOf(this.#importers ?? this.#document ?? new SmallMap());
  }

  /** Nothing else is in the pattern of a project and not in the reader of lines. */
  #twice(): never {
    throw unreadable(this.#source.input, 'a dependency of a project is there twice', 'Restore the file from version control.');
  }

  where(path: string): Location | undefined {
    const start = this.#starts.get('packages')?.entries.get(path);
    // The entry's key stands behind two spaces.
    return start === undefined ? undefined : this.#source.where(start + 2);
  }
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
  readonly #source: Source;
  readonly #lines: string;

  constructor(source: Source, path: string, lines: string) {
    this.#source = source;
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
    return at < 0 ? [] : pairsIn(this.#lines, at + head.length, 6, (key) => this.#twice(key));
  }

  #twice(key: string): Error {
    const what = `${printable(key, 80)} is there twice in ${printable(this.path, 80)}`;
    return unreadable(this.#source.input, what, 'Restore the file from version control.');
  }
}

const linkRow = sticky(`(?: {6}(${key})| {8}version): (?:"(link:[^"\\n]*)"|'(link:[^'\\n]*)'|(link:[^\\n]*))\\n`);

/** The links among the lines of projects: one of a few lines holds one, and all others need not be looked at for it. */
function linksIn(text: string, { entries, start, end }: Section): LocalLink[] {
  const links: LocalLink[] = [];
  let project = '.';
  const projects = [...entries];
  let next = 0;
  for (let at = text.indexOf('link:', start); at >= 0 && at < end; at = text.indexOf('link:', at + 1)) {
    for (; (projects[next]?.[1] ?? end) <= at; next++) project = projects[next]?.[0] ?? project;
    const row = text.lastIndexOf('\n', at) + 1;
    linkRow.lastIndex = row;
    const found = linkRow.exec(text);
    const target = found?.[2] ?? found?.[3] ?? found?.[4];
    if (target === undefined || text.indexOf('link:', row) < at || !fieldAt(text, row).endsWith('ependencies')) continue;
    links.push({ project, name: bare(found?.[1] ?? keyAbove(text, row)), target });
  }
  return links;
}

/** The field of a project in which a row stands. */
function fieldAt(text: string, row: number): string {
  let at = text.lastIndexOf('\n    ', row - 2);
  while (text.charCodeAt(at + 5) === 32) at = text.lastIndexOf('\n    ', at - 1);
  return text.slice(at + 5, text.indexOf(':', at + 5));
}

/** The key that stands above a specifier and its version. */
function keyAbove(text: string, row: number): string {
  const specifier = text.lastIndexOf('\n', row - 2) + 1;
  const name = text.lastIndexOf('\n', specifier - 2) + 1;
  return text.slice(name + 6, specifier - 2);
}

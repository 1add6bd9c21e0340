/** pnpm's own layout of pnpm-lock.yaml, section by section; undefined for whatever is not in it. */
import type { Location } from '../../model/package.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { allOnce, bare, eachEntry, type Forms, matchAt, onceEach, type Pairs, pairsIn, piece, sticky, withinReason } from './layout.ts';
import { importersOf, type LocalLink, localLinksOf, type PnpmDependent, type PnpmDocument, type PnpmRow } from './pnpm-document.ts';
import { type PositionOf, positionsIn } from './positions.ts';
import { SmallMap } from './small-map.ts';
import { mapAt, textAt } from './yaml.ts';
import { readFlowMap, readTidyYaml } from './yaml-tidy.ts';
import type { YamlMap } from './yaml-value.ts';

const { plain, plainKey, key, value, inSingle } = piece;
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
/** The fields of a package in the order in which pnpm writes them. Captures: path, integrity, other resolution, name, version, requiresBuild. */
const widePackage = sticky(
  `  (${key}):\\n    resolution: (?:\\{integrity: (${flowPlain})\\}|(${flowMap}))\\n` +
    `${field('id', value)}${field('name', `(${value})`)}${field('version', `(${value})`)}${field('engines', flowMap)}` +
    `${field('cpu', flowList)}${field('os', flowList)}${field('libc', flowList)}(?:    deprecated: ${prose})?` +
    `${field('hasBin', flag)}${field('prepare', flag)}${field('requiresBuild', `(${flag})`)}` +
    `(?:    (?:bundledDependencies|bundleDependencies):(?: true\\n|\\n${items}))?` +
    `${section('peerDependencies', pairs)}${section('peerDependenciesMeta', `(?:      ${key}:\\n        optional: true\\n)+`)}` +
    `${section('dependencies', pairs)}${section('optionalDependencies', pairs)}${section('transitivePeerDependencies', items)}` +
    `${field('dev', flag)}${field('optional', flag)}${field('patched', flag)}\\n*`,
);
const wideSnapshot = sticky(
  `  (${key}):(?: \\{\\}\\n|\\n(?=    [a-z])${section('dependencies', pairs)}${section('optionalDependencies', pairs)}` +
    `${section('transitivePeerDependencies', items)}${field('optional', flag)}${field('patched', flag)})\\n*`,
);
const versions = `(?:      ${key}: ${value}\\n|      ${key}:\\n        specifier: ${value}\\n        version: ${value}\\n)+`;
const folder = `[A-Za-z0-9._](?:(?![:#])${wideWord}|[:#](?=${wideWord})| (?!#)(?=${wideWord}))*`;
/** A project of the workspace. */
const project = `  (?:${key}|${folder}):(?: \\{\\}\\n|\\n(?=    [a-z])`;
const asks = (name: string) => `(?:    ${name}:(?: \\{\\}\\n|\\n${versions}))?`;
const [optional, dev] = [asks('optionalDependencies'), asks('devDependencies')];
const wideProject = sticky(
  `${project}(?:    specifiers:(?: \\{\\}\\n|\\n${pairs}))?${asks('configDependencies')}${asks('packageManagerDependencies')}` +
    `${asks('dependencies')}(?:${dev}${optional}|${optional}${dev}))\\n*(?!\\n|   )`,
);

const keys = `'@${inSingle}'|${plainKey}`;
const once = (name: string) => onceEach(name, 6, keys, `: ${value}\\n`);
const flowOnce = `\\{(?:(?<flow>[A-Za-z_$][\\w.$-]*): ${flowValue}(?![^\\n]*, '?\\k<flow>'?: )(?:, (?!\\})|(?=\\})))+\\}`;
/** Nothing more of the entry may follow: a list that is too long must not be passed over. */
const ended = '\\n*(?!\\n|   )';
/** The same as nearly all are written: nothing but a hash and an address, and lists short enough to tell that nothing is in them twice. */
const narrowPackage = sticky(
  `  ${key}:\\n    resolution: \\{integrity: ${flowPlain}(?:, tarball: https?:${flowPlain})?\\}\\n` +
    `${field('engines', flowOnce)}${field('cpu', flowList)}${field('os', flowList)}${field('libc', flowList)}(?:    deprecated: ${prose})?` +
    `${field('hasBin', flag)}${field('prepare', flag)}${field('requiresBuild', flag)}` +
    `(?:    (?:bundledDependencies|bundleDependencies):(?: true\\n|\\n${items}))?${section('peerDependencies', once('peerDependencies'))}` +
    `${section('peerDependenciesMeta', onceEach('peerDependenciesMeta', 6, keys, ':\\n        optional: true\\n'))}` +
    `${section('dependencies', once('dependencies'))}${section('optionalDependencies', once('optionalDependencies'))}` +
    `${section('transitivePeerDependencies', items)}${field('dev', flag)}${field('optional', flag)}${field('patched', flag)}${ended}`,
);
const narrowSnapshot = sticky(
  `  ${key}:(?: \\{\\}\\n|\\n(?=    [a-z])${section('dependencies', once('dependencies'))}${section('optionalDependencies', once('optionalDependencies'))}` +
    `${section('transitivePeerDependencies', items)}${field('optional', flag)}${field('patched', flag)})${ended}`,
);
const asked = onceEach('asked', 6, keys, `:(?: ${value}\\n|\\n        specifier: ${value}\\n        version: ${value}\\n)`);
/** In any order, each once. */
const narrowProject = sticky(
  `${project}(?:    (?<list>specifiers|configDependencies|packageManagerDependencies|dependencies|devDependencies|optionalDependencies):` +
    `(?: \\{\\}\\n|\\n${asked})(?!(?:    [^\\n]*\\n){0,900}    \\k<list>:))*)${ended}`,
);
/** Why a package is deprecated is not looked at: it can hold what looks like anything. */
const reason = /\n {4}deprecated: [\s\S]*?(?=\n {4}[a-z]|\n*$)/;
const isSure = (lines: string) => readTidyYaml(`entries:\n${lines.replace(reason, '')}`) !== undefined;
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

/** The long sections, each with the patterns of its entries. */
const sections: Readonly<Record<SectionName, Forms>> = {
  importers: { narrow: narrowProject, wide: wideProject, isSure },
  packages: { narrow: narrowPackage, wide: widePackage, isSure },
  snapshots: { narrow: narrowSnapshot, wide: wideSnapshot, isSure },
};
type SectionName = 'importers' | 'packages' | 'snapshots';
const sectionNames = ['importers', 'packages', 'snapshots'] as const;

interface Section {
  readonly names: readonly string[];
  readonly starts: readonly number[];
  readonly odd: ReadonlySet<number>;
  readonly start: number;
  readonly end: number;
}

const nothing: Section = { names: [], starts: [], odd: new Set(), start: 0, end: 0 };

class OwnDocument implements PnpmDocument {
  lockfileVersion: string | undefined;
  patched: readonly string[] = [];
  readonly #source: Source;
  /** Where each entry of a section begins; the section ends where the last one does. */
  readonly #sections = new Map<SectionName, Section>();
  #known: ReadonlySet<string> | undefined;
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
    if (this.#sections.has(name)) return start;
    const { text } = this.#source;
    const [names, starts, odd] = [[] as string[], [] as number[], new Set<number>()];
    const end = eachEntry(sections[name], text, start + name.length + 3, (at, isNarrow) => {
      if (!isNarrow) odd.add(starts.length);
      names.push(nameAt(text, at));
      starts.push(at);
    });
    this.#sections.set(name, { names, starts, odd, start, end });
    return allOnce(names) ? end : start;
  }

  #in(name: SectionName): Section {
    return this.#sections.get(name) ?? nothing;
  }

  get paths(): readonly string[] {
    return this.#in('packages').names;
  }

  hasPath(path: string): boolean {
    this.#known ??= new Set(this.paths);
    return this.#known.has(path);
  }

  isPlain(at: number): boolean {
    return !this.#in('packages').odd.has(at);
  }

  row(at: number): PnpmRow {
    const { names, starts } = this.#in('packages');
    return rowOf(names[at] as string, matchAt(widePackage, this.#source.text, starts[at] as number));
  }

  lines(at: number): string {
    const { starts, end } = this.#in('packages');
    return this.#source.text.slice(starts[at], starts[at + 1] ?? end);
  }

  *dependents(): Generator<PnpmDependent> {
    for (const name of ['packages', 'snapshots'] as const) {
      const { names, starts, end } = this.#in(name);
      for (let at = 0; at < names.length; at++) {
        yield new OwnDependent(names[at] as string, this.#source.text.slice(starts[at], starts[at + 1] ?? end));
      }
    }
  }

  projects(): readonly string[] {
    return this.#sections.get('importers')?.names ?? ['.'];
  }

  localLinks(): readonly LocalLink[] {
    const own = this.#sections.get('importers');
    return own ? linksIn(this.#source.text, own) : this.importers().flatMap(([project, owner]) => localLinksOf(project, owner));
  }

  importers(): readonly (readonly [string, YamlMap])[] {
    const own = this.#sections.get('importers');
    if (own) this.#importers ??= readTidyYaml(this.#source.text.slice(own.start, own.end))?.[0] ?? this.#twice();
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

/** The key of the entry at `start`, whose value follows on the next line or is empty. */
function nameAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return bare(text.slice(start + 2, text.charCodeAt(end - 1) === 125 ? end - ': {}'.length : end - 1));
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

const linkRow = sticky(`(?: {6}(${key})| {8}version): (?:"(link:[^"\\n]*)"|'(link:[^'\\n]*)'|(link:[^\\n]*))\\n`);

/** The links among the lines of projects: one of a few lines holds one, and all others need not be looked at for it. */
function linksIn(text: string, { names, starts, start, end }: Section): LocalLink[] {
  const links: LocalLink[] = [];
  let project = '.';
  let next = 0;
  for (let at = text.indexOf('link:', start); at >= 0 && at < end; at = text.indexOf('link:', at + 1)) {
    for (; (starts[next] ?? end) <= at; next++) project = names[next] ?? project;
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

/** From an archive to the facts of its tarball: what runs, what it can do, what it hides. Pure: same bytes, same facts. */
import type { Archive } from '../model/archive.ts';
import type { ContentFile, TarballFacts } from '../model/contents.ts';
import { awaken, markLeaks } from './between-files.ts';
import { binFile } from './bin-file.ts';
import { isAgentConfig } from './config-files.ts';
import { type Expected, Explaining } from './expected.ts';
import { isAside, isBundle, isCode, isScriptName, standsOut } from './file-role.ts';
import { promisesNoCode } from './file-type.ts';
import { Gathering } from './gathering.ts';
import { installsHarmlessly } from './harmless-install.ts';
import { type FollowedStep, installSteps } from './install-steps.ts';
import { type Entry, PackedPackage } from './packed-package.ts';
import { Reading, type Scripts } from './reading.ts';
import { folderOf } from './resolve-file.ts';
import { followSteps, type Work } from './run-by-install.ts';
import { own, SourceText } from './source-text.ts';
import { Trail } from './trail.ts';

/** How many bytes of scripts nothing leads to get a syntax tree. */
const mostShipped = 3 * 2 ** 20;

/** Of more files on the ways to what was found the rest is no more worth leaving out. */
const mostWays = 2000;

/** So many files of which not all is known are named. */
const mostUnread = 2000;

/** How to analyse. */
export interface Manner extends Scripts {
  /** Adds the scripts npm runs for packages fetched from git. */
  readonly git?: boolean;
  /** A command of the package that another package's install starts: what it leads to runs by installing, and nothing else does. */
  readonly command?: string;
}

/** Analyses an archive. */
export function analyse(archive: Archive, manner: Manner = {}): TarballFacts {
  return new Analysis(archive, manner).run();
}

/** What was found, and how much was read for it. */
export interface Analysed {
  readonly facts: TarballFacts;
  /** False where not all code was read, because all that was expected had been found. */
  readonly isWhole: boolean;
  /** The files in which something was found, and those that lead to them. */
  readonly ways: readonly string[];
}

/** Analyses an archive until all that is expected was found. What lies on the `ways` of another release is tried first, alone. */
export function analyseUntil(archive: Archive, manner: Manner, expected: Expected | undefined, ways: readonly string[] = []): Analysed {
  if (!expected || ways.length === 0) return analysed(new Analysis(archive, manner, expected));
  const twice = { ...manner, lengthy: new Map() };
  const tried = analysed(new Analysis(archive, twice, expected, new Set(ways)));
  return tried.isWhole ? analysed(new Analysis(archive, twice, expected)) : tried;
}

function analysed(analysis: Analysis): Analysed {
  return { facts: analysis.run(), isWhole: !analysis.isDone, ways: analysis.ways() };
}

/** A class because files are taken up while others are read. */
class Analysis {
  readonly #archive: Archive;
  readonly #manner: Manner;
  readonly #package: PackedPackage;
  readonly #found = new Gathering();
  readonly #trail: Trail;
  readonly #reading: Reading;
  readonly #work: Work;
  readonly #explaining: Explaining | undefined;
  /** What is read at all, where that is not everything. */
  readonly #only: ReadonlySet<string> | undefined;
  #parsedShipped = 0;

  constructor(archive: Archive, manner: Manner, expected?: Expected, only?: ReadonlySet<string>) {
    this.#archive = archive;
    this.#manner = manner;
    this.#package = new PackedPackage(archive);
    this.#only = only;
    this.#trail = new Trail(this.#package, only);
    this.#reading = new Reading(this.#package, this.#found, this.#trail, manner);
    this.#work = { packed: this.#package, found: this.#found, trail: this.#trail, reading: this.#reading };
    this.#explaining = expected && new Explaining(expected, { files: archive.files, hasCommands: this.#package.manifest.bin.size > 0 });
  }

  /** True when nothing more needs to be looked for. */
  get isDone(): boolean {
    return this.#explaining?.isDone({ ...this.#found, ...this.#unread() }) ?? false;
  }

  run(): TarballFacts {
    const { manifest, entries } = this.#package;
    const steps = this.#steps();
    if (!this.isDone) this.#readFrom(steps);
    return {
      integrity: this.#archive.integrity,
      packedSize: this.#archive.packedSize,
      unpackedSize: this.#archive.unpackedSize,
      anomalies: this.#archive.anomalies,
      manifest,
      files: [...entries.values()].map(contentFile),
      install: steps.map(({ step }) => ({ ...step, files: step.files.map((path) => this.#package.find(path) ?? path) })),
      capabilities: this.#marked(),
      hiding: this.#found.hiding,
      imports: [...this.#trail.imports].sort(),
      bundled: this.#package.bundled(),
      ...(steps.length > 0 && this.#isHarmlessToInstall() && { harmlessInstall: true }),
      ...this.#unread(),
    };
  }

  ways(): readonly string[] {
    const { capabilities, hiding } = this.#found;
    const { notParsed, notRead } = this.#reading;
    const ways = this.#trail.waysTo([...[...capabilities, ...hiding, ...notParsed].map(({ file }) => file), ...notRead]);
    return ways.size > mostWays ? [] : [...ways];
  }

  #unread(): Pick<TarballFacts, 'notParsed' | 'notRead'> {
    const untold = [...this.#found.untold].map((file) => ({ file, why: 'more is found in the release than is told' }));
    return { notParsed: [...this.#reading.notParsed, ...untold].slice(0, mostUnread), notRead: this.#reading.notRead.slice(0, mostUnread) };
  }

  /** What runs on install first, then what an import leads to, then commands, then what is only shipped. */
  #readFrom(steps: readonly FollowedStep[]): void {
    followSteps(steps, this.#work);
    this.#drain();
    for (const path of this.#package.entryPaths()) this.#trail.to(path, 'import');
    this.#drain();
    for (const path of this.#package.manifest.bin.values()) this.#trail.toAll(path, 'bin');
    this.#drain();
    this.#shipped();
    this.#drain();
    // What shows between files shows only when all of them were read.
    if (this.isDone || this.#only) return;
    awaken(this.#work);
    markLeaks({ ...this.#work, flows: this.#reading.flows });
  }

  /** What npm runs by itself; of a package of which one command is asked for, nothing. */
  #steps(): readonly FollowedStep[] {
    const { command, git = false } = this.#manner;
    if (command === undefined)
      return installSteps(this.#package.manifest, this.#package.text('binding.gyp'), (path) => this.#package.text(path), git);
    this.#trail.toAll(binFile(this.#package.manifest, command), 'install');
    return [];
  }

  #isHarmlessToInstall(): boolean {
    const { manifest, entries } = this.#package;
    const { anomalies } = this.#archive;
    const { capabilities, hiding } = this.#found;
    return installsHarmlessly({
      manifest,
      anomalies,
      capabilities,
      hiding,
      paths: new Set(entries.keys()),
      text: (path) => this.#package.text(path),
    });
  }

  #drain(): void {
    while (this.#trail.goesOn && !this.isDone) {
      const entry = this.#trail.next();
      if (entry) this.#reading.read(entry);
    }
  }

  /**
   * Files nothing leads to: scripts of other languages are read, JavaScript only where something in it stands out. Where not everything
   * is read, something may lead to them after all: then no more is made of them than of what something leads to.
   */
  #shipped(): void {
    for (const entry of this.#package.entries.values()) {
      const { path } = entry.file;
      if (this.isDone) return;
      if (this.#trail.passed(path) || this.#only?.has(path) === false || /(^|\/)node_modules\//.test(path)) continue;
      if (isAgentConfig(path) && !this.#only) this.#reading.orders(entry);
      if (promisesNoCode(path)) this.#reading.misnamed(entry);
      else if (entry.type === 'executable' && isScriptName(path)) this.#reading.read(entry);
      else if (entry.type === 'javascript' || entry.type === 'typescript') this.#perhaps(entry);
      else if (isCode(entry.type) && entry.type !== 'json') this.#reading.read(entry);
    }
  }

  #perhaps(entry: Entry): void {
    if (!entry.file.whole || this.#parsedShipped > mostShipped) return;
    const source = new SourceText(entry.file.path, entry.file.bytes);
    if (!standsOut.test(source.text)) return;
    this.#parsedShipped += source.text.length;
    // Bundles for pages are loaded by address, and without an exports map any file can be imported.
    if (isBundle(entry.file.path) && !this.#package.hasExports && (!this.#only || this.#package.manifest.bin.size === 0)) entry.reach = 'import';
    this.#reading.read(entry);
  }

  /** Without a map of exports, files beside those an import leads to are imported by their paths as well. */
  #marked(): TarballFacts['capabilities'] {
    const { capabilities } = this.#found;
    if (this.#package.hasExports || !capabilities.some(({ reach }) => reach === 'shipped')) return capabilities;
    const beside = new Set([...this.#package.entries.values()].flatMap(({ file, reach }) => (reach === 'import' ? [folderOf(file.path)] : [])));
    return capabilities.map((found) =>
      found.reach === 'shipped' && /\.[cm]?js$/.test(found.file) && beside.has(folderOf(found.file)) && !isAside(found.file)
        ? { ...found, byPath: true }
        : found,
    );
  }
}

function contentFile({ file, type, reach }: Entry): ContentFile {
  return { path: own(file.path), size: file.size, hash: file.hash, type, reach };
}

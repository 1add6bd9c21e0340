/** What leads where in a package: files in the order they are taken up, who imports which, and what is imported from elsewhere. */
import type { Reach } from '../model/contents.ts';
import { packageOf } from './js/own-ref.ts';
import type { Entry, PackedPackage } from './packed-package.ts';
import { folderOf } from './resolve-file.ts';
import { own } from './source-text.ts';

/** More files that import one are not told apart. */
const mostImporters = 5000;

/** A class because files are taken up while others are read. */
export class Trail {
  /** Other packages that are imported. */
  readonly imports = new Set<string>();
  readonly importers = new Map<string, string[]>();
  /** Who imports which file by the name of the package itself. */
  readonly byName = new Map<string, string[]>();
  readonly #package: PackedPackage;
  readonly #only: ReadonlySet<string> | undefined;
  readonly #takenUpBy = new Map<string, string>();
  readonly #queue: { readonly path: string; readonly reach: Reach }[] = [];
  readonly #done = new Set<string>();

  /** `only`: what else anything leads to is passed over. */
  constructor(packed: PackedPackage, only?: ReadonlySet<string>) {
    this.#package = packed;
    this.#only = only;
  }

  /** True while something leads on. */
  get goesOn(): boolean {
    return this.#queue.length > 0;
  }

  /** True for what was taken up. */
  passed(path: string): boolean {
    return this.#done.has(path);
  }

  /** The file that is next, if that was not read before. */
  next(): Entry | undefined {
    const { path, reach } = this.#queue.shift() ?? {};
    const entry = path === undefined || this.#done.has(path) ? undefined : this.#package.entries.get(path);
    if (!entry || path === undefined || reach === undefined) return undefined;
    this.#done.add(path);
    entry.reach = reach;
    return entry;
  }

  /** Takes up a file, unless it was; `by` is the file that leads to it. */
  to(path: string, reach: Reach, by?: string): void {
    if (this.#done.has(path) || this.#only?.has(path) === false) return;
    this.#queue.push({ path, reach });
    if (by !== undefined && !this.#takenUpBy.has(path)) this.#takenUpBy.set(path, by);
  }

  /** Takes up what a path means, seen from a folder. */
  toAll(path: string | undefined, reach: Reach, from = '', by?: string): void {
    for (const found of this.#package.located(path, from)) this.to(found, reach, by);
  }

  /** Files, and those through which each was taken up. */
  waysTo(files: Iterable<string>): ReadonlySet<string> {
    const ways = new Set(files);
    for (const file of ways) {
      const by = this.#takenUpBy.get(file);
      if (by !== undefined) ways.add(by);
    }
    return ways;
  }

  /** Takes up what an import means. */
  toModule(specifier: string, from: string, reach: Reach): void {
    if (specifier.startsWith('.') || specifier.startsWith('/') || specifier.startsWith('file:') || specifier.startsWith('#')) {
      this.#imported(specifier, from, reach);
      return;
    }
    if (specifier.includes('…')) return;
    const self = this.#package.manifest.name;
    if (self !== undefined && specifier.startsWith(`${self}/`)) this.#toOwn(specifier.slice(self.length + 1), from, reach);
    const name = packageOf(specifier);
    if (name === undefined) return;
    if (!this.imports.has(name)) this.imports.add(own(name));
    // Bundled packages run as part of this one.
    this.#imported(specifier, from, reach);
  }

  #imported(specifier: string, from: string, reach: Reach): void {
    for (const found of this.#package.imported(specifier, from)) {
      const importers = this.importers.get(found);
      if (!importers) this.importers.set(found, [from]);
      else if (importers.length < mostImporters) importers.push(from);
      this.to(found, reach, from);
    }
  }

  #toOwn(path: string, from: string, reach: Reach): void {
    for (const found of this.#package.located(path, '')) {
      const importers = this.byName.get(found);
      if (!importers) this.byName.set(found, [from]);
      else if (importers.length < mostImporters) importers.push(from);
      this.to(found, reach, from);
    }
  }

  /** Files by path: of the script's folder or of the package folder, where installs run. */
  toFile(written: string, from: string, reach: Reach): void {
    const path = written.replaceAll('\\', '/');
    if (path.includes('…') && !path.startsWith('./')) return;
    const found = [...this.#package.located(path, folderOf(from)), ...this.#package.located(path, '')];
    for (const one of found.slice(0, 20)) this.to(one, reach, from);
  }
}

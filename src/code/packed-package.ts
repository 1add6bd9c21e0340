/** The files of a package and what its package.json makes of them: where paths lead, where imports begin. */
import type { Archive, PackedFile } from '../model/archive.ts';
import type { BundledPackage, FileType, PackedManifest, Reach } from '../model/contents.ts';
import { DepwardError } from '../model/errors.ts';
import { isAside, isCode } from './file-role.ts';
import { extensionOf, fileTypeOf } from './file-type.ts';
import { packageOf } from './js/own-ref.ts';
import type { Language } from './js/parse.ts';
import { mainOf, noManifest, ownNames, readManifest } from './manifest.ts';
import { folderOf, type PackageFiles, packageFiles } from './resolve-file.ts';
import { decode, SourceText } from './source-text.ts';

/** The most files a path with unknown parts leads to. */
const mostPatternFiles = 400;

/** A file with what it is and what leads to it. */
export interface Entry {
  readonly file: PackedFile;
  readonly type: FileType;
  reach: Reach;
}

/** A class because everything asked of it rests on one index. */
export class PackedPackage {
  readonly entries: ReadonlyMap<string, Entry>;
  readonly manifest: PackedManifest;
  readonly hasExports: boolean;
  readonly #files: PackageFiles;
  #bundledNames: ReadonlySet<string> | undefined;
  #ownNames: ReadonlyMap<string, readonly string[]> | undefined;

  constructor(archive: Archive) {
    this.entries = new Map(archive.files.map((file) => [file.path, { file, type: fileTypeOf(file.path, file.bytes), reach: 'shipped' }]));
    for (const path of ['package.json', 'binding.gyp']) {
      if (this.entries.get(path)?.file.whole === false) throw new DepwardError('limit', `its ${path} is too large to be read`);
    }
    const manifest = this.text('package.json') ?? '';
    this.manifest = this.#withCommands(readManifest(manifest) ?? noManifest);
    this.hasExports = /"exports"\s*:/.test(manifest);
    this.#files = packageFiles([...this.entries.keys()], this.#mains());
  }

  /** The text of a file; undefined when it is not there or not as a whole. */
  text(path: string): string | undefined {
    const file = this.entries.get(path)?.file;
    return file?.whole ? decode(file.bytes) : undefined;
  }

  source(path: string): SourceText {
    const file = this.entries.get(path)?.file;
    return new SourceText(path, file?.whole ? file.bytes : new Uint8Array());
  }

  /** The file a path of the package folder means. */
  find(path: string): string | undefined {
    return this.#files.find(path, '');
  }

  /** The files a path means, seen from a folder; of paths with unknown parts those that are code. */
  located(path: string | undefined, from: string): readonly string[] {
    if (path === undefined) return [];
    if (/[*…]/.test(path)) return this.#files.match(path, from, mostPatternFiles).filter((found) => isCode(this.entries.get(found)?.type));
    const found = this.#files.find(path, from);
    return found === undefined ? [] : [found];
  }

  /** The files an import means, by a path, by a name that package.json gives them, or by the name of a bundled package. */
  imported(specifier: string, from: string): readonly string[] {
    if (/^[@\w]/.test(specifier) && !specifier.startsWith('file:')) return this.#bundledFiles(specifier, from);
    if (!specifier.startsWith('#')) return this.located(specifier, folderOf(from));
    this.#ownNames ??= ownNames(this.text('package.json') ?? '');
    const named = this.#ownNames.get(specifier);
    if (named) return named.flatMap((path) => this.located(path, ''));
    for (const [name, paths] of this.#ownNames) {
      const [head = '', tail = ''] = name.split('*');
      if (!name.includes('*') || !specifier.startsWith(head) || !specifier.endsWith(tail) || specifier.length < head.length + tail.length) continue;
      const part = specifier.slice(head.length, specifier.length - tail.length);
      return paths.flatMap((path) =>
        this.located(
          path.replaceAll('*', () => part),
          '',
        ),
      );
    }
    return [];
  }

  /** True for what is imported from a package that lies within this one. */
  isBundled(specifier: string): boolean {
    this.#bundledNames ??= new Set([...this.entries.keys()].flatMap((path) => packageOf(/.*(?:^|\/)node_modules\/(.*)/.exec(path)?.[1] ?? '') ?? []));
    return this.#bundledNames.size > 0 && this.#bundledNames.has(packageOf(specifier) ?? '');
  }

  /** As Node looks for it: in the folders of packages from there upwards. */
  #bundledFiles(specifier: string, from: string): readonly string[] {
    if (!this.isBundled(specifier)) return [];
    for (let folder = folderOf(from); ; folder = folderOf(folder)) {
      const found = this.located(`node_modules/${specifier}`, folder);
      if (found.length > 0 || folder === '') return found;
    }
  }

  /** Where importing begins. */
  entryPaths(): readonly string[] {
    const written = this.manifest.entries.length > 0 ? this.manifest.entries : ['index.js'];
    const asked = mainOf(this.text('package.json') ?? '');
    // Node falls back to index.js when main leads nowhere, whatever bundlers are told.
    const told = written.flatMap((path) => this.located(path, ''));
    const isLeft = told.length === 0 || (asked !== undefined && (asked.main === undefined || this.located(asked.main, '').length === 0));
    const found = [...new Set([...told, ...(isLeft ? this.located('index', '') : [])])];
    if (found.length > 0 || this.manifest.bin.size > 0) return found;
    // Without an entry point every file may be meant to be imported by its path.
    return [...this.entries.values()]
      .filter(({ file, type }) => type === 'javascript' && !isAside(file.path))
      .map(({ file }) => file.path)
      .slice(0, mostPatternFiles);
  }

  /** What a script is read as. */
  languageOf(path: string): Language {
    const typed = typedAs(path, this.entries.get(path));
    return { module: this.#isModule(path), ...(typed && { typed }) };
  }

  #isModule(path: string): boolean {
    const extension = extensionOf(path);
    const { module } = this.manifest;
    return extension === 'mjs' || extension === 'mts' || (extension !== 'cjs' && module) || /(^|\/)(esm?|module|modules)\//.test(path);
  }

  /** Every file of the folder that is named for commands is one. */
  #withCommands(manifest: PackedManifest): PackedManifest {
    const folder = manifest.bin
      .get('*')
      ?.replace(/^\.?\/+/, '')
      .replace(/\*$/, '');
    if (folder === undefined) return manifest;
    const inside = [...this.entries.keys()].filter((path) => path.startsWith(folder) && !/(^|\/)\./.test(path.slice(folder.length)));
    return { ...manifest, bin: new Map(inside.slice(0, 500).map((path) => [path.slice(path.lastIndexOf('/') + 1), path])), binFolder: folder };
  }

  bundled(): readonly BundledPackage[] {
    const found: BundledPackage[] = [];
    for (const path of this.entries.keys()) {
      const at = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1];
      if (at === undefined || found.length >= 1000) continue;
      const manifest = readManifest(this.text(path) ?? '');
      found.push({ path: at, name: manifest?.name ?? at.slice(at.lastIndexOf('node_modules/') + 13), version: manifest?.version ?? '' });
    }
    return found;
  }

  /** Folders that say in a package.json of their own which file they mean. */
  #mains(): ReadonlyMap<string, string> {
    const mains = new Map<string, string>();
    for (const path of this.entries.keys()) {
      if (!path.endsWith('/package.json') || mains.size > 2000) continue;
      const main = readManifest(this.text(path) ?? '')?.entries[0];
      if (main !== undefined) mains.set(folderOf(path), main);
    }
    return mains;
  }
}

/** Declarations hold nothing that runs, unless something runs them; what says nothing of its language by its name may be either. */
function typedAs(path: string, entry: Entry | undefined): Language['typed'] {
  const extension = extensionOf(path);
  if (extension === 'tsx') return 'tsx';
  if (entry?.type === 'declaration') return entry.reach === 'install' ? 'ts' : undefined;
  return entry?.type === 'typescript' || (entry?.type === 'javascript' && !/^([cm]?jsx?|es6?)$/.test(extension)) ? 'ts' : undefined;
}

/** From an archive to the facts of its tarball: what runs, what it can do, what it hides. Pure: same bytes, same facts. */
import type { Archive, PackedFile } from '../model/archive.ts';
import type { BundledPackage, Capability, ContentFile, FileType, Hiding, PackedManifest, Reach, TarballFacts } from '../model/contents.ts';
import { binFile } from './bin-file.ts';
import { Callers } from './callers.ts';
import { isAgentConfig, readOrders } from './config-files.ts';
import { extensionOf, fileTypeOf, promisesNoCode } from './file-type.ts';
import type { HidingSign } from './hiding.ts';
import { type FollowedStep, installSteps } from './install-steps.ts';
import type { Spotted } from './js/notes.ts';
import { largestParsed, ownCalls, readScript } from './js/script.ts';
import { noManifest, readManifest } from './manifest.ts';
import { readShellScript, readTokenScript } from './other-scripts.ts';
import { folderOf, type PackageFiles, packageFiles } from './resolve-file.ts';
import { lineStarts, looksLikeCode, placeAt, readable } from './text.ts';

/** How many bytes of scripts get a syntax tree; what is beyond is read as tokens and named. */
const parsedBudget = { reachable: 16 * 2 ** 20, shipped: 3 * 2 ** 20 };
const mostPerFile = 40;
const mostCapabilities = 600;
const mostPatternFiles = 400;

/** How to analyse. */
export interface Manner {
  /** Adds the scripts npm runs for packages fetched from git. */
  readonly git?: boolean;
  /** A command of the package that another package's install starts: what it leads to runs by installing, and nothing else does. */
  readonly command?: string;
  /** Files that are only read as tokens, and why: an earlier attempt to parse them came to nothing. */
  readonly asTokens?: { readonly files: ReadonlySet<string> | 'all'; readonly why: string };
  /** Told before each script that is parsed; with undefined before one that is only read as tokens. */
  readonly onFile?: (path: string | undefined) => void;
}

/** Analyses an archive. */
export function analyse(archive: Archive, manner: Manner = {}): TarballFacts {
  return new Analysis(archive, manner).run();
}

interface Entry {
  readonly file: PackedFile;
  readonly type: FileType;
  reach: Reach;
}

/** A class because files are taken up while others are read. */
class Analysis {
  readonly #archive: Archive;
  readonly #manner: Manner;
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #manifest: PackedManifest;
  readonly #files: PackageFiles;
  readonly #capabilities: Capability[] = [];
  readonly #seen = new Map<string, number>();
  readonly #hiding: Hiding[] = [];
  readonly #imports = new Set<string>();
  readonly #notParsed: { file: string; why: string }[] = [];
  readonly #notRead: string[] = [];
  readonly #queue: { readonly path: string; readonly reach: Reach }[] = [];
  readonly #done = new Set<string>();
  readonly #importers = new Map<string, string[]>();
  readonly #hasExports: boolean;
  #parsed = 0;
  #parsedShipped = 0;

  constructor(archive: Archive, manner: Manner) {
    this.#archive = archive;
    this.#manner = manner;
    this.#entries = new Map(archive.files.map((file) => [file.path, { file, type: fileTypeOf(file.path, file.bytes), reach: 'shipped' }]));
    this.#manifest = readManifest(this.#text('package.json') ?? '') ?? noManifest;
    this.#hasExports = /"exports"\s*:/.test(this.#text('package.json') ?? '');
    this.#files = packageFiles([...this.#entries.keys()], this.#mains());
  }

  run(): TarballFacts {
    const { command, git = false } = this.#manner;
    const steps = command === undefined ? installSteps(this.#manifest, this.#text('binding.gyp'), (path) => this.#text(path), git) : [];
    this.#install(steps);
    if (command !== undefined) for (const found of this.#located(binFile(this.#manifest, command), '')) this.#enqueue(found, 'install');
    this.#drain();
    for (const path of this.#entryPaths()) this.#enqueue(path, 'import');
    this.#drain();
    for (const path of this.#manifest.bin.values()) for (const found of this.#located(path, '')) this.#enqueue(found, 'bin');
    this.#drain();
    this.#shipped();
    this.#drain();
    this.#awaken();
    return {
      integrity: this.#archive.integrity,
      packedSize: this.#archive.packedSize,
      unpackedSize: this.#archive.unpackedSize,
      anomalies: this.#archive.anomalies,
      manifest: this.#manifest,
      files: [...this.#entries.values()].map(contentFile),
      install: steps.map(({ step }) => ({ ...step, files: step.files.map((path) => this.#files.find(path, '') ?? path) })),
      capabilities: this.#capabilities,
      hiding: this.#hiding,
      imports: [...this.#imports].sort(),
      bundled: this.#bundled(),
      notParsed: this.#notParsed.slice(0, 100),
      notRead: this.#notRead.slice(0, 100),
    };
  }

  #text(path: string): string | undefined {
    const file = this.#entries.get(path)?.file;
    return file?.whole ? decode(file.bytes) : undefined;
  }

  /** Folders that say in a package.json of their own which file they mean. */
  #mains(): ReadonlyMap<string, string> {
    const mains = new Map<string, string>();
    for (const path of this.#entries.keys()) {
      if (!path.endsWith('/package.json') || mains.size > 2000) continue;
      const main = readManifest(this.#text(path) ?? '')?.entries[0];
      if (main !== undefined) mains.set(folderOf(path), main);
    }
    return mains;
  }

  #install(steps: readonly FollowedStep[]): void {
    for (const { step, facts, file } of steps) {
      const source = this.#text(file) ?? '';
      const at = Math.max(0, source.indexOf(JSON.stringify(step.command).slice(1, 60)));
      for (const fact of facts) {
        for (const { kind, detail } of fact.doings)
          this.#capability({ kind, detail, at, readAs: 'written' }, file, source, lineStarts(source), 'install', step.command);
        for (const path of fact.files) for (const found of this.#located(path, '')) this.#enqueue(found, 'install');
        for (const { language, code } of fact.inline) this.#inline(language, code, file, source, at, 'install');
        // A tool may be a bin of this very package.
        for (const tool of fact.tools) for (const found of this.#located(binFile(this.#manifest, tool), '')) this.#enqueue(found, 'install');
      }
    }
  }

  #inline(language: 'javascript' | 'powershell' | 'python', code: string, file: string, source: string, at: number, reach: Reach): void {
    const facts =
      language === 'javascript'
        ? readScript(code, { module: false, parses: true })
        : { ...readTokenScript(code, language), hiding: [], requires: [] };
    const lines = lineStarts(source);
    for (const found of facts.spotted) this.#capability({ ...found, at }, file, source, lines, reach, code);
    for (const sign of facts.hiding) if (sign.kind !== 'minified') this.#hides({ ...sign, at }, file, source, lines, reach);
    for (const path of facts.requires) if (path.startsWith('.')) for (const found of this.#located(path, folderOf(file))) this.#enqueue(found, reach);
    for (const path of facts.files) this.#followFile(path, file, reach);
  }

  #entryPaths(): readonly string[] {
    const written = this.#manifest.entries.length > 0 ? this.#manifest.entries : ['index.js'];
    const found = written.flatMap((path) => this.#located(path, ''));
    // npm and Node fall back to index.js when main leads nowhere.
    const fallback = found.length > 0 ? found : this.#located('index', '');
    if (fallback.length > 0 || this.#manifest.bin.size > 0) return fallback;
    // Without an entry point every file may be meant to be imported by its path.
    return [...this.#entries.values()]
      .filter(({ file, type }) => type === 'javascript' && !isAside(file.path))
      .map(({ file }) => file.path)
      .slice(0, mostPatternFiles);
  }

  #located(path: string | undefined, from: string): readonly string[] {
    if (path === undefined) return [];
    if (/[*…]/.test(path)) return this.#files.match(path, from, mostPatternFiles).filter((found) => isCode(this.#entries.get(found)?.type));
    const found = this.#files.find(path, from);
    return found === undefined ? [] : [found];
  }

  #enqueue(path: string, reach: Reach): void {
    if (!this.#done.has(path)) this.#queue.push({ path, reach });
  }

  #drain(): void {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const entry = this.#entries.get(next.path);
      if (!entry || this.#done.has(next.path)) continue;
      this.#done.add(next.path);
      entry.reach = next.reach;
      this.#read(entry);
    }
  }

  /** Files nothing leads to: scripts of other languages are read, JavaScript only where something in it stands out. */
  #shipped(): void {
    for (const entry of this.#entries.values()) {
      if (this.#done.has(entry.file.path) || /(^|\/)node_modules\//.test(entry.file.path)) continue;
      const { path } = entry.file;
      if (isAgentConfig(path)) this.#orders(entry);
      if (promisesNoCode(path)) this.#misnamed(entry);
      else if (entry.type === 'executable' && isScriptName(path)) this.#read(entry);
      else if (entry.type === 'javascript' || entry.type === 'typescript') this.#perhaps(entry);
      else if (isCode(entry.type) && entry.type !== 'json') this.#read(entry);
    }
  }

  #perhaps(entry: Entry): void {
    if (!entry.file.whole || this.#parsedShipped > parsedBudget.shipped) return;
    const source = decode(entry.file.bytes);
    if (!standsOut.test(source)) return;
    this.#parsedShipped += source.length;
    // Bundles for pages are loaded by address, and without an exports map any file can be imported.
    if (isBundle(entry.file.path) && !this.#hasExports) entry.reach = 'import';
    this.#read(entry);
  }

  #read(entry: Entry): void {
    const { file, type, reach } = entry;
    if (!file.whole) {
      if (type !== 'executable' && type !== 'wasm' && type !== 'archive') this.#notRead.push(file.path);
      return;
    }
    switch (type) {
      case 'javascript':
      case 'typescript':
        this.#script(entry, type === 'javascript');
        return;
      case 'shell':
      case 'batch':
        this.#other(entry, (source) => readShellScript(source, type === 'batch'));
        return;
      case 'powershell':
      case 'python':
        this.#other(entry, (source) => readTokenScript(source, type));
        return;
      case 'executable':
        if (reach === 'install')
          this.#capability({ kind: 'process', detail: 'a program of machine code', at: 0, readAs: 'written' }, file.path, '', [0], reach, '');
        if (promisesNoCode(file.path) || isScriptName(file.path))
          this.#sign('misnamed', `a program under the name .${extensionOf(file.path)}`, entry, 0.9);
        return;
      case 'image':
      case 'text':
      case 'data':
        // Reached by a script: what it holds may be run.
        this.#misnamed(entry);
        return;
      default:
        return;
    }
  }

  #script(entry: Entry, isJavaScript: boolean): void {
    const { file, reach } = entry;
    const source = decode(file.bytes);
    const budget = this.#parsed + source.length <= parsedBudget.reachable;
    if (reach !== 'shipped' && source.length <= largestParsed) this.#parsed += source.length;
    const { asTokens, onFile } = this.#manner;
    const spared = asTokens && (asTokens.files === 'all' || asTokens.files.has(file.path)) ? asTokens.why : undefined;
    onFile?.(spared === undefined ? file.path : undefined);
    const facts = readScript(source, { module: this.#isModule(file.path), parses: isJavaScript && budget && spared === undefined });
    const lines = lineStarts(source);
    for (const found of facts.spotted) this.#capability(found, file.path, source, lines, reach, undefined);
    for (const sign of facts.hiding) this.#hides(sign, file.path, source, lines, reach);
    if (facts.notParsed !== undefined && reach !== 'shipped')
      this.#notParsed.push({ file: file.path, why: spared ?? (budget ? facts.notParsed : 'more code than is parsed') });
    if (reach === 'shipped') return;
    for (const specifier of facts.requires) this.#follow(specifier, file.path, reach);
    for (const path of facts.files) this.#followFile(path, file.path, reach);
  }

  #isModule(path: string): boolean {
    const extension = extensionOf(path);
    return extension === 'mjs' || extension === 'mts' || (extension !== 'cjs' && this.#manifest.module) || /(^|\/)(esm?|module|modules)\//.test(path);
  }

  #follow(specifier: string, from: string, reach: Reach): void {
    if (specifier.startsWith('.') || specifier.startsWith('/') || specifier.startsWith('file:')) {
      for (const found of this.#located(specifier, folderOf(from))) {
        const importers = this.#importers.get(found);
        if (!importers) this.#importers.set(found, [from]);
        else if (importers.length < 20) importers.push(from);
        this.#enqueue(found, reach);
      }
      return;
    }
    if (specifier.includes('…') || specifier.startsWith('#')) return;
    const own = this.#manifest.name;
    if (own !== undefined && specifier.startsWith(`${own}/`))
      for (const found of this.#located(specifier.slice(own.length + 1), '')) this.#enqueue(found, reach);
    const name = packageName(specifier);
    if (name !== undefined) this.#imports.add(name);
    // Bundled packages run as part of this one.
    if (name !== undefined) for (const found of this.#located(`node_modules/${specifier}`, '')) this.#enqueue(found, reach);
  }

  /** Files by path: of the script's folder or of the package folder, where installs run. */
  #followFile(written: string, from: string, reach: Reach): void {
    const path = written.replaceAll('\\', '/');
    if (path.includes('…') && !path.startsWith('./')) return;
    const found = [...this.#located(path, folderOf(from)), ...this.#located(path, '')];
    for (const one of found.slice(0, 20)) this.#enqueue(one, reach);
  }

  #other(entry: Entry, read: (source: string) => ReturnType<typeof readShellScript>): void {
    const { file, reach } = entry;
    const source = decode(file.bytes);
    const lines = lineStarts(source);
    const facts = read(source);
    for (const found of facts.spotted) this.#capability(found, file.path, source, lines, reach, undefined);
    if (reach === 'shipped') return;
    for (const path of facts.files) this.#followFile(path, file.path, reach);
    for (const { language, code } of facts.inline) this.#inline(language, code, file.path, source, 0, reach);
  }

  #orders(entry: Entry): void {
    const { file } = entry;
    if (!file.whole || file.size > 2 ** 20 || !file.path.endsWith('.json')) return;
    const source = decode(file.bytes);
    const lines = lineStarts(source);
    const facts = readOrders(file.path, source);
    for (const { command, at, unasked } of facts.commands) {
      this.#capability(
        { kind: 'agent-config', detail: `${unasked ? 'runs unasked' : 'runs'}: ${command}`, at, readAs: 'written' },
        file.path,
        source,
        lines,
        'shipped',
        command,
      );
    }
    for (const { kind, detail } of facts.doings)
      this.#capability({ kind, detail, at: 0, readAs: 'written' }, file.path, source, lines, 'shipped', undefined);
  }

  /** Code or a program in a file whose name promises a picture, a font, a style sheet. */
  #misnamed(entry: Entry): void {
    const { file, type, reach } = entry;
    if (type === 'executable') {
      this.#sign('misnamed', `a program under the name .${extensionOf(file.path)}`, entry, 0.9);
      return;
    }
    if (!file.whole || file.size > 2 * 2 ** 20 || file.size < 40) return;
    const head = readable(file.bytes.subarray(0, 4000));
    if (head === undefined || !looksLikeCode(head) || /^\s*(<|@|\{|[.#\w-]+\s*\{)/.test(head)) return;
    const facts = readScript(decode(file.bytes), { module: false, parses: true });
    if (facts.notParsed !== undefined || facts.requires.length + facts.spotted.length === 0) return;
    if (promisesNoCode(file.path))
      this.#sign('misnamed', `JavaScript under the name .${extensionOf(file.path)}`, entry, reach === 'shipped' ? 0.7 : 1);
    const source = decode(file.bytes);
    const lines = lineStarts(source);
    for (const found of facts.spotted) this.#capability(found, file.path, source, lines, reach, undefined);
    for (const sign of facts.hiding) this.#hides(sign, file.path, source, lines, reach);
  }

  #sign(kind: Hiding['kind'], detail: string, entry: Entry, strength: number): void {
    this.#hiding.push({ kind, detail, file: entry.file.path, line: 1, snippet: '', reach: entry.reach, strength });
  }

  #capability(found: Spotted, file: string, source: string, lines: readonly number[], reach: Reach, words: string | undefined): void {
    const key = `${found.kind} ${file}`;
    const exact = `${key} ${found.detail}`;
    const count = this.#seen.get(key) ?? 0;
    const held = this.#seen.get(exact);
    // The same once more, but without waiting for a call.
    if (held !== undefined && !found.waits) this.#awake(held);
    if (held !== undefined || count >= mostPerFile || this.#capabilities.length >= mostCapabilities) return;
    this.#seen.set(exact, this.#capabilities.length);
    this.#seen.set(key, count + 1);
    const place = placeAt(source, Math.min(found.at, source.length), lines);
    this.#capabilities.push({
      kind: found.kind,
      detail: own(found.detail),
      file,
      line: place.line,
      column: place.column,
      snippet: own(words === undefined ? place.snippet : words.slice(0, 160)),
      reach,
      readAs: found.readAs,
      ...(found.waits && { waits: true }),
    });
  }

  #awake(at: number): void {
    const { waits, ...found } = this.#capabilities[at] as Capability;
    if (waits) this.#capabilities[at] = found;
  }

  /** What waits in a file runs after all where another file calls it while it is loaded. */
  #awaken(): void {
    const callers = new Callers(
      this.#importers,
      (path) => ownCalls(this.#text(path) ?? '', this.#isModule(path)),
      (specifier, from) => this.#located(specifier, folderOf(from)),
    );
    for (const [at, { file, waits, reach }] of this.#capabilities.entries())
      if (waits && (reach === 'install' || callers.callOnLoad(file))) this.#awake(at);
  }

  #hides(sign: HidingSign, file: string, source: string, lines: readonly number[], reach: Reach): void {
    if (
      this.#hiding.length >= mostCapabilities ||
      this.#hiding.some((held) => held.file === file && held.kind === sign.kind && held.detail === sign.detail)
    )
      return;
    const place = placeAt(source, Math.min(sign.at, source.length), lines);
    this.#hiding.push({
      kind: sign.kind,
      detail: own(sign.detail),
      file,
      line: place.line,
      snippet: own(sign.kind === 'minified' ? '' : place.snippet),
      reach,
      strength: sign.strength,
    });
  }

  #bundled(): readonly BundledPackage[] {
    const found: BundledPackage[] = [];
    for (const path of this.#entries.keys()) {
      const at = /^((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\/package\.json$/.exec(path)?.[1];
      if (at === undefined || found.length >= 1000) continue;
      const manifest = readManifest(this.#text(path) ?? '');
      found.push({ path: at, name: manifest?.name ?? at.slice(at.lastIndexOf('node_modules/') + 13), version: manifest?.version ?? '' });
    }
    return found;
  }
}

/** What makes a script that nothing leads to worth a closer look. */
const standsOut =
  /child_process|createElement\s*\(\s*['\x22]script|['\x22]hex['\x22]|['\x22]base64['\x22]|createDecipher|_compile\b|\beval\s*\(|\bFunction\s*\(|\batob\b|fromCharCode|\.npmrc|\.ssh\b|\.aws\b|_0x[0-9a-f]{3}|(?:\\x[2-7][0-9a-f]){4}|process\s*\[|globalThis\s*\[|process\.env\b|ethereum|wallet|XMLHttpRequest|\bfetch\s*\(|require\s*\(\s*['"](?:node:)?(?:https?|net|dns|tls|dgram)['"]| {120}|(?:[\u200b-\u200d\u202a-\u202e\u2060-\u2069]|[\ufe00-\ufe0e]){2}/i;

/** Files of the developers that nobody imports. */
function isAside(path: string): boolean {
  return /(^|\/)(test|tests|__tests__|spec|examples?|docs?|bench|benchmarks?|fixtures?|scripts|tools|coverage)\/|\.(test|spec|config|stories)\.[cm]?js$|(^|\/)(gulpfile|gruntfile|karma\.conf)/i.test(
    path,
  );
}

function isBundle(path: string): boolean {
  return (
    !isAside(path) &&
    (/(^|\/)(dist|lib|umd|browser|web|cjs|esm|es|build|min)\//.test(path) || /[.-](min|umd|bundle|web|browser)\.[cm]?js$/.test(path))
  );
}

function isCode(type: FileType | undefined): boolean {
  return (
    type === 'javascript' ||
    type === 'typescript' ||
    type === 'shell' ||
    type === 'powershell' ||
    type === 'batch' ||
    type === 'python' ||
    type === 'executable' ||
    type === 'wasm'
  );
}

function isScriptName(path: string): boolean {
  return /\.(js|cjs|mjs|ts|json|txt|md|html|css)$/.test(path);
}

function contentFile({ file, type, reach }: Entry): ContentFile {
  return { path: own(file.path), size: file.size, hash: file.hash, type, reach };
}

function packageName(specifier: string): string | undefined {
  return /^(?:node:)?((?:@[\w.~-]+\/)?[\w.~-]+)/.exec(specifier)?.[1];
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** A copy, so that a short text does not keep the file it was cut from in memory. */
function own(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** From an archive to the facts of its tarball: what runs, what it can do, what it hides. Pure: same bytes, same facts. */
import type { Archive } from '../model/archive.ts';
import type { ContentFile, Reach, TarballFacts } from '../model/contents.ts';
import { leaksOf } from './across.ts';
import { binFile } from './bin-file.ts';
import { Callers } from './callers.ts';
import { isAgentConfig, readOrders } from './config-files.ts';
import { type Expected, Explaining } from './expected.ts';
import { isBundle, isCode, isScriptName, standsOut } from './file-role.ts';
import { extensionOf, promisesNoCode } from './file-type.ts';
import { Gathering } from './gathering.ts';
import { type FollowedStep, fetchesMachineCode, installSteps } from './install-steps.ts';
import { type FileFlow, linksOf } from './js/hand-over.ts';
import { knownScript, rememberScript } from './js/known-scripts.ts';
import { tagWords } from './js/network.ts';
import { largestParsed, ownCalls, readScript, type ScriptFacts } from './js/script.ts';
import { otherFacts } from './known-others.ts';
import { type OtherFacts, readShellScript, readTokenScript } from './other-scripts.ts';
import { type Entry, PackedPackage } from './packed-package.ts';
import { hostOf, isLocalHost } from './places.ts';
import { folderOf } from './resolve-file.ts';
import { own, SourceText } from './source-text.ts';
import { looksLikeCode, readable } from './text.ts';

/** How many bytes of scripts get a syntax tree; what is beyond is read as tokens and named. */
const parsedBudget = { reachable: 16 * 2 ** 20, shipped: 3 * 2 ** 20 };

/** More files that import one are not told apart. */
const mostImporters = 5000;

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

/** Analyses an archive until all that is expected was found; `isWhole` when all of it was read after all. */
export function analyseUntil(
  archive: Archive,
  manner: Manner,
  expected: Expected | undefined,
): { readonly facts: TarballFacts; readonly isWhole: boolean } {
  const analysis = new Analysis(archive, manner, expected);
  return { facts: analysis.run(), isWhole: !analysis.isDone };
}

/** A class because files are taken up while others are read. */
class Analysis {
  readonly #archive: Archive;
  readonly #manner: Manner;
  readonly #package: PackedPackage;
  readonly #found = new Gathering();
  readonly #imports = new Set<string>();
  readonly #notParsed: { file: string; why: string }[] = [];
  readonly #notRead: string[] = [];
  readonly #queue: { readonly path: string; readonly reach: Reach }[] = [];
  readonly #done = new Set<string>();
  readonly #importers = new Map<string, string[]>();
  readonly #flows = new Map<string, FileFlow>();
  readonly #explaining: Explaining | undefined;
  #parsed = 0;
  #parsedShipped = 0;

  constructor(archive: Archive, manner: Manner, expected?: Expected) {
    this.#archive = archive;
    this.#manner = manner;
    this.#package = new PackedPackage(archive);
    this.#explaining = expected && new Explaining(expected, archive.files);
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
      capabilities: this.#found.capabilities,
      hiding: this.#found.hiding,
      imports: [...this.#imports].sort(),
      bundled: this.#package.bundled(),
      ...this.#unread(),
    };
  }

  #unread(): Pick<TarballFacts, 'notParsed' | 'notRead'> {
    return { notParsed: this.#notParsed.slice(0, 100), notRead: this.#notRead.slice(0, 100) };
  }

  /** What runs on install first, then what an import leads to, then commands, then what is only shipped. */
  #readFrom(steps: readonly FollowedStep[]): void {
    this.#install(steps);
    this.#drain();
    for (const path of this.#package.entryPaths()) this.#enqueue(path, 'import');
    this.#drain();
    for (const path of this.#package.manifest.bin.values()) this.#enqueueAll(path, 'bin');
    this.#drain();
    this.#shipped();
    this.#drain();
    if (this.isDone) return;
    this.#awaken();
    this.#across();
  }

  /** What npm runs by itself; of a package of which one command is asked for, nothing. */
  #steps(): readonly FollowedStep[] {
    const { command, git = false } = this.#manner;
    if (command === undefined)
      return installSteps(this.#package.manifest, this.#package.text('binding.gyp'), (path) => this.#package.text(path), git);
    this.#enqueueAll(binFile(this.#package.manifest, command), 'install');
    return [];
  }

  #install(steps: readonly FollowedStep[]): void {
    if (steps.some(fetchesMachineCode)) this.#machineCode();
    for (const { step, facts, file } of steps) {
      const source = this.#package.source(file);
      const at = Math.max(0, source.text.indexOf(JSON.stringify(step.command).slice(1, 60)));
      for (const fact of facts) {
        for (const { kind, detail } of fact.doings) this.#found.capability({ kind, detail, at, readAs: 'written' }, source, 'install', step.command);
        for (const path of fact.files) this.#enqueueAll(path, 'install');
        for (const { language, code } of fact.inline) this.#inline(language, code, source, at, 'install');
        // A tool may be a bin of this very package.
        for (const tool of fact.tools) this.#enqueueAll(binFile(this.#package.manifest, tool), 'install');
      }
    }
  }

  /** What anybody on the way can put other bytes into is as good as anybody's program. */
  #machineCode(): void {
    const written = this.#package.manifest.binaryHost ?? '';
    const host = hostOf(written);
    if (host === undefined || isLocalHost(host)) return;
    const source = this.#package.source('package.json');
    const at = Math.max(0, source.text.indexOf('"binary"'));
    this.#found.capability({ kind: 'network', detail: host, at, readAs: 'written' }, source, 'install');
    if (/^http:/i.test(written))
      this.#found.capability(
        { kind: 'download-execute', detail: `machine code of ${host}, not encrypted`, at, readAs: 'written' },
        source,
        'install',
      );
  }

  #inline(language: 'javascript' | 'powershell' | 'python', code: string, source: SourceText, at: number, reach: Reach): void {
    const { file } = source;
    const facts =
      language === 'javascript'
        ? readScript(code, { module: false, parses: true })
        : { ...readTokenScript(code, language), hiding: [], requires: [] };
    for (const found of facts.spotted) this.#found.capability({ ...found, at }, source, reach, code);
    for (const sign of facts.hiding) if (sign.kind !== 'minified') this.#found.hides({ ...sign, at }, source, reach);
    for (const path of facts.requires) if (path.startsWith('.')) this.#enqueueAll(path, reach, folderOf(file));
    for (const path of facts.files) this.#followFile(path, file, reach);
  }

  #enqueue(path: string, reach: Reach): void {
    if (!this.#done.has(path)) this.#queue.push({ path, reach });
  }

  #enqueueAll(path: string | undefined, reach: Reach, from = ''): void {
    for (const found of this.#package.located(path, from)) this.#enqueue(found, reach);
  }

  #drain(): void {
    for (let next = this.#queue.shift(); next && !this.isDone; next = this.#queue.shift()) {
      const entry = this.#package.entries.get(next.path);
      if (!entry || this.#done.has(next.path)) continue;
      this.#done.add(next.path);
      entry.reach = next.reach;
      this.#read(entry);
    }
  }

  /** Files nothing leads to: scripts of other languages are read, JavaScript only where something in it stands out. */
  #shipped(): void {
    for (const entry of this.#package.entries.values()) {
      const { path } = entry.file;
      if (this.isDone) return;
      if (this.#done.has(path) || /(^|\/)node_modules\//.test(path)) continue;
      if (isAgentConfig(path)) this.#orders(entry);
      if (promisesNoCode(path)) this.#misnamed(entry);
      else if (entry.type === 'executable' && isScriptName(path)) this.#read(entry);
      else if (entry.type === 'javascript' || entry.type === 'typescript') this.#perhaps(entry);
      else if (isCode(entry.type) && entry.type !== 'json') this.#read(entry);
    }
  }

  #perhaps(entry: Entry): void {
    if (!entry.file.whole || this.#parsedShipped > parsedBudget.shipped) return;
    const source = new SourceText(entry.file.path, entry.file.bytes);
    if (!standsOut.test(source.text)) return;
    this.#parsedShipped += source.text.length;
    // Bundles for pages are loaded by address, and without an exports map any file can be imported.
    if (isBundle(entry.file.path) && !this.#package.hasExports) entry.reach = 'import';
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
      case 'declaration':
        // Node and bun run what is asked for by name, declarations or not.
        if (type !== 'declaration' || reach !== 'shipped') this.#script(entry, type !== 'typescript');
        return;
      case 'shell':
      case 'batch':
        this.#other(entry, type, (source) => readShellScript(source, type === 'batch'));
        return;
      case 'powershell':
      case 'python':
        this.#other(entry, type, (source) => readTokenScript(source, type));
        return;
      case 'executable':
        if (reach === 'install') {
          const found = { kind: 'process', detail: 'a program of machine code', at: 0, readAs: 'written' } as const;
          this.#found.capability(found, new SourceText(file.path, new Uint8Array()), reach, '');
        }
        if (promisesNoCode(file.path) || isScriptName(file.path)) this.#programAsSomethingElse(entry);
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
    const { asTokens, onFile } = this.#manner;
    const spared = asTokens && (asTokens.files === 'all' || asTokens.files.has(file.path)) ? asTokens.why : undefined;
    const source = new SourceText(file.path, file.bytes);
    const module = this.#isModule(file.path);
    // Whether it is parsed depends on the length of its text, which is that of its bytes at most.
    const key = `${file.hash} ${file.size} ${module}`;
    const known = isJavaScript && spared === undefined ? knownScript(key) : undefined;
    const length = known?.length ?? source.text.length;
    const budget = this.#parsed + length <= parsedBudget.reachable;
    if (reach !== 'shipped' && length <= largestParsed) this.#parsed += length;
    onFile?.(spared === undefined ? file.path : undefined);
    const parses = isJavaScript && budget && spared === undefined;
    const facts = (parses ? known?.facts : undefined) ?? readScript(source.text, { module, parses });
    if (parses && !known) rememberScript(key, { facts, length });
    this.#take(facts, source, reach);
    if (facts.notParsed !== undefined && reach !== 'shipped')
      this.#notParsed.push({ file: file.path, why: spared ?? (budget ? facts.notParsed : 'more code than is parsed') });
    if (reach === 'shipped') return;
    if (facts.flow) this.#flows.set(file.path, facts.flow);
    for (const specifier of facts.requires) this.#follow(specifier, file.path, reach);
    for (const path of facts.files) this.#followFile(path, file.path, reach);
  }

  #take({ spotted, hiding }: Pick<ScriptFacts, 'spotted' | 'hiding'>, source: SourceText, reach: Reach): void {
    for (const found of spotted) this.#found.capability(found, source, reach);
    for (const sign of hiding) this.#found.hides(sign, source, reach);
  }

  #isModule(path: string): boolean {
    const extension = extensionOf(path);
    const { module } = this.#package.manifest;
    return extension === 'mjs' || extension === 'mts' || (extension !== 'cjs' && module) || /(^|\/)(esm?|module|modules)\//.test(path);
  }

  #follow(specifier: string, from: string, reach: Reach): void {
    if (specifier.startsWith('.') || specifier.startsWith('/') || specifier.startsWith('file:')) {
      for (const found of this.#package.located(specifier, folderOf(from))) {
        const importers = this.#importers.get(found);
        if (!importers) this.#importers.set(found, [from]);
        else if (importers.length < mostImporters) importers.push(from);
        this.#enqueue(found, reach);
      }
      return;
    }
    if (specifier.includes('…') || specifier.startsWith('#')) return;
    const self = this.#package.manifest.name;
    if (self !== undefined && specifier.startsWith(`${self}/`)) this.#enqueueAll(specifier.slice(self.length + 1), reach);
    const name = packageName(specifier);
    if (name === undefined) return;
    this.#imports.add(name);
    // Bundled packages run as part of this one.
    this.#enqueueAll(`node_modules/${specifier}`, reach);
  }

  /** Files by path: of the script's folder or of the package folder, where installs run. */
  #followFile(written: string, from: string, reach: Reach): void {
    const path = written.replaceAll('\\', '/');
    if (path.includes('…') && !path.startsWith('./')) return;
    const found = [...this.#package.located(path, folderOf(from)), ...this.#package.located(path, '')];
    for (const one of found.slice(0, 20)) this.#enqueue(one, reach);
  }

  #other({ file, reach }: Entry, type: string, read: (source: string) => OtherFacts): void {
    const source = new SourceText(file.path, file.bytes);
    const facts = otherFacts(`${file.hash} ${file.size} ${type}`, () => read(source.text));
    this.#take({ spotted: facts.spotted, hiding: [] }, source, reach);
    if (reach === 'shipped') return;
    for (const path of facts.files) this.#followFile(path, file.path, reach);
    for (const { language, code } of facts.inline) this.#inline(language, code, source, 0, reach);
  }

  #orders({ file }: Entry): void {
    if (!file.whole || file.size > 2 ** 20 || !file.path.endsWith('.json')) return;
    const source = new SourceText(file.path, file.bytes);
    const facts = readOrders(file.path, source.text);
    for (const { command, at, unasked } of facts.commands) {
      const detail = `${unasked ? 'runs unasked' : 'runs'}: ${command}`;
      this.#found.capability({ kind: 'agent-config', detail, at, readAs: 'written' }, source, 'shipped', command);
    }
    for (const { kind, detail } of facts.doings) this.#found.capability({ kind, detail, at: 0, readAs: 'written' }, source, 'shipped');
  }

  /** Code or a program in a file whose name promises a picture, a font, a style sheet. */
  #misnamed(entry: Entry): void {
    const { file, type, reach } = entry;
    if (type === 'executable') {
      this.#programAsSomethingElse(entry);
      return;
    }
    if (!file.whole || file.size > 2 * 2 ** 20 || file.size < 40) return;
    const head = readable(file.bytes.subarray(0, 4000));
    if (head === undefined || !looksLikeCode(head) || /^\s*(<|@|\{|[.#\w-]+\s*\{)/.test(head)) return;
    const source = new SourceText(file.path, file.bytes);
    const facts = readScript(source.text, { module: false, parses: true });
    if (facts.notParsed !== undefined || facts.requires.length + facts.spotted.length === 0) return;
    if (promisesNoCode(file.path)) {
      const strength = reach === 'shipped' ? 0.7 : 1;
      this.#found.sign('misnamed', `JavaScript under the name .${extensionOf(file.path)}`, file.path, reach, strength);
    }
    this.#take(facts, source, reach);
  }

  #programAsSomethingElse({ file, reach }: Entry): void {
    this.#found.sign('misnamed', `a program under the name .${extensionOf(file.path)}`, file.path, reach, 0.9);
  }

  /** What is taken in one file and sent by another. */
  #across(): void {
    const leaks = leaksOf({
      flows: this.#flows,
      importers: this.#importers,
      locate: (specifier, from) => this.#package.located(specifier, folderOf(from)),
      links: (path) => linksOf(this.#package.text(path) ?? '', this.#isModule(path)),
    });
    for (const { file, at, what, to, waits } of leaks.slice(0, 20)) {
      const entry = this.#package.entries.get(file);
      if (!entry) continue;
      const detail = `${[...new Set(what)].map((one) => tagWords[one]).join(', ')} to ${to}`;
      const found = { kind: 'exfiltration', detail, at, readAs: 'written', ...(waits && { waits }) } as const;
      this.#found.capability(found, new SourceText(file, entry.file.bytes), entry.reach);
    }
  }

  /** What waits in a file runs after all where another file calls it while it is loaded. */
  #awaken(): void {
    const callers = new Callers(
      this.#importers,
      (path) => ownCalls(this.#package.text(path) ?? '', this.#isModule(path)),
      (specifier, from) => this.#package.located(specifier, folderOf(from)),
    );
    for (const [at, { file, waits, reach }] of this.#found.capabilities.entries())
      if (waits && (reach === 'install' || callers.callOnLoad(file))) this.#found.awake(at);
  }
}

function contentFile({ file, type, reach }: Entry): ContentFile {
  return { path: own(file.path), size: file.size, hash: file.hash, type, reach };
}

function packageName(specifier: string): string | undefined {
  return /^(?:node:)?((?:@[\w.~-]+\/)?[\w.~-]+)/.exec(specifier)?.[1];
}

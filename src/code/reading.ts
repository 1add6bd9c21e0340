/** Reads the files of a package one by one, each as what it is: what they do, what they hide, where they lead. */
import type { Reach } from '../model/contents.ts';
import { readOrders } from './config-files.ts';
import { isScriptName } from './file-role.ts';
import { extensionOf, promisesNoCode } from './file-type.ts';
import type { Gathering } from './gathering.ts';
import type { FileFlow } from './js/hand-over.ts';
import { heldFlow, heldScript, type KnownScript, knownScript, rememberScript } from './js/known-scripts.ts';
import { largestParsed, readScript, type ScriptFacts } from './js/script.ts';
import { otherFacts } from './known-others.ts';
import { type OtherFacts, readShellScript } from './other-scripts.ts';
import type { Entry, PackedPackage } from './packed-package.ts';
import { folderOf } from './resolve-file.ts';
import { SourceText } from './source-text.ts';
import { looksLikeCode, readable } from './text.ts';
import { readTokenScript } from './token-scripts.ts';
import type { Trail } from './trail.ts';

/** How many bytes of scripts get a syntax tree; what is beyond is read as tokens and named. */
const mostParsed = 16 * 2 ** 20;

/** How scripts are read. */
export interface Scripts {
  /** Files that are only read as tokens, and why: an earlier attempt to parse them came to nothing. */
  readonly asTokens?: { readonly files: ReadonlySet<string> | 'all'; readonly why: string };
  /** Told before each script that is parsed; with undefined before one that is only read as tokens. */
  readonly onFile?: (path: string | undefined) => void;
  /** What scripts of the same archive told that tell too much to be remembered, where it may be read twice. */
  readonly lengthy?: Map<string, KnownScript>;
}

/** A class because of its account of work. */
export class Reading {
  readonly notParsed: { file: string; why: string }[] = [];
  readonly notRead: string[] = [];
  readonly flows = new Map<string, FileFlow>();
  readonly #package: PackedPackage;
  readonly #found: Gathering;
  readonly #trail: Trail;
  readonly #manner: Scripts;
  #parsed = 0;

  constructor(packed: PackedPackage, found: Gathering, trail: Trail, manner: Scripts) {
    this.#package = packed;
    this.#found = found;
    this.#trail = trail;
    this.#manner = manner;
  }

  /** Reads a file as what it is. */
  read(entry: Entry): void {
    const { file, type, reach } = entry;
    if (!file.whole) {
      if (type !== 'executable' && type !== 'wasm' && type !== 'archive') this.notRead.push(file.path);
      return;
    }
    switch (type) {
      case 'javascript':
      case 'typescript':
      case 'declaration':
        // Node and bun run what is asked for by name, declarations or not.
        if (type !== 'declaration' || reach !== 'shipped') this.#script(entry);
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
      case 'text':
      case 'image':
      case 'data':
        // Reached by a script: what it holds may be run.
        this.misnamed(entry);
        return;
      default:
        return;
    }
  }

  #script(entry: Entry): void {
    const { file, reach } = entry;
    const { asTokens, onFile, lengthy } = this.#manner;
    const spared = asTokens && (asTokens.files === 'all' || asTokens.files.has(file.path)) ? asTokens.why : undefined;
    const source = new SourceText(file.path, file.bytes);
    const language = this.#package.languageOf(file.path);
    // Whether it is parsed depends on the length of its text, which is that of its bytes at most.
    const key = `${file.hash} ${file.size} ${language.module}${language.typed ?? ''}`;
    const known = spared === undefined ? (knownScript(key) ?? lengthy?.get(key)) : undefined;
    const length = known?.length ?? source.text.length;
    const budget = this.#parsed + length <= mostParsed;
    if (reach !== 'shipped' && length <= largestParsed) this.#parsed += length;
    onFile?.(spared === undefined ? file.path : undefined);
    const parses = budget && spared === undefined;
    const facts = (parses ? known?.facts : undefined) ?? readScript(source.text, { ...language, parses });
    if (parses && !known && !rememberScript(key, { facts, length })) lengthy?.set(key, heldScript({ facts, length }));
    this.#take(facts, source, reach);
    if (facts.notParsed !== undefined && reach !== 'shipped')
      this.notParsed.push({
        file: file.path,
        why: spared ?? (!budget ? 'more code than is parsed' : entry.type === 'typescript' ? 'TypeScript' : facts.notParsed),
      });
    if (reach === 'shipped') return;
    if (facts.flow) this.flows.set(file.path, heldFlow(facts.flow));
    for (const specifier of facts.requires) this.#trail.toModule(specifier, file.path, reach);
    for (const path of facts.files) this.#trail.toFile(path, file.path, reach);
  }

  #take({ spotted, hiding }: Pick<ScriptFacts, 'spotted' | 'hiding'>, source: SourceText, reach: Reach): void {
    for (const found of spotted) this.#found.capability(found, source, reach);
    for (const sign of hiding) this.#found.hides(sign, source, reach);
  }

  #other({ file, reach }: Entry, type: string, read: (source: string) => OtherFacts): void {
    const source = new SourceText(file.path, file.bytes);
    const facts = otherFacts(`${file.hash} ${file.size} ${type}`, () => read(source.text));
    this.#take({ spotted: facts.spotted, hiding: [] }, source, reach);
    if (reach === 'shipped') return;
    for (const path of facts.files) this.#trail.toFile(path, file.path, reach);
    for (const { language, code } of facts.inline) this.inline(language, code, source, Math.max(0, source.text.indexOf(code.slice(0, 60))), reach);
  }

  /** Code that stands in a command. */
  inline(language: 'javascript' | 'powershell' | 'python', code: string, source: SourceText, at: number, reach: Reach): void {
    const { file } = source;
    const facts =
      language === 'javascript'
        ? readScript(code, { module: false, typed: 'ts', parses: true })
        : { ...readTokenScript(code, language), hiding: [], requires: [] };
    for (const found of facts.spotted) this.#found.capability({ ...found, at }, source, reach, code);
    for (const sign of facts.hiding) if (sign.kind !== 'minified') this.#found.hides({ ...sign, at }, source, reach);
    for (const path of facts.requires) if (path.startsWith('.')) this.#trail.toAll(path, reach, folderOf(file), file);
    for (const path of facts.files) this.#trail.toFile(path, file, reach);
  }

  /** Commands that editors and agents are told to run. */
  orders({ file }: Entry): void {
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
  misnamed(entry: Entry): void {
    const { file, type, reach } = entry;
    if (type === 'executable') {
      this.#programAsSomethingElse(entry);
      return;
    }
    if (!file.whole || file.size > 2 * 2 ** 20 || file.size < 20) return;
    const head = readable(file.bytes.subarray(0, 4000));
    if (head === undefined || /^\s*(<|@|\{|[.#\w-]+\s*\{)/.test(head)) return;
    // What a script asks for by this name is run by loading it, however little there is.
    if (reach === 'shipped' && (file.size < 40 || !looksLikeCode(head))) return;
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
}

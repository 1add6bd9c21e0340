/** What a script can do, read from its syntax tree. */
import type { ESTree } from 'meriyah';
import type { CapabilityKind, ReadAs } from '../../model/contents.ts';
import { argvFacts, type CommandFacts, commandFacts } from '../command.ts';
import { hostOf, isCredential, isKeyName, isLocalHost, isPaymentAddress, isSecretVariable, placeOf } from '../places.ts';
import { fromBase64, fromHex, looksLikeCode, reversed } from '../text.ts';
import { isNetworkModule, processMembers, runsCode, startsProgram, talks, touchesFile } from './apis.ts';
import { hole, memberPath, textOf, type Value } from './known.ts';
import { bare, isCall, isFunction, type Node } from './nodes.ts';
import { originOf, type Tag } from './origin.ts';
import type { Scan, Scope, Seen } from './scan.ts';
import { Evaluator } from './value.ts';

/** Something seen at an offset of the script. */
export interface Spotted {
  readonly kind: CapabilityKind;
  readonly detail: string;
  readonly at: number;
  readonly readAs: ReadAs;
}

/** Everything a script's tree tells, apart from how it is written. */
export interface Spots {
  readonly spotted: readonly Spotted[];
  /** Names written in pieces or encoded, and names only running would tell. */
  readonly disguised: readonly { readonly detail: string; readonly at: number; readonly computed: boolean }[];
  /** What it requires or imports, as written; `…` where it is not known. */
  readonly requires: readonly string[];
  /** Files it starts, loads or reads by path. */
  readonly files: readonly string[];
  /** Code inside it: arguments of eval, decoded literals, `node -e`. */
  readonly inner: readonly { readonly code: string; readonly at: number; readonly readAs: ReadAs }[];
}

/** Looks at every call, member, assignment and literal of a scanned script. */
export function spot(scan: Scan): Spots {
  const spotter = new Spotter(scan);
  spotter.run();
  return spotter;
}

/** A class because it gathers while it goes. */
class Spotter implements Spots {
  readonly spotted: Spotted[] = [];
  readonly disguised: { detail: string; at: number; computed: boolean }[] = [];
  readonly requires: string[] = [];
  readonly files: string[] = [];
  readonly inner: { code: string; at: number; readAs: ReadAs }[] = [];
  readonly #scan: Scan;
  readonly #evaluator: Evaluator;
  /** Files that hold what a host sent, and files that are started, by path or name of variable. */
  readonly #fetched = new Map<string, Node>();
  readonly #started = new Set<string>();

  constructor(scan: Scan) {
    this.#scan = scan;
    this.#evaluator = new Evaluator(scan);
  }

  run(): void {
    this.requires.push(...this.#scan.imports);
    for (const module of this.#scan.imports) this.#module(module, 0, 'written');
    for (const seen of this.#scan.calls) this.#call(seen);
    for (const seen of this.#scan.members) this.#member(seen);
    for (const seen of this.#scan.assignments) this.#assignment(seen);
    for (const { node, scope } of this.#scan.loops)
      if (this.#evaluator.path(node.right, scope) === '#process.env') this.#add('environment', 'for … in process.env', node);
    for (const node of this.#scan.strings) this.#literal(node);
    for (const node of this.#scan.templates) this.#text(node.quasis.map((quasi) => quasi.value.cooked ?? '').join(hole), node, 'written');
    this.#addresses();
    if (this.#scan.identifiers.has('_attachments'))
      this.#add('self-publish', 'a package document with _attachments', this.#scan.strings[0] ?? { type: 'EmptyStatement' });
    for (const property of this.#scan.recipients) {
      if (property.value.type === 'Literal' && typeof property.value.value === 'string' && /^[^@\s]+@[^@\s]+$/.test(property.value.value))
        this.#add('messenger', `mail to ${property.value.value}`, property);
    }
    for (const [file, node] of this.#fetched) if (this.#started.has(file)) this.#add('download-execute', file.replace(/^\$/, 'the file in '), node);
  }

  /** The ways to name a file: by its text, by the variable that holds it. */
  #fileKeys(node: Node | undefined, scope: Scope): readonly string[] {
    if (!node || node.type === 'SpreadElement') return [];
    const plain = bare(node);
    const text = textOf(this.#evaluator.value(plain, scope))?.text;
    return [
      ...(plain.type === 'Identifier' ? [`$${plain.name}`] : []),
      ...(text !== undefined && text !== hole && /[\w]/.test(text.replaceAll(hole, '')) ? [text] : []),
    ];
  }

  #add(kind: CapabilityKind, detail: string, node: Node, readAs: ReadAs = 'written'): void {
    const clean = detail.slice(0, 200);
    if (this.spotted.length < 5000) this.spotted.push({ kind, detail: clean, at: node.start ?? 0, readAs });
  }

  #call({ node, scope }: Seen<ESTree.CallExpression | ESTree.NewExpression | ESTree.ImportExpression>): void {
    if (node.type === 'ImportExpression') {
      this.#require(node.source, scope, node);
      return;
    }
    const path = this.#calleePath(node, scope);
    this.#handsOver(node, scope);
    if (path === undefined) {
      this.#unknownCall(node, scope);
      return;
    }
    if (path === '#require' || path === 'module#_load' || path === '#require.resolve') {
      this.#requireCall(node, scope);
      return;
    }
    const { arguments: args } = node;
    if (/(^|[.#])(pipeline|pipe|pipeTo)$/.test(path) && args[0]) this.#piped(path.endsWith('pipeline') ? args[0] : node.callee, args, node, scope);
    this.#disguisedCallee(node, scope, path);
    const program = startsProgram(path);
    if (program) this.#program(program, path, node, scope);
    if (runsCode(path)) this.#code(path, node, scope);
    else if (/^#(setTimeout|setInterval|setImmediate)$/.test(path)) this.#timer(node, scope);
    if (talks(path)) this.#network(path, node, scope);
    const touch = touchesFile(path);
    if (touch) this.#file(touch, node, scope);
    if (
      /^(JSON\.stringify|Object\.(keys|entries|values)|structuredClone|URLSearchParams)$/.test(path.slice(1)) ||
      /^(querystring#stringify|util#inspect|qs#stringify)$/.test(path)
    ) {
      if (args.some((arg) => this.#isEnvironment(arg, scope))) this.#add('environment', `${path.slice(1)}(process.env)`, node);
    }
    if (/^dns#(\w+\.)?(lookup|resolve\w*|reverse)/.test(path)) this.#lookup(node, scope);
    if (/^#process\.dlopen$|^(ffi-napi|ref-napi|koffi|ffi|node-ffi)#/.test(path)) this.#add('native-load', path, node);
    if (/^clipboardy#|^#navigator\.clipboard\.(read|write)/.test(path)) this.#add('clipboard', path.replace('#', ' '), node);
    if (/^#document\.(write|writeln)$/.test(path) && args[0] && /<script/i.test(this.#evaluator.text(args[0], scope).text))
      this.#add('script-injection', 'document.write of a script element', node);
    if (path === '#Object.defineProperty' || path === '#Reflect.defineProperty') this.#defined(node, scope);
    if (/^(libnpmpublish#publish|libnpmpublish#)/.test(path)) this.#add('self-publish', path, node);
  }

  /** `fetch(u).then(eval)`: what runs code is itself handed over. */
  #handsOver(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    for (const argument of node.arguments) {
      if (argument.type !== 'Identifier' && argument.type !== 'MemberExpression') continue;
      const path = this.#evaluator.path(argument, scope);
      if (path === undefined || !runsCode(path)) continue;
      const tags = originOf(this.#evaluator, node.callee, scope);
      this.#add(
        tags.has('network') ? 'remote-code' : tags.has('decoded') ? 'decode-execute' : 'dynamic-code',
        `${path.replace(/^#/, '')} handed to a call`,
        node,
      );
    }
  }

  #calleePath(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): string | undefined {
    const callee = bare(node.callee);
    const value = this.#evaluator.value(callee, scope);
    const path = value?.is === 'path' ? value.path : value?.is === 'result' ? value.of : undefined;
    const through = path === undefined ? null : /^(.+)\.(call|apply)$/.exec(path);
    return through ? through[1] : path;
  }

  /** A method of an object that could not be followed, by a name only child processes have. */
  #unknownCall(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const callee = bare(node.callee);
    if (callee.type !== 'MemberExpression') return;
    const key = this.#evaluator.key(callee, scope);
    if (key !== undefined && processMembers.has(key)) this.#program(key === 'execSync' ? 'line' : 'words', key, node, scope);
    else if (key === '_compile') this.#code('module#_compile', node, scope);
    else if (key === 'pipe' || key === 'pipeTo') this.#piped(callee.object, node.arguments, node, scope);
    else if (key !== undefined && /^(send|write|end|post|emit|request|put)$/.test(key)) this.#perhapsSends(callee, node, scope);
    else if (key === undefined && callee.computed && isCall(bare(callee.property)))
      this.disguised.push({ detail: 'member named by a call', at: node.start ?? 0, computed: true });
  }

  #perhapsSends(callee: ESTree.MemberExpression, node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    if (node.arguments.length === 0) return;
    const sent = this.#tagsOf(node.arguments, scope);
    if (![...sent].some((tag) => secrets.has(tag))) return;
    if (originOf(this.#evaluator, callee.object, scope).has('network')) this.#exfiltrates(sent, 'a host', node);
  }

  #requireCall(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const [first] = node.arguments;
    if (first && first.type !== 'SpreadElement') this.#require(first, scope, node);
  }

  #require(specifier: Node, scope: Scope, at: Node): void {
    const { text, readAs } = this.#evaluator.text(specifier, scope);
    const plain = bare(specifier);
    if (/^data:/.test(text)) this.inner.push({ code: dataText(text), at: at.start ?? 0, readAs: 'decoded' });
    if (/^https?:/.test(text)) this.#add('remote-code', `imports ${hostOf(text) ?? text}`, at);
    this.requires.push(text);
    for (const key of this.#fileKeys(specifier, scope)) this.#started.add(key);
    if (!text.includes(hole)) {
      this.#module(text, at.start ?? 0, readAs);
      // Nobody encodes the name of a module but to hide it.
      if (readAs === 'decoded' || (readAs !== 'written' && isTelling(text))) this.#disguise(text, at);
    } else if (isCall(plain) && text === hole && !this.#isResolved(plain, scope))
      this.disguised.push({ detail: 'module named by a call', at: at.start ?? 0, computed: true });
  }

  /** `require(require.resolve(x))`, `require(path.join(…))` are ordinary. */
  #isResolved(call: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): boolean {
    const path = this.#calleePath(call, scope);
    if (path !== undefined) return !/^#(atob|unescape|Buffer|String)/.test(path);
    const [first] = call.arguments;
    // A local function of a number or an encoded text is what string tables look like.
    return !(first?.type === 'Literal' && call.callee.type === 'Identifier');
  }

  #module(name: string, at: number, readAs: ReadAs): void {
    const plain = name.replace(/^node:/, '').split('/')[0] ?? '';
    if (isNetworkModule(plain)) this.spotted.push({ kind: 'network', detail: `module ${plain}`, at, readAs });
    if (plain === 'child_process' || plain === 'cross-spawn' || plain === 'execa' || plain === 'shelljs')
      this.spotted.push({ kind: 'process', detail: `module ${plain}`, at, readAs });
    if (plain === 'vm') this.spotted.push({ kind: 'dynamic-code', detail: 'module vm', at, readAs });
    if (/\.node$/.test(name)) this.spotted.push({ kind: 'native-load', detail: name, at, readAs });
  }

  #disguise(text: string, node: Node): void {
    this.disguised.push({ detail: text.slice(0, 120), at: node.start ?? 0, computed: false });
  }

  #disguisedCallee(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope, path: string): void {
    const callee = bare(node.callee);
    if (callee.type !== 'MemberExpression' || !callee.computed || bare(callee.property).type === 'Literal') return;
    const key = this.#evaluator.value(callee.property, scope);
    if (key?.is === 'text' && key.readAs !== 'written' && (runsCode(path) || startsProgram(path) !== undefined || isTelling(key.text)))
      this.#disguise(key.text, node);
  }

  #program(how: 'line' | 'words' | 'script', path: string, node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const [first, second] = node.arguments;
    const text = first && first.type !== 'SpreadElement' ? this.#evaluator.value(first, scope) : undefined;
    const told = textOf(text);
    const name = path.split(/[#.]/).at(-1) ?? path;
    this.#starts(node, scope);
    if (how === 'script') {
      if (told) this.files.push(told.text);
      const asCode = this.#property(node.arguments[1], 'eval', scope);
      if (asCode !== undefined && told) this.inner.push({ code: told.text, at: node.start ?? 0, readAs: told.readAs });
      return;
    }
    const rest = second && how === 'words' && second.type !== 'SpreadElement' ? this.#evaluator.value(second, scope) : undefined;
    const words = [told?.text ?? hole, ...(rest?.is === 'list' ? rest.items.map((item) => textOf(item)?.text ?? hole) : [])];
    this.#add('process', told ? words.join(' ') : `${name}(${hole})`, node, told?.readAs);
    const facts = how === 'line' || this.#usesShell(node, scope) ? commandFacts(words.join(' ')) : argvFacts(words);
    this.#command(facts, node, told?.readAs ?? 'written');
    const tags = this.#tagsOf(node.arguments, scope);
    if (tags.has('network')) this.#add(tags.has('decoded') || !told ? 'remote-code' : 'process', `${name} of what a host sent`, node);
    else if (tags.has('decoded') && told?.readAs !== 'written') this.#add('decode-execute', `${name} of decoded text`, node);
  }

  /** What a program start names: the program, the files among its words. */
  #starts(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const [first, second] = node.arguments;
    for (const key of this.#fileKeys(first, scope)) this.#started.add(key);
    const words = second?.type === 'ArrayExpression' ? second.elements : [];
    for (const word of words) {
      for (const key of this.#fileKeys(word ?? undefined, scope)) {
        this.#started.add(key);
        if (/\.(js|cjs|mjs|ts|sh|py|ps1|bat|cmd)$/.test(key) && !key.startsWith('$')) this.files.push(key);
      }
    }
    if (first?.type === 'TemplateLiteral')
      for (const part of first.expressions) for (const key of this.#fileKeys(part, scope)) this.#started.add(key);
    if (first?.type === 'BinaryExpression')
      for (const side of [first.left, first.right]) for (const key of this.#fileKeys(side, scope)) this.#started.add(key);
  }

  #usesShell(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): boolean {
    return node.arguments.some((argument) => this.#property(argument, 'shell', scope) !== undefined);
  }

  #property(node: Node | undefined, key: string, scope: Scope): Value | true | undefined {
    if (node?.type !== 'ObjectExpression') return undefined;
    const found = node.properties.find((property) => property.type === 'Property' && property.key.type === 'Identifier' && property.key.name === key);
    if (found?.type !== 'Property' || (found.value.type === 'Literal' && found.value.value === false)) return undefined;
    return this.#evaluator.value(found.value, scope) ?? true;
  }

  #command(facts: CommandFacts, node: Node, readAs: ReadAs): void {
    for (const { kind, detail } of facts.doings) this.#add(kind, detail, node, readAs);
    this.files.push(...facts.files);
    for (const { language, code } of facts.inline) if (language === 'javascript') this.inner.push({ code, at: node.start ?? 0, readAs });
  }

  /** Text run as code: constant text is looked into, anything else is judged by where it comes from. */
  #code(path: string, node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const source = path.endsWith('Function') ? node.arguments.at(-1) : node.arguments[0];
    if (!source || source.type === 'SpreadElement' || isFunction(source)) return;
    const name = path.replace(/^#/, '').replace('#', '.');
    const told = textOf(this.#evaluator.value(source, scope));
    if (told && !told.text.includes(hole)) {
      if (/^\s*(return\s+)?(this|globalThis|require|import\((\w+|'[^']*')\))\s*;?\s*$/.test(told.text)) {
        this.#add('dynamic-code', `${name} of ${told.text.trim()}`, node);
        return;
      }
      this.inner.push({ code: told.text, at: node.start ?? 0, readAs: told.readAs });
      this.#add(told.readAs === 'decoded' ? 'decode-execute' : 'dynamic-code', `${name} of ${told.readAs} text`, node, told.readAs);
      return;
    }
    const tags = originOf(this.#evaluator, source, scope);
    if (tags.has('network')) this.#add('remote-code', `${name} of what a host sent`, node);
    else if (tags.has('decoded')) this.#add('decode-execute', `${name} of decoded text`, node);
    else this.#add('dynamic-code', tags.has('file') ? `${name} of a file` : name, node);
  }

  #timer(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const [first] = node.arguments;
    if (first && (first.type === 'Literal' || first.type === 'BinaryExpression' || first.type === 'TemplateLiteral')) {
      const told = textOf(this.#evaluator.value(first, scope));
      if (told && told.text.length > 8) this.#code('#eval', node, scope);
    }
  }

  #network(path: string, node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const hosts = this.#hosts(node.arguments, scope);
    for (const { host, readAs } of hosts) this.#add('network', host, node, readAs);
    const member = path.split('#')[1] ?? '';
    if (hosts.length === 0 && !/\.(then|catch|finally|on|once|pipe|json|text|setHeader|setTimeout|abort|destroy|\w+\(\).*)$|\(\)/.test(member))
      this.#add('network', `${path.startsWith('#') ? path.slice(1) : path.split('#')[0]} to ${hole}`, node);
    const sent = this.#tagsOf(node.arguments, scope);
    if ([...sent].some((tag) => secrets.has(tag))) this.#exfiltrates(sent, hosts[0]?.host ?? 'a host', node);
    if (/^#(fetch|XMLHttpRequest|navigator\.sendBeacon)/.test(path) && sent.has('page-data'))
      this.#add('exfiltration', `page data to ${hosts[0]?.host ?? 'a host'}`, node);
  }

  /** Hosts among the arguments of a network call: texts with a URL, and options that name one. */
  #hosts(args: readonly Node[], scope: Scope): { host: string; readAs: ReadAs }[] {
    const found: { host: string; readAs: ReadAs }[] = [];
    for (const argument of args.slice(0, 3)) {
      if (argument.type === 'SpreadElement' || isFunction(argument)) continue;
      const value = this.#evaluator.value(argument, scope);
      const texts =
        value?.is === 'object'
          ? ['hostname', 'host', 'url', 'uri', 'baseURL'].map((key) => ({ key, told: textOf(this.#evaluator.property(value, key)) }))
          : [{ key: '', told: textOf(value) }];
      for (const { key, told } of texts) {
        if (!told) continue;
        const host = hostOf(told.text) ?? (key.startsWith('host') ? told.text : undefined);
        if (host && !isLocalHost(host) && host !== hole) found.push({ host, readAs: told.readAs });
      }
    }
    return found.slice(0, 3);
  }

  #exfiltrates(sent: ReadonlySet<Tag>, to: string, node: Node): void {
    const what = [...sent].filter((tag) => secrets.has(tag)).map((tag) => tagWords[tag] ?? tag);
    this.#add('exfiltration', `${what.join(', ')} to ${to}`, node);
  }

  #tagsOf(args: readonly Node[], scope: Scope): ReadonlySet<Tag> {
    const all = new Set<Tag>();
    for (const argument of args)
      for (const tag of originOf(this.#evaluator, argument.type === 'SpreadElement' ? argument.argument : argument, scope)) all.add(tag);
    return all;
  }

  #isEnvironment(node: Node, scope: Scope): boolean {
    const inner = node.type === 'SpreadElement' ? node.argument : node;
    if (inner.type === 'ObjectExpression')
      return inner.properties.some((property) =>
        property.type === 'Property' ? this.#isEnvironment(property.value, scope) : this.#isEnvironment(property, scope),
      );
    return this.#evaluator.path(inner, scope) === '#process.env';
  }

  #file(touch: 'read' | 'write' | 'delete' | 'copy', node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const [first, second] = node.arguments;
    const told = first && first.type !== 'SpreadElement' ? textOf(this.#evaluator.value(first, scope)) : undefined;
    const path = told?.text ?? '';
    if (touch === 'delete' && /^(~\/?|\/|\/home|\/Users)$/.test(path)) this.#add('destructive', path, node);
    if (told && touch === 'read' && /\.[\w]{1,8}$/.test(path) && !path.startsWith('/') && !path.startsWith('~')) this.files.push(path);
    if (touch !== 'write' && touch !== 'copy') return;
    if (/(^|\/)node_modules\/[^/…]/.test(path)) this.#add('package-tamper', path, node);
    if (/(^|\/)package\.json$/.test(path) && /^(\.|__dirname)?\/?package\.json$/.test(path)) this.#add('package-tamper', `own ${path}`, node);
    const data = second && second.type !== 'SpreadElement' ? originOf(this.#evaluator, second, scope) : undefined;
    if (data?.has('network')) this.#fetches(first, path, node, scope);
  }

  #fetches(file: Node | undefined, path: string, node: Node, scope: Scope): void {
    this.#add('download', path || 'a file', node);
    for (const key of this.#fileKeys(file, scope)) this.#fetched.set(key, node);
  }

  /** `response.pipe(createWriteStream(file))`, `pipeline(response, createWriteStream(file))`. */
  #piped(source: Node, args: readonly Node[], node: Node, scope: Scope): void {
    for (const argument of args) {
      const target = bare(argument);
      if (target.type !== 'CallExpression' || touchesFile(this.#calleePath(target, scope) ?? '') !== 'write') continue;
      if (!originOf(this.#evaluator, source, scope).has('network')) continue;
      const [file] = target.arguments;
      this.#fetches(file, file ? this.#evaluator.text(file, scope).text : '', node, scope);
    }
  }

  #lookup(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const [first] = node.arguments;
    if (!first || first.type === 'SpreadElement') return;
    const tags = originOf(this.#evaluator, first, scope);
    const text = this.#evaluator.text(first, scope).text;
    if ([...tags].some((tag) => secrets.has(tag))) this.#add('dns-exfiltration', text, node);
    else this.#add('network', `name lookup of ${text}`, node);
  }

  #member({ node, scope }: Seen<ESTree.MemberExpression>): void {
    const key = node.computed ? undefined : node.property.type === 'Identifier' ? node.property.name : undefined;
    if (key !== undefined && !telling.test(key) && !/^[A-Z][A-Z0-9_]{2,}$/.test(key)) return;
    const path = this.#evaluator.path(node, scope);
    if (path === undefined || !path.startsWith('#')) return;
    const variable = /^#process\.env\.(\w+)$/.exec(path)?.[1];
    if (variable && isSecretVariable(variable)) this.#add('credential-env', variable, node);
    if (/^#(ethereum|solana|phantom|tronWeb|tronLink|BinanceChain|web3)(\.|$)/.test(path)) this.#add('wallet-hook', path.slice(1), node);
    if (path === '#document.cookie') this.#add('page-data', 'cookies', node);
    if (/^#Intl\.DateTimeFormat.*timeZone|^#process\.env\.(LANG|LC_ALL|TZ)$|^#navigator\.language/.test(path))
      this.#add('gated', path.slice(1), node);
    if (/^#process\.env\.(CI|GITHUB_ACTIONS|GITLAB_CI|TRAVIS|CIRCLECI|JENKINS_URL)$/.test(path)) this.#add('gated', path.slice(1), node);
  }

  #assignment({ node, scope }: Seen<ESTree.AssignmentExpression>): void {
    const left = node.left;
    if (left.type !== 'MemberExpression' || node.operator !== '=') return;
    const key = this.#evaluator.key(left, scope);
    const base = this.#evaluator.path(left.object, scope);
    const path = base !== undefined && key !== undefined ? memberPath(base, key) : undefined;
    if (path !== undefined) this.#replaced(path, node);
    if (key === 'src' && this.#isScriptElement(left.object, scope)) this.#scriptSource(node, scope);
    if ((key === 'textContent' || key === 'text' || key === 'innerHTML') && this.#isScriptElement(left.object, scope))
      this.#add('script-injection', 'text of a script element', node);
  }

  #replaced(path: string, node: Node): void {
    if (
      /^#(fetch|XMLHttpRequest|XMLHttpRequest\.prototype\.(open|send)|WebSocket|navigator\.clipboard\.\w+|HTMLFormElement\.prototype\.submit)$/.test(
        path,
      )
    )
      this.#add('page-hook', path.slice(1), node);
    if (/^#(ethereum|solana|phantom|tronWeb|web3)\./.test(path)) this.#add('wallet-hook', `replaces ${path.slice(1)}`, node);
    if (
      /^(https?|net|fs|child_process)#(request|get|connect|readFile|readFileSync|exec|spawn)$|^#(Module|module)\.prototype\.require$|^module#(prototype\.require|_load)$|^module#_extensions/.test(
        path,
      )
    )
      this.#add('page-hook', path, node);
  }

  #defined(node: ESTree.CallExpression | ESTree.NewExpression, scope: Scope): void {
    const [object, key] = node.arguments;
    if (!object || !key) return;
    const base = this.#evaluator.path(object, scope);
    const name = this.#evaluator.text(key, scope).text;
    if (base !== undefined && name !== hole) this.#replaced(memberPath(base, name), node);
  }

  #isScriptElement(node: Node, scope: Scope): boolean {
    const value = this.#evaluator.value(node, scope);
    if (value?.is !== 'result' || value.of !== '#document.createElement' || !isCall(value.node)) return false;
    const [first] = value.node.arguments;
    return first !== undefined && this.#evaluator.text(first, value.scope).text.toLowerCase() === 'script';
  }

  #scriptSource(node: ESTree.AssignmentExpression, scope: Scope): void {
    const { text, readAs } = this.#evaluator.text(node.right, scope);
    this.#add('script-injection', hostOf(text.startsWith('//') ? `https:${text}` : text) ?? text, node, readAs);
  }

  /** A literal says something by itself, plain or behind a common encoding. */
  #literal(node: ESTree.Literal): void {
    if (typeof node.value !== 'string' || node.value.length < 4) return;
    this.#text(node.value, node, 'written');
    const encoded = disguisedText(node.value);
    if (encoded === undefined) return;
    if (isTelling(encoded) || placeOf(encoded) || hostOf(encoded)) {
      this.#disguise(encoded, node);
      this.#text(encoded, node, 'decoded');
    }
    if (encoded.length > 60 && looksLikeCode(encoded)) this.inner.push({ code: encoded, at: node.start ?? 0, readAs: 'decoded' });
  }

  #text(text: string, node: Node, readAs: ReadAs): void {
    if (text.length > 2000) return;
    const place = placeOf(text);
    if (place) this.#add(place.kind, place.detail, node, readAs);
    if (isCredential(text)) this.#add('embedded-secret', `${text.slice(0, 4)}…`, node, readAs);
    if (readAs === 'decoded' && hostOf(text)) this.#add('network', hostOf(text) ?? '', node, readAs);
  }

  #addresses(): void {
    const found = this.#scan.strings.filter((node) => typeof node.value === 'string' && isPaymentAddress(node.value));
    const [first] = found;
    if (first && found.length >= 3) this.#add('address-table', `${found.length} payment addresses`, first);
  }
}

const telling = /^(env|cookie|clipboard|ethereum|solana|phantom|tronWeb|tronLink|web3|BinanceChain|language|timeZone|LANG|TZ|CI)$/;

/** What must not leave the machine. */
const secrets: ReadonlySet<Tag> = new Set<Tag>([
  'environment',
  'credential-file',
  'browser-data',
  'wallet-file',
  'key-material',
  'host',
  'clipboard',
  'file',
]);
const tagWords: Partial<Record<Tag, string>> = {
  environment: 'the environment',
  'credential-file': 'credentials',
  'browser-data': 'browser data',
  'wallet-file': 'wallet files',
  'key-material': 'key material',
  host: 'facts about the host',
  file: 'contents of files',
  clipboard: 'the clipboard',
};

/** Names worth disguising: of modules that matter, of functions that run code. */
function isTelling(text: string): boolean {
  return /^(node:)?(child_process|fs|fs\/promises|http|https|net|tls|dns|os|vm|module|crypto|zlib|worker_threads)$|^(eval|Function|exec|execSync|spawn|spawnSync|execFile|constructor|fromCharCode|_load|_compile|mainModule|runInThisContext|process|require|readFileSync|writeFileSync|homedir|hostname)$/.test(
    text,
  );
}

/** Text behind a literal that is base64, hex or reversed, when it reads as something. */
function disguisedText(text: string): string | undefined {
  if (text.length > 400_000) return undefined;
  const backwards = text.length <= 200 ? reversed(text) : undefined;
  if (backwards && (/^(https?|wss?):\/\//.test(backwards) || (isTelling(backwards) && !isTelling(text)))) return backwards;
  if (text.length < 8 || !/^[\w+/=-]+$/.test(text)) return undefined;
  const hex = text.length >= 12 ? fromHex(text) : undefined;
  if (hex !== undefined) return hex;
  if (!/[A-Z]/.test(text) || !/[a-z]/.test(text)) return undefined;
  const plain = fromBase64(text);
  return plain ?? (backwards !== undefined ? fromBase64(backwards) : undefined);
}

function dataText(url: string): string {
  const comma = url.indexOf(',');
  const body = url.slice(comma + 1);
  return /;base64/i.test(url.slice(0, comma))
    ? (fromBase64(body) ?? '')
    : body.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Exported for the token reader, which knows names only by their text. */
export { disguisedText, isKeyName, isTelling };

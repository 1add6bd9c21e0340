/** Where a value comes from: followed through variables, callbacks and promises, within a bounded amount of work. */
import { isCredentialName, isKeyName, isSecretVariable, looksForCredentials, placeOf } from '../places.ts';
import { talks } from './apis.ts';
import { type Binding, lookup, type Scope } from './bindings.ts';
import { calleeTags } from './callee-tags.ts';
import type { Evaluating } from './evaluating.ts';
import { nameOf } from './given-away.ts';
import { textOf } from './known.ts';
import { bare, type CallNode, type FunctionNode, isCall, isFunction, type Node, returnsOf } from './nodes.ts';
import { isOwnSpecifier, lastOf, ownTag, reachOf, someMember, splitReach } from './own-ref.ts';
import type { Tag } from './tag.ts';
import { askedHeader, isBrought, isCredentialHeader, passesOn, reached, requiredFile } from './written-names.ts';

const mostNodes = 400;
const mostHops = 8;

interface Traced {
  readonly scope: Scope;
  readonly tags: ReadonlySet<Tag>;
}

/** What was asked of a file: several looks ask where the same argument comes from. */
const known = new WeakMap<Evaluating, Map<Node, Traced>>();

/** The tags of an expression. */
export function originOf(evaluator: Evaluating, node: Node, scope: Scope): ReadonlySet<Tag> {
  const traced = known.get(evaluator) ?? new Map<Node, Traced>();
  known.set(evaluator, traced);
  const held = traced.get(node);
  if (held?.scope === scope) return held.tags;
  const tracer = new Tracer(evaluator);
  tracer.trace(node, scope, 0);
  traced.set(node, { scope, tags: tracer.tags });
  return tracer.tags;
}

/** Follows one expression; a class because of its account of work. */
class Tracer {
  readonly tags = new Set<Tag>();
  readonly #evaluator: Evaluating;
  readonly #seen = new Set<Binding>();
  readonly #functions = new Set<FunctionNode>();
  readonly #fields = new Set<string>();
  #left = mostNodes;

  constructor(evaluator: Evaluating) {
    this.#evaluator = evaluator;
  }

  /** `taken` are the names that are taken of it, as `.all`. */
  trace(start: Node, scope: Scope, hops: number, taken = ''): void {
    const node = bare(start);
    if (this.#left-- <= 0) return;
    switch (node.type) {
      case 'ImportExpression':
        if (node.source.type === 'Literal' && typeof node.source.value === 'string' && isOwnSpecifier(node.source.value))
          this.tags.add(ownTag({ file: node.source.value, reach: taken }));
        return;
      case 'Identifier':
        this.#identifier(node.name, scope, hops, taken);
        return;
      case 'MemberExpression':
        this.#member(node, scope, hops, taken);
        return;
      case 'CallExpression':
      case 'NewExpression':
        this.#call(node, scope, hops, taken);
        return;
      case 'Literal':
        if (typeof node.value === 'string') this.#text(node.value);
        else if ('regex' in node && looksForCredentials(node.regex.pattern)) this.tags.add('credential-file');
        return;
      case 'Property':
        if (node.computed) this.trace(node.key, scope, hops);
        else if (node.key.type === 'Identifier' && isKeyName(node.key.name)) this.tags.add('key-material');
        this.trace(node.value, scope, hops);
        return;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'FunctionDeclaration':
        return;
      case 'MetaProperty':
        this.tags.add('own-folder');
        return;
      case 'LogicalExpression':
        this.trace(node.left, scope, hops, taken);
        this.trace(node.right, scope, hops, taken);
        return;
      default:
        if (taken !== '') this.#row(node, scope, hops, taken);
        for (const value of Object.values(node)) if (value !== null && typeof value === 'object') this.#children(value, scope, hops);
    }
  }

  /** The row of a table that is asked for. */
  #row(node: Node, scope: Scope, hops: number, taken: string): void {
    const [first, rest] = splitReach(taken);
    const row =
      node.type === 'ArrayExpression'
        ? node.elements[Number(first)]
        : node.type === 'ObjectExpression'
          ? node.properties.find((one) => one.type === 'Property' && !one.computed && nameOf(one.key) === first)
          : undefined;
    if (row) this.trace((row.type === 'Property' ? row.value : row) as Node, scope, hops, rest);
  }

  #children(value: unknown, scope: Scope, hops: number): void {
    if (Array.isArray(value)) for (const item of value) this.#children(item, scope, hops);
    else if (value !== null && typeof value === 'object' && 'type' in value) this.trace(value as Node, scope, hops);
  }

  #credential(name: string): void {
    this.tags.add(`credential ${name.replace(/[^a-z]/gi, '').toLowerCase()}`);
  }

  #secretVariable(name: string): void {
    this.tags.add('secret-variable');
    this.#credential(name);
  }

  #text(text: string): void {
    const kind = placeOf(text)?.kind;
    if (/^(\.{1,2}\/)+$/.test(text)) this.tags.add('relative');
    if (/(^|[/\\])Desktop([/\\]|$)/.test(text)) {
      this.tags.add('desktop');
      if (text.startsWith('~')) this.tags.add('home');
    }
    if (kind === 'credential-file' || kind === 'browser-data' || kind === 'wallet-file') this.tags.add(kind);
  }

  #identifier(name: string, scope: Scope, hops: number, taken: string): void {
    if (name === '__dirname' || name === '__filename') this.tags.add('own-folder');
    else if (isKeyName(name)) this.tags.add('key-material');
    else if (isCredentialName(name)) this.#credential(name);
    const binding = lookup(scope, name);
    if (!binding || hops > mostHops) return;
    if (this.#seen.has(binding)) {
      if (taken !== '' && taken !== someMember) this.#again(binding, taken, hops);
      return;
    }
    this.#seen.add(binding);
    const told = this.#evaluator.bound(binding);
    if (told?.is === 'path') this.#path(told.path);
    if (binding.parameter) this.#parameter(binding, hops);
    for (const { node, scope: from } of this.#evaluator.scan.fedInto(name))
      if (lookup(from, name) === binding) this.trace(node, from, hops + 1, lastOf(taken));
    for (const source of binding.sources) {
      if (source.module !== undefined && isOwnSpecifier(source.module))
        this.tags.add(ownTag({ file: source.module, reach: reached(source.path, taken) }));
      if (source.module !== undefined && talks(`${source.module}#${source.path[0] ?? ''}`)) this.tags.add('network');
      if (source.node) this.trace(source.node, source.scope, hops + 1, reached(source.path, taken));
      if (source.path.some(isKeyName)) this.tags.add('key-material');
    }
  }

  /** Of a file that was met before, other names are taken. */
  #again({ sources }: Binding, taken: string, hops: number): void {
    if (hops > mostHops || this.#left-- <= 0) return;
    for (const { module, node, scope, path } of sources) {
      const reach = reached(path, taken);
      const source = node && bare(node);
      if (module !== undefined && isOwnSpecifier(module)) this.tags.add(ownTag({ file: module, reach }));
      const call = source && isCall(source) ? (passesOn(source) ? (source.arguments[0] as CallNode) : source) : undefined;
      const required = call && requiredFile(call);
      if (required !== undefined) this.tags.add(ownTag({ file: required, reach }));
      if (source?.type === 'ImportExpression') this.trace(source, scope, hops, reach);
      const alias = source?.type === 'Identifier' ? lookup(scope, source.name) : undefined;
      if (alias) this.#again(alias, reach, hops + 1);
    }
  }

  /** A parameter of a callback holds what the call it is handed to gives. */
  #parameter(binding: Binding, hops: number): void {
    this.tags.add('argument');
    if (!binding.parameter) return;
    const { scan } = this.#evaluator;
    if (binding.parameter.index === 0 && scan.methodName(binding.parameter.of) !== undefined) this.tags.add('key-material');
    const handed = scan.handed.get(binding.parameter.of);
    if (!handed) {
      this.#called(binding.parameter.of, binding.parameter.index, hops);
      return;
    }
    if (handed.index < 0 && isCall(handed.to)) {
      const argument = handed.to.arguments[handed.index === -1 ? binding.parameter.index : binding.parameter.index + 1];
      if (argument) this.trace(argument, handed.scope, hops + 1);
    } else this.trace(isCall(handed.to) ? handed.to.callee : handed.to, handed.scope, hops + 1);
    if (isCall(handed.to)) calleeTags(this.tags, this.#evaluator, handed.to.callee, handed.to.arguments.slice(0, 1), handed.scope);
  }

  /** A parameter of a named function or a method holds what its callers give. */
  #called(target: FunctionNode, index: number, hops: number): void {
    const name = this.#evaluator.scan.nameOf(target);
    for (const { node, scope } of name === undefined ? [] : this.#evaluator.scan.callsByName(name)) {
      const argument = node.arguments[index];
      const called = lookup(scope, name ?? '')?.sources.some((source) => source.node === target);
      if (argument && called) this.trace(argument, scope, hops + 1);
    }
    for (const { node, scope } of this.#evaluator.scan.callsByThis(target)) {
      const argument = node.arguments[index];
      if (argument) this.trace(argument, scope, hops + 1);
    }
  }

  #member(node: Node & { type: 'MemberExpression' }, scope: Scope, hops: number, taken: string): void {
    const path = this.#evaluator.path(node, scope);
    if (path !== undefined && this.#path(path)) return;
    const key = this.#evaluator.key(node, scope);
    if (key !== undefined && node.object.type === 'ThisExpression') this.#field(key, hops);
    if (key !== undefined && node.object.type === 'Identifier' && isBrought(node.object.name, key)) this.tags.add('request');
    if (key !== undefined && isKeyName(key)) this.tags.add('key-material');
    else if (key !== undefined && (isCredentialName(key) || isCredentialHeader(key))) this.#credential(key);
    if (node.computed) this.trace(node.property, scope, hops);
    // One variable of the environment, whichever it is, is not the environment.
    if (key === undefined && this.#evaluator.path(node.object, scope) === '#process.env') {
      for (const name of this.#evaluator.alternatives(node.property, scope))
        if (name.is === 'text' && isSecretVariable(name.text)) this.#secretVariable(name.text);
      return;
    }
    this.trace(node.object, scope, hops, key === undefined ? someMember : reachOf(key, taken));
  }

  /** What the methods of the file put into a field. */
  #field(key: string, hops: number): void {
    if (hops > mostHops || this.#fields.has(key)) return;
    this.#fields.add(key);
    for (const { node, scope } of this.#evaluator.scan.fedInto(`this.${key}`)) this.trace(node, scope, hops + 1);
  }

  /** True when a path says all there is to know. */
  #path(path: string): boolean {
    const variable = /^#(?:process|Bun|Deno)\.env(?:\.(.+))?$/.exec(path);
    if (variable) {
      if (variable[1] === undefined) this.tags.add('environment');
      else if (isSecretVariable(variable[1])) this.#secretVariable(variable[1]);
      return true;
    }
    if (/^#(navigator|window\.navigator)\.clipboard/.test(path)) this.tags.add('clipboard');
    if (/^#(document\.cookie|localStorage|sessionStorage|document\.forms)/.test(path)) this.tags.add('page-data');
    return false;
  }

  #call(node: Node & { type: 'CallExpression' | 'NewExpression' }, scope: Scope, hops: number, taken: string): void {
    const place = textOf(this.#evaluator.value(node, scope))?.text;
    if (place === '~' || place === '~/') this.tags.add('home');
    calleeTags(this.tags, this.#evaluator, node.callee, node.arguments, scope);
    // A place within the home folder that is known has nothing to do with all of it.
    if (place !== undefined && /^~\/[^…]+$/.test(place)) {
      this.#text(place);
      return;
    }
    const required = requiredFile(node);
    if (required !== undefined) this.tags.add(ownTag({ file: required, reach: taken }));
    const header = askedHeader(node);
    if (header !== undefined && isCredentialHeader(header)) this.#credential(header);
    this.trace(node.callee, scope, hops, node.type === 'CallExpression' && taken !== '' ? someMember : '');
    const known = this.#evaluator.path(bare(node.callee), scope) !== undefined;
    // What a function of the file makes of the environment is mostly one variable of it.
    const through = taken !== '' && passesOn(node) ? taken : '';
    for (const argument of node.arguments)
      if (known || this.#evaluator.path(argument, scope) !== '#process.env') this.trace(argument, scope, hops, through);
    this.#given(bare(node.callee), scope, hops);
    for (const argument of node.arguments) if (isFunction(argument)) this.#returned(argument, scope, hops);
    const text = this.#evaluator.value(node, scope);
    if (text?.is === 'text' || text?.is === 'bytes') this.#text(text.is === 'text' ? text.text : '');
  }

  /** What a function of this file gives back. */
  #given(callee: Node, scope: Scope, hops: number): void {
    const value = isFunction(callee) ? ({ is: 'function', node: callee, scope } as const) : this.#evaluator.value(callee, scope);
    if (value?.is === 'function') this.#returned(value.node, value.scope, hops);
  }

  #returned(target: FunctionNode, around: Scope, hops: number): void {
    if (hops > mostHops || this.#functions.has(target) || !target.body) return;
    this.#functions.add(target);
    const scope = this.#evaluator.scan.scopeOf(target) ?? around;
    for (const node of returnsOf(target)) this.trace(node, scope, hops + 1);
  }
}

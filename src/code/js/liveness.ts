/** Which code runs by loading its file, and which waits until somebody calls it. What cannot be told runs. */
import type { ESTree } from 'meriyah';
import { lookup, type Scope } from './bindings.ts';
import { isModules, requiredBy, valuesOf } from './bundles.ts';
import type { Evaluating } from './evaluating.ts';
import { bare, type CallNode, isCall, isFunction, type Node } from './nodes.ts';
import { isOwnSpecifier, type OwnRef, reachOf } from './own-ref.ts';
import { childrenOf, innermost, type Range, rangesOf } from './ranges.ts';
import type { Scan, Seen } from './scan.ts';

export interface Liveness {
  /** True for code that only runs when something the file gives away is called. */
  waits(at: number): boolean;
  /** What of own files is called while this one is loaded, as written. */
  readonly calls: readonly OwnRef[];
  /** What of own files is called by what waits. */
  readonly later: readonly OwnRef[];
}

/** What is a file that came with the package. */
export type IsOwn = (specifier: string) => boolean;

const mostCalls = 20_000;

/** Looks from the top of the file along its calls. */
export function liveness(scan: Scan, evaluator: Evaluating, isOwn: IsOwn = isOwnSpecifier): Liveness {
  const follower = new Follower(scan, evaluator, isOwn);
  follower.run();
  return follower;
}

/** A class because functions come to life while others are followed. */
class Follower implements Liveness {
  readonly calls: OwnRef[] = [];
  readonly later: OwnRef[] = [];
  #into = this.calls;
  readonly #scan: Scan;
  readonly #evaluator: Evaluating;
  readonly #isOwnFile: IsOwn;
  readonly #ranges: readonly Range[];
  #children: Map<Node, Node[]> | undefined;
  /** Calls beyond those looked at may bring anything to life. */
  readonly #tooMany: boolean;
  readonly #live = new Set<Node>();
  readonly #open: (Node | undefined)[] = [undefined];

  constructor(scan: Scan, evaluator: Evaluating, isOwn: IsOwn) {
    this.#scan = scan;
    this.#evaluator = evaluator;
    this.#isOwnFile = isOwn;
    this.#tooMany = Math.max(scan.calls.length, scan.assignments.length) > mostCalls;
    this.#ranges = rangesOf(scan.functions());
  }

  waits(at: number): boolean {
    if (this.#tooMany) return false;
    const range = this.#around(at);
    return this.#asProgram(at) || (range !== undefined && !this.#live.has(range.node));
  }

  run(): void {
    if (this.#tooMany) return;
    const calls = this.#grouped(this.#scan.calls);
    const assignments = this.#grouped(this.#scan.assignments);
    for (let at = 0; at < this.#open.length; at++) {
      const node = this.#open[at];
      for (const { node: call, scope } of calls.get(node) ?? []) if (call.type !== 'ImportExpression') this.#call(call, scope);
      for (const seen of assignments.get(node) ?? []) this.#assignment(seen);
    }
    this.#into = this.later;
    for (const [node, group] of calls) {
      if (node === undefined || this.#live.has(node)) continue;
      for (const { node: call, scope } of group) if (call.type !== 'ImportExpression') this.#ownFile(bare(call.callee), scope);
    }
  }

  #grouped<N extends Node>(seen: readonly Seen<N>[]): ReadonlyMap<Node | undefined, readonly Seen<N>[]> {
    const groups = new Map<Node | undefined, Seen<N>[]>();
    for (const one of seen) {
      const at = one.node.start ?? 0;
      if (this.#asProgram(at)) continue;
      const key = this.#around(at)?.node;
      const held = groups.get(key);
      if (held) held.push(one);
      else groups.set(key, [one]);
    }
    return groups;
  }

  #asProgram(at: number): boolean {
    return this.#scan.asProgram.some(([start, end]) => at >= start && at < end);
  }

  #around(at: number): Range | undefined {
    return innermost(this.#ranges, at);
  }

  #enliven(node: Node | undefined): void {
    if (!node || !isFunction(node) || this.#live.has(node)) return;
    this.#live.add(node);
    this.#open.push(node);
  }

  #call(node: CallNode, scope: Scope): void {
    const callee = bare(node.callee);
    this.#callee(callee, scope);
    const path = this.#evaluator.path(callee, scope);
    if ((path !== undefined && /^#(Object|Reflect)\./.test(path)) || isBinding(callee)) return;
    for (const argument of node.arguments) this.#handed(bare(argument as Node), scope, path !== undefined);
  }

  #callee(callee: Node, scope: Scope): void {
    if (isFunction(callee)) this.#enliven(callee);
    else if (callee.type === 'Identifier') this.#named(callee.name, scope);
    else if (callee.type === 'SequenceExpression') this.#callee(bare(callee.expressions.at(-1) as Node), scope);
    else if (callee.type === 'MemberExpression') this.#member(callee, scope);
    else if (isCall(callee)) this.#given(callee, scope);
    if (!isBinding(callee)) this.#ownFile(callee, scope);
    this.#bundled(callee, scope);
  }

  /** Something of another module of the bundle is called: any function of that module may be. */
  #bundled(callee: Node, scope: Scope): void {
    let root = callee;
    while (root.type === 'MemberExpression' || root.type === 'SequenceExpression')
      root = bare(root.type === 'MemberExpression' ? root.object : (root.expressions.at(-1) as Node));
    const sources = root.type === 'Identifier' ? (lookup(scope, root.name)?.sources ?? []) : isCall(root) ? [{ node: root, scope }] : [];
    for (const { node, scope: from } of sources) {
      const call = node && bare(node);
      if (call && isCall(call)) for (const module of this.#modulesOf(call, from)) for (const inner of this.#within(module)) this.#enliven(inner);
    }
  }

  /** The module a bundle's `require(117)` or `require_x()` gives. */
  #modulesOf(call: CallNode, scope: Scope): readonly Node[] {
    const [first] = call.arguments;
    if (first?.type === 'Literal') return this.#scan.modules.get(String(first.value)) ?? [];
    if (call.callee.type !== 'Identifier' || first) return [];
    return (lookup(scope, call.callee.name)?.sources ?? []).flatMap(({ node }) => {
      const made = node && bare(node);
      return made && isCall(made)
        ? made.arguments.flatMap((argument) => {
            if (isFunction(argument as Node)) return [argument as Node];
            return argument.type === 'ObjectExpression' && isModules(argument) ? valuesOf(argument) : [];
          })
        : [];
    });
  }

  #within(module: Node): readonly Node[] {
    this.#children ??= childrenOf(this.#ranges);
    const found = this.#children.get(module) ?? [];
    // Once is enough: all of them live from then on.
    this.#children.delete(module);
    return found;
  }

  /** All a name may stand for: functions, classes, functions that a function gives back. */
  #named(name: string, scope: Scope): void {
    for (const { node, scope: from } of lookup(scope, name)?.sources ?? []) {
      const source = node && bare(node);
      if (!source) continue;
      if (isFunction(source)) this.#enliven(source);
      else if (source.type === 'ClassDeclaration' || source.type === 'ClassExpression') this.#constructs(source);
      else if (isCall(source)) this.#given(source, from);
      else if (source.type === 'LogicalExpression')
        for (const side of [source.left, source.right]) if (isFunction(bare(side))) this.#enliven(bare(side));
    }
  }

  /** What a call gives back is called: functions handed to it, functions of the one that is called. */
  #given(call: CallNode, scope: Scope): void {
    for (const argument of call.arguments) if (isFunction(argument as Node)) this.#enliven(argument as Node);
    const callee = this.#evaluator.value(call.callee, scope);
    if (callee?.is !== 'function') return;
    const returned = callee.node.body;
    if (returned && isFunction(returned)) this.#enliven(returned);
    if (returned?.type === 'BlockStatement')
      for (const statement of returned.body)
        if (statement.type === 'ReturnStatement' && statement.argument && isFunction(statement.argument)) this.#enliven(statement.argument);
  }

  #constructs(node: ESTree.ClassDeclaration | ESTree.ClassExpression): void {
    for (const member of node.body.body)
      if (member.type === 'MethodDefinition' && member.kind === 'constructor' && member.value) this.#enliven(member.value as Node);
  }

  #member(callee: ESTree.MemberExpression, scope: Scope): void {
    const object = bare(callee.object);
    if (isFunction(object)) this.#enliven(object);
    const key = this.#evaluator.key(callee, scope);
    const value = this.#evaluator.value(callee, scope);
    if (value?.is === 'function') this.#enliven(value.node);
    else if (key === undefined) this.#table(this.#evaluator.value(object, scope));
    else if ((value === undefined && this.#isOwn(object, scope)) || isGivenAway(object))
      for (const method of this.#scan.methods.get(key) ?? []) this.#enliven(method);
  }

  /** A table of functions, asked with a key only running would tell. */
  #table(value: ReturnType<Evaluating['value']>): void {
    if (value?.is === 'object') this.#functionsOf(value.node);
    if (value?.is === 'list') for (const item of value.items) if (item?.is === 'function') this.#enliven(item.node);
  }

  #functionsOf(node: ESTree.ObjectExpression): void {
    for (const property of node.properties) if (property.type === 'Property') this.#enliven(property.value as Node);
  }

  /** `this`, and what was made by a class or a function of this file. */
  #isOwn(object: Node, scope: Scope): boolean {
    if (object.type === 'ThisExpression' || object.type === 'NewExpression') return true;
    if (isCall(object)) return object.callee.type === 'MemberExpression' && this.#isOwn(bare(object.callee.object), scope);
    if (object.type !== 'Identifier') return false;
    const binding = lookup(scope, object.name);
    const handed = binding?.parameter?.index === 0 ? this.#scan.handed.get(binding.parameter.of) : undefined;
    // What `own.start().then((it) => …)` is handed.
    if (handed && isCall(handed.to) && handed.to.callee.type === 'MemberExpression') return this.#isOwn(bare(handed.to.callee.object), handed.scope);
    const sources = binding?.sources ?? [];
    return sources.some(
      ({ node }) => node !== undefined && (node.type === 'ClassDeclaration' || node.type === 'ObjectExpression' || this.#isMade(bare(node), scope)),
    );
  }

  #isMade(node: Node, scope: Scope): boolean {
    return isCall(node) && node.callee.type === 'Identifier' && lookup(scope, node.callee.name) !== undefined;
  }

  #handed(argument: Node, scope: Scope, toKnown: boolean): void {
    if (isFunction(argument)) this.#enliven(argument);
    else if (argument.type === 'Identifier') {
      this.#handedName(argument.name, scope);
      this.#ownFile(argument, scope);
    } else if (argument.type === 'MemberExpression') this.#callee(argument, scope);
    else if (argument.type === 'ObjectExpression' && (toKnown || isModules(argument))) this.#functionsOf(argument);
    else if (argument.type === 'ArrayExpression') for (const element of argument.elements) if (element && isFunction(element)) this.#enliven(element);
  }

  #handedName(name: string, scope: Scope): void {
    for (const { node } of lookup(scope, name)?.sources ?? []) {
      if (node && isFunction(bare(node))) this.#enliven(bare(node));
      else if (node?.type === 'ObjectExpression' && isModules(node)) this.#functionsOf(node);
    }
  }

  /** What is put in the place of a global, of a function of a module, or of the handler of an event is called by others. */
  #assignment({ node, scope }: Seen<ESTree.AssignmentExpression>): void {
    const right = bare(node.right);
    if (!isFunction(right) || node.left.type !== 'MemberExpression') return;
    const object = this.#evaluator.value(node.left.object, scope);
    const ours = object?.is === 'path' && /^#(module|exports)\b/.test(object.path);
    const handles = object === undefined && isHandler(node.left);
    if ((object?.is === 'path' && !ours) || object?.is === 'result' || node.left.object.type === 'ThisExpression' || handles) this.#enliven(right);
  }

  /** Something of another file of the package is called or handed on. */
  #ownFile(callee: Node, scope: Scope): void {
    for (const ref of ownRefs(callee, scope, '', this.#isOwnFile))
      if (this.#into.length < mostOwn && !this.#into.some(({ file, reach }) => file === ref.file && reach === ref.reach)) this.#into.push(ref);
  }
}

/** `exports`, `module.exports`. */
function isGivenAway(object: Node): boolean {
  if (object.type === 'Identifier') return object.name === 'exports';
  return (
    object.type === 'MemberExpression' && object.object.type === 'Identifier' && object.object.name === 'module' && writtenKey(object) === 'exports'
  );
}

const mostOwn = 200;
const mostAliases = 5;

/** What of which own files an expression is, by names that are written down. */
function ownRefs(start: Node, scope: Scope, reach: string, isOwn: IsOwn, depth = 0): readonly OwnRef[] {
  const node = bare(start);
  if (node.type === 'MemberExpression') return ownRefs(node.object, scope, reachOf(writtenKey(node), reach), isOwn, depth);
  if (node.type === 'SequenceExpression') return ownRefs(node.expressions.at(-1) as Node, scope, reach, isOwn, depth);
  if (node.type !== 'Identifier') {
    const file = requiredBy(node);
    return file !== undefined && isOwn(file) ? [{ file, reach }] : [];
  }
  if (depth >= mostAliases) return [];
  return (lookup(scope, node.name)?.sources ?? []).flatMap(({ module, node: from, scope: there, path }) => {
    const rest = path.reduceRight((taken, key) => reachOf(key, taken), reach);
    if (module !== undefined) return isOwn(module) ? [{ file: module, reach: rest }] : [];
    return from ? ownRefs(from, there, rest, isOwn, depth + 1) : [];
  });
}

/** `image.onload = …`, whatever made the image; in a prototype it is a method. */
function isHandler({ object, computed, property }: ESTree.MemberExpression): boolean {
  const isEvent =
    !computed && property.type === 'Identifier' && /^on(load|error|message|open|close|end|progress|readystatechange)$/.test(property.name);
  return isEvent && bare(object).type === 'Identifier';
}

/** A function that is bound is not called yet. */
function isBinding(callee: Node): boolean {
  return callee.type === 'MemberExpression' && writtenKey(callee) === 'bind';
}

function writtenKey({ computed, property }: ESTree.MemberExpression): string | undefined {
  if (property.type === 'Literal') return String(property.value);
  return !computed && property.type === 'Identifier' ? property.name : undefined;
}

/** Scopes and what their names are bound to. */
import type { ESTree } from 'meriyah';
import type { Value } from './known.ts';
import type { FunctionNode, Node } from './nodes.ts';

/** Where a binding's value comes from. */
export interface Source {
  readonly node?: Node;
  readonly module?: string;
  readonly scope: Scope;
  /** Properties taken on the way: destructuring, named imports. */
  readonly path: readonly string[];
}

export interface Binding {
  readonly name: string;
  readonly sources: Source[];
  /** The function it is a parameter of, and which. */
  readonly parameter: { readonly of: FunctionNode; readonly index: number } | undefined;
  /** Set while and after it is evaluated. */
  memo: Value | undefined | typeof unasked;
}

/** Says that nobody asked what a name stands for. */
export const unasked = Symbol('unasked');

/** A name nobody asked for. */
export function newBinding(name: string, parameter?: Binding['parameter']): Binding {
  return { name, sources: [], parameter, memo: unasked };
}

/** Names of a function or block. */
export interface Scope {
  readonly parent: Scope | undefined;
  /** The scope that `var` belongs to. */
  readonly home: Scope | undefined;
  names: Map<string, Binding> | undefined;
}

/** A scope inside another; functions and files are the home of `var`. */
export function newScope(parent: Scope | undefined, isHome: boolean): Scope {
  const scope: { parent: Scope | undefined; home: Scope | undefined; names: undefined } = { parent, home: parent?.home, names: undefined };
  if (isHome) scope.home = scope;
  return scope;
}

/** The binding a name means here; undefined for globals. */
export function lookup(scope: Scope, name: string): Binding | undefined {
  for (let at: Scope | undefined = scope; at; at = at.parent) {
    const found = at.names?.get(name);
    if (found) return found;
  }
  return undefined;
}

/** The scope of a function, with its parameters and own name. */
export function functionScope(node: FunctionNode, scope: Scope): Scope {
  const inner = newScope(scope, true);
  if (node.type === 'FunctionExpression' && node.id) add(inner, node.id.name, { node, scope, path: [] });
  for (let index = 0; index < node.params.length; index++) declareParameter(node.params[index] as Node, node, index, inner);
  return inner;
}

function declareParameter(pattern: Node, of: FunctionNode, index: number, scope: Scope): void {
  for (const { name, standard } of patternNames(pattern)) {
    const binding = newBinding(name, { of, index });
    // What it is where nobody gives anything.
    if (standard) binding.sources.push({ node: standard, scope, path: [] });
    names(scope).set(name, binding);
  }
}

interface PatternName {
  readonly name: string;
  readonly standard: Node | undefined;
}

function patternNames(pattern: Node, standard?: Node, out: PatternName[] = []): readonly PatternName[] {
  if (pattern.type === 'Identifier') out.push({ name: pattern.name, standard });
  else if (pattern.type === 'AssignmentPattern') patternNames(pattern.left, pattern.right, out);
  else if (pattern.type === 'RestElement') patternNames(pattern.argument, undefined, out);
  else if (pattern.type === 'ArrayPattern') for (const element of pattern.elements) element && patternNames(element, undefined, out);
  else if (pattern.type === 'ObjectPattern')
    for (const property of pattern.properties) patternNames(property.type === 'RestElement' ? property : property.value, undefined, out);
  return out;
}

/** Binds the names of a pattern to parts of a value. */
export function declare(pattern: Node, init: Node | undefined, into: Scope, scope: Scope, path: readonly string[]): void {
  if (pattern.type === 'Identifier') {
    if (init === undefined) add(into, pattern.name, undefined);
    else add(into, pattern.name, { node: init, scope, path });
  } else if (pattern.type === 'AssignmentPattern') declare(pattern.left, init, into, scope, path);
  else if (pattern.type === 'RestElement') declare(pattern.argument, init, into, scope, path);
  else if (pattern.type === 'ArrayPattern')
    for (const [at, element] of pattern.elements.entries()) element && declare(element, init, into, scope, [...path, String(at)]);
  else if (pattern.type === 'ObjectPattern') {
    for (const property of pattern.properties) {
      if (property.type === 'RestElement') declare(property.argument, init, into, scope, path);
      else declare(property.value, init, into, scope, [...path, keyText(property.key, property.computed)]);
    }
  }
}

function keyText(key: Node, computed: boolean): string {
  if (!computed && key.type === 'Identifier') return key.name;
  return key.type === 'Literal' && typeof key.value === 'string' ? key.value : '?';
}

/** A name that is given a value; of names nobody declared the global object has the binding. */
export function assigned(left: Node, right: Node, scope: Scope): void {
  if (left.type === 'Identifier') {
    const binding = lookup(scope, left.name) ?? add(rootOf(scope), left.name, undefined);
    if (binding.sources.length < 12) binding.sources.push({ node: right, scope, path: [] });
  } else if (left.type === 'ObjectPattern' || left.type === 'ArrayPattern') declare(left, right, scope.home ?? scope, scope, []);
}

/** The scope of the file. */
export function rootOf(scope: Scope): Scope {
  let at = scope;
  while (at.parent) at = at.parent;
  return at;
}

/** The names an import declaration brings. */
export function importNames(node: ESTree.ImportDeclaration, scope: Scope): void {
  const module = node.source.value;
  for (const specifier of node.specifiers) {
    const path =
      specifier.type === 'ImportSpecifier' ? [specifier.imported.type === 'Identifier' ? specifier.imported.name : specifier.imported.value] : [];
    add(scope, specifier.local.name, { module, scope, path });
  }
}

function names(scope: Scope): Map<string, Binding> {
  scope.names ??= new Map();
  return scope.names;
}

/** The binding of a name in this very scope, with a further source. */
export function add(scope: Scope, name: string, source: Source | undefined): Binding {
  const held = names(scope).get(name);
  const binding = held ?? newBinding(name);
  if (!held) names(scope).set(name, binding);
  if (source && binding.sources.length < 12) binding.sources.push(source);
  return binding;
}

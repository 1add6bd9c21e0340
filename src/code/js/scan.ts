/** One walk over a syntax tree: scopes and bindings, and the nodes that are looked at closer once all bindings are known. */
import type { ESTree } from 'meriyah';
import { bare, type CallNode, type FunctionNode, isFunction, keysOf, type Node } from './nodes.ts';

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
  readonly parameter?: { readonly of: FunctionNode; readonly index: number };
  /** Set while and after it is evaluated. */
  memo?: unknown;
}

/** Names of a function or block. */
export interface Scope {
  readonly parent: Scope | undefined;
  /** The scope that `var` belongs to. */
  readonly home: Scope | undefined;
  names: Map<string, Binding> | undefined;
}

/** A node with the scope it stands in. */
export interface Seen<N extends Node> {
  readonly node: N;
  readonly scope: Scope;
}

export interface Scan {
  readonly calls: Seen<CallNode | ESTree.ImportExpression>[];
  readonly members: Seen<ESTree.MemberExpression>[];
  readonly assignments: Seen<ESTree.AssignmentExpression>[];
  readonly strings: ESTree.Literal[];
  readonly templates: ESTree.TemplateLiteral[];
  readonly arrays: ESTree.ArrayExpression[];
  readonly loops: Seen<ESTree.ForInStatement>[];
  readonly imports: string[];
  readonly numbers: ESTree.Literal[];
  readonly identifiers: Map<string, number>;
  /** Functions that are called where they stand, or handed to a call or a property. */
  readonly handed: Map<Node, { readonly to: Node; readonly scope: Scope; readonly index: number }>;
  /** Calls by the plain name of what they call. */
  readonly callsByName: Map<string, Seen<CallNode>[]>;
  /** Properties by which mail gets further recipients. */
  readonly recipients: ESTree.Property[];
  /** `switch` inside `while (true)`-like loops: flattened control flow. */
  flattened: number;
  readonly root: Scope;
}

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

/** Walks the whole tree with a stack of its own, so that deep trees do not end the machine's. */
export function scan(program: ESTree.Program): Scan {
  const root = newScope(undefined, true);
  const found: Scan = {
    calls: [],
    members: [],
    assignments: [],
    strings: [],
    templates: [],
    arrays: [],
    loops: [],
    imports: [],
    numbers: [],
    identifiers: new Map(),
    handed: new Map(),
    callsByName: new Map(),
    recipients: [],
    flattened: 0,
    root,
  };
  const nodes: Node[] = [program];
  const scopes: Scope[] = [root];
  for (let node = nodes.pop(); node; node = nodes.pop()) {
    const scope = visit(node, scopes.pop() as Scope, found);
    for (const key of keysOf(node)) pushChildren((node as unknown as Record<string, unknown>)[key], scope, nodes, scopes);
  }
  return found;
}

function pushChildren(value: unknown, scope: Scope, nodes: Node[], scopes: Scope[]): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (let at = value.length - 1; at >= 0; at--) pushChildren(value[at], scope, nodes, scopes);
  } else if (typeof (value as { type?: unknown }).type === 'string') {
    nodes.push(value as Node);
    scopes.push(scope);
  }
}

/** Notes what matters of a node; answers the scope of its children. */
function visit(node: Node, scope: Scope, found: Scan): Scope {
  switch (node.type) {
    case 'Identifier':
      found.identifiers.set(node.name, (found.identifiers.get(node.name) ?? 0) + 1);
      return scope;
    case 'Literal':
      if (typeof node.value === 'string') found.strings.push(node);
      else if (typeof node.value === 'number') found.numbers.push(node);
      return scope;
    case 'MemberExpression':
      found.members.push({ node, scope });
      return scope;
    case 'CallExpression':
    case 'NewExpression':
      found.calls.push({ node, scope });
      handOver(node, scope, found);
      nameCall(node, scope, found);
      return scope;
    case 'Property':
      if (node.key.type === 'Identifier' && /^(bcc|cc)$/i.test(node.key.name) && node.value.type === 'Literal') found.recipients.push(node);
      return scope;
    case 'ImportExpression':
      found.calls.push({ node, scope });
      return scope;
    case 'TemplateLiteral':
      found.templates.push(node);
      return scope;
    case 'ArrayExpression':
      if (node.elements.length >= 8) found.arrays.push(node);
      return scope;
    case 'ForInStatement':
      found.loops.push({ node, scope });
      return newScope(scope, false);
    case 'VariableDeclaration':
      for (const { id, init } of node.declarations) declare(id, init ?? undefined, node.kind === 'var' ? (scope.home ?? scope) : scope, scope, []);
      return scope;
    case 'AssignmentExpression':
      assign(node, scope, found);
      return scope;
    case 'ImportDeclaration':
      importNames(node, scope, found);
      return scope;
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      if (node.source) found.imports.push(node.source.value);
      return scope;
    case 'FunctionDeclaration':
      if (node.id) add(scope.home ?? scope, node.id.name, { node, scope, path: [] });
      return functionScope(node, scope);
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return functionScope(node, scope);
    case 'ClassDeclaration':
      if (node.id) add(scope, node.id.name, { node, scope, path: [] });
      return newScope(scope, false);
    case 'WhileStatement':
      if (isForever(node.test) && holdsSwitch(node.body)) found.flattened++;
      return scope;
    case 'ForStatement':
      if (node.test === null && holdsSwitch(node.body)) found.flattened++;
      return newScope(scope, false);
    case 'BlockStatement':
    case 'ForOfStatement':
    case 'CatchClause':
    case 'SwitchStatement':
    case 'StaticBlock':
      return newScope(scope, false);
    default:
      return scope;
  }
}

function functionScope(node: FunctionNode, scope: Scope): Scope {
  const inner = newScope(scope, true);
  if (node.type === 'FunctionExpression' && node.id) add(inner, node.id.name, { node, scope, path: [] });
  for (const [index, parameter] of node.params.entries()) declareParameter(parameter, node, index, inner);
  return inner;
}

function declareParameter(pattern: Node, of: FunctionNode, index: number, scope: Scope): void {
  const plain = pattern.type === 'AssignmentPattern' ? pattern.left : pattern;
  if (plain.type === 'Identifier') {
    names(scope).set(plain.name, { name: plain.name, sources: [], parameter: { of, index } });
    return;
  }
  for (const name of patternNames(plain)) names(scope).set(name, { name, sources: [], parameter: { of, index } });
}

function patternNames(pattern: Node, out: string[] = []): string[] {
  if (pattern.type === 'Identifier') out.push(pattern.name);
  else if (pattern.type === 'AssignmentPattern') patternNames(pattern.left, out);
  else if (pattern.type === 'RestElement') patternNames(pattern.argument, out);
  else if (pattern.type === 'ArrayPattern') for (const element of pattern.elements) element && patternNames(element, out);
  else if (pattern.type === 'ObjectPattern')
    for (const property of pattern.properties) patternNames(property.type === 'RestElement' ? property : property.value, out);
  return out;
}

/** Binds the names of a pattern to parts of a value. */
function declare(pattern: Node, init: Node | undefined, into: Scope, scope: Scope, path: readonly string[]): void {
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

function assign(node: ESTree.AssignmentExpression, scope: Scope, found: Scan): void {
  const { left } = node;
  if (left.type === 'MemberExpression') found.assignments.push({ node, scope });
  if (isFunction(node.right)) found.handed.set(node.right, { to: left, scope, index: 0 });
  if (left.type === 'Identifier') {
    const binding = lookup(scope, left.name) ?? add(rootOf(scope), left.name, undefined);
    if (binding.sources.length < 12) binding.sources.push({ node: node.right, scope, path: [] });
  } else if (left.type === 'ObjectPattern' || left.type === 'ArrayPattern') declare(left, node.right, scope.home ?? scope, scope, []);
}

function rootOf(scope: Scope): Scope {
  let at = scope;
  while (at.parent) at = at.parent;
  return at;
}

function handOver(node: CallNode, scope: Scope, found: Scan): void {
  const callee = bare(node.callee);
  if (isFunction(callee)) found.handed.set(callee, { to: node, scope, index: -1 });
  else if (callee.type === 'MemberExpression' && isFunction(callee.object)) found.handed.set(callee.object, { to: node, scope, index: -2 });
  for (const [index, argument] of node.arguments.entries()) if (isFunction(argument)) found.handed.set(argument, { to: node, scope, index });
}

function nameCall(node: CallNode, scope: Scope, found: Scan): void {
  if (node.callee.type !== 'Identifier' || node.arguments.length === 0) return;
  const held = found.callsByName.get(node.callee.name);
  if (!held) found.callsByName.set(node.callee.name, [{ node, scope }]);
  else if (held.length < 8) held.push({ node, scope });
}

function importNames(node: ESTree.ImportDeclaration, scope: Scope, found: Scan): void {
  const module = node.source.value;
  found.imports.push(module);
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

function add(scope: Scope, name: string, source: Source | undefined): Binding {
  const held = names(scope).get(name);
  const binding = held ?? { name, sources: [] };
  if (!held) names(scope).set(name, binding);
  if (source && binding.sources.length < 12) binding.sources.push(source);
  return binding;
}

function isForever(test: Node): boolean {
  if (test.type === 'Literal') return Boolean(test.value);
  return (
    test.type === 'UnaryExpression' &&
    test.operator === '!' &&
    test.argument.type !== 'Identifier' &&
    test.argument.type !== 'CallExpression' &&
    test.argument.type !== 'MemberExpression'
  );
}

function holdsSwitch(body: Node): boolean {
  if (body.type === 'SwitchStatement') return isDispatch(body);
  return (
    body.type === 'BlockStatement' &&
    body.body.length <= 3 &&
    body.body.some((statement) => statement.type === 'SwitchStatement' && isDispatch(statement))
  );
}

/** `switch (order[at++])`: the order of statements is data. Hand-written parsers switch on other things. */
function isDispatch(node: ESTree.SwitchStatement): boolean {
  const on = node.discriminant;
  return on.type === 'MemberExpression' && on.computed && on.property.type === 'UpdateExpression';
}

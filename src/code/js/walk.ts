/**
 * The walk over a syntax tree: notes what matters of each node. With a stack of its own, so that deep trees do not end the
 * machine's; children are pushed last first, so that nodes come in the order they are written.
 */
import type { ESTree } from 'meriyah';
import { add, assigned, declare, functionScope, importNames, newScope, type Scope } from './bindings.ts';
import { endsByTest, holdsSwitch, isForever, isUnbounded, mayEnd } from './loops.ts';
import { asCall, bare, type CallNode, type FunctionNode, isFunction, isNode, type Node } from './nodes.ts';
import type { Scanned, Seen } from './scanned.ts';

/** Nodes that are still to be looked at, each with the scope it stands in. */
class Open {
  readonly nodes: Node[] = [];
  readonly scopes: Scope[] = [];
  /** Names that are given values. */
  readonly late: Seen<ESTree.AssignmentExpression>[] = [];

  push(node: Node, scope: Scope): void {
    this.nodes.push(node);
    this.scopes.push(scope);
  }

  pushAll(nodes: readonly (Node | null)[], scope: Scope): void {
    for (let at = nodes.length - 1; at >= 0; at--) {
      const node = nodes[at];
      if (node) this.push(node, scope);
    }
  }
}

/** Fills in what is found in a tree. */
export function walk(program: ESTree.Program, found: Scanned): void {
  const open = new Open();
  let node: Node | undefined = program;
  let scope = found.root;
  while (node) {
    node = visit(node, scope, found, open);
    if (node) continue;
    node = open.nodes.pop();
    scope = open.scopes.pop() as Scope;
  }
  // Only now every declaration is known.
  for (const { node, scope } of open.late) assigned(node.left, node.right, scope);
}

/** Notes what matters of a node, pushes its children and answers the first where that is seen in the same scope; the frequent kinds first. */
function visit(node: Node, scope: Scope, found: Scanned, open: Open): Node | undefined {
  switch (node.type) {
    case 'Identifier':
      found.identifiers.add(node.name);
      return undefined;
    case 'MemberExpression':
      member(node, scope, found, open);
      return node.object;
    case 'Literal':
      if (typeof node.value === 'string') found.strings.push(node as ESTree.StringLiteral);
      else if ('regex' in node) found.patterns.push(node as ESTree.RegExpLiteral);
      return undefined;
    case 'CallExpression':
    case 'NewExpression':
      found.calls.push({ node, scope });
      handOver(node, scope, found);
      open.pushAll(node.arguments, scope);
      return node.callee;
    case 'ExpressionStatement':
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return node.expression;
    case 'BinaryExpression':
    case 'LogicalExpression':
      open.push(node.right, scope);
      return node.left;
    case 'AssignmentExpression':
      assignment(node, scope, found, open);
      open.push(node.right, scope);
      return node.left;
    case 'Property':
      property(node, found);
      open.push(node.value, scope);
      return node.key;
    case 'ReturnStatement':
    case 'UnaryExpression':
    case 'UpdateExpression':
    case 'SpreadElement':
    case 'AwaitExpression':
    case 'ThrowStatement':
      return node.argument ?? undefined;
    case 'BlockStatement':
      open.pushAll(node.body, blockScope(node.body, scope));
      return undefined;
    case 'VariableDeclaration':
      declarations(node, scope, found, open);
      return undefined;
    case 'IfStatement':
      if (asksForProgram(node.test)) found.asProgram.push([node.consequent.start ?? 0, node.consequent.end ?? 0]);
      if (node.alternate) open.push(node.alternate, scope);
      open.push(node.consequent, scope);
      return node.test;
    case 'ConditionalExpression':
      open.push(node.alternate, scope);
      open.push(node.consequent, scope);
      return node.test;
    case 'FunctionDeclaration':
      if (node.id) {
        add(scope.home ?? scope, node.id.name, { node, scope, path: [] });
        if (takesKeys(node.id.name)) found.methodNames.set(node, node.id.name);
      }
      within(node, scope, found, open);
      return undefined;
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      within(node, scope, found, open);
      return undefined;
    case 'ObjectExpression':
    case 'ObjectPattern':
      open.pushAll(node.properties, scope);
      return undefined;
    case 'SequenceExpression':
      open.pushAll(node.expressions, scope);
      return undefined;
    case 'ArrayExpression':
      if (node.elements.length >= 8) found.arrays.push(node);
      open.pushAll(node.elements, scope);
      return undefined;
    case 'TemplateLiteral':
      found.templates.push(node);
      open.pushAll(node.expressions, scope);
      return undefined;
    case 'ThisExpression':
    case 'TemplateElement':
    case 'EmptyStatement':
    case 'PrivateIdentifier':
      return undefined;
    default:
      children(node, rare(node, scope, found), open);
      return undefined;
  }
}

const mostFields = 2000;

/** The rest; answers the scope of the children. */
function rare(node: Node, scope: Scope, found: Scanned): Scope {
  switch (node.type) {
    case 'ImportExpression':
      found.calls.push({ node, scope });
      return scope;
    case 'TaggedTemplateExpression':
      found.calls.push({ node: asCall(node, node.tag, [node.quasi]), scope });
      return scope;
    case 'ForInStatement':
      found.loops.push({ node, scope });
      return loopScope(node, scope);
    case 'ForOfStatement':
      return loopScope(node, scope);
    case 'ImportDeclaration':
      found.imports.push(node.source.value);
      importNames(node, scope);
      return scope;
    case 'ExportAllDeclaration':
    case 'ExportNamedDeclaration':
      if (node.source) found.imports.push(node.source.value);
      return scope;
    case 'MethodDefinition':
      if (node.key && node.value) method(node.key, node.value as Node, found);
      return scope;
    case 'PropertyDefinition':
      if (node.value && !node.computed && !node.static && found.fields.length < mostFields)
        found.fields.push({ name: node.key as Node, node: node.value as Node, scope });
      return scope;
    case 'ClassDeclaration':
      if (node.id) add(scope, node.id.name, { node, scope, path: [] });
      return newScope(scope, false);
    case 'WhileStatement':
      if (isForever(node.test)) forever(node, node.body, found);
      return scope;
    case 'ForStatement':
      if (!node.test || isForever(node.test) || isUnbounded(node.test)) forever(node, node.body, found);
      return newScope(scope, false);
    case 'TryStatement':
      if (node.handler?.body.body.length === 0 && found.hushedBlocks.length < 400)
        found.hushedBlocks.push([node.block.start ?? 0, node.block.end ?? 0]);
      return scope;
    case 'CatchClause':
    case 'SwitchStatement':
    case 'StaticBlock':
      return newScope(scope, false);
    default:
      return scope;
  }
}

/** Every field that holds nodes, whatever the kind: nothing may be passed over. */
function children(node: Node, scope: Scope, open: Open): void {
  const fields = Object.values(node) as unknown[];
  for (let at = fields.length - 1; at >= 0; at--) {
    const value = fields[at];
    if (value === null || typeof value !== 'object') continue;
    if (Array.isArray(value)) {
      for (let item = value.length - 1; item >= 0; item--) if (isNode(value[item])) open.push(value[item], scope);
    } else if (isNode(value)) open.push(value, scope);
  }
}

function member(node: ESTree.MemberExpression, scope: Scope, found: Scanned, open: Open): void {
  found.memberCount++;
  const { property } = node;
  if (node.computed || property.type !== 'Identifier') open.push(property, scope);
  else found.identifiers.add(property.name);
  if (node.computed || (property.type === 'Identifier' && isTelling(property.name))) found.members.push({ node, scope });
}

function property(node: ESTree.Property, found: Scanned): void {
  const { key, value } = node;
  if (value.type === 'Literal' || value.type === 'ArrayExpression') {
    const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? key.value : undefined;
    if (typeof name === 'string' && name.length < 4 && /^(bcc|cc)$/i.test(name)) found.recipients.push(node);
  } else if (isFunction(value)) method(key, value, found);
}

function declarations(node: ESTree.VariableDeclaration, scope: Scope, found: Scanned, open: Open): void {
  const into = node.kind === 'var' ? (scope.home ?? scope) : scope;
  const { declarations } = node;
  for (let at = 0; at < declarations.length; at++) {
    const { id, init } = declarations[at] as ESTree.VariableDeclarator;
    declare(id, init ?? undefined, into, scope, []);
    if (init && id.type === 'Identifier' && isFunction(init)) found.named.set(init, id.name);
  }
  for (let at = declarations.length - 1; at >= 0; at--) {
    const { id, init } = declarations[at] as ESTree.VariableDeclarator;
    if (init) open.push(init, scope);
    open.push(id, scope);
  }
}

function forever(node: Node, body: Node, found: Scanned): void {
  if (holdsSwitch(body)) found.flattened++;
  else if (found.endless.length < 20 && !endsByTest(node) && !mayEnd(body)) found.endless.push(node);
}

function method(key: Node, value: Node, found: Scanned): void {
  const name = key.type === 'Identifier' || key.type === 'PrivateIdentifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
  if (name === undefined || !isFunction(value)) return;
  if (takesKeys(name)) found.methodNames.set(value, name);
  const into = key.type === 'Literal' ? found.modules : found.methods;
  const held = into.get(name);
  if (!held) into.set(name, [value]);
  else if (held.length < 20) held.push(value);
}

function within(node: FunctionNode, scope: Scope, found: Scanned, open: Open): void {
  const inner = functionScope(node, scope);
  found.inner.set(node, inner);
  if (node.body?.type === 'BlockStatement') open.pushAll(node.body.body, inner);
  else if (node.body) open.push(node.body, inner);
  open.pushAll(node.params, inner);
  if (node.type !== 'ArrowFunctionExpression' && node.id) open.push(node.id, inner);
}

function assignment(node: ESTree.AssignmentExpression, scope: Scope, found: Scanned, open: Open): void {
  const { left, right } = node;
  if (left.type === 'MemberExpression') found.assignments.push({ node, scope });
  else open.late.push({ node, scope });
  if (!isFunction(right)) return;
  found.handed.set(right, { to: left, scope, index: 0 });
  if (left.type === 'MemberExpression' && !left.computed) method(left.property as Node, right, found);
}

function handOver(node: CallNode, scope: Scope, found: Scanned): void {
  const callee = bare(node.callee);
  if (callee.type === 'MemberExpression') {
    if (isFunction(callee.object)) found.handed.set(callee.object, { to: node, scope, index: -2 });
  } else if (isFunction(callee)) found.handed.set(callee, { to: node, scope, index: -1 });
  const { arguments: given } = node;
  for (let index = 0; index < given.length; index++) {
    const argument = given[index] as Node;
    if (isFunction(argument)) found.handed.set(argument, { to: node, scope, index });
  }
}

/** Names of functions whose first argument is a secret, whatever a minifier calls it. */
function takesKeys(name: string): boolean {
  return (
    name.length < 40 &&
    /^((from|import|set|with|by|restore\w*)_?(Secret|Private|Seed|Mnemonic|Recovery)|(mnemonic|seed_?phrase|(private|secret)_?key)_?to)/i.test(name)
  );
}

/** A scope for the names of a block, where it has some: most have none. That of a file is no block's. */
function blockScope(body: readonly Node[], scope: Scope): Scope {
  if (scope.parent === undefined) return newScope(scope, false);
  for (const { type } of body) if (type === 'VariableDeclaration' || type === 'ClassDeclaration') return newScope(scope, false);
  return scope;
}

/** What a loop goes over is where its variable comes from; which item it is, only running would tell. */
function loopScope(node: ESTree.ForInStatement | ESTree.ForOfStatement, scope: Scope): Scope {
  const inner = newScope(scope, false);
  if (node.left.type !== 'VariableDeclaration') return inner;
  const [first] = node.left.declarations;
  if (first) declare(first.id, node.right, node.left.kind === 'var' ? (scope.home ?? scope) : inner, scope, ['?']);
  return inner;
}

const telling = new Set('env cookie clipboard ethereum solana phantom tronWeb tronLink web3 BinanceChain language timeZone LANG TZ CI'.split(' '));

/** Names of members that may say something: of globals, and of environment variables. */
function isTelling(name: string): boolean {
  const code = name.charCodeAt(0);
  return telling.has(name) || (code >= 65 && code <= 90 && /^[A-Z][A-Z0-9_]{2,}$/.test(name));
}

/** `require.main === module`, `import.meta.main`. */
function asksForProgram(test: Node): boolean {
  if (test.type === 'BinaryExpression') return asksForProgram(test.left as Node) || asksForProgram(test.right);
  return (
    test.type === 'MemberExpression' &&
    test.property.type === 'Identifier' &&
    test.property.name === 'main' &&
    (test.object.type === 'MetaProperty' || (test.object.type === 'Identifier' && test.object.name === 'require'))
  );
}

/** One walk over a syntax tree: scopes and bindings, and the nodes that are looked at closer once all bindings are known. */
import type { ESTree } from 'meriyah';
import { add, assigned, declare, functionScope, importNames, newScope, type Scope } from './bindings.ts';
import { asCall, bare, type CallNode, type FunctionNode, isFunction, type Node } from './nodes.ts';

/** A node with the scope it stands in. */
export interface Seen<N extends Node> {
  readonly node: N;
  readonly scope: Scope;
}

export interface Scan {
  readonly calls: Seen<CallNode | ESTree.ImportExpression>[];
  /** Members whose name is computed, or one that tells something. */
  readonly members: Seen<ESTree.MemberExpression>[];
  /** How many members there are in all. */
  memberCount: number;
  readonly assignments: Seen<ESTree.AssignmentExpression>[];
  readonly strings: ESTree.StringLiteral[];
  readonly templates: ESTree.TemplateLiteral[];
  readonly arrays: ESTree.ArrayExpression[];
  readonly loops: Seen<ESTree.ForInStatement>[];
  readonly imports: string[];
  readonly identifiers: Set<string>;
  /** Functions that are called where they stand, or handed to a call or a property. */
  readonly handed: Map<Node, { readonly to: Node; readonly scope: Scope; readonly index: number }>;
  /** Some calls by the plain name of what they call. */
  callsByName(name: string): readonly Seen<CallNode>[];
  /** Every function. */
  functions(): Iterable<Node>;
  /** The name a function is called by. */
  nameOf(target: Node): string | undefined;
  /** Methods of classes and objects, and functions that are assigned to a member, by name. */
  readonly methods: ReadonlyMap<string, readonly FunctionNode[]>;
  /** Functions under a number or path, as bundlers keep modules. */
  readonly modules: ReadonlyMap<string, readonly FunctionNode[]>;
  /** Where code stands that only runs when the file itself is started. */
  readonly asProgram: readonly (readonly [start: number, end: number])[];
  /** The scope within a function. */
  scopeOf(target: Node): Scope | undefined;
  /** What is put into the object of a name: pushed, set, assigned to its members. */
  fedInto(name: string): readonly Seen<Node>[];
  /** Properties by which mail gets further recipients. */
  readonly recipients: ESTree.Property[];
  /** Loops nothing in them ends. */
  readonly endless: Node[];
  /** Blocks whose errors are caught and dropped. */
  readonly hushedBlocks: readonly (readonly [start: number, end: number])[];
  /** The name of the method or property a function is. */
  methodName(target: Node): string | undefined;
  /** `switch` inside `while (true)`-like loops: flattened control flow. */
  flattened: number;
  readonly root: Scope;
}

/** Walks the whole tree with a stack of its own, so that deep trees do not end the machine's. */
export function scan(program: ESTree.Program): Scan {
  const walk = new Walk();
  walk.run(program);
  return walk;
}

/** Children are pushed last first, so that nodes come in the order they are written; a class because it gathers while it goes. */
class Walk implements Scan {
  readonly calls: Seen<CallNode | ESTree.ImportExpression>[] = [];
  readonly members: Seen<ESTree.MemberExpression>[] = [];
  memberCount = 0;
  readonly assignments: Seen<ESTree.AssignmentExpression>[] = [];
  readonly strings: ESTree.StringLiteral[] = [];
  readonly templates: ESTree.TemplateLiteral[] = [];
  readonly arrays: ESTree.ArrayExpression[] = [];
  readonly loops: Seen<ESTree.ForInStatement>[] = [];
  readonly imports: string[] = [];
  readonly identifiers = new Set<string>();
  readonly handed = new Map<Node, { readonly to: Node; readonly scope: Scope; readonly index: number }>();
  readonly recipients: ESTree.Property[] = [];
  readonly endless: Node[] = [];
  readonly hushedBlocks: (readonly [number, number])[] = [];
  readonly #methodNames = new Map<Node, string>();
  flattened = 0;
  readonly root = newScope(undefined, true);
  readonly #nodes: Node[] = [];
  readonly #scopes: Scope[] = [];
  readonly #late: Seen<ESTree.AssignmentExpression>[] = [];

  run(program: ESTree.Program): void {
    this.#push(program, this.root);
    for (let node = this.#nodes.pop(); node; node = this.#nodes.pop()) this.#visit(node, this.#scopes.pop() as Scope);
    // Only now every declaration is known.
    for (const { node, scope } of this.#late) assigned(node.left, node.right, scope);
  }

  readonly #inner = new Map<Node, Scope>();
  readonly methods = new Map<string, FunctionNode[]>();
  readonly modules = new Map<string, FunctionNode[]>();
  readonly asProgram: (readonly [number, number])[] = [];

  readonly #named = new Map<Node, string>();

  nameOf(target: Node): string | undefined {
    return target.type === 'FunctionDeclaration' && target.id ? target.id.name : this.#named.get(target);
  }

  methodName(target: Node): string | undefined {
    return this.#methodNames.get(target);
  }

  functions(): Iterable<Node> {
    return this.#inner.keys();
  }

  scopeOf(target: Node): Scope | undefined {
    return this.#inner.get(target);
  }

  #byName: Map<string, Seen<CallNode>[]> | undefined;

  callsByName(name: string): readonly Seen<CallNode>[] {
    this.#byName ??= byName(this.calls);
    return this.#byName.get(name) ?? [];
  }

  #fed: Map<string, Seen<Node>[]> | undefined;

  fedInto(name: string): readonly Seen<Node>[] {
    this.#fed ??= fedByName(this.calls, this.assignments);
    return this.#fed.get(name) ?? [];
  }

  #push(node: Node | null | undefined, scope: Scope): void {
    if (!node) return;
    this.#nodes.push(node);
    this.#scopes.push(scope);
  }

  #pushAll(nodes: readonly (Node | null)[], scope: Scope): void {
    for (let at = nodes.length - 1; at >= 0; at--) this.#push(nodes[at], scope);
  }

  /** Notes what matters of a node and pushes its children; the frequent kinds first. */
  #visit(node: Node, scope: Scope): void {
    switch (node.type) {
      case 'Identifier':
        this.identifiers.add(node.name);
        return;
      case 'MemberExpression':
        this.#member(node, scope);
        return;
      case 'Literal':
        if (typeof node.value === 'string') this.strings.push(node as ESTree.StringLiteral);
        return;
      case 'CallExpression':
      case 'NewExpression':
        this.calls.push({ node, scope });
        this.#handOver(node, scope);
        this.#pushAll(node.arguments, scope);
        this.#push(node.callee, scope);
        return;
      case 'ExpressionStatement':
        this.#push(node.expression, scope);
        return;
      case 'BinaryExpression':
      case 'LogicalExpression':
        this.#push(node.right, scope);
        this.#push(node.left, scope);
        return;
      case 'AssignmentExpression':
        this.#assign(node, scope);
        this.#push(node.right, scope);
        this.#push(node.left, scope);
        return;
      case 'Property':
        if (node.key.type === 'Identifier' && node.value.type === 'Literal' && /^(bcc|cc)$/i.test(node.key.name)) this.recipients.push(node);
        if (isFunction(node.value)) this.#method(node.key, node.value);
        this.#push(node.value, scope);
        this.#push(node.key, scope);
        return;
      case 'ReturnStatement':
      case 'UnaryExpression':
      case 'UpdateExpression':
      case 'SpreadElement':
      case 'AwaitExpression':
      case 'ThrowStatement':
        this.#push(node.argument, scope);
        return;
      case 'BlockStatement':
        this.#pushAll(node.body, newScope(scope, false));
        return;
      case 'VariableDeclaration':
        this.#declarations(node, scope);
        return;
      case 'IfStatement':
        if (asksForProgram(node.test)) this.asProgram.push([node.consequent.start ?? 0, node.consequent.end ?? 0]);
        this.#push(node.alternate, scope);
        this.#push(node.consequent, scope);
        this.#push(node.test, scope);
        return;
      case 'ConditionalExpression':
        this.#push(node.alternate, scope);
        this.#push(node.consequent, scope);
        this.#push(node.test, scope);
        return;
      case 'FunctionDeclaration':
        if (node.id) add(scope.home ?? scope, node.id.name, { node, scope, path: [] });
        this.#function(node, scope);
        return;
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        this.#function(node, scope);
        return;
      case 'ObjectExpression':
        this.#pushAll(node.properties, scope);
        return;
      case 'SequenceExpression':
        this.#pushAll(node.expressions, scope);
        return;
      case 'ArrayExpression':
        if (node.elements.length >= 8) this.arrays.push(node);
        this.#pushAll(node.elements, scope);
        return;
      case 'TemplateLiteral':
        this.templates.push(node);
        this.#pushAll(node.expressions, scope);
        return;
      case 'ThisExpression':
      case 'TemplateElement':
      case 'EmptyStatement':
      case 'PrivateIdentifier':
        return;
      default:
        this.#children(node, this.#rare(node, scope));
    }
  }

  /** The rest; answers the scope of the children. */
  #rare(node: Node, scope: Scope): Scope {
    switch (node.type) {
      case 'ImportExpression':
        this.calls.push({ node, scope });
        return scope;
      case 'TaggedTemplateExpression':
        this.calls.push({ node: asCall(node, node.tag, [node.quasi]), scope });
        return scope;
      case 'ForInStatement':
        this.loops.push({ node, scope });
        return loopScope(node, scope);
      case 'ForOfStatement':
        return loopScope(node, scope);
      case 'ImportDeclaration':
        this.imports.push(node.source.value);
        importNames(node, scope);
        return scope;
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        if (node.source) this.imports.push(node.source.value);
        return scope;
      case 'MethodDefinition':
        if (node.key && node.value) this.#method(node.key, node.value as Node);
        return scope;
      case 'ClassDeclaration':
        if (node.id) add(scope, node.id.name, { node, scope, path: [] });
        return newScope(scope, false);
      case 'WhileStatement':
        if (isForever(node.test)) this.#forever(node, node.body);
        return scope;
      case 'ForStatement':
        if (!node.test || isForever(node.test) || isUnbounded(node.test)) this.#forever(node, node.body);
        return newScope(scope, false);
      case 'TryStatement':
        if (node.handler?.body.body.length === 0 && this.hushedBlocks.length < 400)
          this.hushedBlocks.push([node.block.start ?? 0, node.block.end ?? 0]);
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
  #children(node: Node, scope: Scope): void {
    const fields = Object.values(node) as unknown[];
    for (let at = fields.length - 1; at >= 0; at--) {
      const value = fields[at];
      if (value === null || typeof value !== 'object') continue;
      if (Array.isArray(value)) {
        for (let item = value.length - 1; item >= 0; item--) if (isNode(value[item])) this.#push(value[item], scope);
      } else if (isNode(value)) this.#push(value, scope);
    }
  }

  #member(node: ESTree.MemberExpression, scope: Scope): void {
    this.memberCount++;
    const { property } = node;
    if (node.computed || property.type !== 'Identifier') this.#push(property, scope);
    else this.identifiers.add(property.name);
    if (node.computed || (property.type === 'Identifier' && isTelling(property.name))) this.members.push({ node, scope });
    this.#push(node.object, scope);
  }

  #declarations(node: ESTree.VariableDeclaration, scope: Scope): void {
    const into = node.kind === 'var' ? (scope.home ?? scope) : scope;
    const { declarations } = node;
    for (let at = 0; at < declarations.length; at++) {
      const { id, init } = declarations[at] as ESTree.VariableDeclarator;
      declare(id, init ?? undefined, into, scope, []);
      if (init && id.type === 'Identifier' && isFunction(init)) this.#named.set(init, id.name);
    }
    for (let at = declarations.length - 1; at >= 0; at--) {
      const { id, init } = declarations[at] as ESTree.VariableDeclarator;
      this.#push(init, scope);
      this.#push(id, scope);
    }
  }

  #forever(node: Node, body: Node): void {
    if (holdsSwitch(body)) this.flattened++;
    else if (this.endless.length < 20 && !endsByTest(node) && !mayEnd(body)) this.endless.push(node);
  }

  #method(key: Node, value: Node): void {
    const name = key.type === 'Identifier' || key.type === 'PrivateIdentifier' ? key.name : key.type === 'Literal' ? String(key.value) : undefined;
    if (name === undefined || !isFunction(value)) return;
    if (takesKeys(name)) this.#methodNames.set(value, name);
    const into = key.type === 'Literal' ? this.modules : this.methods;
    const held = into.get(name);
    if (!held) into.set(name, [value]);
    else if (held.length < 20) held.push(value);
  }

  #function(node: ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression, scope: Scope): void {
    const inner = functionScope(node, scope);
    this.#inner.set(node, inner);
    if (node.body?.type === 'BlockStatement') this.#pushAll(node.body.body, inner);
    else this.#push(node.body, inner);
    this.#pushAll(node.params, inner);
    if (node.type !== 'ArrowFunctionExpression') this.#push(node.id, inner);
  }

  #assign(node: ESTree.AssignmentExpression, scope: Scope): void {
    if (node.left.type === 'MemberExpression') this.assignments.push({ node, scope });
    else this.#late.push({ node, scope });
    if (!isFunction(node.right)) return;
    this.handed.set(node.right, { to: node.left, scope, index: 0 });
    if (node.left.type === 'MemberExpression' && !node.left.computed) this.#method(node.left.property as Node, node.right);
  }

  #handOver(node: CallNode, scope: Scope): void {
    const callee = bare(node.callee);
    if (isFunction(callee)) this.handed.set(callee, { to: node, scope, index: -1 });
    else if (callee.type === 'MemberExpression' && isFunction(callee.object)) this.handed.set(callee.object, { to: node, scope, index: -2 });
    for (let index = 0; index < node.arguments.length; index++) {
      const argument = node.arguments[index] as Node;
      if (isFunction(argument)) this.handed.set(argument, { to: node, scope, index });
    }
  }
}

/** Names of functions whose first argument is a secret, whatever a minifier calls it. */
function takesKeys(name: string): boolean {
  return name.length < 40 && /^(from|import|set|with|by|restore\w*)_?(Secret|Private|Seed|Mnemonic|Recovery)/i.test(name);
}

/** What a loop goes over is where its variable comes from; which item it is, only running would tell. */
function loopScope(node: ESTree.ForInStatement | ESTree.ForOfStatement, scope: Scope): Scope {
  const inner = newScope(scope, false);
  if (node.left.type !== 'VariableDeclaration') return inner;
  const [first] = node.left.declarations;
  if (first) declare(first.id, node.right, node.left.kind === 'var' ? (scope.home ?? scope) : inner, scope, ['?']);
  return inner;
}

function byName(calls: Scan['calls']): Map<string, Seen<CallNode>[]> {
  const found = new Map<string, Seen<CallNode>[]>();
  for (const { node, scope } of calls) {
    if (node.type === 'ImportExpression' || node.callee.type !== 'Identifier' || node.arguments.length === 0) continue;
    const held = found.get(node.callee.name);
    if (!held) found.set(node.callee.name, [{ node, scope }]);
    else if (held.length < 8) held.push({ node, scope });
  }
  return found;
}

/** What holds: a name, or a field as `this.field`; of something deeper the outermost. */
function holderName(object: Node): string | undefined {
  let at = object;
  while (at.type === 'MemberExpression') {
    if (at.object.type === 'ThisExpression') return !at.computed && at.property.type === 'Identifier' ? `this.${at.property.name}` : undefined;
    at = at.object as Node;
  }
  return at.type === 'Identifier' ? at.name : undefined;
}

const feeding = new Set('push unshift set add append concat enqueue splice write assign'.split(' '));
const mostFed = 8;

function fedByName(calls: Scan['calls'], assignments: Scan['assignments']): Map<string, Seen<Node>[]> {
  const found = new Map<string, Seen<Node>[]>();
  const feed = (object: Node, fed: readonly Node[], scope: Scope): void => {
    const name = holderName(object);
    if (name === undefined || fed.length === 0) return;
    const held = found.get(name) ?? [];
    for (const node of fed) if (held.length < mostFed && node.type !== 'Literal' && !isFunction(node)) held.push({ node, scope });
    found.set(name, held);
  };
  for (const { node, scope } of calls) {
    if (node.type === 'ImportExpression' || node.callee.type !== 'MemberExpression') continue;
    const { object, property } = node.callee;
    if (property.type !== 'Identifier' || !feeding.has(property.name)) continue;
    const intoFirst = property.name === 'assign' && object.type === 'Identifier' && object.name === 'Object';
    if (intoFirst && node.arguments[0]) feed(node.arguments[0] as Node, node.arguments.slice(1) as Node[], scope);
    else feed(object as Node, node.arguments as Node[], scope);
  }
  for (const { node, scope } of assignments)
    if (node.left.type === 'MemberExpression')
      feed(node.left.object.type === 'ThisExpression' ? node.left : (node.left.object as Node), [node.right], scope);
  return found;
}

function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object' && typeof (value as { type?: unknown }).type === 'string';
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

/** A loop whose condition is more than a constant: `!(a instanceof B)`. */
function endsByTest(node: Node): boolean {
  let test = 'test' in node ? node.test : null;
  while (test && test.type === 'UnaryExpression') test = test.argument;
  return test !== null && test.type !== 'Literal' && test.type !== 'ArrayExpression' && !isUnbounded(test);
}

/** `i < Infinity`. */
function isUnbounded(test: Node): boolean {
  return test.type === 'BinaryExpression' && test.right.type === 'Identifier' && test.right.name === 'Infinity';
}

const ending = new Set('BreakStatement ReturnStatement ThrowStatement AwaitExpression YieldExpression'.split(' '));
const mostLooked = 400;

/** True when something in a loop leaves it, waits in it, or ends the program; too much to look at may end. */
function mayEnd(body: Node): boolean {
  const open: Node[] = [body];
  for (let looked = 0; open.length > 0; looked++) {
    const node = open.pop() as Node;
    if (looked > mostLooked || ending.has(node.type) || (node.type === 'ContinueStatement' && node.label)) return true;
    if (node.type === 'MemberExpression' && node.property.type === 'Identifier' && /^(exit|abort|kill|wait)$/.test(node.property.name)) return true;
    if (isFunction(node)) continue;
    for (const value of Object.values(node) as unknown[])
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) open.push(child);
  }
  return false;
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

/** What a file writes down as given away: by name, as a whole, or under names only running would tell. */
import type { ESTree } from 'meriyah';
import { lookup, type Scope } from './bindings.ts';
import type { Evaluating } from './evaluating.ts';
import { bare, type CallNode, isFunction, type Node, returnsOf } from './nodes.ts';
import { type OwnRef, reachOf } from './own-ref.ts';
import type { Seen } from './scan.ts';

/** What is given away under a name, or as a whole where its members are. */
export type Given = Seen<Node> | OwnRef;

/** More assignments and calls of a file are not looked at. */
export const mostGiven = 2000;

/** A class because it is gathered statement by statement. */
export class GivenAway {
  readonly names = new Map<string, Given[]>();
  /** Things of which every member is given away. */
  readonly all: Given[] = [];
  /** Values under names only running would tell. */
  readonly unnamed: Given[] = [];
  readonly isModule: boolean;
  readonly #evaluator: Evaluating;

  constructor(program: ESTree.Program, evaluator: Evaluating) {
    this.#evaluator = evaluator;
    this.isModule = program.body.some(({ type }) => type.startsWith('Export'));
    for (const statement of program.body) this.#statement(statement);
    for (const seen of evaluator.scan.assignments.slice(0, mostGiven)) this.#assignment(seen);
    for (const { node, scope } of evaluator.scan.calls.slice(0, mostGiven)) if (node.type !== 'ImportExpression') this.#call(node, scope);
  }

  #give(name: string | undefined, given: Given): void {
    if (name === undefined) this.unnamed.push(given);
    else {
      const held = this.names.get(name);
      if (held) held.push(given);
      else this.names.set(name, [given]);
    }
  }

  #statement(node: Node): void {
    const scope = this.#evaluator.scan.root;
    if (node.type === 'ExportDefaultDeclaration') this.#give('default', { node: node.declaration as Node, scope });
    else if (node.type === 'ExportAllDeclaration') {
      const ref = { file: node.source.value, reach: '' };
      if (node.exported) this.#give(nameOf(node.exported as Node), ref);
      else this.all.push(ref);
    } else if (node.type === 'ExportNamedDeclaration') this.#exported(node, scope);
  }

  #exported({ declaration, specifiers, source }: ESTree.ExportNamedDeclaration, scope: Scope): void {
    for (const { local, exported } of specifiers) {
      const name = nameOf(local as Node);
      if (source) this.#give(nameOf(exported as Node), { file: source.value, reach: reachOf(name, '') });
      else this.#give(nameOf(exported as Node), { node: local as Node, scope });
    }
    if (declaration?.type === 'VariableDeclaration') {
      for (const { id, init } of declaration.declarations)
        if (id.type === 'Identifier') this.#give(id.name, { node: init ?? id, scope });
        else for (const inner of patternNames(id)) this.#give(inner.name, { node: inner, scope });
    } else if (declaration && 'id' in declaration && declaration.id)
      this.#give((declaration.id as ESTree.Identifier).name, { node: declaration, scope });
  }

  /** `exports.x = …`, `module.exports = …`, `exports[x] = …`. */
  #assignment({ node, scope }: Seen<ESTree.AssignmentExpression>): void {
    const { left, right } = node;
    if (left.type !== 'MemberExpression') return;
    const given = { node: right, scope };
    if (this.#isExports(left, scope)) this.all.push(given);
    else if (this.#isExports(left.object as Node, scope)) this.#member(this.#evaluator.key(left, scope), given);
  }

  /** Under a name only running would tell `f[key]` is every member of `f`. */
  #member(name: string | undefined, given: Seen<Node>): void {
    const right = bare(given.node);
    if (name === undefined && right.type === 'MemberExpression' && this.#evaluator.key(right, given.scope) === undefined)
      this.all.push({ node: right.object as Node, scope: given.scope });
    else this.#give(name, given);
  }

  #isExports(written: Node, scope: Scope, depth = 0): boolean {
    const node = bare(written);
    if (node.type === 'ThisExpression') return scope.parent === undefined;
    if (node.type === 'MemberExpression') return node.property.type === 'Identifier' && node.property.name === 'exports' && !node.computed;
    if (node.type === 'AssignmentExpression') return this.#isExports(node.left as Node, scope, depth) || this.#isExports(node.right, scope, depth);
    if (node.type !== 'Identifier' || depth > 3) return false;
    const binding = lookup(scope, node.name);
    if (!binding) return node.name === 'exports';
    return binding.sources.some((source) => source.node && source.path.length === 0 && this.#isExports(source.node, source.scope, depth + 1));
  }

  /** `Object.defineProperty(exports, …)`, `Object.assign(exports, …)`, `__exportStar(require('./x'), exports)`. */
  #call(node: CallNode, scope: Scope): void {
    const at = node.arguments.findIndex((argument) => argument.type !== 'SpreadElement' && this.#isExports(argument as Node, scope));
    if (at >= 0) this.#into(node, scope);
  }

  #into(node: CallNode, scope: Scope): void {
    const path = this.#evaluator.path(bare(node.callee), scope);
    const [, name, descriptor] = node.arguments;
    if (path === '#Object.defineProperty' || path === '#Reflect.defineProperty') {
      const told = name && name.type !== 'SpreadElement' ? this.#evaluator.value(name, scope) : undefined;
      const key = told?.is === 'text' ? told.text : undefined;
      if (descriptor?.type === 'ObjectExpression' && key !== '__esModule')
        for (const given of describedBy(descriptor, scope, this.#evaluator)) this.#member(key, given);
      return;
    }
    for (const argument of node.arguments) {
      const plain = bare(argument as Node);
      if (!this.#isExports(plain, scope)) this.all.push({ node: plain.type === 'SpreadElement' ? plain.argument : plain, scope });
    }
  }
}

/** The name a key is written with. */
export function nameOf(node: Node): string | undefined {
  if (node.type === 'Identifier' || node.type === 'PrivateIdentifier') return node.name;
  return node.type === 'Literal' ? String(node.value) : undefined;
}

function patternNames(node: Node): readonly ESTree.Identifier[] {
  if (node.type === 'Identifier') return [node];
  if (node.type === 'AssignmentPattern') return patternNames(node.left);
  if (node.type === 'RestElement') return patternNames(node.argument);
  if (node.type === 'ArrayPattern') return node.elements.flatMap((element) => (element ? patternNames(element) : []));
  if (node.type !== 'ObjectPattern') return [];
  return node.properties.flatMap((property) => patternNames(property.type === 'RestElement' ? property.argument : property.value));
}

/** The value of a described property, or what its getter gives. */
function describedBy({ properties }: ESTree.ObjectExpression, scope: Scope, evaluator: Evaluating): readonly Seen<Node>[] {
  return properties.flatMap((property) => {
    if (property.type !== 'Property') return [];
    const name = nameOf(property.key);
    const value = property.value as Node;
    if (name === 'value') return [{ node: value, scope }];
    if (name !== 'get') return [];
    if (!isFunction(value)) return [{ node: value, scope }];
    return returnsOf(value).map((node) => ({ node, scope: evaluator.scan.scopeOf(value) ?? scope }));
  });
}

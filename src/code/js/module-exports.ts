/** What a file gives away by name: what stands behind it in the file, and what it hands on of other files. */
import type { ESTree } from 'meriyah';
import { type Binding, lookup, type Scope } from './bindings.ts';
import type { Evaluating } from './evaluating.ts';
import { bare, type CallNode, isFunction, type Node, returnsOf } from './nodes.ts';
import { type OwnRef, reachOf, splitReach } from './own-ref.ts';
import type { Seen } from './scan.ts';

/** What a name may stand for. */
export interface Standing {
  /** Functions, classes, values of the file. */
  readonly nodes: readonly Seen<Node>[];
  /** Those of them that are what is meant, not a member of it. */
  readonly itself: readonly Seen<Node>[];
  /** What other files give away, handed on as it is. */
  readonly refs: readonly OwnRef[];
  /** False where only running would tell what else it is. */
  readonly told: boolean;
}

/** What is given away under a name, or as a whole where its members are. */
type Given = Seen<Node> | OwnRef;

const mostSteps = 400;
const mostGiven = 2000;

/** What a file gives away; a class because it is gathered once and asked often. */
export class ModuleExports {
  readonly #evaluator: Evaluating;
  readonly #names = new Map<string, Given[]>();
  /** Things of which every member is given away. */
  readonly #all: Given[] = [];
  /** Values under names only running would tell. */
  readonly #unnamed: Given[] = [];
  #left = 0;
  readonly #isModule: boolean;

  constructor(program: ESTree.Program, evaluator: Evaluating) {
    this.#evaluator = evaluator;
    this.#isModule = program.body.some(({ type }) => type.startsWith('Export'));
    for (const statement of program.body) this.#statement(statement);
    for (const seen of evaluator.scan.assignments.slice(0, mostGiven)) this.#assignment(seen);
    for (const { node, scope } of evaluator.scan.calls.slice(0, mostGiven)) if (node.type !== 'ImportExpression') this.#call(node, scope);
  }

  /** What `reach` of the file stands for. */
  of(reach: string): Standing {
    this.#left = mostSteps;
    const found = new Found();
    if (reach === '') for (const given of [...this.#names.values()].flat()) this.#follow(given, '', found);
    else this.#named(reach, found);
    for (const given of this.#all) this.#follow(given, reach, found);
    for (const given of this.#unnamed) this.#follow(given, reach === '' ? '' : splitReach(reach)[1], found);
    if (reach === '' || this.#left <= 0 || found.nodes.length + found.refs.length === 0) found.told = false;
    return found;
  }

  /** True where it is plain that nothing is given away by a name: only modules of the language write all of theirs down. */
  lacks(reach: string): boolean {
    if (!this.#isModule || reach === '' || this.#all.length + this.#unnamed.length > 0) return false;
    const [first] = splitReach(reach);
    return !this.#names.has(first) && !this.#names.has('default');
  }

  #named(reach: string, found: Found): void {
    const [first, rest] = splitReach(reach);
    for (const given of this.#names.get(first) ?? []) this.#follow(given, rest, found);
    // A default import is the module itself where that has no default, and the other way round.
    if (first === 'default' && !this.#names.has(first)) for (const given of this.#all) this.#follow(given, rest, found);
    else if (first !== 'default') for (const given of this.#names.get('default') ?? []) this.#follow(given, reach, found);
  }

  #give(name: string | undefined, given: Given): void {
    if (name === undefined) this.#unnamed.push(given);
    else {
      const held = this.#names.get(name);
      if (held) held.push(given);
      else this.#names.set(name, [given]);
    }
  }

  #statement(node: Node): void {
    const scope = this.#evaluator.scan.root;
    if (node.type === 'ExportDefaultDeclaration') this.#give('default', { node: node.declaration as Node, scope });
    else if (node.type === 'ExportAllDeclaration') {
      const ref = { file: node.source.value, reach: '' };
      if (node.exported) this.#give(nameOf(node.exported as Node), ref);
      else this.#all.push(ref);
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
    if (this.#isExports(left, scope)) this.#all.push(given);
    else if (this.#isExports(left.object as Node, scope)) this.#member(this.#evaluator.key(left, scope), given);
  }

  /** Under a name only running would tell `f[key]` is every member of `f`. */
  #member(name: string | undefined, given: Seen<Node>): void {
    const right = bare(given.node);
    if (name === undefined && right.type === 'MemberExpression' && this.#evaluator.key(right, given.scope) === undefined)
      this.#all.push({ node: right.object as Node, scope: given.scope });
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
      if (!this.#isExports(plain, scope)) this.#all.push({ node: plain.type === 'SpreadElement' ? plain.argument : plain, scope });
    }
  }

  #follow(given: Given, reach: string, found: Found): void {
    if (this.#left-- <= 0) return;
    if ('file' in given) {
      found.refs.push({ file: given.file, reach: given.reach === '' ? reach : joined(given.reach, reach) });
      return;
    }
    const { scope } = given;
    const node = bare(given.node);
    const on = (inner: Node, rest: string, at = scope): void => this.#follow({ node: inner, scope: at }, rest, found);
    switch (node.type) {
      case 'Identifier':
        this.#identifier(node.name, scope, reach, found);
        return;
      case 'MemberExpression': {
        if (reach === '' && this.#evaluator.path(node, scope) === '#process.env') found.take(node, scope);
        const key = this.#evaluator.key(node, scope);
        on(node.object as Node, key === undefined ? reach : joined(`.${key}`, reach));
        return;
      }
      case 'ObjectExpression':
        this.#object(node, scope, reach, found);
        return;
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.#class(node, scope, reach, found);
        return;
      case 'AssignmentExpression':
        on(node.right, reach);
        return;
      case 'ConditionalExpression':
        on(node.consequent, reach);
        on(node.alternate, reach);
        return;
      case 'LogicalExpression':
        on(node.left, reach);
        on(node.right, reach);
        return;
      case 'SequenceExpression':
        on(node.expressions.at(-1) as Node, reach);
        return;
      case 'ImportExpression':
        if (node.source.type === 'Literal' && typeof node.source.value === 'string') found.refs.push({ file: node.source.value, reach });
        return;
      case 'CallExpression':
      case 'NewExpression':
        this.#called(node, scope, reach, found);
        return;
      default:
        if (isFunction(node)) found.take(node, scope);
        else if (node.type !== 'Literal') found.other(node, scope);
    }
  }

  #identifier(name: string, scope: Scope, reach: string, found: Found): void {
    const binding = lookup(scope, name);
    if (!binding || binding.parameter || found.seen(binding, reach)) return;
    for (const { module, node, scope: from, path } of binding.sources) {
      const rest = path.reduceRight((taken, key) => reachOf(key, taken), reach);
      if (module !== undefined) found.refs.push({ file: module, reach: rest });
      else if (node) this.#follow({ node, scope: from }, path.includes('?') ? '' : rest, found);
    }
    if (reach !== '') this.#fed(name, binding, reach, found);
  }

  /** What is put into what a name holds: `own.x = …`, `Object.assign(own, …)`, `__export(own, { x: () => x })`. */
  #fed(name: string, binding: Binding, reach: string, found: Found): void {
    const [first, rest] = splitReach(reach);
    const { scan } = this.#evaluator;
    const isIt = (node: Node | undefined, scope: Scope): boolean =>
      node?.type === 'Identifier' && node.name === name && lookup(scope, name) === binding;
    for (const { node, scope } of scan.assignments.slice(0, mostGiven)) {
      if (node.left.type !== 'MemberExpression' || !isIt(node.left.object as Node, scope)) continue;
      const key = this.#evaluator.key(node.left, scope);
      if (key === undefined || key === first) this.#follow({ node: node.right, scope }, rest, found);
    }
    for (const { node, scope } of scan.calls.slice(0, mostGiven)) {
      if (node.type === 'ImportExpression' || !isIt(node.arguments[0] as Node | undefined, scope) || node.arguments.length < 2) continue;
      for (const argument of node.arguments.slice(1)) this.#follow({ node: argument as Node, scope }, reach, found);
    }
  }

  #object({ properties }: ESTree.ObjectExpression, scope: Scope, reach: string, found: Found): void {
    const [first, rest] = splitReach(reach);
    if (reach === '') found.within++;
    for (const property of [...properties].reverse()) {
      if (property.type !== 'Property') this.#follow({ node: (property as ESTree.SpreadElement).argument, scope }, reach, found);
      else if (reach === '' || property.computed || nameOf(property.key) === first) {
        this.#property(property, scope, rest, found);
        // What is spread before has no say.
        if (reach !== '' && !property.computed && property.kind !== 'get' && property.kind !== 'set') return;
      }
    }
    if (reach === '') found.within--;
  }

  #property({ kind, value }: ESTree.Property, scope: Scope, reach: string, found: Found): void {
    if (!isFunction(value)) {
      this.#follow({ node: value, scope }, reach, found);
      return;
    }
    if (kind !== 'get') found.take(value, scope);
    // Bundlers give functions that give what is meant.
    for (const node of returnsOf(value)) this.#follow({ node, scope: this.#evaluator.scan.scopeOf(value) ?? scope }, reach, found);
  }

  #class(node: ESTree.ClassDeclaration | ESTree.ClassExpression, scope: Scope, reach: string, found: Found): void {
    const [first, rest] = splitReach(reach);
    const members = node.body.body.filter((one) => 'key' in one && one.key && nameOf(one.key as Node) === first);
    if (members.length === 0) found.other(node, scope);
    for (const member of members) {
      const value = 'value' in member ? (member.value as Node | null) : null;
      if (value && isFunction(value)) found.take(value, scope);
      else if (value) this.#follow({ node: value, scope }, rest, found);
    }
  }

  /** `require('./x')`; of what other calls give nothing is known but what they are handed. */
  #called(node: CallNode, scope: Scope, reach: string, found: Found): void {
    const [first] = node.arguments;
    const callee = bare(node.callee);
    if (callee.type === 'Identifier' && /require\d*$/.test(callee.name) && first?.type === 'Literal' && typeof first.value === 'string') {
      found.refs.push({ file: first.value, reach });
      return;
    }
    if (callee.type === 'MemberExpression' && callee.property.type === 'Identifier' && /^(bind|call|apply)$/.test(callee.property.name))
      this.#follow({ node: callee.object as Node, scope }, reach, found);
    found.other(node, scope);
    found.within++;
    if (node.type === 'NewExpression') this.#follow({ node: callee, scope }, reach, found);
    for (const argument of node.arguments.slice(0, 20))
      this.#follow({ node: argument.type === 'SpreadElement' ? argument.argument : (argument as Node), scope }, reach, found);
    found.within--;
    const made = this.#evaluator.value(callee, scope);
    if (made?.is === 'function')
      for (const one of returnsOf(made.node)) this.#follow({ node: one, scope: this.#evaluator.scan.scopeOf(made.node) ?? scope }, reach, found);
  }
}

/** A class because names that lead to themselves are asked once. */
class Found implements Standing {
  readonly nodes: Seen<Node>[] = [];
  readonly itself: Seen<Node>[] = [];
  readonly refs: OwnRef[] = [];
  told = true;
  /** Above nothing while members of what is meant are followed. */
  within = 0;
  readonly #asked = new Map<Binding, Set<string>>();

  take(node: Node, scope: Scope): void {
    this.nodes.push({ node, scope });
    if (this.within === 0) this.itself.push({ node, scope });
  }

  /** Something whose members only running would tell. */
  other(node: Node, scope: Scope): void {
    this.nodes.push({ node, scope });
    this.told = false;
  }

  seen(binding: Binding, reach: string): boolean {
    const held = this.#asked.get(binding);
    if (held?.has(reach)) return true;
    if (held) held.add(reach);
    else this.#asked.set(binding, new Set([reach]));
    return false;
  }
}

function joined(first: string, rest: string): string {
  return [...first.split('.').slice(1)].reduceRight((taken, key) => reachOf(key, taken), rest);
}

function nameOf(node: Node): string | undefined {
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

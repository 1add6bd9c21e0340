/** What a file gives away by name: what stands behind it in the file, and what it hands on of other files. */
import type { ESTree } from 'meriyah';
import { type Binding, lookup, type Scope } from './bindings.ts';
import type { Evaluating } from './evaluating.ts';
import { type Given, GivenAway, mostGiven, nameOf } from './given-away.ts';
import { bare, type CallNode, isFunction, type Node, returnsOf } from './nodes.ts';
import { reachOf, splitReach } from './own-ref.ts';
import { Found, type Standing } from './standing.ts';

const mostSteps = 400;

/** What a file gives away; a class because it is gathered once and asked often. */
export class ModuleExports {
  readonly #evaluator: Evaluating;
  readonly #given: GivenAway;
  #left = 0;

  constructor(program: ESTree.Program, evaluator: Evaluating) {
    this.#evaluator = evaluator;
    this.#given = new GivenAway(program, evaluator);
  }

  /** What `reach` of the file stands for. */
  of(reach: string): Standing {
    this.#left = mostSteps;
    const found = new Found();
    if (reach === '') for (const given of [...this.#given.names.values()].flat()) this.#follow(given, '', found);
    else this.#named(reach, found);
    for (const given of this.#given.all) this.#follow(given, reach, found);
    for (const given of this.#given.unnamed) this.#follow(given, reach === '' ? '' : splitReach(reach)[1], found);
    if (reach === '' || this.#left <= 0 || found.nodes.length + found.refs.length === 0) found.told = false;
    return found;
  }

  /** True where it is plain that nothing is given away by a name: only modules of the language write all of theirs down. */
  lacks(reach: string): boolean {
    if (!this.#given.isModule || reach === '' || this.#given.all.length + this.#given.unnamed.length > 0) return false;
    const [first] = splitReach(reach);
    return !this.#given.names.has(first) && !this.#given.names.has('default');
  }

  #named(reach: string, found: Found): void {
    const [first, rest] = splitReach(reach);
    for (const given of this.#given.names.get(first) ?? []) this.#follow(given, rest, found);
    // A default import is the module itself where that has no default, and the other way round.
    if (first === 'default' && !this.#given.names.has(first)) for (const given of this.#given.all) this.#follow(given, rest, found);
    else if (first !== 'default') for (const given of this.#given.names.get('default') ?? []) this.#follow(given, reach, found);
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
    // A member of what is made is what its class says.
    if (node.type === 'NewExpression' && reach !== '') this.#follow({ node: callee, scope }, reach, found);
    found.within++;
    if (node.type === 'NewExpression' && reach === '') this.#follow({ node: callee, scope }, reach, found);
    for (const argument of node.arguments.slice(0, 20))
      this.#follow({ node: argument.type === 'SpreadElement' ? argument.argument : (argument as Node), scope }, reach, found);
    found.within--;
    const made = this.#evaluator.value(callee, scope);
    if (made?.is === 'function')
      for (const one of returnsOf(made.node)) this.#follow({ node: one, scope: this.#evaluator.scan.scopeOf(made.node) ?? scope }, reach, found);
  }
}

function joined(first: string, rest: string): string {
  return [...first.split('.').slice(1)].reduceRight((taken, key) => reachOf(key, taken), rest);
}

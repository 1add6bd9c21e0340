/** What an expression is known to be without running anything: constants, decoded text, and paths to modules and globals. */
import type { ESTree } from 'meriyah';
import type { ReadAs } from '../../model/contents.ts';
import { alternativesOf } from './alternatives.ts';
import { type Binding, lookup, type Scope, type Source, unasked } from './bindings.ts';
import type { Evaluating } from './evaluating.ts';
import { expressionValue } from './expressions.ts';
import { Inlined, tells } from './inlined.ts';
import { globalPath, hole, textOf, type Value } from './known.ts';
import { type FunctionNode, isCall, type Node } from './nodes.ts';
import { isOwnSpecifier } from './own-ref.ts';
import { Properties } from './properties.ts';
import type { Scan } from './scan.ts';

const deepest = 60;
/** Work for one question; plain code asks for some ten. */
const fuelEach = 20_000;
/** Work for one question when that for the file is spent: plain code is still told. */
const fuelAfter = 300;
/** Work for a file, by its size: what honest files need a tenth of. */
const fuelPerNode = 60;
const leastFuel = 300_000;

/** Evaluates expressions of one file within a bounded amount of work; a class because of that account. */
export class Evaluator implements Evaluating {
  readonly scan: Scan;
  /** Left for the whole file: an attacker who makes others spend it all is told by that. */
  #fuel: number;
  /** Left for the file when the question that is being answered has spent its share: one that is too much leaves the others theirs. */
  #floor = 0;
  #depth = 0;
  #gaveUp = 0;
  #inlined: Inlined | undefined;
  #properties: Properties | undefined;

  constructor(scan: Scan) {
    this.scan = scan;
    this.#fuel = leastFuel + fuelPerNode * (scan.calls.length + scan.memberCount + scan.strings.length);
  }

  /** True when questions were left open because answering took too much work. */
  get exhausted(): boolean {
    return this.#fuel <= 0 || this.#gaveUp >= 50;
  }

  value(node: Node, scope: Scope): Value | undefined {
    const depth = this.#depth;
    if (depth > deepest) return undefined;
    const fuel = this.#fuel;
    if (depth === 0) this.#floor = fuel - (fuel > 0 ? fuelEach : fuelAfter);
    if (fuel <= this.#floor) return undefined;
    this.#fuel = fuel - 1;
    if (fuel - 1 === this.#floor) this.#gaveUp++;
    this.#depth = depth + 1;
    const value = expressionValue(this, node, scope);
    this.#depth = depth;
    return value;
  }

  alternatives(node: Node, scope: Scope): readonly Value[] {
    return alternativesOf(this, node, scope);
  }

  text(node: Node, scope: Scope): { readonly text: string; readonly readAs: ReadAs } {
    return textOf(this.value(node, scope)) ?? { text: hole, readAs: 'written' };
  }

  path(node: Node, scope: Scope): string | undefined {
    if (this.isBlank(node, scope)) return undefined;
    const value = this.value(node, scope);
    return value?.is === 'path' ? value.path : undefined;
  }

  /** True where it is plain that a name or a member of it leads to no path: most do not. Counted as the work it stands for. */
  isBlank(node: Node, scope: Scope): boolean {
    if (this.#depth > 0) return false;
    let root = node;
    let steps = 1;
    for (; root.type === 'MemberExpression'; steps++) root = root.object;
    if (root.type === 'ThisExpression' ? scope.parent === undefined : root.type !== 'Identifier' || !isNothing(root.name, scope, steps === 1))
      return false;
    this.#fuel -= steps;
    return true;
  }

  named(name: string, scope: Scope): Value | undefined {
    if (name === '__dirname' || name === '__filename') return { is: 'text', text: name === '__dirname' ? '.' : './…', readAs: 'written' };
    const binding = lookup(scope, name);
    const value = binding && this.bound(binding);
    if (value) return value;
    // Bundlers hand `require` on as a parameter or wrap it under such a name.
    if (isRequire(name)) return { is: 'path', path: '#require' };
    return binding || name === 'undefined' ? undefined : { is: 'path', path: globalPath(name) };
  }

  /** The value of a binding that has one; of several the first that leads to a module or global. */
  bound(binding: Binding): Value | undefined {
    if (binding.memo !== unasked) return binding.memo;
    binding.memo = undefined;
    const value = (binding.parameter && this.#argument(binding.parameter)) ?? this.#fromSources(binding.sources);
    binding.memo = value;
    return value;
  }

  #fromSources(sources: readonly Source[]): Value | undefined {
    const [first] = sources;
    if (first && sources.length === 1) return this.#fromSource(first);
    for (const source of sources) {
      const value = this.#fromSource(source);
      if (value?.is === 'path' || value?.is === 'result') return value;
    }
    return undefined;
  }

  #fromSource({ module, node, scope, path }: Source): Value | undefined {
    let value: Value | undefined;
    if (module !== undefined) value = this.module({ is: 'text', text: module, readAs: 'written' });
    else if (node) value = this.value(node, scope);
    for (const key of path) value = this.property(value, key);
    return value;
  }

  /** The argument a parameter gets where its function is called on the spot. */
  #argument({ of, index }: NonNullable<Binding['parameter']>): Value | undefined {
    const handed = this.scan.handed.get(of);
    if (!handed || handed.index >= 0 || !isCall(handed.to)) return undefined;
    const argument = handed.to.arguments[handed.index === -1 ? index : index + 1];
    return argument && argument.type !== 'SpreadElement' ? this.value(argument, handed.scope) : undefined;
  }

  key({ computed, property }: ESTree.MemberExpression, scope: Scope): string | undefined {
    if (!computed) return property.type === 'Identifier' || property.type === 'PrivateIdentifier' ? property.name : undefined;
    const value = this.value(property, scope);
    if (value?.is === 'number') return String(value.number);
    const told = value?.is === 'text' || value?.is === 'bytes' ? textOf(value) : undefined;
    return told && !told.text.includes(hole) ? told.text : undefined;
  }

  property(value: Value | undefined, key: string): Value | undefined {
    if (value === undefined) return undefined;
    this.#properties ??= new Properties(this);
    return this.#properties.of(value, key);
  }

  module(name: Value | undefined): Value | undefined {
    const told = name?.is === 'text' || name?.is === 'bytes' ? textOf(name)?.text : undefined;
    if (told === undefined || told.includes(hole)) return undefined;
    const plain = told.startsWith('node:') ? told.slice(5) : told;
    if (plain === 'process') return { is: 'path', path: '#process' };
    if (isOwnSpecifier(plain) || plain.startsWith('/')) return undefined;
    return { is: 'path', path: `${plain === 'fs/promises' ? 'fs' : plain === 'dns/promises' ? 'dns' : plain}#` };
  }

  tells(target: FunctionNode): boolean {
    return tells(target);
  }

  inline(target: FunctionNode, scope: Scope, values: readonly (Value | undefined)[]): Value | undefined {
    this.#inlined ??= new Inlined(this);
    return this.#inlined.result(target, scope, values);
  }
}

function isRequire(name: string): boolean {
  return name.length >= 7 && /^_{0,4}(node|native|dynamic|raw)?_?require_?\d*$/i.test(name);
}

/** True for names that were looked into before, in vain; by themselves they may also be something that has no path. */
function isNothing(name: string, scope: Scope, alone: boolean): boolean {
  const binding = lookup(scope, name);
  const memo = binding ? binding.memo : unasked;
  if (memo === unasked) return false;
  if (memo !== undefined) return alone && memo.is !== 'path' && memo.is !== 'result';
  return name !== '__dirname' && name !== '__filename' && !isRequire(name);
}

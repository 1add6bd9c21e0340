/** What functions of the file give back for known arguments. */
import type { ESTree } from 'meriyah';
import { lookup, newBinding, newScope, type Scope } from './bindings.ts';
import type { Evaluating } from './evaluating.ts';
import { hole, type Value } from './known.ts';
import { workOut } from './machine.ts';
import type { FunctionNode, Node } from './nodes.ts';
import type { Plain } from './plain.ts';

/** Items of a list that is handed to a function that is worked out. */
const mostItems = 10_000;
/** For functions worked out step by step, in one file. */
const mostStepsOfFile = 1_000_000;

/** False for functions whose result only running would tell. */
export function tells(target: FunctionNode): boolean {
  const returned = returnOf(target);
  if (!returned) return !target.async && !target.generator && target.body?.type === 'BlockStatement' && givesBack(target.body);
  return !silent.has(returned.type) && !(returned.type === 'BinaryExpression' && comparisons.has(returned.operator));
}

/** The results of one file's functions; a class because they are worked out once, within one account of steps. */
export class Inlined {
  readonly #evaluator: Evaluating;
  readonly #worked = new Map<FunctionNode, Map<string, Value | undefined>>();
  #stepsLeft = mostStepsOfFile;

  constructor(evaluator: Evaluating) {
    this.#evaluator = evaluator;
  }

  /** The result of a local function of constants: its returned expression with the arguments put in. */
  result(target: FunctionNode, scope: Scope, values: readonly (Value | undefined)[]): Value | undefined {
    const returned = returnOf(target);
    if (!returned) return this.#workedOut(target, scope, values);
    return this.#evaluator.value(returned, scopeOfCall(target, scope, values)) ?? this.#workedOut(target, scope, values);
  }

  /** What a function that decodes constants in steps gives back. */
  #workedOut(target: FunctionNode, scope: Scope, values: readonly (Value | undefined)[]): Value | undefined {
    if (values.length === 0 || values.length > 6 || values.some((value) => value === undefined || !isShort(value))) return undefined;
    const args = values.map(plainOf);
    if (args.some((arg) => arg === undefined)) return undefined;
    const key = JSON.stringify(args);
    const known = this.#worked.get(target) ?? new Map<string, Value | undefined>();
    this.#worked.set(target, known);
    if (known.has(key) || this.#stepsLeft <= 0) return known.get(key);
    const outside = (name: string): Plain | FunctionNode => {
      const binding = lookup(scope, name);
      const value = binding && this.#evaluator.bound(binding);
      return value?.is === 'function' ? value.node : plainOf(value);
    };
    const { value: plain, steps } = workOut(target, args, outside, this.#stepsLeft);
    this.#stepsLeft -= steps + 20;
    const value = fromPlain(plain);
    known.set(key, value);
    return value;
  }
}

/** The parameters with their arguments, and the locals of a function. */
function scopeOfCall(target: FunctionNode, scope: Scope, values: readonly (Value | undefined)[]): Scope {
  const inner = newScope(scope, true);
  const names: NonNullable<Scope['names']> = new Map();
  inner.names = names;
  for (const [at, parameter] of target.params.entries()) {
    if (parameter.type !== 'Identifier') continue;
    const given = newBinding(parameter.name);
    given.memo = values[at];
    names.set(parameter.name, given);
  }
  for (const { id, init } of localsOf(target)) {
    if (id.type !== 'Identifier' || !init) continue;
    const local = newBinding(id.name);
    local.sources.push({ node: init, scope: inner, path: [] });
    names.set(id.name, local);
  }
  return inner;
}

/** Lists of numbers are what many decoders take; how long they may be is bounded. */
function isShort(value: Value): boolean {
  if (value.is === 'list') return value.items.length <= mostItems;
  return value.is === 'text' || value.is === 'number' || (value.is === 'bytes' && value.bytes.length <= mostItems);
}

function plainOf(value: Value | undefined): Plain | undefined {
  if (value?.is === 'number') return value.number;
  if (value?.is === 'text') return value.text.includes(hole) ? undefined : value.text;
  if (value?.is === 'bytes') return [...value.bytes];
  const items = value?.is === 'list' ? value.items.map(plainOf) : undefined;
  return items?.every((item) => item !== undefined) ? items : undefined;
}

function fromPlain(plain: Plain): Value | undefined {
  if (typeof plain === 'string') return { is: 'text', text: plain, readAs: 'decoded' };
  if (typeof plain === 'number') return { is: 'number', number: plain };
  return Array.isArray(plain) ? { is: 'list', items: plain.map(fromPlain) } : undefined;
}

/** Expressions nothing is known of, whatever is put in. */
const silent = new Set(['JSXElement', 'YieldExpression', 'UpdateExpression', 'ClassExpression', 'TaggedTemplateExpression']);
const comparisons = new Set('== === != !== < > <= >= in instanceof'.split(' '));

function localsOf(target: FunctionNode): readonly ESTree.VariableDeclarator[] {
  if (target.body?.type !== 'BlockStatement') return [];
  return target.body.body.flatMap((statement) => (statement.type === 'VariableDeclaration' ? statement.declarations : []));
}

/** True where the last thing a body does may be to return, also inside a `try` or a branch. */
function givesBack(node: Node | undefined, depth = 0): boolean {
  if (depth > 5) return false;
  if (node?.type === 'BlockStatement') return givesBack(node.body.at(-1), depth + 1);
  if (node?.type === 'TryStatement') return givesBack(node.block, depth + 1);
  if (node?.type === 'IfStatement') return givesBack(node.consequent, depth + 1) || givesBack(node.alternate ?? undefined, depth + 1);
  return node?.type === 'ReturnStatement';
}

/** The expression a function of declarations and one `return` gives back. */
function returnOf(target: FunctionNode): Node | undefined {
  if (!target.body) return undefined;
  if (target.body.type !== 'BlockStatement') return target.body;
  const last = target.body.body.at(-1);
  const straight = target.body.body
    .slice(0, -1)
    .every(
      (statement) => statement.type === 'VariableDeclaration' || (statement.type === 'ExpressionStatement' && statement.directive !== undefined),
    );
  return last?.type === 'ReturnStatement' && last.argument && straight ? last.argument : undefined;
}

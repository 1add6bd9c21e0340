/**
 * Works out what small functions of constants give back: loops that decode names and addresses. It knows texts, numbers and
 * lists and nothing else: no objects of the platform, no names but those of the file, and only so many steps.
 */
import type { ESTree } from 'meriyah';
import { bare, type FunctionNode, isFunction, type Node } from './nodes.ts';
import { boundsOf, callPlain, isPlainGlobal, isSafePattern, operate, type Plain, type PlainFunction } from './plain.ts';

/** Gives what a name of the file is, from where a function stands; undefined when it is none of what the machine knows. */
export type Outside = (name: string) => Plain | FunctionNode | undefined;

const mostSteps = 40_000;
const deepest = 40;

/** What a function gives back, undefined when it does anything the machine does not know, and how many steps that took. */
export function workOut(
  target: FunctionNode,
  args: readonly Plain[],
  outside: Outside,
  most: number,
): { readonly value: Plain; readonly steps: number } {
  const allowed = Math.min(most, mostSteps);
  const machine = new Machine(outside, allowed);
  let value: Plain;
  try {
    value = machine.call(target, args, undefined);
  } catch (error) {
    if (!(error instanceof Stuck)) throw error;
  }
  return { value, steps: allowed - machine.left };
}

class Stuck extends Error {}
/** Thrown often, and nobody asks where from. */
const stuck = new Stuck();

interface Frame {
  readonly names: Map<string, Plain>;
  readonly around: Frame | undefined;
}

/** How a statement ended. */
type End = { readonly by: 'return'; readonly value: Plain } | { readonly by: 'break' | 'continue' } | undefined;

/** A class because of its account of steps. */
class Machine {
  readonly #outside: Outside;
  #steps: number;
  #depth = 0;

  constructor(outside: Outside, steps: number) {
    this.#outside = outside;
    this.#steps = steps;
  }

  get left(): number {
    return Math.max(0, this.#steps);
  }

  call(target: FunctionNode, args: readonly Plain[], around: Frame | undefined): Plain {
    if (target.async || target.generator || ++this.#depth > deepest) throw stuck;
    const frame: Frame = { names: new Map(), around };
    for (const [at, parameter] of target.params.entries()) {
      const plain = parameter.type === 'AssignmentPattern' ? parameter.left : parameter;
      if (plain.type !== 'Identifier') throw stuck;
      frame.names.set(
        plain.name,
        args[at] ?? (parameter.type === 'AssignmentPattern' && parameter.right ? this.#value(parameter.right, frame) : undefined),
      );
    }
    const { body } = target;
    const end = body?.type === 'BlockStatement' ? this.#all(body.body, frame) : undefined;
    const value = body && body.type !== 'BlockStatement' ? this.#value(body, frame) : end?.by === 'return' ? end.value : undefined;
    this.#depth--;
    return value;
  }

  #step(cost = 1): void {
    this.#steps -= cost;
    if (this.#steps < 0) throw stuck;
  }

  #all(body: readonly Node[], frame: Frame): End {
    for (const node of body) if (node.type === 'FunctionDeclaration' && node.id) frame.names.set(node.id.name, this.#closure(node, frame));
    for (const node of body) {
      const end = this.#run(node, frame);
      if (end) return end;
    }
    return undefined;
  }

  #run(node: Node, frame: Frame): End {
    this.#step();
    switch (node.type) {
      case 'ExpressionStatement':
        this.#value(node.expression, frame);
        return undefined;
      case 'VariableDeclaration':
        for (const { id, init } of node.declarations) {
          if (id.type !== 'Identifier') throw stuck;
          frame.names.set(id.name, init ? this.#value(init, frame) : undefined);
        }
        return undefined;
      case 'ReturnStatement':
        return { by: 'return', value: node.argument ? this.#value(node.argument, frame) : undefined };
      case 'IfStatement':
        if (this.#value(node.test, frame)) return this.#run(node.consequent, frame);
        return node.alternate ? this.#run(node.alternate, frame) : undefined;
      case 'BlockStatement':
        return this.#all(node.body, frame);
      case 'ForStatement':
        if (node.init) node.init.type === 'VariableDeclaration' ? this.#run(node.init, frame) : this.#value(node.init, frame);
        return this.#loop(node.test ?? undefined, node.body, node.update ?? undefined, frame);
      case 'WhileStatement':
        return this.#loop(node.test, node.body, undefined, frame);
      case 'ForOfStatement':
        return this.#each(node, frame);
      case 'BreakStatement':
      case 'ContinueStatement':
        if (node.label) throw stuck;
        return { by: node.type === 'BreakStatement' ? 'break' : 'continue' };
      case 'TryStatement': {
        // Nothing that is known here throws; what is not known ends the work as a whole.
        const end = this.#run(node.block, frame);
        return (node.finalizer ? this.#run(node.finalizer, frame) : undefined) ?? end;
      }
      case 'FunctionDeclaration':
      case 'EmptyStatement':
        return undefined;
      default:
        throw stuck;
    }
  }

  #loop(test: Node | undefined, body: Node, update: Node | undefined, frame: Frame): End {
    while (!test || this.#value(test, frame)) {
      const end = this.#run(body, frame);
      if (end?.by === 'return') return end;
      if (end?.by === 'break') return undefined;
      if (update) this.#value(update, frame);
    }
    return undefined;
  }

  #each(node: ESTree.ForOfStatement, frame: Frame): End {
    const over = this.#value(node.right, frame);
    const name = node.left.type === 'VariableDeclaration' ? node.left.declarations[0]?.id : node.left;
    if ((typeof over !== 'string' && !Array.isArray(over)) || name?.type !== 'Identifier') throw stuck;
    for (const item of over) {
      frame.names.set(name.name, item);
      const end = this.#run(node.body, frame);
      if (end?.by === 'return') return end;
      if (end?.by === 'break') return undefined;
    }
    return undefined;
  }

  #value(start: Node, frame: Frame): Plain {
    this.#step();
    const node = bare(start);
    if (isFunction(node)) return this.#closure(node, frame);
    switch (node.type) {
      case 'Literal':
        return this.#literal(node);
      case 'TemplateLiteral':
        return node.quasis
          .map((quasi, at) => (quasi.value.cooked ?? '') + (node.expressions[at] ? this.#value(node.expressions[at], frame) : ''))
          .join('');
      case 'Identifier':
        return this.#name(node.name, frame);
      case 'MemberExpression':
        return this.#member(node, frame);
      case 'CallExpression':
        return this.#called(node, frame);
      case 'BinaryExpression':
        return this.#bounded(operate(node.operator, this.#value(node.left as Node, frame), this.#value(node.right, frame)));
      case 'LogicalExpression': {
        const left = this.#value(node.left, frame);
        const takesRight = node.operator === '&&' ? left : node.operator === '||' ? !left : left === undefined || left === null;
        return takesRight ? this.#value(node.right, frame) : left;
      }
      case 'ConditionalExpression':
        return this.#value(this.#value(node.test, frame) ? node.consequent : node.alternate, frame);
      case 'SequenceExpression':
        return node.expressions.map((one) => this.#value(one, frame)).at(-1);
      case 'UnaryExpression':
        return this.#bounded(operate(`unary ${node.operator}`, this.#value(node.argument, frame), undefined));
      case 'UpdateExpression': {
        const old = Number(this.#value(node.argument, frame));
        this.#assign(node.argument, old + (node.operator === '++' ? 1 : -1), frame);
        return node.prefix ? old + (node.operator === '++' ? 1 : -1) : old;
      }
      case 'AssignmentExpression': {
        const right = this.#value(node.right, frame);
        const value =
          node.operator === '=' ? right : this.#bounded(operate(node.operator.slice(0, -1), this.#value(node.left as Node, frame), right));
        this.#assign(node.left as Node, value, frame);
        return value;
      }
      case 'ArrayExpression':
        return this.#items(node.elements, frame);
      default:
        throw stuck;
    }
  }

  #literal(node: ESTree.Literal): Plain {
    if ('regex' in node && node.regex) {
      if (!isSafePattern(node.regex.pattern)) throw stuck;
      return new RegExp(node.regex.pattern, node.regex.flags.replace(/[^gi]/g, ''));
    }
    if (typeof node.value === 'string' || typeof node.value === 'number' || typeof node.value === 'boolean' || node.value === null) return node.value;
    throw stuck;
  }

  #items(nodes: readonly (Node | null)[], frame: Frame): Plain[] {
    return nodes.flatMap((node) => {
      if (node?.type !== 'SpreadElement') return [node ? this.#value(node, frame) : undefined];
      const spread = this.#value(node.argument, frame);
      if (typeof spread !== 'string' && !Array.isArray(spread)) throw stuck;
      return [...spread];
    });
  }

  #closure(node: FunctionNode, frame: Frame): PlainFunction {
    return (...args) => this.call(node, args, frame);
  }

  #name(name: string, frame: Frame): Plain {
    for (let at: Frame | undefined = frame; at; at = at.around) if (at.names.has(name)) return at.names.get(name);
    if (name === 'undefined') return undefined;
    const outside = this.#outside(name) ?? (isPlainGlobal(name) ? this.#global(name) : undefined);
    if (outside === undefined) throw stuck;
    return typeof outside === 'object' && outside !== null && 'type' in outside
      ? this.#closure(outside, { names: new Map(), around: undefined })
      : outside;
  }

  /** A function of the language that is handed on, as in `map(Number)`. */
  #global(name: string): PlainFunction {
    return (...args) => this.#known(callPlain(undefined, name, args));
  }

  #key(node: ESTree.MemberExpression, frame: Frame): string | number {
    if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : '';
    const key = this.#value(node.property as Node, frame);
    if (typeof key !== 'string' && typeof key !== 'number') throw stuck;
    return key;
  }

  #member(node: ESTree.MemberExpression, frame: Frame): Plain {
    if (node.object.type === 'Identifier' && node.property.type === 'Identifier' && !node.computed) {
      const name = `${node.object.name}.${node.property.name}`;
      if (isPlainGlobal(name)) return this.#global(name);
    }
    const object = this.#value(node.object, frame);
    const key = this.#key(node, frame);
    if (typeof object !== 'string' && !Array.isArray(object)) throw stuck;
    if (key === 'length') return object.length;
    return /^\d+$/.test(String(key)) ? object[Number(key)] : undefined;
  }

  #assign(target: Node, value: Plain, frame: Frame): void {
    if (target.type === 'Identifier') {
      let at: Frame | undefined = frame;
      while (at && !at.names.has(target.name)) at = at.around;
      (at ?? frame).names.set(target.name, value);
      return;
    }
    const object = target.type === 'MemberExpression' ? this.#value(target.object, frame) : undefined;
    const key = target.type === 'MemberExpression' ? Number(this.#key(target, frame)) : Number.NaN;
    if (!Array.isArray(object) || !Number.isInteger(key) || key < 0 || key > boundsOf.list) throw stuck;
    object[key] = value;
  }

  #called(node: ESTree.CallExpression, frame: Frame): Plain {
    const callee = bare(node.callee);
    const args = this.#items(node.arguments as Node[], frame);
    if (callee.type !== 'MemberExpression') {
      const known = callee.type === 'Identifier' && isPlainGlobal(callee.name) ? callee.name : undefined;
      if (known !== undefined) return this.#known(callPlain(undefined, known, args));
      const target = this.#value(callee, frame);
      if (typeof target !== 'function') throw stuck;
      return target(...args);
    }
    const key = String(this.#key(callee, frame));
    const { object } = callee;
    if (object.type === 'Identifier' && isPlainGlobal(`${object.name}.${key}`))
      return this.#known(callPlain(undefined, `${object.name}.${key}`, args));
    const on = this.#value(object, frame);
    this.#step(sizeOf(on) >> 5);
    return this.#known(callPlain(on, key, args));
  }

  #known(result: { readonly value: Plain } | undefined): Plain {
    if (!result) throw stuck;
    return this.#bounded(result.value);
  }

  #bounded(value: Plain): Plain {
    if ((typeof value === 'string' && value.length > boundsOf.text) || (Array.isArray(value) && value.length > boundsOf.list)) throw stuck;
    // Long results are long work.
    this.#step(sizeOf(value) >> 5);
    return value;
  }
}

function sizeOf(value: Plain): number {
  return typeof value === 'string' || Array.isArray(value) ? value.length : 0;
}

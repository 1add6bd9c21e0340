/** What an expression is known to be without running anything: constants, decoded text, and paths to modules and globals. */
import type { ESTree } from 'meriyah';
import type { ReadAs } from '../../model/contents.ts';
import { type Binding, lookup, newScope, type Scope, type Source } from './bindings.ts';
import { callValue } from './calls.ts';
import { globalPath, hole, isEscaped, memberPath, textOf, type Value } from './known.ts';
import { workOut } from './machine.ts';
import { bare, type FunctionNode, isFunction, type Node } from './nodes.ts';
import type { Plain } from './plain.ts';
import type { Scan } from './scan.ts';

const longestText = 200_000;
const deepest = 60;
const mostAlternatives = 8;
/** Items of a list that is handed to a function that is worked out. */
const mostItems = 10_000;
/** Spreads looked through for one property. */
const mostSpreads = 64;
/** For functions worked out step by step, in one file. */
const mostStepsOfFile = 1_000_000;
/** Work for one question; plain code asks for some ten. */
const fuelEach = 20_000;
/** Work for one question when that for the file is spent: plain code is still told. */
const fuelAfter = 300;
/** Work for a file, by its size: what honest files need a tenth of. */
const fuelPerNode = 60;
const leastFuel = 300_000;

/** Evaluates expressions of one file within a bounded amount of work; a class because of that account. */
export class Evaluator {
  readonly scan: Scan;
  /** Left for the whole file: an attacker who makes others spend it all is told by that. */
  #fuel: number;
  /** Left for the question that is being answered: one that is too much leaves the others theirs. */
  #left = 0;
  #depth = 0;
  /** Objects whose spreads are being looked through, and how many more spreads may be. */
  readonly #spreading = new Set<Node>();
  #spreadsLeft = 0;
  #gaveUp = 0;
  #stepsLeft = mostStepsOfFile;
  readonly #worked = new Map<FunctionNode, Map<string, Value | undefined>>();

  constructor(scan: Scan) {
    this.scan = scan;
    this.#fuel = leastFuel + fuelPerNode * (scan.calls.length + scan.memberCount + scan.strings.length);
  }

  /** True when questions were left open because answering took too much work. */
  get exhausted(): boolean {
    return this.#fuel <= 0 || this.#gaveUp >= 50;
  }

  value(node: Node, scope: Scope): Value | undefined {
    if (this.#depth > deepest) return undefined;
    if (this.#depth === 0) this.#left = this.#fuel > 0 ? fuelEach : fuelAfter;
    if (this.#left <= 0) return undefined;
    this.#left--;
    this.#fuel--;
    if (this.#left === 0) this.#gaveUp++;
    this.#depth++;
    const value = this.#value(bare(node), scope);
    this.#depth--;
    return value;
  }

  /** All an expression is known to be at times: both branches, every row of a table, all a name was given. */
  alternatives(node: Node, scope: Scope): readonly Value[] {
    return this.#alternatives(node, scope, 0).slice(0, mostAlternatives);
  }

  #alternatives(start: Node, scope: Scope, depth: number): readonly Value[] {
    const node = bare(start);
    const each = (nodes: readonly Node[]): readonly Value[] => nodes.flatMap((one) => this.#alternatives(one, scope, depth + 1));
    if (depth < 6) {
      if (node.type === 'ConditionalExpression') return each([node.consequent, node.alternate]);
      if (node.type === 'LogicalExpression') return each(node.operator === '&&' ? [node.right] : [node.left, node.right]);
      if (node.type === 'MemberExpression') return this.#rows(node, scope, depth);
      if (node.type === 'Identifier') {
        const binding = lookup(scope, node.name);
        if (binding?.parameter) return this.#given(binding.parameter, depth);
        if (binding?.sources.length === 1 && binding.sources[0]?.node && binding.sources[0].path[0] === '?' && binding.sources[0].path.length === 1) {
          const over = this.value(binding.sources[0].node, binding.sources[0].scope);
          return over?.is === 'list' ? over.items.slice(0, mostAlternatives).filter((item) => item !== undefined) : [];
        }
        if (binding?.sources.every((source) => source.node && source.path.length === 0))
          return binding.sources.slice(0, mostAlternatives).flatMap((one) => (one.node ? this.#alternatives(one.node, one.scope, depth + 1) : []));
      }
    }
    const value = this.value(node, scope);
    return value ? [value] : [];
  }

  /** What the callers of a function give it. */
  #given({ of, index }: NonNullable<Binding['parameter']>, depth: number): readonly Value[] {
    const name = this.scan.nameOf(of);
    return (name === undefined ? [] : this.scan.callsByName(name)).flatMap(({ node, scope }) => {
      const argument = node.arguments[index];
      const own = lookup(scope, name ?? '')?.sources.some((source) => source.node === of);
      return argument && own && argument.type !== 'SpreadElement' ? this.#alternatives(argument, scope, depth + 1) : [];
    });
  }

  /** What a member may be: of a table asked with a key only running would tell, every row. */
  #rows(node: ESTree.MemberExpression, scope: Scope, depth: number): readonly Value[] {
    const known = this.value(node, scope);
    if (known) return [known];
    const key = this.key(node, scope);
    return this.#alternatives(node.object, scope, depth + 1)
      .slice(0, mostAlternatives)
      .flatMap((object) => {
        if (key !== undefined) return [this.property(object, key)];
        if (object.is === 'list') return object.items.slice(0, mostAlternatives);
        return object.is === 'object' ? this.#properties(object.node, object.scope) : [];
      })
      .filter((value) => value !== undefined);
  }

  #properties(node: ESTree.ObjectExpression, scope: Scope): readonly (Value | undefined)[] {
    return node.properties
      .slice(0, mostAlternatives)
      .map((property) => (property.type === 'Property' ? this.value(property.value, scope) : undefined));
  }

  /** The text of an expression; `…` where it is not known. */
  text(node: Node, scope: Scope): { readonly text: string; readonly readAs: ReadAs } {
    const value = this.value(node, scope);
    return textOf(value) ?? { text: hole, readAs: 'written' };
  }

  /** The path an expression stands for, e.g. `child_process#exec`. */
  path(node: Node, scope: Scope): string | undefined {
    const value = this.value(node, scope);
    return value?.is === 'path' ? value.path : undefined;
  }

  #value(node: Node, scope: Scope): Value | undefined {
    switch (node.type) {
      case 'Literal':
        return literal(node);
      case 'TemplateLiteral':
        return this.#template(node, scope);
      case 'BinaryExpression':
        return this.#binary(node, scope);
      case 'LogicalExpression':
        return node.operator === '&&' ? this.value(node.right, scope) : (this.value(node.left, scope) ?? this.value(node.right, scope));
      case 'ConditionalExpression':
        return this.value(node.consequent, scope) ?? this.value(node.alternate, scope);
      case 'SequenceExpression':
        return this.value(node.expressions.at(-1) as Node, scope);
      case 'AssignmentExpression':
        return this.value(node.right, scope);
      case 'UnaryExpression':
        return this.#unary(node, scope);
      case 'ArrayExpression':
        return node.elements.length > 5000
          ? undefined
          : {
              is: 'list',
              items: node.elements.flatMap((element) =>
                element?.type === 'SpreadElement'
                  ? this.#spread(this.value(element.argument, scope))
                  : [element ? this.value(element, scope) : undefined],
              ),
            };
      case 'ObjectExpression':
        return { is: 'object', node, scope };
      case 'Identifier':
        return this.#identifier(node.name, scope);
      case 'MemberExpression':
        return this.#member(node, scope);
      case 'MetaProperty':
        return node.meta.name === 'import' ? { is: 'path', path: '#import.meta' } : undefined;
      case 'ThisExpression':
        return scope.parent === undefined ? { is: 'path', path: '#this' } : undefined;
      case 'CallExpression':
      case 'NewExpression':
        return callValue(this, node, scope);
      case 'ImportExpression':
        return this.module(this.value(node.source, scope));
      default:
        return isFunction(node) ? { is: 'function', node, scope } : undefined;
    }
  }

  #spread(value: Value | undefined): readonly (Value | undefined)[] {
    if (value?.is === 'list') return value.items;
    return value?.is === 'text' && value.text.length <= 5000
      ? [...value.text].map((text) => ({ is: 'text', text, readAs: 'assembled' }) as const)
      : [undefined];
  }

  #template(node: ESTree.TemplateLiteral, scope: Scope): Value {
    const parts = node.quasis.flatMap((quasi, at) => {
      const expression = node.expressions[at];
      return expression ? [quasi.value.cooked ?? '', this.text(expression, scope).text] : [quasi.value.cooked ?? ''];
    });
    return { is: 'text', text: parts.join('').slice(0, longestText), readAs: node.expressions.length > 0 ? 'assembled' : 'written' };
  }

  /** Long chains of `+` lean to the left: followed without recursion. */
  #binary(node: ESTree.BinaryExpression, scope: Scope): Value | undefined {
    const operands: Node[] = [];
    let at: Node = node;
    while (at.type === 'BinaryExpression' && at.operator === '+') {
      operands.push(at.right);
      at = bare(at.left);
    }
    if (operands.length === 0) return arithmetic(node.operator, this.value(node.left, scope), this.value(node.right, scope));
    const values = [at, ...operands.reverse()].slice(0, 5000).map((operand) => this.value(operand, scope));
    if (values.every((value) => value?.is === 'number'))
      return { is: 'number', number: values.reduce((sum, value) => sum + (value?.is === 'number' ? value.number : 0), 0) };
    const texts = values.map(textOf);
    if (texts.every((text) => text === undefined)) return undefined;
    const readAs = texts.some((text) => text?.readAs === 'decoded') ? 'decoded' : 'assembled';
    return {
      is: 'text',
      text: texts
        .map((text) => text?.text ?? hole)
        .join('')
        .slice(0, longestText),
      readAs,
    };
  }

  #unary(node: ESTree.UnaryExpression, scope: Scope): Value | undefined {
    const value = this.value(node.argument, scope);
    if (value?.is !== 'number') return undefined;
    if (node.operator === '-') return { is: 'number', number: -value.number };
    if (node.operator === '~') return { is: 'number', number: ~value.number };
    return node.operator === '+' ? value : undefined;
  }

  #identifier(name: string, scope: Scope): Value | undefined {
    if (name === '__dirname' || name === '__filename') return { is: 'text', text: name === '__dirname' ? '.' : './…', readAs: 'written' };
    const binding = lookup(scope, name);
    const value = binding ? this.bound(binding) : undefined;
    if (value) return value;
    // Bundlers hand `require` on as a parameter or wrap it under such a name.
    if (name.length >= 7 && /^_{0,4}(node|native|dynamic|raw)?_?require_?\d*$/i.test(name)) return { is: 'path', path: '#require' };
    return binding || name === 'undefined' ? undefined : { is: 'path', path: globalPath(name) };
  }

  /** The value of a binding that has one; of several the first that leads to a module or global. */
  bound(binding: Binding): Value | undefined {
    if ('memo' in binding) return binding.memo as Value | undefined;
    binding.memo = undefined;
    const value = binding.parameter ? this.#argument(binding) : this.#fromSources(binding.sources);
    binding.memo = value;
    return value;
  }

  #fromSources(sources: readonly Source[]): Value | undefined {
    if (sources.length === 1) return this.#fromSource(sources[0] as Source);
    for (const source of sources) {
      const value = this.#fromSource(source);
      if (value?.is === 'path' || value?.is === 'result') return value;
    }
    return undefined;
  }

  #fromSource(source: Source): Value | undefined {
    let value: Value | undefined;
    if (source.module !== undefined) value = this.module({ is: 'text', text: source.module, readAs: 'written' });
    else if (source.node) value = this.value(source.node, source.scope);
    for (const key of source.path) value = this.property(value, key);
    return value;
  }

  /** The argument a parameter gets where its function is called on the spot. */
  #argument({ parameter }: Binding): Value | undefined {
    const handed = parameter && this.scan.handed.get(parameter.of);
    if (!parameter || !handed || handed.index >= 0 || (handed.to.type !== 'CallExpression' && handed.to.type !== 'NewExpression')) return undefined;
    const argument = handed.to.arguments[handed.index === -1 ? parameter.index : parameter.index + 1];
    return argument && argument.type !== 'SpreadElement' ? this.value(argument, handed.scope) : undefined;
  }

  #member(node: ESTree.MemberExpression, scope: Scope): Value | undefined {
    // The object first: of most nothing is known, and then the name does not matter.
    const object = this.value(node.object, scope);
    if (object === undefined) return undefined;
    const key = this.key(node, scope);
    return key === undefined ? undefined : this.property(object, key);
  }

  /** The name of the property a member expression takes; undefined when only running would tell. */
  key(node: ESTree.MemberExpression, scope: Scope): string | undefined {
    if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : undefined;
    const value = this.value(node.property, scope);
    if (value?.is === 'number') return String(value.number);
    const told = value?.is === 'text' || value?.is === 'bytes' ? textOf(value) : undefined;
    return told && !told.text.includes(hole) ? told.text : undefined;
  }

  property(value: Value | undefined, key: string): Value | undefined {
    switch (value?.is) {
      case 'path':
        return { is: 'path', path: memberPath(value.path, key) };
      case 'list':
        return /^\d+$/.test(key) ? value.items[Number(key)] : ofPrototype('Array', key);
      case 'object':
        return this.#objectProperty(value.node, value.scope, key);
      case 'text':
        if (/^\d+$/.test(key)) return { is: 'text', text: value.text[Number(key)] ?? '', readAs: 'assembled' };
        if (key === 'length') return { is: 'number', number: value.text.length };
        return ofPrototype('String', key);
      case 'number':
        return ofPrototype('Number', key);
      case 'function':
        return key === 'constructor' || key === '__proto__'
          ? { is: 'path', path: key === 'constructor' ? '#Function' : '#Function.prototype' }
          : undefined;
      case 'result':
        return { is: 'result', of: memberPath(value.of, key), node: value.node, scope: value.scope };
      default:
        return undefined;
    }
  }

  #objectProperty(node: ESTree.ObjectExpression, scope: Scope, key: string): Value | undefined {
    for (const property of node.properties) {
      if (property.type !== 'Property') continue;
      const name = property.computed
        ? textOf(this.value(property.key, scope))?.text
        : property.key.type === 'Identifier'
          ? property.key.name
          : property.key.type === 'Literal'
            ? String(property.key.value)
            : undefined;
      if (name === key) return property.kind === 'get' ? this.inline(property.value as FunctionNode, scope, []) : this.value(property.value, scope);
    }
    return this.#spreadProperty(node, scope, key);
  }

  /** `options = { ...options, more }` leads back to itself, and spreads of spreads can be made to multiply. */
  #spreadProperty(node: ESTree.ObjectExpression, scope: Scope, key: string): Value | undefined {
    if (this.#spreading.has(node)) return undefined;
    if (this.#spreading.size === 0) this.#spreadsLeft = mostSpreads;
    this.#spreading.add(node);
    try {
      for (const spread of node.properties) {
        if (spread.type !== 'SpreadElement') continue;
        this.#spreadsLeft -= 1;
        if (this.#spreadsLeft < 0) return undefined;
        const value = this.property(this.value(spread.argument, scope), key);
        if (value) return value;
      }
      return undefined;
    } finally {
      this.#spreading.delete(node);
    }
  }

  /** What requiring or importing a name gives. */
  module(name: Value | undefined): Value | undefined {
    const told = name?.is === 'text' || name?.is === 'bytes' ? textOf(name)?.text : undefined;
    if (told === undefined || told.includes(hole)) return undefined;
    const plain = told.startsWith('node:') ? told.slice(5) : told;
    if (plain === 'process') return { is: 'path', path: '#process' };
    if (plain.startsWith('.') || plain.startsWith('/')) return undefined;
    return { is: 'path', path: `${plain === 'fs/promises' ? 'fs' : plain === 'dns/promises' ? 'dns' : plain}#` };
  }

  /** False for functions whose result only running would tell: nothing of their calls need be looked at. */
  tells(target: FunctionNode): boolean {
    const returned = returnOf(target);
    if (!returned) return !target.async && !target.generator && target.body?.type === 'BlockStatement' && givesBack(target.body);
    return !silent.has(returned.type) && !(returned.type === 'BinaryExpression' && comparisons.has(returned.operator));
  }

  /** The result of a local function of constants: its returned expression with the arguments put in. */
  inline(target: FunctionNode, scope: Scope, values: readonly (Value | undefined)[]): Value | undefined {
    const returned = returnOf(target);
    if (!returned) return this.#workedOut(target, scope, values);
    const inner = newScope(scope, true);
    inner.names = new Map();
    for (const [at, parameter] of target.params.entries()) {
      if (parameter.type === 'Identifier') inner.names.set(parameter.name, { name: parameter.name, sources: [], memo: values[at] });
    }
    for (const { id, init } of localsOf(target)) {
      if (id.type === 'Identifier' && init) inner.names.set(id.name, { name: id.name, sources: [{ node: init, scope: inner, path: [] }] });
    }
    return this.value(returned, inner) ?? this.#workedOut(target, scope, values);
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
      const value = binding && this.bound(binding);
      return value?.is === 'function' ? value.node : plainOf(value);
    };
    const { value: plain, steps } = workOut(target, args, outside, this.#stepsLeft);
    this.#stepsLeft -= steps + 20;
    const value = fromPlain(plain);
    known.set(key, value);
    return value;
  }
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

/** What every text, list or number has: by it attackers come to the constructor of functions. */
function ofPrototype(type: 'Array' | 'String' | 'Number', key: string): Value | undefined {
  if (key === 'constructor') return { is: 'path', path: `#${type}` };
  return commonMethods.has(key) ? { is: 'path', path: `#${type}.prototype.${key}` } : undefined;
}

const commonMethods = new Set(
  'at concat copyWithin entries every fill filter find findIndex flat flatMap forEach includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice unshift values toString valueOf charAt charCodeAt codePointAt endsWith match matchAll normalize padEnd padStart repeat replace replaceAll search split startsWith substr substring toLowerCase toUpperCase trim link sub sup bold anchor big italics toFixed toLocaleString'.split(
    ' ',
  ),
);

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

function literal(node: ESTree.Literal): Value | undefined {
  if (typeof node.value === 'string') return { is: 'text', text: node.value, readAs: isEscaped(node.value, node.raw) ? 'decoded' : 'written' };
  return typeof node.value === 'number' ? { is: 'number', number: node.value } : undefined;
}

function arithmetic(operator: string, left: Value | undefined, right: Value | undefined): Value | undefined {
  if (left?.is !== 'number' || right?.is !== 'number') return undefined;
  const number = compute(operator, left.number, right.number);
  return number === undefined ? undefined : { is: 'number', number };
}

function compute(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      return a ^ b;
    case '|':
      return a | b;
    case '&':
      return a & b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    case '>>>':
      return a >>> b;
    default:
      return undefined;
  }
}

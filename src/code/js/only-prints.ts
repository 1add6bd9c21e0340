/**
 * Whether a script can do nothing but print. Asked of scripts an install newly runs, and answered from the whole of their syntax: only
 * what is listed here is let through, so that what nobody thought of is no innocence. What every value of such a script can be is made
 * of literals, of its own functions and of the few members below; nothing leads from there to other modules, to code or to functions' makers.
 */
import type { ESTree } from 'meriyah';
import { isSecretVariable } from '../places.ts';
import { bare, isCall, type Node } from './nodes.ts';
import { parseScript } from './parse.ts';
import { barred, chainOf, type Names, standsFor, type What, whatIs } from './print-names.ts';

/** What a script that only prints is: the files of its own package that it loads. */
export interface OnlyPrints {
  readonly loads: readonly string[];
}

/** The files it loads; undefined for a script that may do anything else. */
export function onlyPrints(source: string): OnlyPrints | undefined {
  // What is a comment in a script is none in a module.
  if (source.length > longest || /<!--|-->/.test(source)) return undefined;
  const parsed = parseScript(source, false);
  if (!parsed.ok) return undefined;
  const looking = new Looking(parsed.program as unknown as Node);
  return looking.isHarmless() ? { loads: looking.loads } : undefined;
}

const longest = 50_000;

const through = new Set(
  (
    'Program ExpressionStatement VariableDeclaration VariableDeclarator FunctionDeclaration FunctionExpression ArrowFunctionExpression ' +
    'BlockStatement IfStatement ReturnStatement ConditionalExpression LogicalExpression BinaryExpression TemplateLiteral TemplateElement ' +
    'ArrayExpression ObjectExpression Property TryStatement CatchClause ThrowStatement ForOfStatement BreakStatement ContinueStatement ' +
    'SwitchStatement SwitchCase SequenceExpression EmptyStatement ChainExpression UnaryExpression ParenthesizedExpression ' +
    'Literal Identifier MemberExpression CallExpression NewExpression AssignmentExpression'
  ).split(' '),
);

/** Anywhere, as they are. */
const values = new Set(['undefined', 'NaN', 'Infinity', '__dirname', '__filename']);
/** Called, or for the sake of a member. */
const makers = new Set(['Math', 'Date', 'String', 'Number', 'Boolean', 'Array', 'Error', 'Set', 'parseInt', 'parseFloat', 'isNaN']);
const special = new Set(
  ['require', 'process', 'console', 'module', 'exports', 'arguments', 'eval', 'globalThis', 'global', 'JSON'].concat(...values, ...makers),
);
const printing = new Set(['log', 'info', 'warn', 'error']);
const paths = new Set(['join', 'resolve', 'dirname', 'basename', 'extname', 'sep']);
const asked = /^(env|stdout|stderr)\.(\w+)$/;

/** A class because of the files it gathers, and what it was told to keep to. */
class Looking {
  readonly loads: string[] = [];
  readonly #program: Node;
  /** The same in all of the script, whatever block it stands in: `var` leaves its block. */
  readonly #whats = new Map<string, What>();
  #isSound = true;

  constructor(program: Node) {
    this.#program = program;
  }

  isHarmless(): boolean {
    return this.#fine(this.#program, undefined) && this.#isSound;
  }

  /** A block's own names: one that is used outside it would be somebody else's. */
  #namesIn(statements: readonly Node[], up: Names | undefined, more: readonly Node[] = []): Names {
    const names: Names = { held: new Map(), up };
    for (const one of more) this.#declare(one, 'own', names);
    for (const one of statements) {
      if (one.type === 'FunctionDeclaration' && one.id) this.#declare(one.id, 'own', names);
      if (one.type === 'VariableDeclaration')
        for (const { id, init } of one.declarations) this.#declare(id, (init && standsFor(init, names)) ?? 'own', names);
    }
    return names;
  }

  #declare(id: Node, what: What, { held }: Names): void {
    const isNew = id.type === 'Identifier' && !special.has(id.name) && !barred.test(id.name) && (this.#whats.get(id.name) ?? what) === what;
    if (!isNew) {
      this.#isSound = false;
      return;
    }
    held.set(id.name, what);
    this.#whats.set(id.name, what);
  }

  #all(nodes: readonly (Node | null | undefined)[], names: Names | undefined): boolean {
    return nodes.every((node) => !node || this.#fine(node, names));
  }

  #fine(node: Node, names: Names | undefined): boolean {
    if (!this.#isSound || !through.has(node.type)) return false;
    switch (node.type) {
      case 'Program':
      case 'BlockStatement':
        return this.#all(node.body as Node[], this.#namesIn(node.body as Node[], names));
      case 'Literal':
        return isPlainText(String(node.value));
      case 'TemplateElement':
        return isPlainText(node.value.cooked ?? '\u001b');
      case 'Identifier':
        return whatIs(node, names) === 'own' || values.has(node.name);
      case 'UnaryExpression':
        return node.operator !== 'delete' && this.#fine(node.argument, names);
      case 'Property':
        return !node.computed && node.kind === 'init' && isPlainKey(node.key) && this.#fine(node.value as Node, names);
      case 'VariableDeclarator':
        return node.id.type === 'Identifier' && (!node.init || standsFor(node.init, names) !== undefined || this.#fine(node.init, names));
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression': {
        const own = node.type === 'FunctionExpression' && node.id ? [node.id] : [];
        return node.body ? this.#fine(node.body as Node, this.#namesIn([], names, [...own, ...(node.params as Node[])])) : false;
      }
      case 'CatchClause':
        return this.#fine(node.body, this.#namesIn([], names, node.param ? [node.param as Node] : []));
      case 'ForOfStatement': {
        const each = this.#namesIn([node.left as Node], names);
        return node.left.type === 'VariableDeclaration' && this.#all([node.right as Node, node.body], each);
      }
      case 'SwitchStatement':
        return this.#all(
          [node.discriminant, ...node.cases],
          this.#namesIn(
            node.cases.flatMap((one) => one.consequent),
            names,
          ),
        );
      case 'MemberExpression':
        return this.#member(node, names);
      case 'NewExpression':
      case 'CallExpression':
        return this.#call(node, names);
      case 'AssignmentExpression':
        return this.#isTarget(node.left as Node, names) && this.#fine(node.right, names);
      default:
        return this.#all(childrenOf(node), names);
    }
  }

  #member(node: ESTree.MemberExpression, names: Names | undefined): boolean {
    const chain = chainOf(node);
    const object = bare(node.object);
    const what = whatIs(object, names);
    // One variable of the environment, whichever it is: to print it is all that can be done.
    if (node.computed) return (what === 'env' || chainOf(object) === 'process.env') && this.#fine(node.property as Node, names);
    if (node.property.type !== 'Identifier' || barred.test(node.property.name)) return false;
    if (what === 'env') return isAsked(`env.${node.property.name}`);
    if (chain?.startsWith('process.')) return isAsked(chain.slice(8));
    if (chain?.startsWith('console.')) return printing.has(chain.slice(8));
    if (object.type !== 'Identifier') return this.#fine(object, names);
    if (what === 'path') return paths.has(node.property.name);
    return what === 'own' || makers.has(object.name) || values.has(object.name);
  }

  #call(node: ESTree.CallExpression | ESTree.NewExpression, names: Names | undefined): boolean {
    const callee = bare(node.callee);
    if (callee.type === 'Identifier' && callee.name === 'require') return this.#loads(node);
    const [first] = node.arguments as Node[];
    const chain = chainOf(callee);
    if (chain === 'JSON.parse') return first !== undefined && this.#notes(bare(first), names) === 'readFileSync';
    if (this.#notes(node, names) !== undefined) return true;
    const fine = (callee.type === 'Identifier' && makers.has(callee.name)) || chain === 'JSON.stringify' || this.#fine(callee, names);
    return fine && this.#all(node.arguments as Node[], names);
  }

  /** When it last printed, in a file of its own below the temporary folder: looked at, or written as JSON, which nothing runs. */
  #notes(node: Node, names: Names | undefined): string | undefined {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || whatIs(bare(node.callee.object), names) !== 'fs')
      return undefined;
    const { computed, property } = node.callee;
    const [file, text, ...rest] = node.arguments as Node[];
    const does = !computed && property.type === 'Identifier' ? property.name : '';
    const isTemporary = file !== undefined && (whatIs(bare(file), names) ?? standsFor(file, names)) === 'temporary';
    if (!isTemporary || !rest.every(({ type }) => type === 'Literal')) return undefined;
    if (does === 'writeFileSync')
      return text && isCall(text) && chainOf(text.callee) === 'JSON.stringify' && this.#fine(text, names) ? does : undefined;
    return /^(existsSync|statSync|readFileSync)$/.test(does) && (!text || text.type === 'Literal') ? does : undefined;
  }

  /** Of files of its own package; they are looked at as well. */
  #loads(node: ESTree.CallExpression | ESTree.NewExpression): boolean {
    const [file] = node.arguments;
    if (node.type !== 'CallExpression' || node.arguments.length !== 1 || file?.type !== 'Literal' || typeof file.value !== 'string') return false;
    if (!/^\.{1,2}\//.test(file.value)) return false;
    this.loads.push(file.value);
    return true;
  }

  #isTarget(left: Node, names: Names | undefined): boolean {
    if (left.type === 'Identifier') return whatIs(left, names) === 'own';
    const chain = chainOf(left);
    return (
      chain === 'module.exports' ||
      chain === 'process.exitCode' ||
      (chain !== undefined && /^exports\.[a-zA-Z]\w*$/.test(chain) && !barred.test(chain.slice(8)))
    );
  }
}

function isAsked(chain: string): boolean {
  const [, of, name = ''] = asked.exec(chain) ?? [];
  if (of === 'env') return !isSecretVariable(name);
  if (of !== undefined) return /^(isTTY|columns|write)$/.test(name);
  return /^(platform|arch|version|versions\.node|exit|argv)$/.test(chain);
}

function isPlainKey(key: Node): boolean {
  const name = key.type === 'Identifier' ? key.name : key.type === 'Literal' ? String(key.value) : '_';
  return !barred.test(name);
}

/** Colours are all that a terminal is told, and no name of a secret is kept. */
function isPlainText(text: string): boolean {
  return !/\u001b(?!\[[\d;]*m)|[\u0080-\u009f]/.test(text) && !isSecretVariable(text);
}

function childrenOf(node: Node): readonly Node[] {
  const found: Node[] = [];
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null && typeof one === 'object' && 'type' in one) found.push(one as Node);
  }
  return found;
}

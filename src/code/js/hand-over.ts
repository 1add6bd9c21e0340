/** What of one file goes to others: what it gives away, what it sends of theirs, what it hands from one to another. */

import type { ESTree } from 'meriyah';
import { once } from '../../model/once.ts';
import { lookup, type Scope } from './bindings.ts';
import type { Hold } from './held-trees.ts';
import { liveness } from './liveness.ts';
import { ModuleExports } from './module-exports.ts';
import { bare, type CallNode, isCall, isFunction, type Node, returnsOf } from './nodes.ts';
import { originOf } from './origin.ts';
import { type OwnRef, ownOf, ownTexts } from './own-ref.ts';
import { type Language, parseScript } from './parse.ts';
import { type Seen, scan } from './scan.ts';
import type { Standing } from './standing.ts';
import type { Tag } from './tag.ts';
import { Evaluator } from './value.ts';

/** What nobody but its owner should have, in the words of a report. */
export type Private = 'environment' | 'credential-file' | 'browser-data' | 'wallet-file';

/** Something of other files of the package goes out here. */
export interface Outgoing {
  /** What of which files, as they are named here. */
  readonly of: readonly OwnRef[];
  readonly to: string;
  readonly at: number;
  readonly waits?: boolean;
}

/** What can be told of a file by itself. */
export interface FileFlow {
  /** True where it may take private things itself, and give them away. */
  readonly takes?: boolean;
  /** The host it sends to what its functions are given. */
  readonly sends?: string;
  readonly outgoing: readonly Outgoing[];
}

const most = 300;
const wholeEnvironment = /\bprocess\s*\.\s*env\b(?!\s*(?:\.|\?\.|\[|\)\s*\[))/;

export function isPrivate(tag: Tag): tag is Private {
  return tag === 'environment' || tag === 'credential-file' || tag === 'browser-data' || tag === 'wallet-file';
}

/** True where it is worth asking what a file gives away. */
export function mayGive(source: string, kinds: ReadonlySet<string>): boolean {
  return (
    kinds.has('credential-file') || kinds.has('browser-data') || kinds.has('wallet-file') || kinds.has('environment') || wholeEnvironment.test(source)
  );
}

function givenBy(evaluator: Evaluator): readonly Private[] {
  const found = new Set<Private>();
  const take = (node: Node, scope: Scope): void => {
    const plain = bare(node);
    if (plain.type === 'Literal' || isFunction(plain)) return;
    // The environment itself is everybody's already.
    if (evaluator.path(plain, scope) === '#process.env') return;
    const tags = originOf(evaluator, plain, scope);
    if (!tags.has('command-output')) for (const tag of tags) if (isPrivate(tag)) found.add(tag);
  };
  let looked = 0;
  for (const target of evaluator.scan.functions()) {
    if (!isFunction(target) || looked++ > most) continue;
    const scope = evaluator.scan.scopeOf(target);
    if (scope) for (const node of returnsOf(target)) take(node, scope);
  }
  for (const { sources } of [...(evaluator.scan.root.names?.values() ?? [])].slice(0, most))
    for (const { node, scope, path } of sources) if (node && path.length === 0 && !isRequire(node)) take(node, scope);
  for (const { node, scope } of evaluator.scan.assignments.slice(0, most)) if (isExport(node.left as Node)) take(node.right, scope);
  return [...found];
}

function isRequire(node: Node): boolean {
  const plain = bare(node);
  return isCall(plain) && plain.callee.type === 'Identifier' && plain.callee.name === 'require';
}

function isExport(left: Node): boolean {
  let root = left;
  while (root.type === 'MemberExpression') root = root.object as Node;
  return root.type === 'Identifier' && (root.name === 'exports' || root.name === 'module');
}

/** A call of a function of another file, with what it is handed. */
export interface HandOver {
  readonly to: readonly OwnRef[];
  /** What of other files is handed over. */
  readonly of: readonly OwnRef[];
  readonly tags: readonly Private[];
  /** True where what a function of this file was given is handed on. */
  readonly forwards: boolean;
  readonly at: number;
  readonly waits: boolean;
}

/** What a name of a file stands for, as far as it leads to other files. */
export interface Leads {
  /** What it is, or gives back, of other files. */
  readonly of: readonly OwnRef[];
  /** What it is, as it is handed on. */
  readonly same: readonly OwnRef[];
  /** The hand-overs that calling it may lead to. */
  readonly through: readonly HandOver[];
}

/** How one file stands to the others. */
export interface Links {
  /** What functions of it give back and its variables hold; what a program printed is another matter. */
  readonly gives: readonly Private[];
  readonly handOvers: readonly HandOver[];
  /** True where the environment itself, or a function that gives it, stands behind something it gives away. */
  readonly givesEnvironment: boolean;
  /** True where it is what a name stands for. */
  isEnvironment(reach: string): boolean;
  /** True where it is plain that it gives nothing away by a name. */
  lacks(reach: string): boolean;
  leads(reach: string): Leads;
}

const mostCalls = 5_000;
/** Reads how a file stands to the others. `hold` decides how long its tree is held. */
export function linksOf(text: () => string, { module, typed }: Language, hold: Hold = once): Links {
  const tree = hold(() => {
    const source = text();
    const parsed = parseScript(source, module, typed);
    return parsed.ok ? new Linked(source, parsed.program) : undefined;
  });
  const gives = once(() => tree()?.gives() ?? []);
  const handed = once(() => tree()?.handOvers() ?? []);
  return {
    get gives() {
      return gives();
    },
    get handOvers() {
      return handed();
    },
    get givesEnvironment() {
      return tree()?.givesEnvironment() ?? false;
    },
    isEnvironment: (reach) => tree()?.isEnvironment(reach) ?? false,
    lacks: (reach) => tree()?.lacks(reach) ?? false,
    leads: (reach) => tree()?.leads(reach, handed()) ?? { of: [], same: [], through: [] },
  };
}

/** A file's tree and what is asked of it; a class because most of what can be asked nobody asks. */
class Linked {
  readonly #source: string;
  readonly #evaluator: Evaluator;
  readonly #exported: () => ModuleExports;

  constructor(source: string, program: ESTree.Program) {
    this.#source = source;
    this.#evaluator = new Evaluator(scan(program));
    this.#exported = once(() => new ModuleExports(program, this.#evaluator));
  }

  gives(): readonly Private[] {
    return givenBy(this.#evaluator);
  }

  handOvers(): readonly HandOver[] {
    return handOvers(this.#evaluator).map((one) => ({ ...one, to: one.to.map(ownTexts), of: one.of.map(ownTexts) }));
  }

  givesEnvironment(): boolean {
    return this.#exported()
      .of('')
      .nodes.some((one) => isEnvironment(this.#evaluator, one));
  }

  isEnvironment(reach: string): boolean {
    return this.#exported()
      .of(reach === '' ? '.default' : reach)
      .itself.some((one) => isEnvironment(this.#evaluator, one));
  }

  lacks(reach: string): boolean {
    return this.#exported().lacks(reach);
  }

  leads(reach: string, handed: readonly HandOver[]): Leads {
    const standing = this.#exported().of(reach);
    return {
      of: givenRefs(this.#evaluator, standing),
      same: standing.refs,
      through: through(this.#source, this.#evaluator, this.#exported(), standing, handed),
    };
  }
}

/** The environment as it is, or what gives it when it is called. */
function isEnvironment(evaluator: Evaluator, { node, scope }: Seen<Node>, depth = 0): boolean {
  const plain = bare(node);
  const on = (inner: Node, at = scope): boolean => depth < 4 && isEnvironment(evaluator, { node: inner, scope: at }, depth + 1);
  if (isFunction(plain)) return returnsOf(plain).some((given) => on(given, evaluator.scan.scopeOf(plain) ?? scope));
  if (plain.type === 'LogicalExpression') return on(plain.left) || on(plain.right);
  if (plain.type === 'ConditionalExpression') return on(plain.consequent) || on(plain.alternate);
  if (evaluator.path(plain, scope) === '#process.env') return true;
  if (plain.type === 'ClassDeclaration' || plain.type === 'ClassExpression')
    return plain.body.body.some((member) => 'value' in member && member.value !== null && on(member.value as Node));
  if (plain.type === 'NewExpression') {
    const made = plain.callee.type === 'Identifier' ? (lookup(scope, plain.callee.name)?.sources ?? []) : [{ node: plain.callee as Node, scope }];
    return made.some(({ node: of, scope: at }) => of !== undefined && on(of, at));
  }
  const called = plain.type === 'CallExpression' ? evaluator.value(plain.callee as Node, scope) : undefined;
  return called?.is === 'function' && on(called.node, called.scope);
}

/** What of other files functions give back, or values are made of. */
function givenRefs(evaluator: Evaluator, { nodes, refs, told }: Standing): readonly OwnRef[] {
  const found = [...refs];
  const { scan: tree } = evaluator;
  const take = (target: Node, scope: Scope): void => {
    if (!isFunction(target)) found.push(...ownOf(originOf(evaluator, target, scope)));
    else for (const node of returnsOf(target)) found.push(...ownOf(originOf(evaluator, node, tree.scopeOf(target) ?? scope)));
  };
  for (const { node, scope } of nodes) take(node, scope);
  if (!told) for (const target of [...tree.functions()].slice(0, most)) take(target, tree.root);
  return found;
}

/** Hand-overs within what a name stands for, and those of no other name: of timers, of helpers. */
function through(
  source: string,
  { scan: tree }: Evaluator,
  given: ModuleExports,
  { nodes, told }: Standing,
  handed: readonly HandOver[],
): readonly HandOver[] {
  const on = handed.filter(({ forwards }) => forwards);
  if (!told || on.length === 0) return on;
  const within = (node: Node, at: number): boolean => at >= (node.start ?? 0) && at < (node.end ?? 0);
  const own = nodes.map(({ node }) => node);
  const text = own.map((node) => source.slice(node.start ?? 0, node.end ?? 0)).join('\n');
  const others = given
    .of('')
    .nodes.map(({ node }) => node)
    .filter((node) => !own.includes(node) && isFunction(node));
  const isOther = (node: Node): boolean => {
    const name = tree.nameOf(node) ?? tree.methodName(node);
    return !/\b(this|exports)\b/.test(text) && (name === undefined || !text.includes(name));
  };
  const apart = others.filter(isOther);
  return on.filter(({ at }) => own.some((node) => within(node, at)) || !apart.some((node) => within(node, at)));
}

/** Calls in a script that hand something of this file or others to a function of another file. */
function handOvers(evaluator: Evaluator): readonly HandOver[] {
  const { scan: tree } = evaluator;
  const live = once(() => liveness(tree, evaluator));
  return tree.calls.slice(0, mostCalls).flatMap(({ node, scope }) => {
    if (node.type === 'ImportExpression' || node.arguments.length === 0) return [];
    const at = node.start ?? 0;
    return handings(evaluator, node, scope).flatMap(({ callee, parts }) => {
      const to = ownOf(originOf(evaluator, callee, scope));
      if (to.length === 0) return [];
      const all = new Set<Tag>();
      for (const part of parts) for (const tag of originOf(evaluator, part, scope)) all.add(tag);
      const tags = [...all].filter(isPrivate);
      const of = ownOf(all);
      const forwards = all.has('argument');
      return (tags.length + of.length > 0 || forwards) && !all.has('command-output') ? [{ to, of, tags, forwards, at, waits: live().waits(at) }] : [];
    });
  });
}

interface Handing {
  readonly callee: Node;
  readonly parts: readonly Node[];
}

/** What is called with what: by the call itself, or by the one that is told to call it, as in `list.map(s.send)`, `setTimeout(s.send, 0, x)`. */
function handings(evaluator: Evaluator, node: CallNode, scope: Scope): readonly Handing[] {
  const callee = bare(node.callee);
  const args = node.arguments as Node[];
  const path = evaluator.path(callee, scope);
  if (path !== undefined && later.test(path)) return [{ callee: args[0] as Node, parts: args.slice(1) }];
  const straight = path === undefined ? [{ callee, parts: args.flatMap((argument) => partsOf(argument, callee)) }] : [];
  if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier' || !telling.has(callee.property.name)) return straight;
  return [...straight, ...args.filter(isName).map((argument) => ({ callee: argument, parts: [callee.object as Node] }))];
}

const later = /^#(set(Timeout|Immediate|Interval)|queueMicrotask|process\.nextTick|Reflect\.(apply|construct))$/;

/** Methods that call what they are handed with what they hold. */
const telling = new Set('then forEach map flatMap filter find some every reduce on once addListener subscribe tap pipe'.split(' '));

function isName(node: Node): boolean {
  return (
    node.type === 'Identifier' || node.type === 'MemberExpression' || isRequire(node) || (isCall(node) && node.callee.type === 'MemberExpression')
  );
}

/** Of what a function that starts programs is handed, not the environment it gives them. */
function partsOf(argument: Node, callee: Node): readonly Node[] {
  if (argument.type === 'SpreadElement') return [argument.argument];
  if (argument.type !== 'ObjectExpression' || !startsSomething(callee)) return [argument];
  return argument.properties.filter((property) => property.type !== 'Property' || property.key.type !== 'Identifier' || property.key.name !== 'env');
}

function startsSomething(callee: Node): boolean {
  const last = callee.type === 'MemberExpression' ? callee.property : callee;
  return last.type === 'Identifier' && /^(spawn|exec|run|fork|shell|cmd|command|start|launch|npm|git)/i.test(last.name);
}

/** What of one file goes to others: what it gives away, what it sends of theirs, what it hands from one to another. */
import { liveness } from './liveness.ts';
import { bare, isCall, isFunction, type Node, returnsOf } from './nodes.ts';
import { originOf, type Tag } from './origin.ts';
import { parseScript } from './parse.ts';
import { scan } from './scan.ts';
import { Evaluator } from './value.ts';

/** What nobody but its owner should have, in the words of a report. */
export type Private = 'environment' | 'credential-file' | 'browser-data' | 'wallet-file';

/** Something of other files of the package goes out here. */
export interface Outgoing {
  /** The files, as they are named here. */
  readonly of: readonly string[];
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

/** What functions of a script give back and its variables hold; what a program printed is another matter. */
export function givesOf(source: string, module: boolean): readonly Private[] {
  const parsed = parseScript(source, module);
  return parsed.ok ? givenBy(new Evaluator(scan(parsed.program))) : [];
}

function givenBy(evaluator: Evaluator): readonly Private[] {
  const found = new Set<Private>();
  const take = (node: Node, scope: Parameters<typeof originOf>[2]): void => {
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
  readonly to: readonly string[];
  /** Files whose values are handed over. */
  readonly of: readonly string[];
  readonly tags: readonly Private[];
  readonly at: number;
  readonly waits: boolean;
}

const mostCalls = 5_000;

/** Calls in a script that hand something of this file or others to a function of another file. */
export function handOvers(source: string, module: boolean): readonly HandOver[] {
  const parsed = parseScript(source, module);
  if (!parsed.ok) return [];
  const tree = scan(parsed.program);
  const evaluator = new Evaluator(tree);
  const live = liveness(tree, evaluator);
  return tree.calls.slice(0, mostCalls).flatMap(({ node, scope }) => {
    if (node.type === 'ImportExpression' || node.arguments.length === 0 || evaluator.path(node.callee, scope) !== undefined) return [];
    const to = ownOf(originOf(evaluator, node.callee, scope));
    if (to.length === 0) return [];
    const all = new Set<Tag>();
    for (const argument of node.arguments)
      for (const part of partsOf(argument as Node, node.callee)) for (const tag of originOf(evaluator, part, scope)) all.add(tag);
    const tags = [...all].filter(isPrivate);
    const of = ownOf(all);
    return tags.length + of.length > 0 && !all.has('command-output')
      ? [{ to, of, tags, at: node.start ?? 0, waits: live.waits(node.start ?? 0) }]
      : [];
  });
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

/** The files of the package a value is of. */
export function ownOf(tags: ReadonlySet<Tag>): readonly string[] {
  return [...tags].flatMap((tag) => (tag.startsWith('own ') ? [tag.slice(4)] : []));
}

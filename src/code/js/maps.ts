/** What is got from a `Map`: what it was made of, and what was set under that key. */
import type { Scope } from './bindings.ts';
import type { Evaluating } from './evaluating.ts';
import { textOf, type Value } from './known.ts';
import { bare, type CallNode, isCall, type Node } from './nodes.ts';

/** Calls of `set` chained one to the other. */
const mostChained = 20;

type Made = Extract<Value, { readonly is: 'result' }>;

/** What lies in a map under a key; undefined for what is no map, or is not known. */
export function keptIn(evaluator: Evaluating, map: Made, key: string | undefined, asked: CallNode): Value | undefined {
  if (key === undefined || !/^#(Weak)?Map(\.set)*$/.test(map.of)) return undefined;
  let made: Value | undefined = map;
  for (let steps = 0; made?.is === 'result' && steps < mostChained; steps++) {
    const node: Node = made.node;
    if (!isCall(node)) return undefined;
    if (!made.of.endsWith('.set')) break;
    const set = setBy(evaluator, node, made.scope, key);
    if (set) return set;
    made = node.callee.type === 'MemberExpression' ? evaluator.value(node.callee.object as Node, made.scope) : undefined;
  }
  const found = made?.is === 'result' ? pairs(evaluator, made, key) : undefined;
  return found ?? later(evaluator, asked, key);
}

function setBy(evaluator: Evaluating, { arguments: [name, value] }: CallNode, scope: Scope, key: string): Value | undefined {
  if (!name || !value || value.type === 'SpreadElement' || textOf(evaluator.value(name as Node, scope))?.text !== key) return undefined;
  return evaluator.value(value, scope);
}

/** `new Map([['key', value]])`, `new Map(Object.entries({ key: value }))`. */
function pairs(evaluator: Evaluating, { node, scope }: Made, key: string): Value | undefined {
  const [first] = isCall(node) ? node.arguments : [];
  const from = first && first.type !== 'SpreadElement' ? evaluator.value(first, scope) : undefined;
  if (from?.is === 'result' && from.of === '#Object.entries' && isCall(from.node) && from.node.arguments[0])
    return evaluator.property(evaluator.value(from.node.arguments[0] as Node, from.scope), key);
  for (const item of from?.is === 'list' ? from.items : []) if (item?.is === 'list' && textOf(item.items[0])?.text === key) return item.items[1];
  return undefined;
}

/** `map.set('key', value)`, by the name that holds the map. */
function later(evaluator: Evaluating, asked: CallNode, key: string): Value | undefined {
  const callee = bare(asked.callee);
  const object = callee.type === 'MemberExpression' ? callee.object : undefined;
  if (object?.type !== 'Identifier') return undefined;
  for (const { node, scope } of evaluator.scan.setsOf(object.name)) {
    const set = setBy(evaluator, node, scope, key);
    if (set) return set;
  }
  return undefined;
}

/** Calls by the name of what they call, and what is put into things by the name that holds them. */
import type { Scope } from './bindings.ts';
import { type CallNode, isFunction, type Node } from './nodes.ts';
import type { Scan, Seen } from './scanned.ts';

/** Some calls of each plain name, and of each method of its own object as `this.name`. */
export function byName(calls: Scan['calls']): Map<string, Seen<CallNode>[]> {
  const found = new Map<string, Seen<CallNode>[]>();
  for (const { node, scope } of calls) {
    if (node.type === 'ImportExpression' || node.arguments.length === 0) continue;
    const name = calledName(node.callee as Node);
    if (name === undefined) continue;
    const held = found.get(name);
    if (!held) found.set(name, [{ node, scope }]);
    else if (held.length < 8) held.push({ node, scope });
  }
  return found;
}

function calledName(callee: Node): string | undefined {
  if (callee.type === 'Identifier') return callee.name;
  return callee.type === 'MemberExpression' && callee.object.type === 'ThisExpression' ? holderName(callee) : undefined;
}

/** The name each method goes by. */
export function methodsByNode(methods: Scan['methods']): ReadonlyMap<Node, string> {
  return new Map([...methods].flatMap(([name, nodes]) => nodes.map((node) => [node, name] as const)));
}

/** What holds: a name, or a field as `this.field`; of something deeper the outermost. */
function holderName(object: Node): string | undefined {
  let at = object;
  while (at.type === 'MemberExpression') {
    const { property } = at;
    if (at.object.type === 'ThisExpression')
      return !at.computed && (property.type === 'Identifier' || property.type === 'PrivateIdentifier') ? `this.${property.name}` : undefined;
    at = at.object as Node;
  }
  return at.type === 'Identifier' ? at.name : undefined;
}

const mostSets = 64;

/** Calls of `set` by the name they are made of. */
export function setsByName(calls: Scan['calls']): ReadonlyMap<string, readonly Seen<CallNode>[]> {
  const found = new Map<string, Seen<CallNode>[]>();
  for (const { node, scope } of calls) {
    if (node.type === 'ImportExpression' || node.arguments.length !== 2 || node.callee.type !== 'MemberExpression') continue;
    const { object, property, computed } = node.callee;
    if (computed || property.type !== 'Identifier' || property.name !== 'set' || object.type !== 'Identifier') continue;
    const held = found.get(object.name);
    if (!held) found.set(object.name, [{ node, scope }]);
    else if (held.length < mostSets) held.push({ node, scope });
  }
  return found;
}

const feeding = new Set('push unshift set add append concat enqueue splice write assign'.split(' '));
const mostFed = 8;

/** What is pushed, set, assigned into what a name holds. */
export function fedByName({ calls, assignments, fields }: Pick<Scan, 'calls' | 'assignments' | 'fields'>): Map<string, Seen<Node>[]> {
  const found = new Map<string, Seen<Node>[]>();
  const feed = (object: Node, fed: readonly Node[], scope: Scope): void => {
    const name = holderName(object);
    if (name === undefined || fed.length === 0) return;
    const held = found.get(name) ?? [];
    for (const node of fed) if (held.length < mostFed && node.type !== 'Literal' && !isFunction(node)) held.push({ node, scope });
    found.set(name, held);
  };
  for (const { node, scope } of calls) {
    if (node.type === 'ImportExpression' || node.callee.type !== 'MemberExpression') continue;
    const { object, property } = node.callee;
    if (property.type !== 'Identifier' || !feeding.has(property.name)) continue;
    const intoFirst = property.name === 'assign' && object.type === 'Identifier' && object.name === 'Object';
    if (intoFirst && node.arguments[0]) feed(node.arguments[0] as Node, node.arguments.slice(1) as Node[], scope);
    else feed(object as Node, node.arguments as Node[], scope);
  }
  for (const { name, node, scope } of fields)
    feed({ type: 'MemberExpression', object: { type: 'ThisExpression' }, property: name } as Node, [node], scope);
  for (const { node, scope } of assignments)
    if (node.left.type === 'MemberExpression')
      feed(node.left.object.type === 'ThisExpression' ? node.left : (node.left.object as Node), [node.right], scope);
  return found;
}

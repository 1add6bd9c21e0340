/** All an expression is known to be at times: both branches, every row of a table, all a name was given. */
import type { ESTree } from 'meriyah';
import { type Binding, lookup, type Scope } from './bindings.ts';
import type { Evaluating } from './evaluating.ts';
import { hole, textOf, type Value } from './known.ts';
import { bare, isCall, type Node } from './nodes.ts';

const most = 8;
const deepest = 6;

/** What an expression may be. */
export function alternativesOf(evaluator: Evaluating, node: Node, scope: Scope): readonly Value[] {
  return follow(evaluator, node, scope, 0).slice(0, most);
}

function follow(evaluator: Evaluating, start: Node, scope: Scope, depth: number): readonly Value[] {
  const node = bare(start);
  const each = (nodes: readonly Node[]): readonly Value[] => nodes.flatMap((one) => follow(evaluator, one, scope, depth + 1));
  if (depth < deepest) {
    if (node.type === 'ConditionalExpression') return each([node.consequent, node.alternate]);
    if (node.type === 'LogicalExpression') return each(node.operator === '&&' ? [node.right] : [node.left, node.right]);
    if (node.type === 'MemberExpression') return rows(evaluator, node, scope, depth);
    if (node.type === 'CallExpression') return filled(evaluator, node, node.arguments, scope, depth);
    if (node.type === 'TemplateLiteral') return filled(evaluator, node, node.expressions, scope, depth);
    if (node.type === 'BinaryExpression') return filled(evaluator, node, [node.left, node.right], scope, depth);
    if (node.type === 'Identifier') {
      const binding = lookup(scope, node.name);
      if (binding?.parameter) return given(evaluator, binding.parameter, depth);
      const [only] = binding?.sources ?? [];
      if (binding?.sources.length === 1 && only?.node && only.path[0] === '?' && only.path.length === 1) {
        const over = evaluator.value(only.node, only.scope);
        return over?.is === 'list' ? over.items.slice(0, most).filter((item) => item !== undefined) : [];
      }
      if (binding?.sources.every((source) => source.node && source.path.length === 0))
        return binding.sources.slice(0, most).flatMap((one) => (one.node ? follow(evaluator, one.node, one.scope, depth + 1) : []));
    }
  }
  const value = evaluator.value(node, scope);
  return value ? [value] : [];
}

/** What the callers of a function give it. */
function given(evaluator: Evaluating, { of, index }: NonNullable<Binding['parameter']>, depth: number): readonly Value[] {
  const handed = index === 0 ? evaluator.scan.handed.get(of) : undefined;
  if (handed && handed.index === 0 && isCall(handed.to)) return eachOf(evaluator, handed.to.callee, handed.scope);
  const name = evaluator.scan.nameOf(of);
  return (name === undefined ? [] : evaluator.scan.callsByName(name)).flatMap(({ node, scope }) => {
    const argument = node.arguments[index];
    const own = lookup(scope, name ?? '')?.sources.some((source) => source.node === of);
    return argument && own && argument.type !== 'SpreadElement' ? follow(evaluator, argument, scope, depth + 1) : [];
  });
}

/** What `['a', 'b'].forEach` gives the function it is handed. */
function eachOf(evaluator: Evaluating, callee: Node, scope: Scope): readonly Value[] {
  if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier' || !giving.has(callee.property.name)) return [];
  const list = evaluator.value(callee.object as Node, scope);
  return list?.is === 'list' ? list.items.slice(0, most).filter((item) => item !== undefined) : [];
}

const giving = new Set('forEach map some every filter find flatMap'.split(' '));

/** A text put together of parts, of which one may be several: `path.join(home, name)`. */
function filled(evaluator: Evaluating, node: Node, parts: readonly Node[], scope: Scope, depth: number): readonly Value[] {
  const whole = evaluator.value(node, scope);
  if (whole?.is !== 'text' || !whole.text.includes(hole)) return whole ? [whole] : [];
  const open = parts.map((part) => ({ part, text: textOf(evaluator.value(part, scope))?.text ?? hole })).filter(({ text }) => text.includes(hole));
  const [{ part, text } = { part: node, text: '' }] = open;
  if (open.length !== 1 || part.type === 'SpreadElement' || whole.text.split(text).length !== 2) return [whole];
  const texts = follow(evaluator, part, scope, depth + 1)
    .map(textOf)
    .filter((one) => one !== undefined && !one.text.includes(hole));
  return texts.length === 0
    ? [whole]
    : texts.map((one) => ({ is: 'text', text: whole.text.replace(text, () => one?.text ?? hole), readAs: whole.readAs }));
}

/** What a member may be: of a table asked with a key only running would tell, every row. */
function rows(evaluator: Evaluating, node: ESTree.MemberExpression, scope: Scope, depth: number): readonly Value[] {
  const known = evaluator.value(node, scope);
  if (known) return [known];
  const key = evaluator.key(node, scope);
  return follow(evaluator, node.object, scope, depth + 1)
    .slice(0, most)
    .flatMap((object) => {
      if (key !== undefined) return [evaluator.property(object, key)];
      if (object.is === 'list') return object.items.slice(0, most);
      return object.is === 'object' ? properties(evaluator, object.node, object.scope) : [];
    })
    .filter((value) => value !== undefined);
}

function properties(evaluator: Evaluating, node: ESTree.ObjectExpression, scope: Scope): readonly (Value | undefined)[] {
  return node.properties.slice(0, most).map((property) => (property.type === 'Property' ? evaluator.value(property.value, scope) : undefined));
}

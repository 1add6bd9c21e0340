/** The shape of syntax trees: which fields of a node hold children. */
import type { ESTree } from 'meriyah';

export type Node = ESTree.Node;
export type FunctionNode = ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression;
export type CallNode = ESTree.CallExpression | ESTree.NewExpression;

const skipped = new Set(
  'type start end range loc value raw operator name kind computed optional async generator expression_ sourceType directive regex bigint tail cooked'.split(
    ' ',
  ),
);

/** Field names by node type, learned on first sight: every node of a type has the same fields. */
const childKeys = new Map<string, readonly string[]>();

/** The fields of a node that may hold nodes. */
export function keysOf(node: Node): readonly string[] {
  const known = childKeys.get(node.type);
  if (known) return known;
  // `value` is a child of properties and definitions, and the plain value of literals.
  const keys = Object.keys(node).filter((key) =>
    key === 'value' ? node.type !== 'Literal' && node.type !== 'TemplateElement' && node.type !== 'JSXText' : !skipped.has(key),
  );
  childKeys.set(node.type, keys);
  return keys;
}

export function isFunction(node: Node): node is FunctionNode {
  return node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression' || node.type === 'FunctionDeclaration';
}

export function isCall(node: Node): node is CallNode {
  return node.type === 'CallExpression' || node.type === 'NewExpression';
}

/** A node without chains and parentheses around it. */
export function bare(node: Node): Node {
  let inner = node;
  while (inner.type === 'ChainExpression' || inner.type === 'ParenthesizedExpression' || inner.type === 'AwaitExpression') {
    inner = inner.type === 'AwaitExpression' ? inner.argument : inner.expression;
  }
  return inner;
}

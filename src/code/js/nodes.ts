/** Kinds of nodes of syntax trees. */
import type { ESTree } from 'meriyah';

export type Node = ESTree.Node;
export type FunctionNode = ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression;
export type CallNode = ESTree.CallExpression | ESTree.NewExpression;

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

/** Kinds of nodes of syntax trees. */
import type { ESTree } from 'meriyah';

export type Node = ESTree.Node;
export type FunctionNode = ESTree.FunctionDeclaration | ESTree.FunctionExpression | ESTree.ArrowFunctionExpression;
export type CallNode = ESTree.CallExpression | ESTree.NewExpression;

export function isNode(value: unknown): value is Node {
  return value !== null && typeof value === 'object' && typeof (value as { type?: unknown }).type === 'string';
}

export function isFunction(node: Node): node is FunctionNode {
  return node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression' || node.type === 'FunctionDeclaration';
}

export function isCall(node: Node): node is CallNode {
  return node.type === 'CallExpression' || node.type === 'NewExpression';
}

/** What does the same as a call, written as one. */
export function asCall(at: Node, callee: Node, args: readonly Node[]): CallNode {
  return { type: 'CallExpression', callee, arguments: args, start: at.start, end: at.end } as unknown as CallNode;
}

const mostLooked = 300;

/** The expressions a function gives back, without those of functions in it. */
export function returnsOf(target: FunctionNode): readonly Node[] {
  if (!target.body) return [];
  if (target.body.type !== 'BlockStatement') return [target.body];
  const found: Node[] = [];
  const open: unknown[] = [...target.body.body].reverse();
  for (let looked = 0; open.length > 0 && looked < mostLooked; looked++) {
    const node = open.pop() as Node;
    if (node.type === 'ReturnStatement') node.argument && found.push(node.argument);
    else if (!isFunction(node) && !node.type.endsWith('Expression') && node.type !== 'VariableDeclaration') {
      for (const value of Object.values(node))
        for (const child of Array.isArray(value) ? value : [value]) if (child && typeof child === 'object' && 'type' in child) open.push(child);
    }
  }
  return found;
}

/** A node without chains and parentheses around it. */
export function bare(node: Node): Node {
  let inner = node;
  while (inner.type === 'ChainExpression' || inner.type === 'ParenthesizedExpression' || inner.type === 'AwaitExpression') {
    inner = inner.type === 'AwaitExpression' ? inner.argument : inner.expression;
  }
  return inner;
}

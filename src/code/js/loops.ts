/** Loops nothing in them ends, and loops that put flattened code in order. */
import type { ESTree } from 'meriyah';
import { isFunction, isNode, type Node } from './nodes.ts';

/** True for a condition that always holds. */
export function isForever(test: Node): boolean {
  if (test.type === 'Literal') return Boolean(test.value);
  return (
    test.type === 'UnaryExpression' &&
    test.operator === '!' &&
    test.argument.type !== 'Identifier' &&
    test.argument.type !== 'CallExpression' &&
    test.argument.type !== 'MemberExpression'
  );
}

/** A loop whose condition is more than a constant: `!(a instanceof B)`. */
export function endsByTest(node: Node): boolean {
  let test = 'test' in node ? node.test : null;
  while (test && test.type === 'UnaryExpression') test = test.argument;
  return test !== null && test.type !== 'Literal' && test.type !== 'ArrayExpression' && !isUnbounded(test);
}

/** `i < Infinity`. */
export function isUnbounded(test: Node): boolean {
  return test.type === 'BinaryExpression' && test.right.type === 'Identifier' && test.right.name === 'Infinity';
}

const ending = new Set('BreakStatement ReturnStatement ThrowStatement AwaitExpression YieldExpression'.split(' '));
const mostLooked = 400;

/** True when something in a loop leaves it, waits in it, or ends the program; too much to look at may end. */
export function mayEnd(body: Node): boolean {
  const open: Node[] = [body];
  for (let looked = 0; open.length > 0; looked++) {
    const node = open.pop() as Node;
    if (looked > mostLooked || ending.has(node.type) || (node.type === 'ContinueStatement' && node.label)) return true;
    if (node.type === 'MemberExpression' && node.property.type === 'Identifier' && /^(exit|abort|kill|wait)$/.test(node.property.name)) return true;
    if (isFunction(node)) continue;
    for (const value of Object.values(node) as unknown[])
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) open.push(child);
  }
  return false;
}

/** True where the order of statements is data. */
export function holdsSwitch(body: Node): boolean {
  if (body.type === 'SwitchStatement') return isDispatch(body);
  return (
    body.type === 'BlockStatement' &&
    body.body.length <= 3 &&
    body.body.some((statement) => statement.type === 'SwitchStatement' && isDispatch(statement))
  );
}

/** `switch (order[at++])`: the order of statements is data. Hand-written parsers switch on other things. */
function isDispatch(node: ESTree.SwitchStatement): boolean {
  const on = node.discriminant;
  return on.type === 'MemberExpression' && on.computed && on.property.type === 'UpdateExpression';
}

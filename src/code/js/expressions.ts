/** Kinds of expressions and what each is known to be. */
import type { ESTree } from 'meriyah';
import type { Scope } from './bindings.ts';
import { callValue } from './calls.ts';
import type { Evaluating } from './evaluating.ts';
import { hole, isEscaped, textOf, type Value } from './known.ts';
import { bare, isFunction, type Node } from './nodes.ts';

const longestText = 200_000;

/** What an expression is known to be; the frequent kinds first. */
export function expressionValue(evaluator: Evaluating, node: Node, scope: Scope): Value | undefined {
  switch (node.type) {
    case 'Identifier':
      return evaluator.named(node.name, scope);
    case 'MemberExpression': {
      // The object first: of most nothing is known, and then the name does not matter.
      const object = evaluator.value(node.object, scope);
      if (object === undefined) return undefined;
      const key = evaluator.key(node, scope);
      return key === undefined ? undefined : evaluator.property(object, key);
    }
    case 'CallExpression':
    case 'NewExpression':
      return callValue(evaluator, node, scope);
    case 'Literal':
      return literal(node);
    case 'ThisExpression':
      return scope.parent === undefined ? { is: 'path', path: '#this' } : undefined;
    case 'ConditionalExpression':
      return evaluator.value(node.consequent, scope) ?? evaluator.value(node.alternate, scope);
    case 'SequenceExpression':
      return evaluator.value(node.expressions.at(-1) as Node, scope);
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'FunctionDeclaration':
      return { is: 'function', node, scope };
    case 'ObjectExpression':
      return { is: 'object', node, scope };
    default:
      return rareValue(evaluator, node, scope);
  }
}

function rareValue(evaluator: Evaluating, node: Node, scope: Scope): Value | undefined {
  switch (node.type) {
    case 'ChainExpression':
    case 'ParenthesizedExpression':
    case 'AwaitExpression':
      return expressionValue(evaluator, bare(node), scope);
    case 'TemplateLiteral':
      return template(evaluator, node, scope);
    case 'BinaryExpression':
      return binary(evaluator, node, scope);
    case 'LogicalExpression':
      return node.operator === '&&' ? evaluator.value(node.right, scope) : (evaluator.value(node.left, scope) ?? evaluator.value(node.right, scope));
    case 'AssignmentExpression':
      return evaluator.value(node.right, scope);
    case 'UnaryExpression':
      return unary(evaluator, node, scope);
    case 'ArrayExpression':
      return list(evaluator, node, scope);
    case 'MetaProperty':
      return node.meta.name === 'import' ? { is: 'path', path: '#import.meta' } : undefined;
    case 'ImportExpression':
      return evaluator.module(evaluator.value(node.source, scope));
    default:
      return isFunction(node) ? { is: 'function', node, scope } : undefined;
  }
}

function list(evaluator: Evaluating, node: ESTree.ArrayExpression, scope: Scope): Value | undefined {
  if (node.elements.length > 5000) return undefined;
  const items = node.elements.flatMap((element) =>
    element?.type === 'SpreadElement' ? spread(evaluator.value(element.argument, scope)) : [element ? evaluator.value(element, scope) : undefined],
  );
  return { is: 'list', items };
}

function spread(value: Value | undefined): readonly (Value | undefined)[] {
  if (value?.is === 'list') return value.items;
  return value?.is === 'text' && value.text.length <= 5000
    ? [...value.text].map((text) => ({ is: 'text', text, readAs: 'assembled' }) as const)
    : [undefined];
}

function template(evaluator: Evaluating, node: ESTree.TemplateLiteral, scope: Scope): Value {
  const parts = node.quasis.flatMap((quasi, at) => {
    const expression = node.expressions[at];
    return expression ? [quasi.value.cooked ?? '', evaluator.text(expression, scope).text] : [quasi.value.cooked ?? ''];
  });
  return { is: 'text', text: parts.join('').slice(0, longestText), readAs: node.expressions.length > 0 ? 'assembled' : 'written' };
}

/** Long chains of `+` lean to the left: followed without recursion. */
function binary(evaluator: Evaluating, node: ESTree.BinaryExpression, scope: Scope): Value | undefined {
  const operands: Node[] = [];
  let at: Node = node;
  while (at.type === 'BinaryExpression' && at.operator === '+') {
    operands.push(at.right);
    at = bare(at.left);
  }
  if (operands.length === 0) return arithmetic(node.operator, evaluator.value(node.left, scope), evaluator.value(node.right, scope));
  return added([at, ...operands.reverse()].slice(0, 5000).map((operand) => evaluator.value(operand, scope)));
}

function added(values: readonly (Value | undefined)[]): Value | undefined {
  if (values.every((value) => value?.is === 'number'))
    return { is: 'number', number: values.reduce((sum, value) => sum + (value?.is === 'number' ? value.number : 0), 0) };
  const texts = values.map(textOf);
  if (texts.every((text) => text === undefined)) return undefined;
  const readAs = texts.some((text) => text?.readAs === 'decoded') ? 'decoded' : 'assembled';
  const text = texts.map((text) => text?.text ?? hole).join('');
  return { is: 'text', text: text.slice(0, longestText), readAs };
}

function unary(evaluator: Evaluating, node: ESTree.UnaryExpression, scope: Scope): Value | undefined {
  const value = evaluator.value(node.argument, scope);
  if (value?.is !== 'number') return undefined;
  if (node.operator === '-') return { is: 'number', number: -value.number };
  if (node.operator === '~') return { is: 'number', number: ~value.number };
  return node.operator === '+' ? value : undefined;
}

function literal(node: ESTree.Literal): Value | undefined {
  if (typeof node.value === 'string') return { is: 'text', text: node.value, readAs: isEscaped(node.value, node.raw) ? 'decoded' : 'written' };
  return typeof node.value === 'number' ? { is: 'number', number: node.value } : undefined;
}

function arithmetic(operator: string, left: Value | undefined, right: Value | undefined): Value | undefined {
  if (left?.is !== 'number' || right?.is !== 'number') return undefined;
  const number = compute(operator, left.number, right.number);
  return number === undefined ? undefined : { is: 'number', number };
}

function compute(operator: string, a: number, b: number): number | undefined {
  switch (operator) {
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '^':
      return a ^ b;
    case '|':
      return a | b;
    case '&':
      return a & b;
    case '<<':
      return a << b;
    case '>>':
      return a >> b;
    case '>>>':
      return a >>> b;
    default:
      return undefined;
  }
}

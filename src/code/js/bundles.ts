/** How bundles keep their modules, and how files name each other. */
import type { ESTree } from 'meriyah';
import { bare, type CallNode, type FunctionNode, isCall, type Node } from './nodes.ts';

/** The constant in `require('./x')`, `__importStar(require('./x'))`, `import('./x')`. */
export function requiredBy(node: Node): string | undefined {
  if (node.type === 'ImportExpression')
    return node.source.type === 'Literal' && typeof node.source.value === 'string' ? node.source.value : undefined;
  if (node.type === 'MemberExpression') return requiredBy(bare(node.object));
  if (node.type !== 'CallExpression') return undefined;
  const first = node.arguments[0];
  if (!first) return undefined;
  if (first.type === 'Literal' && typeof first.value === 'string') return first.value;
  return isCall(first) ? requiredBy(first) : undefined;
}

/** Bundlers keep modules as functions in an object, by path or number. */
export function isModules(node: ESTree.ObjectExpression): boolean {
  return node.properties.some(
    (property) =>
      property.type === 'Property' &&
      property.key.type === 'Literal' &&
      (typeof property.key.value === 'number' || /[/\\]|\.[cm]?[jt]sx?$|^\d+$/.test(String(property.key.value))),
  );
}

/** What the properties of an object hold. */
export function valuesOf(node: ESTree.ObjectExpression): readonly Node[] {
  return node.properties.flatMap((property) => (property.type === 'Property' ? [property.value as Node] : []));
}

/** The `require("fs")` that is all a module of a bundle consists of. */
export function handedOnBy({ body }: FunctionNode): CallNode | undefined {
  const statements =
    body?.type === 'BlockStatement' ? body.body.filter((one) => one.type !== 'ExpressionStatement' || one.directive === undefined) : [];
  const [only] = statements;
  const expression =
    body?.type !== 'BlockStatement' ? body : statements.length === 1 && only?.type === 'ExpressionStatement' ? only.expression : undefined;
  const assignment = expression && bare(expression as Node);
  if (assignment?.type !== 'AssignmentExpression' || assignment.left.type !== 'MemberExpression') return undefined;
  const { property } = assignment.left;
  const right = bare(assignment.right);
  return property.type === 'Identifier' && property.name === 'exports' && isCall(right) && requiredBy(right) !== undefined ? right : undefined;
}

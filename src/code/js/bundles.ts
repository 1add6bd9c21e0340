/** How bundles keep their modules, and how files name each other. */
import type { ESTree } from 'meriyah';
import { bare, isCall, type Node } from './nodes.ts';

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

/** Where nobody hears of a failure: what steals must not be noticed when it cannot get through. */
import type { ESTree } from 'meriyah';
import { bare, isCall, isFunction, type Node } from './nodes.ts';
import type { Scan } from './scan.ts';

type Range = readonly [start: number, end: number];

const mostRanges = 400;

/** Tells whether what goes wrong at an offset is dropped without a word: in the code around it, or by those who call that. */
export function hushedIn(scan: Scan): (at: number) => boolean {
  const own: Range[] = [...scan.hushedBlocks, ...caught(scan)];
  const within = (at: number, ranges: readonly Range[]): boolean => ranges.some(([start, end]) => at >= start && at < end);
  const ranges = [...own, ...functionsOf(scan, (at) => within(at, own))];
  return (at) => within(at, ranges);
}

/** What has `.catch(() => {})`, `.then(f, () => {})`, `.on('error', () => {})` behind it, and requests by a name that have it. */
function caught(scan: Scan): readonly Range[] {
  const found: Range[] = [];
  const names = new Set<string>();
  for (const { node } of scan.calls) {
    if (found.length >= mostRanges) break;
    if (node.type === 'ImportExpression' || node.callee.type !== 'MemberExpression' || !hushes(node.callee, node.arguments as Node[])) continue;
    const object = bare(node.callee.object as Node);
    if (object.type === 'Identifier') names.add(object.name);
    else found.push(rangeOf(object));
  }
  if (names.size === 0) return found;
  for (const { node } of scan.calls)
    if (node.type !== 'ImportExpression' && node.callee.type === 'MemberExpression' && found.length < mostRanges) {
      const object = bare(node.callee.object as Node);
      if (object.type === 'Identifier' && names.has(object.name)) found.push(rangeOf(node));
    }
  return found;
}

function hushes({ property, computed }: ESTree.MemberExpression, args: readonly Node[]): boolean {
  if (computed || property.type !== 'Identifier') return false;
  const [first, second] = args;
  if (property.name === 'catch') return isSilent(first);
  if (property.name === 'then') return isSilent(second);
  return (property.name === 'on' || property.name === 'once') && first?.type === 'Literal' && first.value === 'error' && isSilent(second);
}

/** `() => {}`, `() => null`, `noop`. */
function isSilent(node: Node | undefined): boolean {
  if (!node) return false;
  if (node.type === 'Identifier') return /^_?noop$/i.test(node.name);
  if (!isFunction(node) || !node.body) return false;
  if (node.body.type === 'BlockStatement') return node.body.body.length === 0;
  const { body } = node;
  return (
    body.type === 'Literal' ||
    (body.type === 'Identifier' && body.name === 'undefined') ||
    (body.type === 'UnaryExpression' && body.operator === 'void' && body.argument.type === 'Literal') ||
    (body.type === 'ObjectExpression' && body.properties.length === 0)
  );
}

/** Functions of the file that are called where nobody hears. */
function functionsOf(scan: Scan, isHushed: (at: number) => boolean): readonly Range[] {
  const called = new Set<string>();
  for (const { node } of scan.calls) {
    if (node.type === 'ImportExpression' || called.size >= mostRanges || !isHushed(node.start ?? 0)) continue;
    const callee = bare(node.callee);
    if (callee.type === 'Identifier') called.add(callee.name);
    else if (callee.type === 'MemberExpression' && callee.object.type === 'ThisExpression' && callee.property.type === 'Identifier')
      called.add(callee.property.name);
  }
  if (called.size === 0) return [];
  const named = [...scan.functions()].filter((node) => called.has(scan.nameOf(node) ?? ''));
  return [...named, ...[...called].flatMap((name) => scan.methods.get(name) ?? [])].slice(0, mostRanges).map(rangeOf);
}

function rangeOf(node: Node): Range {
  // Of a call on the spot the offset of what is in it counts, too.
  return [isCall(node) ? Math.min(node.start ?? 0, node.callee.start ?? 0) : (node.start ?? 0), node.end ?? 0];
}

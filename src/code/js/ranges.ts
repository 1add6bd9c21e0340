/** Functions and the functions around them, by where they stand. */
import type { Node } from './nodes.ts';

/** A function, and the one around it. */
export interface Range {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
  readonly parent: Range | undefined;
}

/** Functions by where they begin, each with the one around it. */
export function rangesOf(functions: Iterable<Node>): readonly Range[] {
  const sorted = [...functions].sort((a, b) => (a.start ?? 0) - (b.start ?? 0) || (b.end ?? 0) - (a.end ?? 0));
  const ranges: Range[] = [];
  let around: Range | undefined;
  for (const node of sorted) {
    const start = node.start ?? 0;
    while (around && around.end <= start) around = around.parent;
    around = { node, start, end: node.end ?? start, parent: around };
    ranges.push(around);
  }
  return ranges;
}

/** The innermost function around an offset; a call of a function on the spot begins where that function does. */
export function innermost(ranges: readonly Range[], at: number): Range | undefined {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle] as Range).start < at) low = middle + 1;
    else high = middle;
  }
  let range = ranges[low - 1];
  while (range && range.end <= at) range = range.parent;
  return range;
}

/** The functions directly within each function. */
export function childrenOf(ranges: readonly Range[]): Map<Node, Node[]> {
  const children = new Map<Node, Node[]>();
  for (const { node, parent } of ranges) {
    if (!parent) continue;
    const held = children.get(parent.node);
    if (held) held.push(node);
    else children.set(parent.node, [node]);
  }
  return children;
}

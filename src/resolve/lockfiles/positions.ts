/** Lines and columns of offsets in a text; both count from 1. */

/** Where an offset lies. */
export type PositionOf = (offset: number) => { readonly line: number; readonly column: number };

/** Indexes the line starts of a text once. */
export function positionsIn(text: string): PositionOf {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] as number) + 1 };
  };
}

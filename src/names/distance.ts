/** Optimal string alignment: insertion, omission, substitution and the swap of two neighbours each count one (Damerau, 1964). */
import { longestName } from './hash.ts';

/** The distance of two names where it is at most `most`, otherwise `most + 1`. Only the band that matters is computed (Ukkonen, 1985). */
export function distanceUpTo(a: Uint8Array, aLength: number, b: Uint8Array, bLength: number, most: number): number {
  if (Math.abs(aLength - bLength) > most) return most + 1;
  let [before, above, row] = rows;
  for (let at = 0; at <= bLength; at++) above[at] = at;
  for (let i = 1; i <= aLength; i++) {
    const from = Math.max(1, i - most);
    const to = Math.min(bLength, i + most);
    row[from - 1] = from === 1 ? i : most + 1;
    let least = row[from - 1] ?? 0;
    for (let j = from; j <= to; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = (above[j - 1] ?? 0) + (same ? 0 : 1);
      if (j < i + most) cost = Math.min(cost, (above[j] ?? 0) + 1);
      cost = Math.min(cost, (row[j - 1] ?? 0) + 1);
      if (!same && i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row[j] = cost;
      if (cost < least) least = cost;
    }
    if (least > most) return most + 1;
    [before, above, row] = [above, row, before];
  }
  return Math.min(above[bLength] ?? 0, most + 1);
}

const rows: [Uint8Array, Uint8Array, Uint8Array] = [
  new Uint8Array(longestName + 2),
  new Uint8Array(longestName + 2),
  new Uint8Array(longestName + 2),
];

/** Whether one edit makes one of two names the other (equal names included): prefix, suffix, and what lies between. */
export function withinOne(a: Uint8Array, aLength: number, b: Uint8Array, bLength: number): boolean {
  const shorter = Math.min(aLength, bLength);
  let front = 0;
  while (front < shorter && a[front] === b[front]) front++;
  let back = 0;
  while (back < shorter - front && a[aLength - 1 - back] === b[bLength - 1 - back]) back++;
  const aRest = aLength - front - back;
  const bRest = bLength - front - back;
  if (aRest <= 1 && bRest <= 1) return true;
  return aRest === 2 && bRest === 2 && a[front] === b[front + 1] && a[front + 1] === b[front];
}

/** A weight from counts: a log-likelihood ratio with half a case added on either side (Jeffreys), held back where cases are few. */
import type { Count } from './signals.ts';

/** How much a signal may say that so many attacks have shown, however rare it is among honest releases. */
const mostBy: readonly number[] = [5, 15, 20];

/** Ten times the decimal logarithm of the ratio of the two rates, to one place. */
export function decibansOf(attacks: Count, honest: Count): number {
  const counted = Math.round(100 * Math.log10(rate(attacks) / rate(honest))) / 10;
  return Math.min(counted, mostBy[attacks.seen] ?? counted);
}

function rate({ seen, of }: Count): number {
  return (seen + 0.5) / (of + 1);
}

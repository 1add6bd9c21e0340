/** How much a resemblance weighs: decibans of the class, of the target's fame, and of the name's own use; summed, so that the parts can be shown. */
import type { Confusion } from './confusions/confusion.ts';

/** From here on a name is accused; blocking takes more, and evidence of another kind. */
export const accuse = -2;
export const mayBlock = 8;

/** What one confusion adds up to, and why. */
export interface Weighed {
  readonly confusion: Confusion;
  readonly decibans: number;
  readonly parts: readonly string[];
}

/** Weighs one confusion with a target. `own` is how often the name itself is downloaded, where it is listed. */
export function weigh(confusion: Confusion, more: number, downloads: number, own: number | undefined): Weighed {
  const { perDecade, at } = confusion.fame ?? { perDecade: 4, at: 7.5 };
  const fame = clamp(perDecade * (Math.log10(downloads + 1) - at), -14, 8);
  const used = own === undefined ? 0 : -(10 + 6 * Math.max(0, Math.log10(own + 1) - 3));
  const parts = [
    part(confusion.name, confusion.decibans + more),
    part(`${inWords(downloads)} downloads a month`, fame),
    ...(own === undefined ? [] : [part(`${inWords(own)} of its own`, used)]),
  ];
  return { confusion, decibans: confusion.decibans + more + fame + used, parts };
}

/** Decibans as the chance that a name is made up, were half of all names. */
export function chance(decibans: number): number {
  return Math.round(1000 / (1 + 10 ** (-decibans / 10))) / 1000;
}

/** Downloads in few digits: `452M`, `3.1k`. */
export function inWords(downloads: number): string {
  const [size, unit] = downloads >= 1e6 ? [1e6, 'M'] : downloads >= 1e3 ? [1e3, 'k'] : [1, ''];
  const scaled = downloads / size;
  return `${scaled >= 10 || unit === '' ? Math.round(scaled) : scaled.toFixed(1)}${unit}`;
}

function part(what: string, decibans: number): string {
  return `${what} ${decibans < 0 ? '−' : '+'}${Math.abs(Math.round(decibans))}`;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}

/** How much a resemblance weighs: decibans of the class, of the target's fame, and of the name's own use; summed, so that the parts can be shown. */
import type { Confusion, Features } from './confusions/confusion.ts';
import { used, weights } from './weights.ts';

/** What one confusion adds up to, and why. */
export interface Weighed {
  readonly confusion: Confusion;
  readonly decibans: number;
  readonly parts: () => readonly string[];
}

/** Weighs one confusion with a target. `own` is how often the name itself is downloaded, where it is listed. */
export function weigh(confusion: Confusion, features: Features, downloads: number, own: number | undefined): Weighed {
  const { classes, features: each } = weights[confusion.family];
  let fame = 0;
  let rest = classes[confusion.name] ?? 0;
  for (const name in features) {
    const weight = (each[name] ?? 0) * (features[name] ?? 0);
    if (name === 'fame' || name === 'star') fame += weight;
    else rest += weight;
  }
  const inUse = own === undefined ? 0 : used.listed + used.perDecade * Math.max(0, Math.log10(own + 1) - 3);
  const parts = () => [
    part(confusion.about, rest),
    part(`${inWords(downloads)} downloads a month`, fame),
    ...(own === undefined ? [] : [part(`${inWords(own)} of its own`, inUse)]),
  ];
  return { confusion, decibans: rest + fame + inUse, parts };
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

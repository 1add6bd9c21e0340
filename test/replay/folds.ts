/**
 * Honest releases judged by weights that were counted without them: packages are dealt into folds, and those of each fold
 * are judged by the counts of the others. What the weights merely learnt by heart then shows as the difference.
 */
import { createHash } from 'node:crypto';
import type { Finding } from '../../src/model/finding.ts';
import { join, type Weight, type Weights } from '../../src/policy/join.ts';
import { decibansOf } from './decibans.ts';
import type { Count } from './signals.ts';

/** A weight with the counts it came from, as data/weights.json holds it. */
export interface CountedWeight extends Weight {
  readonly incidents: Count;
  readonly honest: Count;
}

/** What joining is given of a release. */
export interface HeldOut {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** Blocked by a rule of its own, whatever the weights. */
  readonly decided: boolean;
}

export const foldCount = 5;

/** How many are blocked when nobody was counted for the weights they are judged by. */
export function blockedOutOfFold(
  releases: readonly HeldOut[],
  shipped: Weights,
  counted: ReadonlyMap<string, CountedWeight>,
  threshold: number,
): number {
  let blocked = 0;
  for (let fold = 0; fold < foldCount; fold++) {
    const own = releases.filter(({ name }) => foldOf(name) === fold);
    const weights = weightsWithout(own, releases.length, shipped, counted);
    blocked += own.filter(({ findings, decided }) => decided || join(findings, weights, threshold) !== undefined).length;
  }
  return blocked;
}

/** By name, so that a package's releases stay together and every run deals the same. */
function foldOf(name: string): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % foldCount;
}

function weightsWithout(own: readonly HeldOut[], all: number, shipped: Weights, counted: ReadonlyMap<string, CountedWeight>): Weights {
  const seen = new Map<string, number>();
  for (const { findings } of own)
    for (const signal of new Set(findings.map((one) => one.signal ?? one.ruleId))) seen.set(signal, (seen.get(signal) ?? 0) + 1);
  const left = (all - own.length) / all;
  const rows = [...counted].map(([signal, { family, incidents, honest }]): [string, Weight] => {
    // Names are counted among names, not among these releases.
    if (family === 'name') return [signal, { family, decibans: decibansOf(incidents, honest) }];
    const rest: Count = { seen: Math.max(0, honest.seen - (seen.get(signal) ?? 0)), of: Math.round(honest.of * left) };
    return [signal, { family, decibans: decibansOf(incidents, rest) }];
  });
  return new Map([...shipped, ...rows]);
}

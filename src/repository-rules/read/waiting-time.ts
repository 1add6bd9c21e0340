/** Waiting times as each client writes them. */
import { baseName } from '../../model/repository-rule.ts';
import { day, hour, minute } from '../../model/time.ts';
import type { Plain } from './value.ts';

/** What a number alone means: npm counts days, bun seconds, pnpm (in .npmrc too) and yarn minutes. */
export function baseOfAge(file: string, setting: string): number {
  const name = baseName(file);
  return name === '.npmrc' && setting !== 'minimumReleaseAge' ? day : name === 'bunfig.toml' ? 1000 : minute;
}

const units: ReadonlyMap<string, number> = new Map([
  ['m', minute],
  ['h', hour],
  ['d', day],
  ['w', 7 * day],
]);

/** Days in a number, or in text like `3d`, `3 days`, `1 week`; undefined for anything else. */
export function daysIn(plain: Plain, base: number): number | undefined {
  const found = /^(\d+(?:\.\d+)?)\s*(?:(m|h|d|w)[a-z]*|)$/i.exec(String(plain).trim());
  if (plain === null || !found) return undefined;
  return (Number(found[1]) * (units.get(found[2]?.toLowerCase() ?? '') ?? base)) / day;
}

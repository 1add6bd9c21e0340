/**
 * V8 compiles a function to fast code once some hundred kilobytes of its instructions have run. In a program that ends after a
 * second much of that is spent on functions that were nearly done: a fifth of the CPU of a cold analysis.
 */
import { setFlagsFromString } from 'node:v8';

/** Instructions in bytes before a function counts as hot; V8's own number is a quarter of it. */
export const budget = 270_336;
let done = false;

/** Whether a version of V8 has the setting: that of Node 20 does, later ones would complain on the terminal. */
export function knownTo(version: number): boolean {
  return version === 11;
}

/** Lets functions prove for longer that they are worth compiling, for all threads of this process. */
export function compileLater(): void {
  if (done) return;
  done = true;
  if (knownTo(Number.parseInt(process.versions.v8 ?? '', 10))) setFlagsFromString(`--interrupt-budget=${budget}`);
}

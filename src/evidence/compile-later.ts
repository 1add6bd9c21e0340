/**
 * V8 compiles a function to fast code once some hundred kilobytes of its instructions have run. In a program that ends after a
 * second much of that is spent on functions that were nearly done: a third of the CPU of a cold analysis.
 */
import { setFlagsFromString } from 'node:v8';

/** Instructions in bytes before a function counts as hot; V8's own number is a quarter of it. */
const budget = 270_336;
/** Versions of V8 that are known to have the setting: others would complain to the terminal. */
const known = { from: 11, to: 13 };
let done = false;

/** Lets functions prove for longer that they are worth compiling, for all threads of this process. */
export function compileLater(): void {
  if (done) return;
  done = true;
  const version = Number.parseInt(process.versions.v8 ?? '', 10);
  if (version >= known.from && version <= known.to) setFlagsFromString(`--interrupt-budget=${budget}`);
}

/** Whether loading a package calls into one of its files, also by names that other files hand on. Pure. */
import type { OwnRef } from './js/own-ref.ts';
import type { OwnCalls } from './js/script.ts';

const deepest = 12;
const mostFiles = 400;
/** Files one after another that hand on the same. */
const longest = 200;

/** Who imports which file, by paths, and by the name of the package. */
export interface Importers {
  readonly importers: ReadonlyMap<string, readonly string[]>;
  readonly byName: ReadonlyMap<string, readonly string[]>;
}

/** Answers for the files of one package; a class because it remembers what it read. */
export class Callers {
  readonly #importers: ReadonlyMap<string, readonly string[]>;
  readonly #byName: ReadonlyMap<string, readonly string[]>;
  readonly #read: (file: string) => OwnCalls;
  readonly #locate: (specifier: string, from: string) => readonly string[];
  readonly #known = new Map<string, OwnCalls>();
  readonly #answers = new Map<string, boolean>();

  constructor({ importers, byName }: Importers, read: (file: string) => OwnCalls, locate: (specifier: string, from: string) => readonly string[]) {
    this.#importers = importers;
    this.#byName = byName;
    this.#read = read;
    this.#locate = locate;
  }

  /** True when some file calls something of this one while it is itself loaded or called so; what is too far to be told is. */
  callOnLoad(file: string, depth = 0): boolean {
    const held = this.#answers.get(file);
    if (held !== undefined) return held;
    this.#answers.set(file, false);
    // Files that hand on what this one gives away are followed to those that import them.
    const passing = new Set([file]);
    const asked = new Set([file]);
    let called = false;
    for (const one of passing) {
      // What is called by the package's own name is not followed.
      called ||= (this.#byName.get(one)?.length ?? 0) > 0;
      for (const importer of this.#importers.get(one) ?? []) {
        if (called || asked.has(importer)) continue;
        asked.add(importer);
        const found = this.#callsOf(importer);
        called = !found || this.#calls(importer, found, passing, file, depth);
        if (found && !called && this.#hits(found.passes(''), importer, passing)) passing.add(importer);
      }
    }
    this.#answers.set(file, called);
    return called;
  }

  #calls(importer: string, { calls, later }: OwnCalls, passing: ReadonlySet<string>, file: string, depth: number): boolean {
    const leads = (refs: readonly OwnRef[]): boolean => refs.some((ref) => this.#leads(ref, importer, passing, file, 0));
    return leads(calls) || (leads(later) && (depth >= deepest || this.callOnLoad(importer, depth + 1)));
  }

  /** True where a name leads to a file through those that pass it on. */
  #leads(ref: OwnRef, from: string, passing: ReadonlySet<string>, file: string, depth: number): boolean {
    return this.#locate(ref.file, from).some((found) => {
      if (found === file) return true;
      if (!passing.has(found) || depth > longest) return false;
      const next = this.#callsOf(found);
      return !next || next.passes(ref.reach).some((one) => this.#leads(one, found, passing, file, depth + 1));
    });
  }

  #hits(refs: readonly OwnRef[], from: string, files: ReadonlySet<string>): boolean {
    return refs.some(({ file }) => this.#locate(file, from).some((found) => found !== from && files.has(found)));
  }

  #callsOf(file: string): OwnCalls | undefined {
    const held = this.#known.get(file);
    if (held) return held;
    if (this.#known.size >= mostFiles) return undefined;
    const read = this.#read(file);
    this.#known.set(file, read);
    return read;
  }
}

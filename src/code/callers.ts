/** Whether loading a package calls into one of its files. Pure. */

interface OwnCalls {
  readonly calls: readonly string[];
  readonly later: readonly string[];
}

const deepest = 12;
const mostFiles = 400;

/** Answers for the files of one package; a class because it remembers what it read. */
export class Callers {
  readonly #importers: ReadonlyMap<string, readonly string[]>;
  readonly #read: (file: string) => OwnCalls;
  readonly #locate: (specifier: string, from: string) => readonly string[];
  readonly #known = new Map<string, { readonly calls: ReadonlySet<string>; readonly later: ReadonlySet<string> }>();
  readonly #answers = new Map<string, boolean>();

  constructor(
    importers: ReadonlyMap<string, readonly string[]>,
    read: (file: string) => OwnCalls,
    locate: (specifier: string, from: string) => readonly string[],
  ) {
    this.#importers = importers;
    this.#read = read;
    this.#locate = locate;
  }

  /** True when some file that imports this one calls something of it while it is itself loaded or called so; what is too far to be told is. */
  callOnLoad(file: string, depth = 0): boolean {
    const held = this.#answers.get(file);
    if (held !== undefined) return held;
    this.#answers.set(file, false);
    const called = (this.#importers.get(file) ?? []).some((importer) => {
      const found = this.#callsOf(importer);
      if (!found || found.calls.has(file)) return true;
      return found.later.has(file) && (depth >= deepest || this.callOnLoad(importer, depth + 1));
    });
    this.#answers.set(file, called);
    return called;
  }

  #callsOf(file: string): { readonly calls: ReadonlySet<string>; readonly later: ReadonlySet<string> } | undefined {
    const held = this.#known.get(file);
    if (held) return held;
    if (this.#known.size >= mostFiles) return undefined;
    const read = this.#read(file);
    const files = (specifiers: readonly string[]) => new Set(specifiers.flatMap((specifier) => this.#locate(specifier, file)));
    const found = { calls: files(read.calls), later: files(read.later) };
    this.#known.set(file, found);
    return found;
  }
}

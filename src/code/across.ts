/** What is taken in one file of a package and sent by another, through as many files as lie between. Pure. */
import type { FileFlow, HandOver, Links, Private } from './js/hand-over.ts';
import type { OwnRef } from './js/own-ref.ts';

/** Something private that leaves through several files: where it is handed on or sent. */
export interface Leak {
  readonly file: string;
  readonly at: number;
  readonly what: readonly Private[];
  readonly to: string;
  readonly waits: boolean;
}

export interface Around {
  readonly flows: ReadonlyMap<string, FileFlow>;
  readonly importers: ReadonlyMap<string, readonly string[]>;
  locate(specifier: string, from: string): readonly string[];
  links(file: string): Links;
}

/** More files between than this are not read again; so many that no decoys of a plausible package fill it. */
const mostFiles = 400;
/** Files one after another that hand on what they are handed, and names asked in all. */
const deepest = 100;
const mostAsked = 5000;
const bare: readonly Private[] = ['environment'];

/** All of it; files are read once more only where one takes something private and another sends what it is given. */
export function leaksOf(around: Around): readonly Leak[] {
  const all = [...around.flows.values()];
  if (!all.some(({ takes }) => takes) || !all.some(({ sends, outgoing }) => sends !== undefined || outgoing.length > 0)) return [];
  return new Following(around).leaks();
}

/** A class because files are read once and names asked once. */
class Following {
  readonly #around: Around;
  readonly #links = new Map<string, Links>();
  readonly #givers = new Map<string, readonly Private[]>();
  /** Files that give or send something themselves or through others. */
  #giving: ReadonlySet<string> = new Set();
  /** Files that give the environment itself: everybody's already, one variable of it is nothing. */
  readonly #bare = new Set<string>();
  #sending: ReadonlySet<string> = new Set();
  readonly #given = new Map<string, readonly Private[]>();
  readonly #hosts = new Map<string, string | undefined>();

  constructor(around: Around) {
    this.#around = around;
  }

  leaks(): readonly Leak[] {
    const { flows } = this.#around;
    for (const [file, { takes }] of flows) {
      if (!takes) continue;
      const links = this.#around.links(file);
      if (links.gives.length > 0) this.#givers.set(file, links.gives);
      if (links.givesEnvironment) this.#bare.add(file);
    }
    this.#giving = this.#above([...this.#givers.keys(), ...this.#bare]);
    this.#sending = this.#above([...flows].flatMap(([file, { sends }]) => (sends === undefined ? [] : [file])));
    const straight = [...flows].flatMap(([file, { outgoing }]) =>
      outgoing.map(({ of, to, at, waits = false }) => ({ file, at, to, waits, what: this.#whatOf(of, file) })),
    );
    const between = [...this.#sending].filter((file) => flows.get(file)?.takes || this.#giving.has(file)).slice(0, mostFiles);
    const handed = between.flatMap((file) => (this.#read(file)?.handOvers ?? []).flatMap((one) => this.#handed(file, one)));
    return [...straight, ...handed].filter(({ what }) => what.length > 0);
  }

  #handed(file: string, { to, of, tags, at, waits }: HandOver): readonly Leak[] {
    if (tags.length + of.length === 0) return [];
    const host = this.#hostOf(to, file);
    return host === undefined ? [] : [{ file, at, to: host, waits, what: [...tags, ...this.#whatOf(of, file)] }];
  }

  #read(file: string): Links | undefined {
    const held = this.#links.get(file);
    if (held || this.#links.size >= mostFiles) return held;
    const links = this.#around.links(file);
    this.#links.set(file, links);
    return links;
  }

  /** Files, and all that import them, the nearest first. */
  #above(files: Iterable<string>): ReadonlySet<string> {
    const found = new Set(files);
    for (const file of found) for (const importer of this.#around.importers.get(file) ?? []) found.add(importer);
    return found;
  }

  #files({ file }: OwnRef, from: string): readonly string[] {
    return this.#around.locate(file, from).filter((found) => found !== from);
  }

  #whatOf(refs: readonly OwnRef[], from: string, depth = 0): readonly Private[] {
    return refs.flatMap((ref) => this.#files(ref, from).flatMap((file) => this.#gives(file, ref, depth)));
  }

  /** What is private of what a file gives by a name. */
  #gives(file: string, { reach, part = false }: Pick<OwnRef, 'reach' | 'part'>, depth: number): readonly Private[] {
    if (!this.#giving.has(file) || depth > deepest || this.#given.size > mostAsked) return [];
    const key = `${reach} ${part} ${file}`;
    const held = this.#given.get(key);
    if (held) return held;
    if (depth > 0 && this.#read(file)?.lacks(reach)) return [];
    this.#given.set(key, []);
    const of = this.#read(file)?.leads(reach).of ?? [];
    const through = part ? of.map((ref) => ({ ...ref, part })) : of;
    const isBare = !part && this.#bare.has(file) && this.#read(file)?.isEnvironment(reach);
    const found = [...(this.#givers.get(file) ?? []), ...(isBare ? bare : []), ...this.#whatOf(through, file, depth + 1)];
    this.#given.set(key, found);
    return found;
  }

  #hostOf(refs: readonly OwnRef[], from: string, depth = 0): string | undefined {
    for (const ref of refs)
      for (const file of this.#files(ref, from)) {
        const host = this.#host(file, ref.reach, depth);
        if (host !== undefined) return host;
      }
    return undefined;
  }

  /** The host that gets what a function of a file is given. */
  #host(file: string, reach: string, depth: number): string | undefined {
    if (!this.#sending.has(file) || depth > deepest || this.#hosts.size > mostAsked) return undefined;
    const own = this.#around.flows.get(file)?.sends;
    if (own !== undefined) return depth > 0 && this.#read(file)?.lacks(reach) ? undefined : own;
    const key = `${reach} ${file}`;
    if (this.#hosts.has(key)) return this.#hosts.get(key);
    this.#hosts.set(key, undefined);
    const leads = this.#read(file)?.leads(reach);
    const found = leads && this.#hostOf([...leads.same, ...leads.through.flatMap(({ to }) => to)], file, depth + 1);
    this.#hosts.set(key, found);
    return found;
  }
}

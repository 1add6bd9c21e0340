/** What is taken in one file of a package and sent by another. Pure. */
import type { FileFlow, HandOver, Private } from './js/hand-over.ts';

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
  gives(file: string): readonly Private[];
  handOvers(file: string): readonly HandOver[];
}

/** More files between than this are not read again; so many that no decoys of a plausible package fill it. */
const mostFiles = 400;

/** All of it; files are read once more only where one takes something private and another sends what it is given. */
export function leaksOf({ flows, importers, locate, gives, handOvers }: Around): readonly Leak[] {
  const all = [...flows.values()];
  if (!all.some(({ takes }) => takes) || !all.some(({ sends, outgoing }) => sends !== undefined || outgoing.length > 0)) return [];
  const givers = new Map(
    [...flows].flatMap(([file, { takes }]) => (takes ? [[file, gives(file)] as const] : [])).filter(([, given]) => given.length > 0),
  );
  const given = (specifiers: readonly string[], from: string): readonly Private[] =>
    specifiers.flatMap((specifier) => locate(specifier, from).flatMap((file) => (file === from ? [] : (givers.get(file) ?? []))));
  const straight = [...flows].flatMap(([file, { outgoing }]) =>
    outgoing.map(({ of, to, at, waits = false }) => ({ file, at, to, waits, what: given(of, file) })),
  );
  const senders = new Map([...flows].flatMap(([file, { sends }]) => (sends === undefined ? [] : [[file, sends] as const])));
  const between = [...new Set([...senders.keys()].flatMap((file) => importers.get(file) ?? []))]
    .filter((file) => flows.get(file)?.takes || [...givers.keys()].some((giver) => importers.get(giver)?.includes(file)))
    .slice(0, mostFiles);
  const handed = between.flatMap((file) =>
    handOvers(file).flatMap(({ to, of, tags, at, waits }) => {
      const host = to.flatMap((specifier) => locate(specifier, file)).flatMap((found) => senders.get(found) ?? [])[0];
      return host === undefined ? [] : [{ file, at, to: host, waits, what: [...tags, ...given(of, file)] }];
    }),
  );
  return [...straight, ...handed].filter(({ what }) => what.length > 0);
}

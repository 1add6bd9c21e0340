/**
 * The packuments arborist reads, through the one door it has for them: its packument cache. So that nothing is fetched
 * twice, nothing is written to npm's cache, and no document stays whole in memory.
 */
import { DepwardError } from '../model/errors.ts';
import { listText, printable } from '../model/text.ts';
import { minute } from '../model/time.ts';
import { type Json, objectOf, own } from './lockfiles/json.ts';

/** Fetches the full packument of a package from a URL. Rejects with npm's error codes (`E404`, `E401`, …). */
export type FetchDocument = (name: string, url: string) => Promise<unknown>;

/** What is known after resolving. */
export interface Documents {
  /** Names the registry does not know. */
  readonly unknown: ReadonlySet<string>;
  /** Names whose registry does not say when their versions were published. */
  readonly undated: ReadonlySet<string>;
  readonly count: number;
  /** Rejects when a bound is passed. Arborist cannot be stopped: it is left waiting for a document that never comes. */
  readonly stopped: Promise<never>;
  /** What arborist takes for its packument cache. */
  readonly cache: Map<string, unknown>;
  /** The packument of a name, from where arborist too has it. */
  load(name: string): Promise<unknown>;
  /** What npm picks of them, by `name@spec`: nobody needs to pick twice. */
  readonly picks: Map<string, Promise<Json>>;
  /** Called with every manifest arborist asks for; throws once it asks in circles, in which no timer is ever heard. */
  step(): void;
  /** Called with how many conflicts of peers npm overrode so far, forced; throws once it overrides the same ones again and again, or all was stopped. */
  overrides(count: number): void;
}

/** The code of what is thrown where npm, forced past a peer that no release meets, would make no end. */
export const endless = 'EENDLESS';

/** Most packages one resolution may ask for: a registry can invent new names without end. */
const mostDocuments = 10_000;

/** Longest a resolution may take: npm's algorithm is quadratic in the worst case. */
const longest = 3 * minute;

/** What bounds a resolution. */
export interface DocumentLimits {
  readonly most?: number;
  readonly milliseconds?: number;
  readonly signal?: AbortSignal;
  readonly onDocument?: (count: number) => void;
}

/** Documents fetched on demand, each once. */
export function documentsFrom(fetch: FetchDocument, limits: DocumentLimits, urlOf: (name: string) => string): Documents {
  const { most = mostDocuments, milliseconds = longest, signal } = limits;
  // The clock of `performance` takes a dozen modules of Node to load.
  const spent = () => process.uptime() * 1_000 - started;
  const started = process.uptime() * 1_000;
  const held = new Map<string, Promise<unknown>>();
  const unknown = new Set<string>();
  const loaded: Loaded[] = [];
  const depths = new Map<string, number>();
  let measured = 0;
  let steps = 0;
  let over: DepwardError | undefined;
  let stop: (why: DepwardError) => void = () => undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = (why) => {
      over ??= why;
      reject(why);
    };
  });
  stopped.catch(() => undefined);
  signal?.addEventListener('abort', () => stop(interrupted()), { once: true });
  setTimeout(() => stop(tooMuch(most, milliseconds)), milliseconds).unref();
  const load = async (name: string, url: string): Promise<unknown> => {
    const over = held.size > most || spent() > milliseconds;
    if (signal?.aborted) stop(interrupted());
    else if (over) stop(tooMuch(most, milliseconds));
    if (signal?.aborted || over) return new Promise(() => undefined);
    try {
      const document = objectOf(await fetch(name, url)) ?? {};
      // A name whose versions are all gone: nothing can be installed, which is a finding and not an error.
      if (Object.keys(objectOf(own(document, 'versions')) ?? {}).length === 0) throw Object.assign(new Error('no versions'), { code: 'E404' });
      loaded.push({ name, document });
      limits.onDocument?.(held.size);
      // It takes as many packages to be so deep; until then no release needs to be looked at.
      if (loaded.length > mostDeep && !loaded.slice(measured).every((one) => isShallow(one, depths))) {
        stop(tooDeep());
        return new Promise(() => undefined);
      }
      if (loaded.length > mostDeep) measured = loaded.length;
      return document;
    } catch (error) {
      if (codeOf(error) === 'E404') unknown.add(name);
      throw error;
    }
  };
  const once = (name: string, url: string): Promise<unknown> => {
    const loading = held.get(name) ?? load(name, url);
    held.set(name, loading);
    return loading;
  };
  class Cache extends Map<string, unknown> {
    override has(): boolean {
      return true;
    }
    override get(key: string): Promise<unknown> {
      const url = key.slice(key.indexOf(':') + 1);
      return once(decodeURIComponent(url.slice(url.lastIndexOf('/') + 1)), url);
    }
  }
  return {
    unknown,
    get undated() {
      return new Set(loaded.flatMap(({ name, document }) => (objectOf(own(document, 'time')) === undefined ? [name] : [])));
    },
    stopped,
    get count() {
      return held.size;
    },
    cache: new Cache(),
    load: (name) => once(name, urlOf(name)),
    picks: new Map(),
    step() {
      steps += 1;
      const circling = steps > 400 + 200 * held.size;
      if (!circling && spent() <= milliseconds) return;
      const why = circling ? inCircles() : tooMuch(most, milliseconds);
      stop(why);
      throw why;
    },
    overrides(count) {
      if (over) throw over;
      if (count > 100 + 50 * held.size) throw Object.assign(new Error('the same peers conflict again and again'), { code: endless });
    },
  };
}

/** Said where the past was asked about and a registry does not know it. */
export function undatedNote(documents: Documents): string[] {
  if (documents.undated.size === 0) return [];
  const names = listText([...documents.undated].sort().map((name) => printable(name)));
  return [`the registry does not say when versions were published: could not look back in time for ${names}`];
}

/** Real trees are some tens of packages deep; npm's algorithm takes the square of it. */
const mostDeep = 500;

interface Loaded {
  readonly name: string;
  readonly document: Json;
}

/** Counts how far from what was asked for a package is first met, by any release of each on the way. */
function isShallow({ name, document }: Loaded, depths: Map<string, number>): boolean {
  const depth = depths.get(name) ?? 0;
  for (const manifest of Object.values(objectOf(own(document, 'versions')) ?? {}))
    for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies'])
      for (const next of Object.keys(objectOf(own(objectOf(manifest) ?? {}, kind)) ?? {})) if (!depths.has(next)) depths.set(next, depth + 1);
  return depth <= mostDeep;
}

function inCircles(): DepwardError {
  return new DepwardError('limit', 'npm comes to no end resolving this: each way to place a package undoes another', {
    hint: 'npm install would not end either; look at what the packages here ask of each other.',
  });
}

function tooDeep(): DepwardError {
  return new DepwardError('limit', `a package here leads on to others more than ${mostDeep} deep`, {
    hint: 'No real package does: it may be made to exhaust you.',
  });
}

function interrupted(): DepwardError {
  return new DepwardError('interrupted', 'interrupted');
}

function tooMuch(most: number, milliseconds: number): DepwardError {
  const message = `resolving took more than ${most} packages or ${Math.round(milliseconds / 1000)} seconds`;
  return new DepwardError('limit', message, {
    hint: 'No real project needs that: a package here may be made to exhaust you, or a repository among its dependencies does not answer.',
  });
}

/** The code npm's libraries put on their errors. */
export function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null ? own(error as Json, 'code') : undefined;
  return typeof code === 'string' ? code : undefined;
}

const wanted = [
  ...['name', 'version', 'dependencies', 'optionalDependencies', 'peerDependencies', 'peerDependenciesMeta', 'bundleDependencies'],
  ...['bundledDependencies', 'engines', 'os', 'cpu', 'libc', 'dist', '_hasShrinkwrap', 'hasInstallScript', 'scripts', 'deprecated', 'bin'],
];

/** The part of a packument that resolving needs, as the rest may be long. */
export function slim(value: unknown): Json {
  const document = objectOf(value);
  const versions = document && objectOf(own(document, 'versions'));
  if (!document || !versions)
    throw Object.assign(new Error('the registry answered with something that is not a packument'), { code: 'EBADPACKUMENT' });
  const kept = Object.entries(versions).flatMap(([version, manifest]) => {
    const known = objectOf(manifest);
    return known ? [[version, pick(known, wanted)]] : [];
  });
  return { ...pick(document, ['name', 'dist-tags', 'time']), versions: Object.fromEntries(kept) };
}

function pick(value: Json, keys: readonly string[]): Json {
  return Object.fromEntries(keys.flatMap((key) => (Object.hasOwn(value, key) ? [[key, value[key]]] : [])));
}

/** One version of a packument, from untrusted JSON. Wrong types count as absent, as npm itself treats them. */
import type { DependencySets, InstallScripts, InstallTerms, Person, Release, TrustLevel } from '../model/packument.ts';
import type { Slots } from './json-shape.ts';
import { fieldsOf, limits, listOf, numberOf, OverLimit, textOf } from './untrusted.ts';

/** What a registry says that tells of install scripts without showing them (abbreviated documents). */
export const hiddenScript = '(the registry says that there is one, not what it runs)';

export type Building<T> = { -readonly [K in keyof T]: T[K] };

type Told = Omit<Release, 'version' | 'at'>;

/** How each part of a release is read, in the order in which trouble with them is told. `pool` makes equal parts of one document one object. */
export const readers: { readonly [K in keyof Told]-?: (manifest: Fields, pool: Pool) => Told[K] | undefined } = {
  trust: (manifest) => trustOf(fieldsOf(manifest._npmUser), manifest),
  scripts: scriptsOf,
  dependencies: dependenciesOf,
  bins: (manifest, pool) => binsOf(pool.name, manifest.bin),
  publisher: ({ _npmUser: raw }, pool) => {
    if (pool.lastUser[0] !== raw) pool.lastUser = [raw, personOf(raw, pool)];
    return pool.lastUser[1];
  },
  approver: ({ _npmUser: raw }, pool) => {
    const { approver } = fieldsOf(raw);
    return approver === undefined ? undefined : personOf(approver, pool);
  },
  maintainers: ({ maintainers: raw }, pool) => {
    if (pool.lastPeople[0] !== raw) pool.lastPeople = [raw, peopleOf(raw, pool)];
    return pool.lastPeople[1];
  },
  tarball: ({ dist }) => textOf(fieldsOf(dist).tarball, limits.url),
  integrity: ({ dist }) => textOf(fieldsOf(dist).integrity, limits.url),
  shasum: ({ dist }) => textOf(fieldsOf(dist).shasum, limits.name),
  unpackedSize: ({ dist }) => numberOf(fieldsOf(dist).unpackedSize),
  fileCount: ({ dist }) => numberOf(fieldsOf(dist).fileCount),
  signatures: ({ dist }) => signaturesOf(fieldsOf(dist).signatures),
  attestationsUrl: ({ dist }) => textOf(fieldsOf(fieldsOf(dist).attestations).url, limits.url),
  deprecated: ({ deprecated }) => (deprecated === true ? 'deprecated' : textOf(deprecated, limits.prose)),
  repository: ({ repository }) => textOf(repository, limits.url) ?? textOf(fieldsOf(repository).url, limits.url),
  gitHead: ({ gitHead }) => textOf(gitHead, limits.name),
  description: ({ description }) => textOf(description, limits.prose),
  gypfile: ({ gypfile }) => (typeof gypfile === 'boolean' ? gypfile : undefined),
  hasShrinkwrap: ({ _hasShrinkwrap: has }) => (typeof has === 'boolean' ? has : undefined),
  terms: termsOf,
};

const inTurn = Object.entries(readers) as readonly [keyof Told, (manifest: Fields, pool: Pool) => unknown][];

/** The release as rules see it, its time aside, all of it read at once. */
export function releaseOf(version: string, raw: unknown, pool: Pool): Building<Release> {
  const manifest = fieldsOf(raw);
  const release: Record<string, unknown> = { version };
  for (const [name, read] of inTurn) {
    const value = read(manifest, pool);
    if (value !== undefined) release[name] = value;
  }
  return release as unknown as Building<Release>;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What was read of this document already, by the JSON value it was read from; persons also by what they say. */
export interface Pool {
  /** The package. */
  readonly name: string;
  readonly persons: Map<string, Person>;
  readonly people: Map<unknown, readonly Person[]>;
  readonly specs: Map<unknown, ReadonlyMap<string, string>>;
  readonly scripts: Map<unknown, InstallScripts>;
  /** What was read of a release, by the name of what was asked, and the slots it was read from. */
  readonly last: Map<string, { readonly slots: Slots; readonly value: unknown }>;
  /** What the release before was read from: looking there is the quickest. */
  lastUser: readonly [raw: unknown, person: Person | undefined];
  lastPeople: readonly [raw: unknown, people: readonly Person[] | undefined];
  lastSets: DependencySets;
  lastTerms: readonly [key: readonly unknown[], terms: InstallTerms | undefined];
}

export function newPool(name: string): Pool {
  return {
    name,
    persons: new Map(),
    people: new Map(),
    specs: new Map(),
    scripts: new Map(),
    last: new Map(),
    lastUser: [undefined, undefined],
    lastPeople: [undefined, undefined],
    lastSets: noDependencies,
    lastTerms: [[], undefined],
  };
}

/** A registry account: `{ name, email }`, or `name <mail>` in old documents. */
export function personOf(raw: unknown, pool: Pool): Person | undefined {
  if (typeof raw === 'string') {
    const [, spoken, mail] = /^([^<(]*?)\s*(?:<([^>]*)>)?\s*(?:\(.*)?$/.exec(raw.slice(0, limits.name)) ?? [];
    return pooled(spoken || mail, mail || undefined, undefined, pool);
  }
  const fields = fieldsOf(raw);
  const oidcConfigId = textOf(fieldsOf(fields.trustedPublisher).oidcConfigId, limits.name);
  return pooled(textOf(fields.name, limits.name), textOf(fields.email, limits.name), oidcConfigId, pool);
}

function pooled(name: string | undefined, email: string | undefined, oidcConfigId: string | undefined, pool: Pool): Person | undefined {
  if (name === undefined || name === '') return undefined;
  const key = `${name.length} ${email?.length} ${name}${email}${oidcConfigId === undefined ? '' : ` ${oidcConfigId}`}`;
  const known = pool.persons.get(key);
  if (known) return known;
  const person: Person = { name, ...(email !== undefined && { email }), ...(oidcConfigId !== undefined && { oidcConfigId }) };
  pool.persons.set(key, person);
  return person;
}

/** A list of accounts; undefined when the document has none at that place. */
export function peopleOf(raw: unknown, pool: Pool): readonly Person[] | undefined {
  const known = pool.people.get(raw);
  if (known) return known;
  const list = typeof raw === 'string' ? [raw] : listOf(raw, limits.people);
  if (list === undefined) return undefined;
  const people = list.flatMap((entry) => personOf(entry, pool) ?? []);
  pool.people.set(raw, people);
  return people;
}

function trustOf(user: Fields, manifest: Fields): TrustLevel {
  if (isObject(user.approver) || textOf(user.approver, limits.name) !== undefined) return 'approved';
  if (isObject(user.trustedPublisher)) return 'trusted-publisher';
  const { provenance } = fieldsOf(fieldsOf(manifest.dist).attestations);
  return isObject(provenance) || provenance === true ? 'provenance' : 'none';
}

const noScripts: InstallScripts = {};

function scriptsOf(manifest: Fields, pool: Pool): InstallScripts {
  const known = manifest.scripts === undefined ? noScripts : pool.scripts.get(manifest.scripts);
  const scripts = known ?? lifecycleOf(fieldsOf(manifest.scripts));
  if (!known && typeof manifest.scripts === 'object') pool.scripts.set(manifest.scripts, scripts);
  const shown = scripts.preinstall ?? scripts.install ?? scripts.postinstall;
  return manifest.hasInstallScript === true && shown === undefined && manifest.gypfile !== true ? { ...scripts, install: hiddenScript } : scripts;
}

function lifecycleOf(raw: Fields): InstallScripts {
  const scripts: Building<InstallScripts> = {};
  for (const name of ['preinstall', 'install', 'postinstall', 'prepare'] as const) {
    const text = textOf(raw[name], limits.script);
    if (text !== undefined) scripts[name] = text;
  }
  return Object.keys(scripts).length === 0 ? noScripts : scripts;
}

const noSpecs: ReadonlyMap<string, string> = new Map();
const noDependencies: DependencySets = { prod: noSpecs, optional: noSpecs, peer: noSpecs, bundled: [] };

function dependenciesOf(manifest: Fields, pool: Pool): DependencySets {
  const prod = specsOf(manifest.dependencies, pool);
  const optional = specsOf(manifest.optionalDependencies, pool);
  const peer = specsOf(manifest.peerDependencies, pool);
  const bundled = bundledOf(manifest.bundleDependencies ?? manifest.bundledDependencies, prod);
  const last = pool.lastSets;
  if (last.prod === prod && last.optional === optional && last.peer === peer && last.bundled.length === 0 && bundled.length === 0) return last;
  pool.lastSets = { prod, optional, peer, bundled };
  return pool.lastSets;
}

function bundledOf(raw: unknown, prod: ReadonlyMap<string, string>): readonly string[] {
  if (raw === true) return [...prod.keys()];
  return raw === undefined ? noBins : (listOf(raw, limits.dependencies) ?? noBins).flatMap((name) => textOf(name, limits.name) ?? []);
}

function specsOf(raw: unknown, pool: Pool): ReadonlyMap<string, string> {
  if (raw === undefined) return noSpecs;
  const known = pool.specs.get(raw);
  if (known) return known;
  const entries = Object.entries(fieldsOf(raw));
  if (entries.length === 0) return noSpecs;
  if (entries.length > limits.dependencies) throw new OverLimit(`more than ${limits.dependencies} dependencies in one version`);
  const specs = new Map<string, string>();
  // An empty spec means any version; other types than strings are refused by npm.
  for (const [name, spec] of entries) if (typeof spec === 'string' && name.length <= limits.name) specs.set(name, spec.slice(0, limits.url));
  pool.specs.set(raw, specs);
  return specs;
}

function termsOf(manifest: Fields, pool: Pool): InstallTerms | undefined {
  const { engines, os, cpu, libc, peerDependenciesMeta: peers } = manifest;
  if (engines === undefined && os === undefined && cpu === undefined && libc === undefined && peers === undefined) return undefined;
  const [key, known] = pool.lastTerms;
  if (key[0] === engines && key[1] === os && key[2] === cpu && key[3] === libc && key[4] === peers) return known;
  const made: Building<InstallTerms> = {};
  const needed = enginesOf(fieldsOf(engines));
  if (needed) made.engines = needed;
  for (const [name, raw] of [
    ['os', os],
    ['cpu', cpu],
    ['libc', libc],
  ] as const) {
    const words = wordsOf(raw);
    if (words.length > 0) made[name] = words;
  }
  const optional = Object.entries(fieldsOf(peers)).flatMap(([name, meta]) =>
    fieldsOf(meta).optional === true && name.length <= limits.name ? [name] : [],
  );
  if (optional.length > limits.dependencies) throw new OverLimit(`more than ${limits.dependencies} peers in one version`);
  if (optional.length > 0) made.optionalPeers = optional;
  const terms = Object.keys(made).length > 0 ? made : undefined;
  pool.lastTerms = [[engines, os, cpu, libc, peers], terms];
  return terms;
}

function enginesOf(raw: Fields): InstallTerms['engines'] {
  const [node, npm] = [textOf(raw.node, limits.name), textOf(raw.npm, limits.name)];
  return node === undefined && npm === undefined ? undefined : { ...(node !== undefined && { node }), ...(npm !== undefined && { npm }) };
}

/** A word or a list of them. */
function wordsOf(raw: unknown): readonly string[] {
  const list = typeof raw === 'string' ? [raw] : (listOf(raw, limits.people) ?? []);
  return list.flatMap((word) => textOf(word, limits.name) ?? []);
}

const noBins: readonly string[] = [];

function binsOf(name: string, raw: unknown): readonly string[] {
  if (typeof raw === 'string') return raw === '' ? noBins : [name.replace(/^@[^/]*\//, '')];
  const names = Object.keys(fieldsOf(raw));
  if (names.length === 0) return noBins;
  if (names.length > limits.dependencies) throw new OverLimit(`more than ${limits.dependencies} commands in one version`);
  return names.filter((bin) => bin.length <= limits.name);
}

function signaturesOf(raw: unknown): Release['signatures'] {
  const list: { keyid: string; sig: string }[] = [];
  for (const entry of listOf(raw, limits.people) ?? []) {
    const keyid = textOf(fieldsOf(entry).keyid, limits.name);
    const sig = textOf(fieldsOf(entry).sig, limits.url);
    if (keyid !== undefined && sig !== undefined) list.push({ keyid, sig });
  }
  return list.length > 0 ? list : undefined;
}

function isObject(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

/** Packuments for tests: `aPackument('x').published('1.0.0', { at: '2020-01-01', by: 'ann' })`; everything unsaid is ordinary. */
import type { DependencySets, InstallScripts, Offers, Packument, Person, Release, TrustLevel } from '../../src/model/packument.ts';
import { type Instant, parseInstant } from '../../src/model/time.ts';
import type { PackumentAnswer, PackumentSource } from '../../src/registry/source.ts';

type Names = Readonly<Record<string, string>>;

/** What a test says of one version; `by`, `at`, `maintainers` of `null` leave the field out of this version alone. */
export interface Published {
  readonly at?: string | null;
  readonly by?: string | Person | null;
  readonly maintainers?: readonly string[] | null;
  readonly trust?: TrustLevel;
  readonly scripts?: InstallScripts;
  readonly gypfile?: boolean;
  readonly dependencies?: Names;
  readonly optionalDependencies?: Names;
  readonly peerDependencies?: Names;
  readonly bundled?: readonly string[];
  readonly deprecated?: string;
  readonly repository?: string;
  readonly integrity?: string;
  readonly tarball?: string;
  readonly unpackedSize?: number;
  readonly fileCount?: number;
  readonly description?: string;
  readonly gitHead?: string;
  readonly bins?: readonly string[];
}

/** A packument being told; every step gives a new one, so a common past can be shared. */
export interface PackumentTale {
  readonly name: string;
  published(version: string, facts?: Published): PackumentTale;
  /** Published once, removed later: only `time` still names it. */
  removed(version: string, at?: string): PackumentTale;
  tagged(tag: string, version: string): PackumentTale;
  unpublished(at: string): PackumentTale;
  /** What a reduced mirror leaves out of the whole document. */
  without(...offers: readonly (keyof Offers)[]): PackumentTale;
  build(): Packument;
  /** The registry's document of the same facts. */
  json(): Record<string, unknown>;
}

interface State {
  readonly name: string;
  readonly releases: readonly { readonly version: string; readonly facts: Published }[];
  readonly removed: readonly { readonly version: string; readonly at?: string }[];
  readonly tags: ReadonlyMap<string, string>;
  readonly unpublishedAt?: string;
  readonly lacking: readonly (keyof Offers)[];
}

/** Begins a packument: no version, everything offered. */
export function aPackument(name: string): PackumentTale {
  return tale({ name, releases: [], removed: [], tags: new Map(), lacking: [] });
}

/** A source that holds these packuments and says `not-found` of all others; counts what was asked. */
export function packumentsOf(
  tales: readonly PackumentTale[],
  options: { readonly confirmedAt?: Instant; readonly failing?: ReadonlyMap<string, string> } = {},
): PackumentSource & { readonly asked: string[] } {
  const held = new Map(tales.map((one) => [one.name, one]));
  const asked: string[] = [];
  return {
    asked,
    registryOf: () => 'https://registry.example/',
    packument: async (name): Promise<PackumentAnswer> => {
      asked.push(name);
      const confirmedAt = options.confirmedAt ?? 0;
      const reason = options.failing?.get(name);
      if (reason !== undefined) return { status: 'failed', reason };
      const found = held.get(name);
      return found ? { status: 'found', packument: found.build(), confirmedAt } : { status: 'not-found', confirmedAt };
    },
  };
}

function tale(state: State): PackumentTale {
  return {
    name: state.name,
    published: (version, facts = {}) => tale({ ...state, releases: [...state.releases, { version, facts }] }),
    removed: (version, at) => tale({ ...state, removed: [...state.removed, { version, ...(at !== undefined && { at }) }] }),
    tagged: (tag, version) => tale({ ...state, tags: new Map(state.tags).set(tag, version) }),
    unpublished: (at) => tale({ ...state, unpublishedAt: at }),
    without: (...offers) => tale({ ...state, lacking: [...state.lacking, ...offers] }),
    build: () => build(state),
    json: () => document(state),
  };
}

function build(state: State): Packument {
  const releases = state.releases.map(({ version, facts }, index) => release(state, version, facts, index));
  releases.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  const unpublishedAt = parseInstant(state.unpublishedAt);
  const created = releases.find((one) => one.at !== undefined)?.at;
  return {
    name: state.name,
    distTags: tagsOf(state),
    ...(created !== undefined && { created }),
    ...(offers(state, 'maintainers') && { maintainers: people(state.releases.at(-1)?.facts.maintainers ?? ['ann']) }),
    releases,
    removed: new Map(state.removed.map(({ version, at }) => [version, parseInstant(at)])),
    ...(unpublishedAt !== undefined && { unpublishedAt }),
    offers: {
      times: offers(state, 'times'),
      publishers: offers(state, 'publishers'),
      maintainers: offers(state, 'maintainers'),
      trust: offers(state, 'trust'),
      signatures: offers(state, 'signatures'),
      scripts: offers(state, 'scripts'),
    },
  };
}

function release(state: State, version: string, facts: Published, index: number): Release {
  const at = offers(state, 'times') ? parseInstant(timeOf(facts, index)) : undefined;
  const { by = 'ann', maintainers = ['ann'] } = facts;
  return {
    version,
    trust: offers(state, 'trust') ? (facts.trust ?? 'none') : 'none',
    scripts: facts.scripts ?? {},
    bins: facts.bins ?? [],
    dependencies: dependencies(facts),
    ...(at !== undefined && { at }),
    ...(by !== null && offers(state, 'publishers') && { publisher: person(by) }),
    ...(maintainers !== null && offers(state, 'maintainers') && { maintainers: people(maintainers) }),
    ...said(facts),
  };
}

function said(facts: Published): Partial<Release> {
  const { gypfile, deprecated, repository, integrity, tarball, unpackedSize, fileCount, description, gitHead } = facts;
  return {
    ...(gypfile !== undefined && { gypfile }),
    ...(deprecated !== undefined && { deprecated }),
    ...(repository !== undefined && { repository }),
    ...(integrity !== undefined && { integrity }),
    ...(tarball !== undefined && { tarball }),
    ...(unpackedSize !== undefined && { unpackedSize }),
    ...(fileCount !== undefined && { fileCount }),
    ...(description !== undefined && { description }),
    ...(gitHead !== undefined && { gitHead }),
  };
}

function dependencies(facts: Published): DependencySets {
  return {
    prod: new Map(Object.entries(facts.dependencies ?? {})),
    optional: new Map(Object.entries(facts.optionalDependencies ?? {})),
    peer: new Map(Object.entries(facts.peerDependencies ?? {})),
    bundled: facts.bundled ?? [],
  };
}

/** Ten days apart from 2020 on, where the test does not say. */
function timeOf(facts: Published, index: number): string | undefined {
  if (facts.at === null) return undefined;
  return facts.at ?? new Date(Date.UTC(2020, 0, 1 + 10 * index)).toISOString();
}

function tagsOf(state: State): ReadonlyMap<string, string> {
  const last = state.releases.at(-1)?.version;
  return last === undefined || state.tags.has('latest') ? state.tags : new Map([['latest', last], ...state.tags]);
}

function offers(state: State, fact: keyof Offers): boolean {
  return !state.lacking.includes(fact);
}

function person(by: string | Person): Person {
  return typeof by === 'string' ? { name: by, email: `${by}@mail.example` } : by;
}

function people(names: readonly string[] | null): Person[] {
  return (names ?? []).map(person);
}

function document(state: State): Record<string, unknown> {
  if (state.unpublishedAt !== undefined) {
    return { name: state.name, time: { unpublished: { time: state.unpublishedAt, versions: state.releases.map((one) => one.version) } } };
  }
  const versions = state.releases.map(({ version, facts }) => [version, manifest(state, version, facts)] as const);
  const times = [
    ...state.releases.map(({ version, facts }, index) => [version, timeOf(facts, index)] as const),
    ...state.removed.map(({ version, at }) => [version, at] as const),
  ];
  return {
    name: state.name,
    'dist-tags': Object.fromEntries(tagsOf(state)),
    versions: Object.fromEntries(versions),
    ...(offers(state, 'maintainers') && { maintainers: people(state.releases.at(-1)?.facts.maintainers ?? ['ann']) }),
    ...(offers(state, 'times') && { time: Object.fromEntries(times.filter(([, at]) => at !== undefined)) }),
  };
}

function manifest(state: State, version: string, facts: Published): Record<string, unknown> {
  const { by = 'ann', maintainers = ['ann'] } = facts;
  const trust = offers(state, 'trust') ? (facts.trust ?? 'none') : 'none';
  return {
    name: state.name,
    version,
    scripts: facts.scripts,
    gypfile: facts.gypfile,
    dependencies: facts.dependencies,
    optionalDependencies: facts.optionalDependencies,
    peerDependencies: facts.peerDependencies,
    bundleDependencies: facts.bundled,
    deprecated: facts.deprecated,
    description: facts.description,
    gitHead: facts.gitHead,
    bin: facts.bins && Object.fromEntries(facts.bins.map((bin) => [bin, 'cli.js'])),
    repository: facts.repository && { type: 'git', url: facts.repository },
    ...(by !== null && offers(state, 'publishers') && { _npmUser: user(person(by), trust) }),
    ...(maintainers !== null && offers(state, 'maintainers') && { maintainers: people(maintainers) }),
    dist: {
      tarball: facts.tarball ?? `https://registry.example/${state.name}/-/${state.name.replace(/^@.*\//, '')}-${version}.tgz`,
      integrity: facts.integrity,
      unpackedSize: facts.unpackedSize,
      fileCount: facts.fileCount,
      ...(trust !== 'none' && {
        attestations: {
          url: `https://registry.example/-/npm/v1/attestations/${state.name}@${version}`,
          provenance: { predicateType: 'https://slsa.dev/provenance/v1' },
        },
      }),
      ...(offers(state, 'signatures') && { signatures: [{ keyid: 'SHA256:test', sig: 'c2ln' }] }),
    },
  };
}

function user({ name, email, oidcConfigId }: Person, trust: TrustLevel): Record<string, unknown> {
  return {
    name,
    email,
    ...(trust === 'trusted-publisher' && { trustedPublisher: { id: 'github', oidcConfigId } }),
    ...(trust === 'approved' && { approver: { name } }),
  };
}

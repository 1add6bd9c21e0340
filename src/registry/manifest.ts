/** One version of a packument, from untrusted JSON. Wrong types count as absent, as npm itself treats them. */
import type { DependencySets, InstallScripts, Person, Release, TrustLevel } from '../model/packument.ts';
import { fieldsOf, instantOf, limits, listOf, numberOf, OverLimit, textOf } from './untrusted.ts';

/** What a registry says that tells of install scripts without showing them (abbreviated documents). */
export const hiddenScript = '(the registry says that there is one, not what it runs)';

/** The release as rules see it. `share` makes equal persons of one document one object. */
export function releaseOf(name: string, version: string, raw: unknown, time: unknown, share: PersonPool): Release {
  const manifest = fieldsOf(raw);
  const dist = fieldsOf(manifest.dist);
  const user = manifest._npmUser;
  return {
    version,
    trust: trustOf(fieldsOf(user), dist),
    scripts: scriptsOf(manifest),
    dependencies: dependenciesOf(manifest),
    bins: binsOf(name, manifest.bin),
    ...defined<Omit<Release, 'version' | 'trust' | 'scripts' | 'dependencies' | 'bins'>>({
      at: instantOf(time),
      publisher: personOf(user, share),
      approver: personOf(fieldsOf(user).approver, share),
      maintainers: peopleOf(manifest.maintainers, share),
      gypfile: typeof manifest.gypfile === 'boolean' ? manifest.gypfile : undefined,
      tarball: textOf(dist.tarball, limits.url),
      integrity: textOf(dist.integrity, limits.url),
      shasum: textOf(dist.shasum, limits.name),
      unpackedSize: numberOf(dist.unpackedSize),
      fileCount: numberOf(dist.fileCount),
      deprecated: deprecatedOf(manifest.deprecated),
      repository: textOf(manifest.repository, limits.url) ?? textOf(fieldsOf(manifest.repository).url, limits.url),
      gitHead: textOf(manifest.gitHead, limits.name),
      description: textOf(manifest.description, limits.prose),
      hasShrinkwrap: typeof manifest._hasShrinkwrap === 'boolean' ? manifest._hasShrinkwrap : undefined,
      signatures: signaturesOf(dist.signatures),
      attestationsUrl: textOf(fieldsOf(dist.attestations).url, limits.url),
    }),
  };
}

/** Persons already seen in this document. */
export type PersonPool = Map<string, Person>;

/** A registry account: `{ name, email }`, or `name <mail>` in old documents. */
export function personOf(raw: unknown, pool: PersonPool): Person | undefined {
  const written = textOf(raw, limits.name);
  const [, spoken, mail] = written === undefined ? [] : (/^([^<(]*?)\s*(?:<([^>]*)>)?\s*(?:\(.*)?$/.exec(written) ?? []);
  const fields = fieldsOf(raw);
  const oidcConfigId = textOf(fieldsOf(fields.trustedPublisher).oidcConfigId, limits.name);
  const email = written === undefined ? textOf(fields.email, limits.name) : mail || undefined;
  const name = written === undefined ? textOf(fields.name, limits.name) : spoken || mail;
  if (name === undefined) return undefined;
  const key = JSON.stringify([name, email, oidcConfigId]);
  const known = pool.get(key);
  if (known) return known;
  const person: Person = { name, ...defined<Omit<Person, 'name'>>({ email, oidcConfigId }) };
  pool.set(key, person);
  return person;
}

/** A list of accounts; undefined when the document has none at that place. */
export function peopleOf(raw: unknown, pool: PersonPool): readonly Person[] | undefined {
  const list = typeof raw === 'string' ? [raw] : listOf(raw, limits.people);
  if (list === undefined) return undefined;
  return list.flatMap((entry) => personOf(entry, pool) ?? []);
}

function trustOf(user: Readonly<Record<string, unknown>>, dist: Readonly<Record<string, unknown>>): TrustLevel {
  if (isObject(user.approver) || textOf(user.approver, limits.name) !== undefined) return 'approved';
  if (isObject(user.trustedPublisher)) return 'trusted-publisher';
  const { provenance } = fieldsOf(dist.attestations);
  return isObject(provenance) || provenance === true ? 'provenance' : 'none';
}

function scriptsOf(manifest: Readonly<Record<string, unknown>>): InstallScripts {
  const raw = fieldsOf(manifest.scripts);
  const scripts = defined<InstallScripts>({
    preinstall: textOf(raw.preinstall, limits.script),
    install: textOf(raw.install, limits.script),
    postinstall: textOf(raw.postinstall, limits.script),
    prepare: textOf(raw.prepare, limits.script),
  });
  const shown = scripts.preinstall ?? scripts.install ?? scripts.postinstall;
  return manifest.hasInstallScript === true && shown === undefined && manifest.gypfile !== true ? { ...scripts, install: hiddenScript } : scripts;
}

function dependenciesOf(manifest: Readonly<Record<string, unknown>>): DependencySets {
  const prod = specsOf(manifest.dependencies);
  const bundled = manifest.bundleDependencies ?? manifest.bundledDependencies;
  return {
    prod,
    optional: specsOf(manifest.optionalDependencies),
    peer: specsOf(manifest.peerDependencies),
    bundled: bundled === true ? [...prod.keys()] : (listOf(bundled, limits.dependencies) ?? []).flatMap((name) => textOf(name, limits.name) ?? []),
  };
}

const noSpecs: ReadonlyMap<string, string> = new Map();

function specsOf(raw: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(fieldsOf(raw));
  if (entries.length === 0) return noSpecs;
  if (entries.length > limits.dependencies) throw new OverLimit(`more than ${limits.dependencies} dependencies in one version`);
  const specs = new Map<string, string>();
  // An empty spec means any version; other types than strings are refused by npm.
  for (const [name, spec] of entries) if (typeof spec === 'string' && name.length <= limits.name) specs.set(name, spec.slice(0, limits.url));
  return specs;
}

function binsOf(name: string, raw: unknown): readonly string[] {
  if (typeof raw === 'string') return raw === '' ? [] : [name.replace(/^@[^/]*\//, '')];
  const names = Object.keys(fieldsOf(raw));
  if (names.length > limits.dependencies) throw new OverLimit(`more than ${limits.dependencies} commands in one version`);
  return names.filter((bin) => bin.length <= limits.name);
}

function deprecatedOf(raw: unknown): string | undefined {
  return raw === true ? 'deprecated' : textOf(raw, limits.prose);
}

function signaturesOf(raw: unknown): Release['signatures'] {
  const list = listOf(raw, limits.people)?.flatMap((entry) => {
    const keyid = textOf(fieldsOf(entry).keyid, limits.name);
    const sig = textOf(fieldsOf(entry).sig, limits.url);
    return keyid !== undefined && sig !== undefined ? [{ keyid, sig }] : [];
  });
  return list && list.length > 0 ? list : undefined;
}

function isObject(raw: unknown): boolean {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}

/** The same object without its undefined members: absent and undefined are one thing in our records. */
function defined<T extends object>(fields: { readonly [K in keyof T]: T[K] | undefined }): T {
  const kept: Partial<Record<keyof T, unknown>> = {};
  for (const key of Object.keys(fields) as (keyof T)[]) if (fields[key] !== undefined) kept[key] = fields[key];
  return kept as T;
}

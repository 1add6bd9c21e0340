/** What inspect and diff share: a spec to the facts of its tarball. */
import { join } from 'node:path';
import { contentsFolder, openContents } from '../evidence/contents-store.ts';
import { factsFile, openFacts } from '../evidence/facts.ts';
import { openSigning, type Signing } from '../evidence/signing.ts';
import { openTarballs } from '../evidence/tarballs.ts';
import type { TarballFacts } from '../model/contents.ts';
import { DepwardError } from '../model/errors.ts';
import type { Gathered, Provenance } from '../model/evidence.ts';
import type { Packument, Release } from '../model/packument.ts';
import { printable } from '../model/text.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import { openRegistry } from '../registry/client.ts';
import type { Io } from './io.ts';
import { localPath, readLocal } from './local-tarball.ts';
import { openProgress } from './progress.ts';

export interface ContentsOptions {
  readonly registry?: string;
  readonly cache?: boolean;
  readonly offline?: boolean;
  readonly format?: readonly string[] | string;
  readonly verbose?: boolean;
  readonly quiet?: boolean;
}

export interface Contents {
  /** `name@version`. */
  readonly title: string;
  readonly facts: TarballFacts;
  readonly signed: SignedFacts;
}

/** What the registry's signature and the attestations of the release came to. */
export interface SignedFacts {
  readonly signature: { readonly status: string; readonly detail?: string };
  readonly attestations: { readonly status: string; readonly detail?: string; readonly provenance?: Provenance };
}

/** Reads the tarballs that specs mean, in order. */
export async function contentsOf(specs: readonly string[], options: ContentsOptions, io: Io): Promise<readonly Contents[]> {
  const registry = await openRegistry({
    cwd: io.cwd,
    env: io.env,
    now: io.now,
    signal: io.signal,
    noCache: options.cache === false,
    offline: options.offline === true,
    note: (line) => io.stderr(`depward: ${line}\n`),
    ...(options.registry !== undefined && { registry: options.registry }),
  });
  const progress = openProgress(io, options.quiet === true);
  try {
    const store = options.cache === false ? undefined : openContents(join(cacheFolder(io.env, io.cwd), contentsFolder));
    const tarballs = openTarballs(options.offline === true ? undefined : registry, store);
    const facts = options.cache === false ? undefined : openFacts(join(cacheFolder(io.env, io.cwd), factsFile));
    const signing = openSigning({ source: registry, now: io.now(), offline: options.offline === true, ...(facts && { facts }) });
    const found: Contents[] = [];
    for (const spec of specs) {
      progress.say(`reading ${spec}`);
      const path = localPath(spec);
      if (path !== undefined) {
        found.push(await localContents(path, io.cwd));
        continue;
      }
      const { name, wanted } = parted(spec);
      const answer = await registry.packument(name);
      if (answer.status === 'not-found') throw new DepwardError('not-found', `the registry knows no package ${name}`);
      if (answer.status === 'failed') throw new DepwardError('network', `${name} cannot be looked up: ${answer.reason}`);
      const release = await releaseOf(answer.packument, wanted);
      const { facts: contents, contradicts } = await tarballs
        .read(refOf(release))
        .catch((error: unknown) => naming(`${name}@${release.version}`, error));
      if (contradicts) throw new DepwardError('integrity', `the tarball of ${name}@${release.version} is not the one the registry names`);
      found.push({ title: `${name}@${release.version}`, facts: contents, signed: await signedFacts(name, release, signing) });
    }
    facts?.save();
    return found;
  } finally {
    progress.stop();
    registry.close();
  }
}

async function localContents(path: string, cwd: string): Promise<Contents> {
  const { facts } = await readLocal(path, cwd).catch((error: unknown) => naming(printable(path), error));
  const { name = printable(path), version } = facts.manifest;
  const none = { status: 'none', detail: 'a file of this machine' };
  return { title: version === undefined ? name : `${name}@${version}`, facts, signed: { signature: none, attestations: none } };
}

/** The same error, saying of which release it speaks. */
function naming(title: string, error: unknown): never {
  if (!(error instanceof DepwardError)) throw error;
  throw new DepwardError(error.code, `${title}: ${error.message}`, { cause: error, ...(error.hint !== undefined && { hint: error.hint }) });
}

async function signedFacts(name: string, release: Release, signing: Signing): Promise<SignedFacts> {
  const signature = await signing.signatures(name, release);
  const attestations = release.attestationsUrl === undefined ? undefined : await signing.attestations(name, release);
  return { signature: factsIn(signature), attestations: attestations ? factsIn(attestations) : { status: 'none' } };
}

function factsIn<T extends { readonly status: string }>(gathered: Gathered<T>): T | { readonly status: string; readonly detail: string } {
  return gathered.ok ? gathered.value : { status: gathered.why, detail: gathered.reason };
}

/** Facts as plain JSON. */
export function plainJson(value: unknown): string {
  return `${JSON.stringify(value, (_, inner: unknown) => (inner instanceof Map ? Object.fromEntries(inner) : inner), 2)}\n`;
}

function parted(spec: string): { readonly name: string; readonly wanted: string } {
  const at = spec.indexOf('@', 1);
  const name = at < 0 ? spec : spec.slice(0, at);
  if (!/^(@[\w.~-]+\/)?[\w.~-]+$/.test(name))
    throw new DepwardError('usage', `${spec} is not a name or name@version of a registry package`, {
      hint: 'like express, express@5.1.0, @scope/name@^2 or ./package.tgz',
    });
  return { name, wanted: at < 0 ? '' : spec.slice(at + 1) };
}

async function releaseOf(packument: Packument, wanted: string): Promise<Release> {
  const version = packument.distTags.get(wanted === '' ? 'latest' : wanted) ?? wanted;
  const exact = packument.releases.find((release) => release.version === version);
  if (exact) return exact;
  const { maxSatisfying } = (await import('semver')).default;
  const best = maxSatisfying(
    packument.releases.map((release) => release.version),
    wanted,
  );
  const found = packument.releases.find((release) => release.version === best);
  if (!found)
    throw new DepwardError('not-found', `${packument.name} has no version ${wanted}`, {
      hint: `the latest is ${packument.distTags.get('latest') ?? 'unknown'}`,
    });
  return found;
}

function refOf(release: Release): { url: string; registry?: string } {
  if (release.tarball === undefined) throw new DepwardError('network', `the registry does not say where the tarball of ${release.version} is`);
  return { url: release.tarball, ...(release.integrity !== undefined && { registry: release.integrity }) };
}

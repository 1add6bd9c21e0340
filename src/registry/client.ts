/** A registry as the rest of depward uses it. */
import { DepwardError } from '../model/errors.ts';
import type { Placing } from '../model/placing.ts';
import { printable } from '../model/text.ts';
import { type Instant, minute } from '../model/time.ts';
import { packedSmall } from './body.ts';
import { type CacheEntry, type CacheKey, openCache } from './cache.ts';
import { cacheFolder } from './cache-folder.ts';
import { loadNpmConfig, type NpmConfig, type NpmOptions, type Registries, registryFor, unsetCredential } from './config.ts';
import { Clock } from './deadline.ts';
import { abortReason, type BytesAnswer, type FetchLimits, fetchBytes, fetchLimits } from './fetch-bytes.ts';
import { type Body, largeBodies } from './large-bodies.ts';
import { parsePieces } from './large-packument.ts';
import { parsePackument } from './packument.ts';
import { recall, remember, signerOf } from './remembered.ts';
import { resolverDocument } from './resolving.ts';
import { slots } from './slots.ts';
import type { PackumentAnswer, PackumentSource } from './source.ts';
import { openStrangers, type Strangers } from './strangers.ts';
import { type TarballRequest, tarballStream, tarballWhole } from './tarball-bytes.ts';

export interface RegistryOptions {
  /** Project folder: its .npmrc counts. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Instant;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** From the command line; comes before every npmrc. */
  readonly registry?: string;
  /** Answers from the cache alone, of any age. */
  readonly offline?: boolean;
  readonly noCache?: boolean;
  /** Answers confirmed within this time are not asked for again; 5 minutes when absent. */
  readonly freshMs?: number;
  /** Requests at a time; 32 when absent. */
  readonly concurrency?: number;
  /** Bytes of large answers in memory at a time, as they came; 4 MB when absent. */
  readonly largeBytes?: number;
  /** For all requests of this registry together; 10 minutes when absent. */
  readonly totalMs?: number;
  readonly limits?: Partial<FetchLimits>;
  /** Takes one-line notes for the user (stderr). */
  readonly note?: (line: string) => void;
}

export interface Registry extends PackumentSource, Strangers {
  /** Where packages are looked up, without credentials. */
  readonly registries: Registries;
  /** The document as a resolver needs it; `packument` of that name then answers from the same record. Rejects with npm's code `E404`, or a `DepwardError`. */
  document(name: string): Promise<unknown>;
  /** A small document beside the packages (`-/npm/v1/keys`) of the registry that this package is looked up at, asked for anew. */
  beside(name: string, path: string): Promise<BytesAnswer>;
  /** npm's options with credentials, for arborist and pacote. */
  npmOptions(): Promise<NpmOptions>;
  /** Those of them that say where packages go, where they are remembered. */
  placing(): Placing | undefined;
  /** A tarball in one piece, or undefined when it is larger than the limit; cheaper than its bytes as they come. */
  wholeTarball(url: string, request: { readonly limitBytes: number }): Promise<Buffer | undefined>;
  /** The bytes of a tarball; ends with an error (`DepwardError`) over the limit, on a bad integrity, or when interrupted. */
  tarballBytes(url: string, request: TarballRequest): AsyncIterable<Buffer>;
  /** Lets go of the clock and the signal; nothing can be asked afterwards. */
  close(): void;
  /** Requests sent so far. */
  requests(): number;
  /** When the oldest answer used was confirmed, those for resolving among them; undefined while none was. */
  confirmedAt(): Instant | undefined;
  /** Age in seconds of the oldest answer used; undefined while none was. */
  oldestFactSeconds(): number | undefined;
}

/** Opens the registries that npm is configured for here. */
export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const { registries, identities, placing, config, cache } = await settings(options);
  const limits: FetchLimits = { ...fetchLimits, ...options.limits };
  const large = largeBodies(options.largeBytes ?? 4 * 2 ** 20, packedSmall);
  const inTurn = slots(options.concurrency ?? 32);
  const clock = new Clock([options.signal], options.totalMs ?? 600_000);
  const signal = clock.signal();
  const underway = new Map<string, Promise<PackumentAnswer>>();
  let requests = 0;
  let oldest: Instant | undefined;

  function noteAge(answer: PackumentAnswer): void {
    if (answer.status !== 'failed') oldest = Math.min(oldest ?? answer.confirmedAt, answer.confirmedAt);
  }

  async function look(name: string): Promise<PackumentAnswer> {
    if (!isName(name)) return { status: 'failed', reason: 'it is not a name a registry can hold' };
    const registry = registryFor(registries, name);
    const key: CacheKey = { registry, identity: identities.get(registry) ?? 'unknown', name };
    const kept = cache?.read(key);
    const age = kept && options.now() - kept.confirmedAt;
    // An entry from the future is not trusted to be fresh.
    if (kept && (options.offline || (age !== undefined && age >= 0 && age < (options.freshMs ?? 5 * minute)))) return answerOf(kept);
    if (options.offline) return { status: 'failed', reason: 'it is not in the cache, and --offline asks no registry' };
    return inTurn(async () => {
      const body = large();
      try {
        return await ask(name, key, kept, body);
      } finally {
        body.gone();
      }
    });
  }

  async function ask(name: string, key: CacheKey, kept: CacheEntry | undefined, body: Body): Promise<PackumentAnswer> {
    if (signal.aborted) return { status: 'failed', reason: abortReason(signal) };
    const headers = { accept: 'application/json', ...(kept?.etag !== undefined && { 'if-none-match': kept.etag }) };
    const { options: npm } = await config();
    requests += 1;
    const answer = await fetchBytes({ url: addressOf(npm, registries, name), npm, limits, signal, now: options.now, headers, packed: true, body });
    const confirmedAt = options.now();
    if (answer.status === 'failed') return { status: 'failed', reason: answer.reason };
    if (answer.status === 'unchanged') {
      if (kept?.etag === undefined) return { status: 'failed', reason: 'the registry answered "unchanged" unasked' };
      cache?.write(key, { ...kept, confirmedAt });
      return answerOf({ ...kept, confirmedAt });
    }
    if (answer.status === 'not-found') {
      cache?.write(key, { confirmedAt });
      return { status: 'not-found', confirmedAt };
    }
    const parsed = 'pieces' in answer ? await parsePieces(name, answer, limits.bodyBytes) : parsePackument(name, answer.bytes);
    if (!parsed.ok) return { status: 'failed', reason: parsed.reason };
    const entry: CacheEntry = { confirmedAt, packument: parsed.packument, ...(answer.etag !== undefined && { etag: answer.etag }) };
    cache?.write(key, entry);
    return answerOf(entry);
  }

  async function document(name: string): Promise<unknown> {
    if (!isName(name)) throw unknownName(name);
    const asked = underway.get(name) ?? look(name);
    // Held until it is asked for once more, by those who judge what was resolved.
    underway.set(name, asked);
    const answer = await asked;
    noteAge(answer);
    if (answer.status === 'not-found') throw unknownName(name);
    if (answer.status === 'failed') throw unanswered(name, answer.reason, await hintOf(answer.reason, registryFor(registries, name)));
    return resolverDocument(answer.packument);
  }

  async function hintOf(reason: string, registry: string): Promise<string> {
    if (options.offline) return 'run it once without --offline: what the registry answers is kept';
    if (/\(40[13]\)$/.test(reason)) {
      const unset = unsetCredential((await config()).options, registry);
      return unset ?? `look at the credentials for ${registry} in your .npmrc; npm whoami --registry ${registry} tells whether they are taken`;
    }
    if (/\(429\)$/.test(reason)) return `wait a little and run it again${options.noCache ? '' : ': what was answered so far is kept'}`;
    return `asked was ${registry}, as npm is configured here; npm ping --registry ${registry} shows whether it answers`;
  }

  async function beside(name: string, path: string): Promise<BytesAnswer> {
    if (options.offline) return { status: 'failed', reason: '--offline asks no registry' };
    if (signal.aborted) return { status: 'failed', reason: abortReason(signal) };
    const { options: npm } = await config();
    requests += 1;
    const small = { ...limits, bodyBytes: Math.min(limits.bodyBytes, besideBytes) };
    return fetchBytes({
      url: addressOf(npm, registries, name, path),
      npm,
      limits: small,
      signal,
      now: options.now,
      headers: { accept: 'application/json' },
    });
  }

  return {
    registries,
    registryOf: (name) => registryFor(registries, name),
    identityOf: (name) => identities.get(registryFor(registries, name)) ?? 'unknown',
    document,
    beside: (name, path) => inTurn(() => beside(name, path)),
    packument(name) {
      const held = underway.get(name) ?? look(name);
      underway.set(name, held);
      return held.then((answer) => {
        // Not kept: memory must not grow with the number of packages.
        underway.delete(name);
        noteAge(answer);
        return answer;
      });
    },
    npmOptions: async () => (await config()).options,
    placing: () => placing,
    wholeTarball: async (url, request) => tarballWhole(url, (await config()).options, request, signal),
    async *tarballBytes(url, request) {
      yield* tarballStream(url, (await config()).options, request, signal);
    },
    ...openStrangers(async () => (await config()).options, signal, registries.main),
    close: () => clock.done(),
    requests: () => requests,
    confirmedAt: () => oldest,
    oldestFactSeconds: () => (oldest === undefined ? undefined : Math.max(0, Math.round((options.now() - oldest) / 1_000))),
  };
}

function unknownName(name: string): Error {
  return Object.assign(new Error(`the registry does not know ${printable(name)}`), { code: 'E404' });
}

function unanswered(name: string, reason: string, hint: string): DepwardError {
  return new DepwardError('network', `the registry could not be asked for ${printable(name)}: ${reason}`, { hint });
}

function answerOf({ packument, confirmedAt }: CacheEntry): PackumentAnswer {
  return packument ? { status: 'found', packument, confirmedAt } : { status: 'not-found', confirmedAt };
}

/** Configuration, remembered or read; npm's own reader runs at once only when nothing is remembered. */
async function settings(options: RegistryOptions) {
  let loaded: Promise<NpmConfig> | undefined;
  const config = () => {
    loaded ??= loadNpmConfig(options);
    return loaded;
  };
  if (options.noCache) {
    const { registries } = await config();
    return { registries, identities: new Map<string, string>(), placing: undefined, config, cache: undefined };
  }
  const folder = cacheFolder(options.env, options.cwd);
  const signer = signerOf(folder);
  // npm's reader writes its user agent into process.env: what is remembered must not depend on that.
  const asked = { ...options, env: { ...options.env } };
  const known = recall(folder, signer, asked) ?? remember(folder, signer, asked, await config());
  return { ...known, config, cache: openCache(folder, options.note ?? (() => {})) };
}

/** Keys and attestations are some kilobytes. */
const besideBytes = 4 * 2 ** 20;

/** Where a document is asked for, the package's own where no path is given. Credentials written into the registry's URL itself are used, and never leave this function's result. */
function addressOf(npm: NpmOptions, registries: Registries, name: string, path: string = encodeName(name)): string {
  const registry = registryFor(registries, name);
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : '';
  const written = npm[`${scope}:registry`] ?? npm.registry;
  const url = new URL(path, registry);
  if (typeof written === 'string' && written.includes('@') && URL.canParse(written)) {
    const { host, username, password } = new URL(written);
    if (host === url.host) Object.assign(url, { username, password });
  }
  return url.href;
}

/** Names from lockfiles become paths of URLs: nothing that could lead elsewhere. */
function isName(name: string): boolean {
  return name.length <= 214 && /^(?:@[^/@\s.][^/@\s]*\/)?[^/@\s.][^/@\s]*$/.test(name) && !/[\\%?#\p{Cc}\p{Cs}]/u.test(name);
}

/** `@scope/name` → `@scope%2fname`, the way npm asks. */
function encodeName(name: string): string {
  return name.startsWith('@') ? `@${encodeURIComponent(name.slice(1))}` : encodeURIComponent(name);
}

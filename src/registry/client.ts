/** A registry as the rest of depward uses it. */
import type { Instant } from '../model/time.ts';
import { loadNpmConfig, type NpmOptions, type Registries, registryFor } from './config.ts';
import { withDeadline } from './deadline.ts';
import { abortReason, type FetchLimits, fetchBytes, fetchLimits } from './fetch-bytes.ts';
import { parsePackument } from './packument.ts';
import { slots } from './slots.ts';
import type { PackumentAnswer, PackumentSource } from './source.ts';
import { type TarballRequest, tarballStream } from './tarball-bytes.ts';

export interface RegistryOptions {
  /** Project folder: its .npmrc counts. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly now: () => Instant;
  /** Aborted on Ctrl-C. */
  readonly signal: AbortSignal;
  /** From the command line; comes before every npmrc. */
  readonly registry?: string;
  readonly offline?: boolean;
  readonly noCache?: boolean;
  /** Requests at a time; 32 when absent. */
  readonly concurrency?: number;
  /** For all requests of this registry together; 10 minutes when absent. */
  readonly totalMs?: number;
  readonly limits?: Partial<FetchLimits>;
  /** Takes one-line notes for the user (stderr). */
  readonly note?: (line: string) => void;
}

export interface Registry extends PackumentSource {
  /** Where packages are looked up, without credentials. */
  readonly registries: Registries;
  /** npm's options with credentials, for arborist and pacote. */
  npmOptions(): Promise<NpmOptions>;
  /** The bytes of a tarball; ends with an error (`DepwardError`) over the limit, on a bad integrity, or when interrupted. */
  tarballBytes(url: string, request: TarballRequest): AsyncIterable<Buffer>;
  /** Lets go of the clock and the signal; nothing can be asked afterwards. */
  close(): void;
  /** Requests sent so far. */
  requests(): number;
  /** Age in seconds of the oldest answer used; undefined while none was. */
  oldestFactSeconds(): number | undefined;
}

/** Opens the registries that npm is configured for here. */
export async function openRegistry(options: RegistryOptions): Promise<Registry> {
  const config = await loadNpmConfig(options);
  const limits: FetchLimits = { ...fetchLimits, ...options.limits };
  const inTurn = slots(options.concurrency ?? 32);
  const { signal, done } = withDeadline([options.signal], options.totalMs ?? 600_000);
  const underway = new Map<string, Promise<PackumentAnswer>>();
  let requests = 0;
  let oldest: Instant | undefined;

  async function ask(name: string): Promise<PackumentAnswer> {
    if (signal.aborted) return { status: 'failed', reason: abortReason(signal) };
    requests += 1;
    const url = registryFor(config.registries, name) + encodeName(name);
    const answer = await fetchBytes({ url, npm: config.options, limits, signal, now: options.now, headers: { accept: 'application/json' } });
    const confirmedAt = options.now();
    if (answer.status === 'not-found') return { status: 'not-found', confirmedAt };
    if (answer.status !== 'ok') return { status: 'failed', reason: answer.status === 'failed' ? answer.reason : 'the registry answered 304 unasked' };
    const parsed = parsePackument(name, answer.bytes);
    return parsed.ok ? { status: 'found', packument: parsed.packument, confirmedAt } : { status: 'failed', reason: parsed.reason };
  }

  return {
    registries: config.registries,
    registryOf: (name) => registryFor(config.registries, name),
    packument(name) {
      const held = underway.get(name) ?? inTurn(() => ask(name));
      underway.set(name, held);
      return held.then((answer) => {
        if (answer.status !== 'failed') oldest = Math.min(oldest ?? answer.confirmedAt, answer.confirmedAt);
        return answer;
      });
    },
    npmOptions: async () => config.options,
    tarballBytes: (url, request) => tarballStream(url, config.options, request, signal),
    close: done,
    requests: () => requests,
    oldestFactSeconds: () => (oldest === undefined ? undefined : Math.max(0, Math.round((options.now() - oldest) / 1_000))),
  };
}

/** `@scope/name` → `@scope%2fname`, the way npm asks. */
function encodeName(name: string): string {
  return name.startsWith('@') ? `@${encodeURIComponent(name.slice(1))}` : encodeURIComponent(name);
}

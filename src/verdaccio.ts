/** `depward/verdaccio`: the plug-in as Verdaccio loads it, filter and middleware in one. */
import type { ServerResponse } from 'node:http';
import { dirname, resolve } from 'node:path';
import { benchFor } from './commands/guard.ts';
import { projectPolicy } from './commands/policy.ts';
import { DepwardError } from './model/errors.ts';
import { openUpstreamClient } from './proxy/upstream.ts';
import { openUpstreamSource } from './proxy/upstream-source.ts';
import { closedGuard, type ExpressRequest, openVerdaccioGuard, type VerdaccioGuard, type VerdaccioManifest } from './proxy/verdaccio.ts';

/** What may stand under `depward:` in Verdaccio's configuration. Verdaccio mixes it with its own configuration. */
interface Settings {
  /** Policy file, relative to Verdaccio's configuration; else the nearest depward.config.json. */
  readonly policy?: unknown;
  readonly observe?: unknown;
  /** Registry for facts of other packages; the first uplink unless said otherwise. */
  readonly registry?: unknown;
  readonly uplinks?: Readonly<Record<string, { readonly url?: string }>>;
  readonly config_path?: unknown;
  readonly configPath?: unknown;
}

interface Surroundings {
  readonly logger?: { warn?(line: string): void; error?(line: string): void };
  readonly config?: Settings;
}

/** The part of Express that is used. */
interface ExpressApp {
  use(handler: (request: ExpressRequest, response: ServerResponse, next: () => void) => void): unknown;
}

/** Verdaccio makes one instance for the filter and one for the middleware: they share a guard by what they were told. */
const guards = new Map<string, Promise<VerdaccioGuard>>();

/** The plug-in. Verdaccio goes on without a plug-in that cannot be made: so it is always made, and with a mistake in its policy it closes every package. */
export default class DepwardPlugin {
  static readonly version = 1;
  readonly #guard: Promise<VerdaccioGuard>;

  constructor(settings: Settings, surroundings: Surroundings = {}) {
    this.#guard = guardFor({ ...surroundings.config, ...settings }, surroundings).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : 'unknown error';
      surroundings.logger?.error?.(`depward: every package is closed until this is put right: ${reason}`);
      return closedGuard;
    });
  }

  getVersion(): number {
    return DepwardPlugin.version;
  }

  async filter_metadata<M extends VerdaccioManifest>(manifest: M): Promise<M> {
    return (await this.#guard).filter(manifest);
  }

  register_middlewares(app: ExpressApp): void {
    app.use((request, response, next) => void this.#guard.then((guard) => guard.handle(request, response, next)));
  }
}

async function guardFor(settings: Settings, { logger }: Surroundings): Promise<VerdaccioGuard> {
  const file = textOf(settings.config_path) ?? textOf(settings.configPath);
  const folder = file === undefined ? process.cwd() : dirname(resolve(file));
  const policy = textOf(settings.policy);
  const registry = textOf(settings.registry) ?? Object.values(settings.uplinks ?? {}).find((uplink) => textOf(uplink?.url))?.url;
  if (registry === undefined) throw new DepwardError('config', 'depward needs an uplink, or "registry" in its own section');
  const url = registry.endsWith('/') ? registry : `${registry}/`;
  const observe = settings.observe === true;
  const key = JSON.stringify([folder, policy, observe, url]);
  const guard = guards.get(key) ?? openGuard(folder, policy, observe, url, (line) => logger?.warn?.(line));
  guards.set(key, guard);
  return await guard;
}

async function openGuard(
  folder: string,
  policy: string | undefined,
  observe: boolean,
  url: string,
  log: (line: string) => void,
): Promise<VerdaccioGuard> {
  return openVerdaccioGuard({
    bench: benchFor(await projectPolicy(folder, policy), 'proxy'),
    packuments: openUpstreamSource(openUpstreamClient(), url, Date.now),
    observe,
    now: () => Date.now(),
    log,
  });
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `depward/verdaccio`: the plug-in as Verdaccio loads it, filter and middleware in one. */
import type { ServerResponse } from 'node:http';
import { dirname, resolve } from 'node:path';
import { benchFor } from './commands/guard.ts';
import { projectPolicy } from './commands/policy.ts';
import { DepwardError } from './model/errors.ts';
import { openPackages } from './proxy/packages.ts';
import { openTarballs } from './proxy/tarballs.ts';
import { openUpstreamClient, type Upstream } from './proxy/upstream.ts';
import { defaultLimits } from './proxy/upstream-limits.ts';
import { closedGuard, type ExpressRequest, openVerdaccioGuard, type VerdaccioGuard, type VerdaccioManifest } from './proxy/verdaccio.ts';

/** What may stand under `depward:` in Verdaccio's configuration. Verdaccio mixes it with its own configuration. */
interface Settings {
  /** Policy file, relative to Verdaccio's configuration; else the nearest depward.config.json. */
  readonly policy?: unknown;
  readonly observe?: unknown;
  /** Registry for facts of other packages; the first uplink unless said otherwise. */
  readonly registry?: unknown;
  /** For how many seconds what was known of packages is good while the registry is in trouble; not at all unless said. */
  readonly stale?: unknown;
  /** False: tarballs are judged by metadata alone, and not fetched by the plug-in. */
  readonly contents?: unknown;
  readonly uplinks?: Readonly<Record<string, Uplink>>;
  readonly config_path?: unknown;
  readonly configPath?: unknown;
}

interface Uplink {
  readonly url?: string;
  readonly auth?: { readonly type?: unknown; readonly token?: unknown; readonly token_env?: unknown };
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
  const uplinks = Object.values(settings.uplinks ?? {}).filter((uplink) => textOf(uplink?.url));
  const registry = textOf(settings.registry) ?? uplinks[0]?.url;
  if (registry === undefined) throw new DepwardError('config', 'depward needs an uplink, or "registry" in its own section');
  const url = registry.endsWith('/') ? registry : `${registry}/`;
  const observe = settings.observe === true;
  const contents = settings.contents !== false;
  const stale = settings.stale ?? 0;
  if (typeof stale !== 'number' || !(stale >= 0)) throw new DepwardError('config', '"stale" of depward is a number of seconds');
  const told = { folder, policy, observe, contents, stale };
  const key = JSON.stringify([told, url]);
  const credentials = credentialsOf(uplinks.find((uplink) => uplink.url === registry));
  const guard = guards.get(key) ?? openGuard(told, { url, ...credentials }, (line) => logger?.warn?.(line));
  guards.set(key, guard);
  return await guard;
}

interface Told {
  readonly folder: string;
  readonly policy: string | undefined;
  readonly observe: boolean;
  readonly contents: boolean;
  readonly stale: number;
}

async function openGuard({ folder, policy, observe, contents, stale }: Told, main: Upstream, log: (line: string) => void): Promise<VerdaccioGuard> {
  const bench = benchFor(await projectPolicy(folder, policy), 'proxy');
  const client = openUpstreamClient();
  const now = () => Date.now();
  const shared = { client, upstreams: { main, scopes: new Map(), credentialsTo: 'none' } };
  const tarballs = openTarballs({ ...shared, limits: defaultLimits, cacheBytes: 16_000_000 });
  const packages = openPackages({ ...shared, tarballs, bench, observe, now, freshFor: 60_000, staleFor: stale * 1000, cacheBytes: 64_000_000 });
  const nobody = { key: '', authorization: undefined };
  return openVerdaccioGuard({
    bench,
    evidenceFor: (packument) => packages.evidenceFor(nobody, packument),
    observe,
    now,
    log,
    ...(contents && {
      file: async (name: string, file: string) => packages.fileNow(name, file, nobody) ?? (await packages.file(name, file, nobody)),
    }),
  });
}

/** The credentials Verdaccio itself uses for an uplink. */
function credentialsOf(uplink: Uplink | undefined): Pick<Upstream, 'authorization'> {
  const { type, token, token_env: variable } = uplink?.auth ?? {};
  const named = variable === true ? 'NPM_TOKEN' : textOf(variable);
  const found = textOf(token) ?? (named === undefined ? undefined : process.env[named]);
  return found === undefined ? {} : { authorization: async () => `${type === 'basic' ? 'Basic' : 'Bearer'} ${found}` };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Which tarball addresses a client must be shown so that it fetches through the proxy and keeps its lockfile clean. */

import { tarballPath } from './route.ts';
import type { TarballStyle } from './served.ts';
import { type Upstreams, upstreamFor } from './upstream.ts';

export interface RewriteOptions {
  /** `auto`: as each client needs it, told by its User-Agent. */
  readonly rewrite: 'auto' | 'always' | 'never';
  /** Hosts whose addresses npm itself replaces by the configured registry. */
  readonly npmReplaces: ReadonlySet<string>;
  readonly upstreams: Upstreams;
  /** Told of every address that is shown instead of another. */
  readonly shown?: ((shown: string, original: string) => void) | undefined;
}

/** Opens the choice of styles; `base` is how clients reach the proxy, ending in `/`. */
export function openStyles(options: RewriteOptions): (agent: string, base: string) => TarballStyle | undefined {
  const made = new Map<string, TarballStyle>();
  return (agent, base) => {
    if (options.rewrite === 'never') return undefined;
    // npm writes the address it was shown into its lockfile, but fetches from the registry it is configured for.
    const leave = options.rewrite === 'auto' && agent.startsWith('npm/');
    const name = leave ? `npm ${base}` : `all ${base}`;
    const style = made.get(name) ?? {
      name,
      rewrite: (url: string, packageName: string, version: string) => {
        if (leave && options.npmReplaces.has(hostOf(url))) return url;
        const shown = throughProxy(url, packageName, version, base, options.upstreams);
        if (shown !== url) options.shown?.(shown, url);
        return shown;
      },
      // Who is told of every address has to see every address.
      ...(!options.shown && {
        start: (packageName: string) => {
          const at = upstreamFor(options.upstreams, packageName).url;
          const from = `${at}${packageName}/-/`;
          return { from, to: leave && options.npmReplaces.has(hostOf(from)) ? from : `${base}${packageName}/-/` };
        },
      }),
    };
    made.set(name, style);
    return style;
  };
}

function throughProxy(url: string, name: string, version: string, base: string, upstreams: Upstreams): string {
  const from = upstreamFor(upstreams, name).url;
  // The path after the name stays as the registry wrote it: clients compare it with the conventional one.
  const kept = url.startsWith(from) && url.slice(from.length).startsWith(`${name}/-/`) ? url.slice(from.length) : tarballPath(name, version).slice(1);
  return `${base}${kept}`;
}

function hostOf(url: string): string {
  const found = /^https?:\/\/([^/]+)\//.exec(url);
  return found?.[1] ?? '';
}

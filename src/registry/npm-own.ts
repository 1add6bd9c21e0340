/** What npm itself would do: the header it would send, the host it takes for its own. */
import type { NpmConfig, NpmOptions } from './config.ts';

/** The Authorization header that npm itself would send to a registry. */
export async function npmCredentials(config: NpmConfig): Promise<(url: string) => string | undefined> {
  const { default: getAuth } = await import('npm-registry-fetch/lib/auth.js');
  return (url) => headerOf(getAuth(url, config.options as NpmOptions & { forceAuth?: unknown }));
}

function headerOf(auth: { readonly token?: string | null; readonly auth?: string | null }): string | undefined {
  if (auth.token) return `Bearer ${auth.token}`;
  return auth.auth ? `Basic ${auth.auth}` : undefined;
}

/** The host whose tarball addresses npm replaces by the configured registry: that of npm's own default. */
export async function npmDefaultHost(): Promise<string> {
  const { default: shapes } = await import('@npmcli/config/lib/definitions/index.js');
  const registry: unknown = Object(Object(shapes.definitions).registry).default;
  return typeof registry === 'string' && URL.canParse(registry) ? new URL(registry).host : '';
}

/** How a registry is reached, by npm's own rules. It may hold credentials and keys: never print it. */
export interface NpmConnection {
  readonly proxy?: string;
  readonly ca?: string | readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly strict: boolean;
}

/** The proxy that npm's client takes for an address, without what it is told about its user; undefined where it takes none. */
export async function npmProxy(url: string, options: NpmOptions): Promise<string | undefined> {
  const { getAgent } = await import('@npmcli/agent');
  return getAgent(url, { proxy: options.httpsProxy || options.proxy, noProxy: options.noProxy }).proxy?.url?.origin;
}

/** The proxy, certificate authorities and client certificate that npm itself would use for a registry; undefined where it would use none of them. */
export async function npmConnections({ options }: NpmConfig): Promise<(url: string) => NpmConnection | undefined> {
  const [{ getAgent }, { default: getAuth }] = await Promise.all([import('@npmcli/agent'), import('npm-registry-fetch/lib/auth.js')]);
  return (url) => {
    const proxy = getAgent(url, { proxy: options.httpsProxy || options.proxy, noProxy: options.noProxy }).proxy?.url?.href;
    const own = getAuth(url, options as NpmOptions & { forceAuth?: unknown });
    const [cert, key] = own.cert && own.key ? [own.cert, own.key] : [options.cert, options.key];
    const { ca } = options;
    const authorities = typeof ca === 'string' && ca !== '' ? ca : Array.isArray(ca) && ca.length > 0 ? ca.map(String) : undefined;
    const strict = options.strictSSL !== false;
    if (proxy === undefined && authorities === undefined && !cert && strict) return undefined;
    return {
      strict,
      ...(proxy !== undefined && { proxy }),
      ...(authorities !== undefined && { ca: authorities }),
      ...(typeof cert === 'string' && cert !== '' && typeof key === 'string' && { cert, key }),
    };
  };
}

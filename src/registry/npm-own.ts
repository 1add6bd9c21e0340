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

/** A GET through npm's own client, which knows proxies. */
import type { NpmOptions } from './config.ts';
import { firstOf, type Get, type Reply } from './get.ts';
import { codeOf, memberOf, statusOf } from './redact.ts';

/** Whether a proxy is in the way of this configuration. */
export function goesByProxy(npm: NpmOptions): boolean {
  const proxied = proxiedBy.get(npm) ?? isProxied(npm);
  proxiedBy.set(npm, proxied);
  return proxied;
}

/** The environment is slow to look through: once per configuration. */
const proxiedBy = new WeakMap<NpmOptions, boolean>();

/** npm's agent takes proxies from its options and from the process environment. */
export function isProxied(npm: NpmOptions): boolean {
  const inEnvironment = Object.entries(process.env).some(([key, value]) => /^(?:https?_)?proxy$/i.test(key) && value);
  return Boolean(npm.proxy) || Boolean(npm.httpsProxy) || inEnvironment;
}

const unconnected = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ECONNECTIONTIMEOUT', 'ETIMEDOUT'];

/** Where no connection was made it is the proxy that could not be reached: nobody spoke with the registry. */
async function namingProxy(error: unknown, url: string, npm: NpmOptions): Promise<unknown> {
  const code = codeOf(error);
  if (code === undefined || !unconnected.includes(code)) return error;
  const { npmProxy } = await import('./npm-own.ts');
  const behind = await npmProxy(url, npm).catch(() => undefined);
  return behind === undefined ? error : Object.assign(new Error('no connection', { cause: error }), { code, behind });
}

export async function getThroughNpm({ url, npm, clock, headers }: Get): Promise<Reply> {
  const { default: npmFetch } = await import('npm-registry-fetch');
  try {
    // Retries are ours: they honour Retry-After and the limits.
    const options = { ...npm, cache: undefined, method: 'GET', headers: { ...headers }, retry: { retries: 0 }, signal: clock.signal(), timeout: 0 };
    const response = await npmFetch(url, options as Parameters<typeof npmFetch>[1]);
    const header = (name: string) => response.headers.get(name) ?? undefined;
    return { status: response.status, header, packed: false, ...(response.body && { body: response.body }) };
  } catch (error) {
    const status = statusOf(error);
    if (status === undefined) throw await namingProxy(error, url, npm);
    return { status, packed: false, header: (name) => firstOf(memberOf(memberOf(error, 'headers'), name)) };
  }
}

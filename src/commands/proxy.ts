/** `depward proxy`: a registry in front of the registry, until it is told to stop. */
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { listText, printable } from '../model/text.ts';
import { isoOf } from '../model/time.ts';
import { type AuditLog, auditTo, openAuditFile } from '../proxy/audit.ts';
import { type RouteGroup, routeGroups } from '../proxy/route.ts';
import { startProxy } from '../proxy/server.ts';
import type { Upstreams } from '../proxy/upstream.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import { loadNpmConfig } from '../registry/config.ts';
import { npmDefaultHost } from '../registry/npm-own.ts';
import { mintedCredentials } from './credentials.ts';
import { benchFor, registryUrl, upstreamsBy } from './guard.ts';
import { exit, type Io } from './io.ts';
import { momentOf } from './options.ts';
import { projectPolicy } from './policy.ts';

/** The options as commander hands them over. */
export interface ProxyCommandOptions {
  readonly listen?: string;
  readonly upstream?: string;
  readonly scope?: readonly string[];
  readonly credentialsTo?: string;
  readonly ownCredentials?: boolean;
  readonly publicUrl?: string;
  readonly observe?: boolean;
  readonly pass?: readonly string[];
  readonly refuse?: readonly string[];
  readonly rewrite?: string;
  readonly audit?: string;
  readonly fresh?: string;
  readonly memory?: string;
  readonly redirectTo?: readonly string[];
  readonly stale?: string;
  readonly asOf?: string;
  readonly config?: string;
  readonly quiet?: boolean;
}

/** Passed on unless refused: what clients need to read, and nothing that changes the registry. */
const passedByDefault: readonly RouteGroup[] = ['ping', 'search', 'audit', 'keys', 'attestations'];

/** Runs until interrupted; exit code 0 after a graceful stop. */
export async function run(options: ProxyCommandOptions, io: Io): Promise<number> {
  const { host, port } = addressOf(options.listen ?? '127.0.0.1:4873');
  const policy = await projectPolicy(io.cwd, options.config);
  const asOf = options.asOf === undefined ? undefined : momentOf(options.asOf, io.now());
  const bench = benchFor(policy, 'proxy', cacheFolder(io.env, io.cwd), asOf !== undefined);
  const upstreams = await upstreamsOf(options, io);
  const say = (text: string) => (options.quiet ? undefined : io.stderr(`depward: ${text}\n`));
  const base = options.publicUrl === undefined ? undefined : registryUrl(options.publicUrl, '--public-url');
  refuseItself(upstreams, host, port, base);
  const audit = options.audit === undefined ? undefined : options.audit === '-' ? auditTo(io.stdout) : auditIn(resolve(io.cwd, options.audit), say);
  const proxy = await startProxy({
    host,
    port,
    ...(base !== undefined && { publicUrl: base }),
    upstreams,
    bench,
    observe: options.observe === true,
    rewrite: oneOf(options.rewrite ?? 'auto', ['auto', 'always', 'never'] as const, '--rewrite'),
    npmReplaces: new Set([await npmDefaultHost()]),
    pass: passed(options),
    freshFor: numberOf(options.fresh, 60, 0, 86_400, '--fresh') * 1000,
    staleFor: numberOf(options.stale, 0, 0, 604_800, '--stale') * 1000,
    redirectTo: new Set((options.redirectTo ?? []).map(hostOf)),
    cacheBytes: numberOf(options.memory, 256, 1, 16_384, '--memory') * 1_000_000,
    ...(audit && { audit }),
    warmUp: true,
    ...(asOf === undefined ? { now: io.now } : { now: () => asOf, asOf }),
  });
  say(`${options.observe ? 'watching' : 'guarding'} ${upstreams.main.url} at ${proxy.url} by policy ${policy.origin}`);
  if (asOf !== undefined) say(`as of ${isoOf(asOf)}, for replays and audits: everything later is invisible, security fixes too`);
  say(`clients: npm config set registry ${proxy.url}; why: ${proxy.url}-/depward/why/NAME@VERSION`);
  if (isEveryAddress(host) && base === undefined)
    say(
      `clients on other machines are told to fetch tarballs from ${host}, which they cannot reach: give the address they use with --public-url URL`,
    );
  if (!isLoopback(host)) say('it can be reached from other machines: anybody who reaches it may ask');
  await untilStopped(io.signal);
  say('stopping: what was begun is finished');
  await proxy.close();
  return exit.allowed;
}

function isLoopback(host: string): boolean {
  return /^(127\.|localhost$|::1$)/.test(host);
}

function isEveryAddress(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

/** Whoever follows our own advice has the proxy for npm's registry, which is the upstream unless another is named: it would ask itself for ever. */
function refuseItself({ main, scopes }: Upstreams, host: string, port: number, base: string | undefined): void {
  const isOwn = ({ url }: { readonly url: string }) => {
    const at = new URL(url);
    const named = at.hostname.replace(/^\[|\]$/g, '');
    const here = named === host || (isLoopback(named) && (isLoopback(host) || isEveryAddress(host)));
    return url === base || (here && at.protocol === 'http:' && Number(at.port || 80) === port);
  };
  const own = [main, ...scopes.values()].find(isOwn);
  if (own)
    throw new DepwardError('usage', `the registry behind the proxy is the proxy itself: ${printable(own.url, 200)}`, {
      hint: 'name the registry it stands in front of with --upstream URL (or --scope @scope=URL), or listen elsewhere',
    });
}

/** A log that cannot be written from the start is a mistake; one that fails later does not stop the proxy. */
function auditIn(file: string, say: (text: string) => void): AuditLog {
  try {
    closeSync(openSync(file, 'a', 0o600));
  } catch (error) {
    const code = String(Reflect.get(Object(error), 'code') ?? 'unknown error');
    throw new DepwardError('config', `the audit log ${printable(file, 200)} cannot be written (${printable(code, 40)})`, {
      hint: 'make its folder, or name another file with --audit',
    });
  }
  return openAuditFile(file, say);
}

/** Ends on Ctrl-C and on SIGTERM, as supervisors send it. */
async function untilStopped(signal: AbortSignal): Promise<void> {
  await new Promise<void>((stop) => {
    if (signal.aborted) return stop();
    signal.addEventListener('abort', () => stop(), { once: true });
    process.once('SIGTERM', () => stop());
  });
}

async function upstreamsOf(options: ProxyCommandOptions, io: Io): Promise<Upstreams> {
  const config = await loadNpmConfig({ cwd: io.cwd, env: io.env });
  const upstream = await upstreamsBy(config, options.ownCredentials ? mintedCredentials(io) : undefined);
  const main = upstream(options.upstream === undefined ? config.registries.main : registryUrl(options.upstream, '--upstream'));
  const scopes = new Map([...(options.upstream === undefined ? config.registries.scopes : [])].map(([scope, url]) => [scope, upstream(url)]));
  for (const text of options.scope ?? []) {
    const [scope = '', url = ''] = [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)];
    if (!/^@[A-Za-z0-9~-][A-Za-z0-9._~-]*$/.test(scope))
      throw new DepwardError('usage', `--scope is not of the form @scope=URL: ${printable(text, 100)}`);
    scopes.set(scope, upstream(registryUrl(url, '--scope')));
  }
  const credentialsTo = options.credentialsTo ?? 'main';
  if (credentialsTo !== 'main' && credentialsTo !== 'none' && !scopes.has(credentialsTo)) {
    throw new DepwardError('usage', `--credentials-to names no upstream: ${printable(credentialsTo, 100)}`, {
      hint: `it is main, none${[...scopes.keys()].map((scope) => `, ${scope}`).join('')}`,
    });
  }
  return { main, scopes, credentialsTo };
}

function passed(options: ProxyCommandOptions): ReadonlySet<RouteGroup> {
  const pass = new Set(passedByDefault);
  for (const group of options.pass ?? []) pass.add(oneOf(group, routeGroups, '--pass'));
  for (const group of options.refuse ?? []) pass.delete(oneOf(group, routeGroups, '--refuse'));
  return pass;
}

function addressOf(text: string): { readonly host: string; readonly port: number } {
  const found = /^(?:(\[[0-9A-Fa-f:]+\]|[A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (!found || port > 65_535)
    throw new DepwardError('usage', `--listen is not HOST:PORT: ${printable(text, 100)}`, { hint: 'for example 127.0.0.1:4873' });
  return { host: (found[1] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

function hostOf(text: string): string {
  const url = URL.canParse(`https://${text}/`) ? new URL(`https://${text}/`) : undefined;
  if (url?.pathname !== '/' || url.username || url.host === '')
    throw new DepwardError('usage', `--redirect-to is not a host: ${printable(text, 100)}`);
  return url.host;
}

function numberOf(text: string | undefined, fallback: number, least: number, most: number, option: string): number {
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most)
    throw new DepwardError('usage', `${option} is a whole number from ${least} to ${most}, not ${printable(text, 40)}`);
  return value;
}

function oneOf<T extends string>(text: string, allowed: readonly T[], option: string): T {
  const found = allowed.find((one) => one === text);
  if (found === undefined) throw new DepwardError('usage', `${option} is one of ${listText(allowed, allowed.length)}, not ${printable(text, 40)}`);
  return found;
}

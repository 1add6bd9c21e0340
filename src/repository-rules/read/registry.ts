/** Addresses of registries in settings, commands and lockfiles. */
import type { FileTexts } from '../../model/repository-rule.ts';
import { ciFiles } from './ci.ts';
import type { CiStep } from './ci-file.ts';
import { clientCalls } from './client.ts';
import { isLockfile } from './paths.ts';
import { isSettingsFile, type Setting, settingsIn } from './settings.ts';
import type { Untold } from './value.ts';

/** An address that packages come from or credentials go to. */
export interface Address {
  readonly url: string;
  readonly file: string;
  readonly line: number;
  /** The setting, option or variable; `lockfile` for entries of one. */
  readonly said: string;
  /** How many entries of the lockfile it stands for. */
  readonly count: number;
}

const registryNames = /(?:^|[.:])(?:registry|npmRegistryServer|npmPublishRegistry|npmAuditRegistry)(?:\.url)?$/;

/** True for a setting that names a registry. */
export function namesRegistry({ name, path, plain }: Setting): boolean {
  if (typeof plain !== 'string' || !/^https?:\/\//i.test(plain)) return false;
  // bun: `[install.scopes]` maps scopes to addresses.
  return registryNames.test(name) || /^scopes\./.test(name) || path.at(-1) === 'registry' || (path.includes('registries') && path.length > 1);
}

/** Every address in settings, CI definitions and lockfiles, one for each host of a lockfile. */
export function addressesIn(texts: FileTexts): { readonly addresses: readonly Address[]; readonly untold: readonly (Untold & { file: string })[] } {
  const addresses: Address[] = [];
  const untold: (Untold & { file: string })[] = [];
  for (const [file, text] of texts) {
    if (isLockfile(file)) addresses.push(...lockfileHosts(file, text));
    if (!isSettingsFile(file)) continue;
    const settings = settingsIn(file, text);
    if ('untold' in settings) untold.push({ file, ...settings });
    else addresses.push(...settings.filter(namesRegistry).map((setting) => addressOf(setting)));
  }
  const ci = ciFiles(texts);
  for (const { file, jobs } of ci.read) for (const job of jobs) for (const step of job.steps) addresses.push(...stepAddresses(file, step));
  return { addresses, untold: [...untold, ...ci.untold] };
}

function addressOf({ plain, file, line, path }: Setting): Address {
  return { url: String(plain), file, line, said: path.join('.'), count: 1 };
}

const registryVariable = /^(?:npm_config_registry|pnpm_config_registry|yarn_npm_registry_server|yarn_registry|bun_config_registry)$/i;

/** Registries that the commands of a step are told to use. */
export function stepAddresses(file: string, step: CiStep): readonly Address[] {
  const found: Address[] = [];
  for (const { name, value, line, scope } of step.variables)
    if (scope === 'step' && registryVariable.test(name)) found.push({ url: value, file, line, said: name, count: 1 });
  for (const { values, words, command } of clientCalls(step.commands, '')) {
    const url = values.get('--registry') ?? (words[0] === 'config' && /registry$/i.test(words[2] ?? '') ? words[3] : undefined);
    if (url !== undefined) found.push({ url, file, line: command.line, said: '--registry', count: 1 });
  }
  return found.filter(({ url }) => /^https?:\/\//i.test(url));
}

/** The hosts a lockfile fetches from; links to home pages and funding are none of them. */
function lockfileHosts(file: string, text: string): readonly Address[] {
  const hosts = new Map<string, { url: string; line: number; count: number }>();
  let line = 1;
  let start = 0;
  for (const found of text.matchAll(/(?:"resolved"|resolved|tarball|__archiveUrl)\W{1,4}(https?(?::\/\/|%3A%2F%2F)[^\s"',}]+)/g)) {
    const url = found[1]?.includes('://') ? found[1] : decoded(found[1] ?? '');
    const origin = /^https?:\/\/[^/]+/i.exec(url)?.[0] ?? url;
    const held = hosts.get(origin);
    if (held) held.count += 1;
    else {
      for (let next = text.indexOf('\n', start); next >= 0 && next < found.index; next = text.indexOf('\n', start)) {
        line += 1;
        start = next + 1;
      }
      hosts.set(origin, { url, line, count: 1 });
    }
  }
  return [...hosts.values()].map((host) => ({ ...host, file, said: 'lockfile' }));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Host and port of an address, without credentials. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

/** True for addresses of this machine. */
export function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : url;
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|host\.docker\.internal)$/i.test(host);
}

/** True when a host is one of `allowed`: exact, or below `*.domain`. */
export function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  return allowed.some((pattern) => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern));
}

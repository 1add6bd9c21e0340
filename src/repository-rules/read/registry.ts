/** Addresses of registries in settings, commands and lockfiles. */
import type { FileTexts } from '../../model/repository-rule.ts';
import { ciFiles } from './ci.ts';
import type { CiStep } from './ci-file.ts';
import { clientCalls } from './client.ts';
import { readDockerfile } from './docker.ts';
import { lockedHosts } from './locked-hosts.ts';
import { isDockerfile, isLockfile } from './paths.ts';
import type { ScriptCommand } from './script.ts';
import { isSettingsFile, readSettingsFile, type Setting, settingsIn } from './settings.ts';
import { at, type Untold } from './value.ts';

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
    if (isLockfile(file)) addresses.push(...lockedHosts(file, text).map((host) => ({ ...host, file, said: 'lockfile' })));
    if (!isSettingsFile(file)) continue;
    const document = readSettingsFile(file, text);
    const settings = 'untold' in document || mayHoldAddress(text) ? settingsIn(file, text) : [];
    if ('untold' in settings) untold.push({ file, ...settings });
    else addresses.push(...settings.filter(namesRegistry).map((setting) => addressOf(setting)));
  }
  const ci = ciFiles(texts);
  for (const { file, jobs } of ci.read)
    for (const job of jobs) for (const step of job.steps) addresses.push(...stepAddresses(file, step), ...publishingAddress(file, step));
  return { addresses: [...once(addresses), ...imageAddresses(texts)], untold: [...untold, ...ci.untold] };
}

// With a backslash or a variable in it a text means more than it says.
function mayHoldAddress(text: string): boolean {
  return /https?:|[\\$]/i.test(text);
}

function addressOf({ plain, file, line, path }: Setting): Address {
  return { url: String(plain), file, line, said: path.join('.'), count: 1 };
}

const registryVariable = /^(?:npm_config_registry|pnpm_config_registry|yarn_npm_registry_server|yarn_registry|bun_config_registry)$/i;

/** Registries that the commands of a step are told to use. */
export function stepAddresses(file: string, step: CiStep): readonly Address[] {
  const found: Address[] = [];
  for (const { name, value, line } of step.variables) if (registryVariable.test(name)) found.push({ url: value, file, line, said: name, count: 1 });
  return [...found.filter(({ url }) => /^https?:\/\//i.test(url)), ...commandAddresses(file, step.commands)];
}

// What `setup-node` writes for a job that publishes; it installs from there too.
function publishingAddress(file: string, { uses = '', inputs }: CiStep): readonly Address[] {
  const named = /^(?:actions\/setup-node|oven-sh\/setup-bun)@/.test(uses) ? at(inputs, 'registry-url') : undefined;
  if (named?.kind !== 'plain') return [];
  return [{ url: String(named.plain), file, line: named.place.line, said: 'registry-url', count: 1 }];
}

function commandAddresses(file: string, commands: readonly ScriptCommand[]): readonly Address[] {
  return clientCalls(commands, '').flatMap(({ values, words, command }) => {
    const set = words[0] === 'config' ? settingIn(words.slice(2)) : undefined;
    const url = values.get('--registry') ?? set;
    return url !== undefined && /^https?:\/\//i.test(url) ? [{ url, file, line: command.line, said: '--registry', count: 1 }] : [];
  });
}

// `config set registry URL`, `config set @acme:registry=URL`, `config set npmRegistryServer URL`.
function settingIn([key = '', value]: readonly string[]): string | undefined {
  const [name = '', joined] = key.split(/=(.*)/s);
  return /registry(?:server)?$/i.test(name) ? (joined ?? value) : undefined;
}

/** Registries that an image is built with. */
function imageAddresses(texts: FileTexts): readonly Address[] {
  return [...texts].flatMap(([file, text]) => {
    const stages = isDockerfile(file) ? readDockerfile(file, text) : [];
    if ('untold' in stages) return [];
    return stages.flatMap(({ instructions }) =>
      instructions.flatMap(({ name, words, line, commands }): readonly Address[] => {
        if (name === 'RUN') return commandAddresses(file, commands);
        if (name !== 'ENV' && name !== 'ARG') return [];
        const pairs = name === 'ENV' && !words[0]?.includes('=') ? [`${words[0] ?? ''}=${words[1] ?? ''}`] : words;
        return pairs
          .map((pair) => pair.split(/=["']?(.*?)["']?$/s))
          .flatMap(([key = '', url = '']) =>
            registryVariable.test(key) && /^https?:\/\//i.test(url) ? [{ url, file, line, said: key, count: 1 }] : [],
          );
      }),
    );
  });
}

// A variable of a job stands in each of its steps.
function once(addresses: readonly Address[]): readonly Address[] {
  const seen = new Set<string>();
  return addresses.filter(({ file, line, said, url }) => {
    const key = `${file}\n${line}\n${said}\n${url}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Host and port of an address, without credentials. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}

/** True for addresses of this machine. */
export function isLoopback(url: string): boolean {
  const host = URL.canParse(url) ? new URL(url).hostname : url;
  return /^(?:localhost|.*\.localhost|127(?:\.\d+){3}|\[::1?\]|\[::ffff:7f[\da-f]{2}:[\da-f]+\]|0\.0\.0\.0|host\.docker\.internal)\.?$/i.test(host);
}

/** True when a host is one of `allowed`: exact, or below `*.domain`. */
export function isAllowedHost(host: string, allowed: readonly string[]): boolean {
  return allowed.some((pattern) => (pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host === pattern));
}

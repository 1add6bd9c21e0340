/**
 * An address on the developer's own machine (a registry run to try something) or at one host among thousands of entries of another gets
 * into a lockfile unseen, and from then on every install asks there. Poisoned lockfiles (Tal, 2019) look the same.
 */
import { isRepositoryHost } from '../model/commit.ts';
import { defineRepositoryRule, type FileObservation } from '../model/repository-rule.ts';
import { listText, printable } from '../model/text.ts';
import { type LockedHost, lockedAddresses, lockedCount, lockedHosts } from './read/locked-hosts.ts';
import { ciSystemOf, isDockerfile, isExample, isLockfile } from './read/paths.ts';
import { isPublicRegistry } from './read/public-registries.ts';
import { addressesIn, hostOf, isAllowedHost, isLoopback } from './read/registry.ts';
import { isSettingsFile } from './read/settings.ts';

export default defineRepositoryRule({
  meta: {
    id: 'lockfile-host-stray',
    family: 'source',
    severity: 'medium',
    summary: 'Entries of a lockfile are fetched from the machine that installs, or a few of many from a host of their own.',
    why: 'Package managers fetch what the lockfile says. On the next machine nothing, or something else, answers at localhost: the install fails, or whoever listens there hands out packages. A single entry at another host came from somebody’s own mirror, names a server of a company to everybody, or was put there by hand.',
    remedy: 'Delete the entries and let the package manager resolve them anew from the project’s registry. Name a wanted host in the option hosts.',
    references: ['lockfile injection (Liran Tal, 2019)', 'lockfile-lint: allowed-hosts'],
    falsePositives:
      'Mirrors and proxies that share one lockfile. Not told: hosts named by the project’s own settings or CI, hosts of repositories, the public registries of npm and Yarn, addresses that a dependency asks for, and a host that serves all packages of a scope. An address on this machine that the settings name as registry is told with low confidence.',
    since: '0.1.0',
  },
  kind: 'state',
  options: { hosts: { type: 'strings', default: [], about: 'hosts that entries may come from: exact, or *.domain' } },
  reads: (path) => isSettingsFile(path) || isLockfile(path) || isDockerfile(path) || ciSystemOf(path) !== undefined,
  byLine: isLockfile,
  check({ now, before }, { options }) {
    let named: ReadonlySet<string> | undefined;
    const isNamed = (host: string) => {
      named ??= namedHosts(now);
      return named.has(host);
    };
    return [...now].flatMap(([file, text]): readonly FileObservation[] => {
      // What a change brings into a lockfile that was there is told by `lockfile-host-added`.
      if (!isLockfile(file) || isExample(file) || before?.has(file)) return [];
      const hosts = lockedHosts(file, text).filter(({ url }) => !isUsual(url) && !isAllowedHost(hostOf(url), options.hosts));
      const here = hosts.filter(({ url }) => isLoopback(url));
      const others = hosts.filter(({ url }) => !isLoopback(url));
      return [...(here.length > 0 ? [onThisMachine(file, here, isNamed)] : []), ...strays(file, text, others, isNamed)];
    });
  },
  examples: [
    {
      title: 'a registry that ran on somebody’s machine',
      now: { 'yarn.lock': '"a@^1.0.0":\n  resolved "http://localhost:4873/a/-/a-1.0.0.tgz#00"\n' },
      flagged: true,
    },
    {
      title: 'the registry of the project',
      now: { 'yarn.lock': '"a@^1.0.0":\n  resolved "https://registry.example/a/-/a-1.0.0.tgz#00"\n' },
      flagged: false,
    },
  ],
});

/** The public registries of npm and of Yarn are one, by two names; what comes from repositories is judged as that. */
function isUsual(url: string): boolean {
  return isPublicRegistry(hostOf(url)) || isRepositoryHost(url);
}

/** What the settings, the CI and the images of the repository name. */
function namedHosts(now: ReadonlyMap<string, string>): ReadonlySet<string> {
  const { addresses } = addressesIn(new Map([...now].filter(([file]) => !isLockfile(file))));
  return new Set(addresses.filter(({ file }) => !isExample(file)).map(({ url }) => hostOf(url)));
}

function onThisMachine(file: string, here: readonly LockedHost[], isNamed: (host: string) => boolean): FileObservation {
  const count = counted(here);
  const names = here.map(({ url }) => printable(hostOf(url), 80));
  const calm = here.every(({ url }) => isNamed(hostOf(url)));
  return {
    file,
    line: here[0]?.line ?? 1,
    message: `${count} ${count === 1 ? 'entry is' : 'entries are'} fetched from the machine that installs (${listText(names)})${calm ? ', as the settings say' : ''}`,
    about: `here ${names.join(' ')}`,
    confidence: calm ? 'low' : 'high',
    facts: { hosts: names, count, ...examplesOf(here.map(({ url }) => url)) },
  };
}

/** More than this part of the entries is an arrangement, not a stray. */
const mostStray = 0.05;
/** For each of them the whole file is looked through. */
const [mostHosts, mostScopes] = [20, 5];

function strays(file: string, text: string, hosts: readonly LockedHost[], isNamed: (host: string) => boolean): readonly FileObservation[] {
  const others = hosts.length === 0 ? [] : byHost(hosts.filter(({ url }) => !isNamed(hostOf(url))));
  if (others.length === 0) return [];
  const total = lockedCount(file, text);
  const most = total * mostStray;
  const few = others.filter(({ count }) => count <= most);
  const left = few.length === 0 || counted(few) > most ? [] : few.slice(0, mostHosts).flatMap((host) => alone(file, text, host));
  if (left.length === 0) return [];
  const names = left.map(({ url }) => printable(hostOf(url), 80));
  const count = counted(left);
  return [
    {
      file,
      line: left[0]?.line ?? 1,
      message: `${count} of ${total} entries ${count === 1 ? 'is' : 'are'} fetched from ${listText(names)}, and no other`,
      about: `stray ${names.join(' ')}`,
      confidence: 'medium',
      facts: { hosts: names, count, entries: total, ...examplesOf(left.flatMap(({ addresses }) => addresses)) },
    },
  ];
}

/** Over http or https, it is the same host. */
function byHost(hosts: readonly LockedHost[]): readonly LockedHost[] {
  const held = new Map<string, LockedHost>();
  for (const host of hosts) {
    const name = hostOf(host.url);
    const known = held.get(name);
    held.set(name, known ? { ...known, count: known.count + host.count } : host);
  }
  return [...held.values()];
}

function counted(hosts: readonly LockedHost[]): number {
  return hosts.reduce((sum, { count }) => sum + count, 0);
}

/** What of a host nobody asked for by its address; nothing where it is the registry of a scope. */
function alone(file: string, text: string, host: LockedHost): readonly (LockedHost & { readonly addresses: readonly string[] })[] {
  const own = hostOf(host.url);
  const addresses = lockedAddresses(file, text, (url) => hostOf(url) === own);
  if (addresses.length === 0) return [];
  const scopes = new Set(addresses.map(scopeOf));
  if (
    scopes.size <= mostScopes &&
    !scopes.has(undefined) &&
    [...scopes].every((scope) => lockedAddresses(file, text, (url) => scopeOf(url) === scope && hostOf(url) !== own).length === 0)
  )
    return [];
  return [{ ...host, count: addresses.length, addresses }];
}

function scopeOf(url: string): string | undefined {
  return /\/(?:@|%40)([^/%]+)(?:\/|%2f)/i.exec(url.replace(/^https?:\/\/[^/]*/i, ''))?.[1];
}

function examplesOf(urls: readonly string[]) {
  return { addresses: urls.slice(0, 5).map((url) => printable(url.replace(/\/\/[^/@]*@/, '//').replace(/[?#].*$/, ''), 200)) };
}

/** An allow-list of hosts is the first advice of every guide on registries (lockfile-lint `allowed-hosts`, OpenSSF npm guide): everything else is a way around the mirror. */
import { defineRepositoryRule } from '../model/repository-rule.ts';
import { ciSystemOf, isDockerfile, isExample, isLockfile } from './read/paths.ts';
import { addressesIn, hostOf, isAllowedHost, isLoopback } from './read/registry.ts';
import { isSettingsFile } from './read/settings.ts';

export default defineRepositoryRule({
  meta: {
    id: 'registry-not-allowed',
    family: 'pipeline',
    severity: 'high',
    summary: 'Packages come from a host that the allow-list does not name.',
    why: 'What a mirror withholds, scans or keeps on record is worth nothing for packages that come past it, and an address slipped into a lockfile is how a foreign tarball gets in.',
    remedy: 'Point the setting at an allowed host and write the lockfile anew, or add the host to the option hosts once somebody has agreed to it.',
    references: ['lockfile-lint: allowed-hosts', 'OpenSSF npm best practices guide'],
    falsePositives: 'None: it judges only where the option hosts is given.',
    since: '0.1.0',
  },
  kind: 'state',
  options: { hosts: { type: 'strings', default: [], about: 'hosts that packages may come from: exact, or *.domain; none given: any' } },
  reads: (path) => isSettingsFile(path) || isLockfile(path) || isDockerfile(path) || ciSystemOf(path) !== undefined,
  check({ now }, { options }) {
    if (options.hosts.length === 0) return [];
    const { addresses, untold } = addressesIn(now);
    return [
      ...untold,
      ...addresses
        .filter(({ url, file }) => !isExample(file) && !isLoopback(url) && !isAllowedHost(hostOf(url), options.hosts))
        .map(({ url, file, line, said, count }) => ({
          file,
          line,
          message: `packages come from ${hostOf(url)}, which the allow-list does not name`,
          confidence: 'high' as const,
          facts: { host: hostOf(url), where: said, count, allowed: options.hosts },
        })),
    ];
  },
  examples: [
    {
      title: 'a lockfile entry past the mirror',
      now: { 'yarn.lock': '"a@^1.0.0":\n  resolved "https://elsewhere.example/a/-/a-1.0.0.tgz#00"\n' },
      options: { hosts: ['mirror.example'] },
      flagged: true,
    },
    { title: 'the mirror', now: { '.npmrc': 'registry=https://mirror.example/npm/\n' }, options: { hosts: ['mirror.example'] }, flagged: false },
    { title: 'no allow-list', now: { '.npmrc': 'registry=https://mirror.example/npm/\n' }, flagged: false },
  ],
});

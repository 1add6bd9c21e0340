/** Without TLS anybody on the way chooses what is installed; lockfile-lint's `validate-https` and OpenSSF's npm guide ask the same. */
import { baseName, defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { ciSystemOf, isDockerfile, isExample, isLockfile } from './read/paths.ts';
import { readManifest } from './read/project.ts';
import { type Address, addressesIn, hostOf, isAllowedHost, isLoopback } from './read/registry.ts';
import { isSettingsFile, settingsIn } from './read/settings.ts';
import { at, entriesOf, stringOf } from './read/value.ts';

const sections = ['dependencies', 'devDependencies', 'optionalDependencies'];

export default defineRepositoryRule({
  meta: {
    id: 'registry-over-http',
    family: 'pipeline',
    severity: 'high',
    summary: 'Packages or credentials travel over plain http.',
    why: 'Whoever sits on the way can hand out other packages. Hashes in a lockfile protect frozen installs only, not the first one, and credentials are read along.',
    remedy: 'Write https. A registry without a certificate gets one, or stands behind something that has one.',
    references: ['lockfile-lint: validate-https', 'OpenSSF npm best practices guide'],
    falsePositives: 'A registry in a network of its own: name its host in the option hosts. Addresses of this machine never count.',
    since: '0.1.0',
  },
  kind: 'state',
  options: { hosts: { type: 'strings', default: [], about: 'hosts that may be reached over http: exact, or *.domain' } },
  reads: (path) => isSettingsFile(path) || isLockfile(path) || isDockerfile(path) || ciSystemOf(path) !== undefined,
  byLine: isLockfile,
  check({ now }, { options }) {
    const { addresses, untold } = addressesIn(now);
    const bad = [...addresses, ...manifestAddresses(now)].filter(
      ({ url, file }) =>
        /^(?:git\+)?http:\/\/|^git:\/\//i.test(url) && !isExample(file) && !isLoopback(url) && !isAllowedHost(hostOf(url), options.hosts),
    );
    return [...untold.filter(({ file }) => !isExample(file)), ...bad.map(observed), ...openHosts(now)];
  },
  examples: [
    { title: 'a registry over http', now: { '.npmrc': 'registry=http://registry.example/\n' }, flagged: true },
    {
      title: 'a lockfile of http addresses',
      now: { 'yarn.lock': '"a@^1.0.0":\n  resolved "http://registry.example/a/-/a-1.0.0.tgz#00"\n' },
      flagged: true,
    },
    {
      title: 'https, and this machine',
      now: { '.npmrc': 'registry=https://registry.example/\n@a:registry=http://localhost:4873/\n' },
      flagged: false,
    },
  ],
});

function manifestAddresses(texts: ReadonlyMap<string, string>): readonly Address[] {
  return [...texts].flatMap(([file, text]) => {
    if (baseName(file) !== 'package.json' || !/"(?:git\+)?(?:http|git):\/\//.test(text)) return [];
    const manifest = readManifest(file, text);
    if ('untold' in manifest) return [];
    return sections.flatMap((section) =>
      entriesOf(at(manifest, section)).map(([name, spec]) => ({
        url: stringOf(spec) ?? '',
        file,
        line: spec.place.line,
        said: `dependency ${name}`,
        count: 1,
      })),
    );
  });
}

/** yarn 2+ speaks http only to hosts on a list of its own. */
function openHosts(texts: ReadonlyMap<string, string>): readonly FileSeen[] {
  return [...texts].flatMap(([file, text]) => {
    const settings = baseName(file) === '.yarnrc.yml' && !isExample(file) && text.includes('unsafeHttpWhitelist') ? settingsIn(file, text) : [];
    if ('untold' in settings) return [];
    return settings
      .filter(({ name, plain }) => name === 'unsafeHttpWhitelist' && !isLoopback(String(plain)))
      .map(({ line, plain }) => ({
        file,
        line,
        message: `plain http is allowed to ${String(plain)}`,
        confidence: 'high' as const,
        facts: { host: String(plain), where: 'unsafeHttpWhitelist' },
      }));
  });
}

function observed({ url, file, line, said, count }: Address): FileSeen {
  const what = said === 'lockfile' ? `${count} ${count === 1 ? 'entry is' : 'entries are'} fetched` : `"${said}" is reached`;
  return {
    file,
    line,
    message: `${what} over plain http from ${hostOf(url)}`,
    about: `${said} ${hostOf(url)}`,
    confidence: 'high',
    facts: { host: hostOf(url), where: said, count },
  };
}

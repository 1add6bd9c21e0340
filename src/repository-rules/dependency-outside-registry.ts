/** A branch or an address hands out whatever stands there today; PhantomRaven (2025) hid its payload behind such addresses, past every scanner of registries. */
import { isCommitArchive } from '../model/commit.ts';
import { baseName, defineRepositoryRule, type FileSeen } from '../model/repository-rule.ts';
import { listText, printable } from '../model/text.ts';
import { isExample } from './read/paths.ts';
import { readManifest } from './read/project.ts';
import { isAllowedHost } from './read/registry.ts';
import { at, entriesOf, stringOf, type Value } from './read/value.ts';

const sections = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];
const fromGit = /^(?:git(?:\+\w+)?:|(?:github|gitlab|bitbucket|gist):|git@|[\w.-]+\/[\w.-]+(?:#|$))|\.git(?:#|$)/;

export default defineRepositoryRule({
  meta: {
    id: 'dependency-outside-registry',
    family: 'pipeline',
    severity: 'medium',
    summary: 'A project asks for a dependency from git or a plain address, and names no commit.',
    why: 'What stands there can change at any time and for some visitors only. No registry keeps what was published, no waiting time and no mirror sees it, and fetching from git runs the scripts that build it.',
    remedy: 'Use the published package, or name the full commit: git+https://…#<40 digits>.',
    references: ['PhantomRaven 2025', 'npm docs: git URLs as dependencies', 'depward rule remote-dependency: the same in packages that come in'],
    falsePositives: 'Repositories of one’s own: name their host in the option hosts.',
    since: '0.1.0',
  },
  kind: 'state',
  options: { hosts: { type: 'strings', default: [], about: 'hosts that dependencies may come from: exact, or *.domain' } },
  reads: (path) => baseName(path) === 'package.json',
  check: ({ now }, { options }) =>
    [...now].flatMap(([file, text]): readonly FileSeen[] => {
      if (isExample(file) || !/[/@:]/.test(text) || !/"[^"]*(?:\/\/|github:|gitlab:|bitbucket:|gist:|git@|\.git|"\s*:\s*"[\w.-]+\/)[^"]*"/.test(text))
        return [];
      const manifest = readManifest(file, text);
      if ('untold' in manifest) return [{ file, ...manifest }];
      const outside = sections
        .flatMap((section) => entriesOf(at(manifest, section)))
        .filter(([, spec]) => isOutside(stringOf(spec) ?? '') && !isAllowedHost(hostIn(stringOf(spec) ?? ''), options.hosts));
      return outside.length === 0 ? [] : [observed(file, outside)];
    }),
  examples: [
    { title: 'a branch', now: { 'package.json': '{"dependencies": {"a": "git+https://git.example/a.git#main"}}' }, flagged: true },
    { title: 'a tag', now: { 'package.json': '{"dependencies": {"a": "acme/a#v1.2.3"}}' }, flagged: true },
    { title: 'an address', now: { 'package.json': '{"dependencies": {"a": "https://files.example/a.tgz"}}' }, flagged: true },
    {
      title: 'a commit, a range, a folder',
      now: {
        'package.json':
          '{"repository": "acme/x", "dependencies": {"a": "acme/a#0123456789abcdef0123456789abcdef01234567", "b": "^1.0.0", "c": "file:../c", "d": "npm:e@^2.0.0", "e": "https://github.com/acme/e#0123456789abcdef0123456789abcdef01234567", "f": "github:acme/f#0123abc"}}',
      },
      flagged: false,
    },
  ],
});

function isOutside(spec: string): boolean {
  if (/^(?:npm|file|link|workspace|portal|catalog|patch|jsr):|^[.~/]/.test(spec)) return false;
  if (namesCommit(spec)) return false;
  return /^https?:\/\//.test(spec) || fromGit.test(spec);
}

// A short hash is one too: git refuses it once it means two. Behind an address that is no repository the hash says nothing.
function namesCommit(spec: string): boolean {
  if (isCommitArchive(spec)) return true;
  const onHost = /^https?:\/\/(?:[^/@]*@)?(?:www\.|codeload\.)?(?:github\.com|gitlab\.com|bitbucket\.org)\/[\w.-]+\/[\w.-]+/.test(spec);
  return (onHost || fromGit.test(spec)) && /#(?:commit[:=])?[0-9a-f]{7,40}$/.test(spec);
}

function hostIn(spec: string): string {
  return /(?:\/\/|^git@)(?:[^/@]*@)?([^/:]+)/.exec(spec)?.[1] ?? /^(\w+):/.exec(spec)?.[1] ?? '';
}

function observed(file: string, outside: readonly (readonly [string, Value])[]): FileSeen {
  const from = outside.slice(0, 20).map(([name, spec]) => printable(`${name}: ${(stringOf(spec) ?? '').replace(/\/\/[^/@]*@/, '//')}`));
  return {
    file,
    line: outside[0]?.[1].place.line ?? 1,
    message: `asks for ${listText(
      outside.map(([name]) => printable(name)),
      3,
    )} from outside the registry, and names no commit`,
    confidence: 'high',
    facts: { dependencies: from, count: outside.length },
  };
}

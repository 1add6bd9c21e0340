/** Repositories as people and programs write them. */

/** Any way to write a repository as `host/owner/name`: URLs of all kinds, `git@host:owner/name`, `github:owner/name`, `owner/name`. */
export function repositoryOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const hosts: Readonly<Record<string, string>> = { github: 'github.com', gitlab: 'gitlab.com', bitbucket: 'bitbucket.org' };
  const plain = text
    .slice(0, 512)
    .trim()
    .replace(/^git\+/, '')
    .replace(/[#?].*$/s, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  const short = /^(?:(github|gitlab|bitbucket):)?([\w.-]+\/[\w.-]+)$/.exec(plain);
  if (short) return `${hosts[short[1] ?? 'github']}/${short[2]}`.toLowerCase();
  const found = /^(?:[a-z][a-z+]*:\/\/)?(?:[^@/]*@)?([\w.-]+\.[a-z]+)(?::\d+(?=\/))?[:/]+([\w.-]+(?:\/[\w.-]+)+)$/i.exec(plain);
  if (!found) return undefined;
  const path = (found[2] ?? '').split('/');
  // Below owner and name come pages of the web site; groups of GitLab nest deeper.
  const depth = /gitlab/i.test(found[1] ?? '') ? path.indexOf('-') : 2;
  return `${found[1]}/${path.slice(0, depth < 0 ? undefined : depth).join('/')}`.replace(/^www\./i, '').toLowerCase();
}

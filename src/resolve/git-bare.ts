/** A repository without a working folder, as servers have it. */
import type { Git } from './git.ts';
import type { PlainRepository } from './git-plain.ts';

/** What git says of it; undefined where it is none. Its root is git's own folder. */
export async function bareRepository(git: Git, names: readonly string[]): Promise<(PlainRepository & { readonly bare: true }) | undefined> {
  const asked = ['--is-bare-repository', '--absolute-git-dir', '--is-shallow-repository', 'HEAD^{commit}'];
  const answer = await git(['rev-parse', ...asked], { partly: true });
  const [bare, root, shallow, head] = answer?.trimEnd().split('\n') ?? [];
  if (bare !== 'true' || root === undefined) return undefined;
  const refs = (await git(['for-each-ref', '--format=%(refname) %(objectname)', ...names])) ?? '';
  const ids = new Map(refs.split('\n').map((row): [string, string] => [row.slice(0, row.indexOf(' ')), row.slice(row.indexOf(' ') + 1)]));
  const tips = new Map(names.flatMap((name): [string, string][] => [[name, ids.get(name) ?? '']]).filter(([, id]) => id !== ''));
  return { root, shallow: shallow === 'true', head: /^[0-9a-f]{40,64}$/.test(head ?? '') ? head : undefined, tips, bare: true };
}

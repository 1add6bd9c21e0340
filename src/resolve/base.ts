/** Which commit a change is compared with: in full, shallow and detached checkouts, and on merge commits of pull requests. */
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';
import { commitOf, parentsOf, type Repository } from './git.ts';
import { stepOf } from './git-changes.ts';

/** What is known of the change from outside. */
export interface BaseRequest {
  /** `--base`. */
  readonly base?: string | undefined;
  /** The commit of the change. */
  readonly head: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The payload of the event a CI runs for, as parsed JSON. */
  readonly event?: unknown;
  readonly note: (line: string) => void;
}

const zeros = /^0+$/;
const commitId = /^[0-9a-f]{40,64}$/;

/** The commit to compare with. Throws with instructions when none is found: a change is never compared with nothing. */
export async function baseOf(repository: Repository, request: BaseRequest): Promise<string> {
  const { base, head, env, note } = request;
  if (base !== undefined) return explicitBase(repository, base, head, note);
  const told = toldByCi(env, request.event);
  if (told !== undefined) {
    const commit = (await commitOf(repository, told)) ?? (await fetched(repository, told));
    if (commit !== undefined) return commit;
  }
  if (isPullRequest(env)) {
    const parent = await mergedInto(repository, head);
    if (parent !== undefined) return parent;
  }
  const branch = targetBranch(env);
  const tip = branch ? await branchTip(repository, branch) : await defaultBranch(repository);
  if (tip !== undefined) {
    const found = await mergeBase(repository, tip, head);
    if (found !== undefined) return found;
    const parent = await mergedInto(repository, head);
    if (parent !== undefined) return parent;
  }
  const sought =
    branch !== undefined && tip === undefined
      ? `the branch this change goes to, ${printable(branch, 100)}, was not found here or at origin`
      : 'the commit this change starts from was not found';
  throw new DepwardError('input', sought, { hint: moreHistory });
}

const moreHistory = 'Name it with --base REV, or check out with more history (actions/checkout: fetch-depth: 0).';

/** The branch that a CI says the change goes to. */
function targetBranch(env: BaseRequest['env']): string | undefined {
  return env['GITHUB_BASE_REF'] || env['CI_MERGE_REQUEST_TARGET_BRANCH_NAME'] || undefined;
}

/** The commit before this one, undefined of the first: what a change is compared with that already stands at the tip of the default branch. */
export async function commitBefore(repository: Repository, head: string): Promise<string | undefined> {
  const step = await stepOf(repository, head);
  if (step) return step.parents[0];
  const [first] = await parentsOf(repository, head);
  if (first === undefined) return undefined;
  const commit = (await commitOf(repository, first)) ?? (await fetched(repository, first));
  if (commit !== undefined) return commit;
  throw new DepwardError('input', `the commit before this one, ${first.slice(0, 12)}, is not here and could not be fetched`, { hint: moreHistory });
}

/** The first parent of a merge commit is what it merges into, and even a checkout of depth 1 names it. */
async function mergedInto(repository: Repository, head: string): Promise<string | undefined> {
  const step = await stepOf(repository, head);
  if (step) return step.parents.length > 1 ? step.parents[0] : undefined;
  const [first, second] = await parentsOf(repository, head);
  if (first === undefined || second === undefined) return undefined;
  return (await commitOf(repository, first)) ?? (await fetched(repository, first));
}

async function explicitBase(repository: Repository, base: string, head: string, note: (line: string) => void): Promise<string> {
  const commit = (await commitOf(repository, base)) ?? (await commitOf(repository, `origin/${base}`)) ?? (await fetched(repository, base));
  if (commit === undefined) {
    throw new DepwardError('input', `there is no commit ${printable(base, 100)} here`, { hint: 'Fetch it first: git fetch origin.' });
  }
  const common = await mergeBase(repository, commit, head);
  if (common === undefined) note(`${printable(base, 100)} and this change have no common history here: compared with ${printable(base, 100)} itself`);
  return common ?? commit;
}

/** What the CI says: GitLab's diff base, or the commit before a push (of GitLab's, to the default branch alone: elsewhere the whole branch counts). */
function toldByCi(env: BaseRequest['env'], event: unknown): string | undefined {
  const gitlab = env['CI_MERGE_REQUEST_DIFF_BASE_SHA'];
  if (gitlab !== undefined && commitId.test(gitlab)) return gitlab;
  const onDefault =
    env['CI_PIPELINE_SOURCE'] === 'push' && env['CI_COMMIT_BRANCH'] !== undefined && env['CI_COMMIT_BRANCH'] === env['CI_DEFAULT_BRANCH'];
  if (env['GITHUB_EVENT_NAME'] !== 'push' && !onDefault) return undefined;
  const told = typeof event === 'object' && event !== null && 'before' in event ? event.before : undefined;
  const before = onDefault ? env['CI_COMMIT_BEFORE_SHA'] : told;
  return typeof before === 'string' && commitId.test(before) && !zeros.test(before) ? before : undefined;
}

function isPullRequest(env: BaseRequest['env']): boolean {
  return /^pull_request/.test(env['GITHUB_EVENT_NAME'] ?? '') || /^refs\/pull\/\d+\/merge$/.test(env['GITHUB_REF'] ?? '');
}

/** The tip of the branch everything is merged into. */
async function defaultBranch(repository: Repository): Promise<string | undefined> {
  const [known] = repository.tips.values();
  if (known !== undefined) return known;
  const symref = /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec((await repository.git(['ls-remote', '--symref', 'origin', 'HEAD'])) ?? '')?.[1];
  const named = symref ?? (await repository.git(['config', '--get', 'init.defaultBranch']))?.trim();
  return named === undefined || named === '' ? undefined : branchTip(repository, named);
}

async function branchTip(repository: Repository, branch: string): Promise<string | undefined> {
  return (
    (await commitOf(repository, `refs/remotes/origin/${branch}`)) ??
    (await fetched(repository, `refs/heads/${branch}`)) ??
    (await commitOf(repository, `refs/heads/${branch}`))
  );
}

/** Fetches one revision from origin, as little of its history as the clone has of its own. */
async function fetched(repository: Repository, revision: string): Promise<string | undefined> {
  if (revision.startsWith('-')) return undefined;
  const depth = repository.shallow ? ['--depth=1'] : [];
  const done = await repository.git([
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-write-fetch-head',
    ...depth,
    'origin',
    `+${revision}:refs/depward/base`,
  ]);
  return done === undefined ? undefined : commitOf(repository, 'refs/depward/base');
}

/** The commit two histories have in common, deepening a shallow clone as far as needed. */
async function mergeBase(repository: Repository, tip: string, head: string): Promise<string | undefined> {
  if (tip === head) return tip;
  // In a history that becomes deeper there may be one later.
  const asked = repository.shallow ? repository.git : repository.settled;
  const ask = async () => (await asked(['merge-base', tip, head]))?.trim() || undefined;
  const known = await ask();
  if (known !== undefined || !repository.shallow) return known;
  for (const deepen of [4, 16, 64, 256, 1024]) {
    const more = await repository.git([
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-recurse-submodules',
      '--no-write-fetch-head',
      `--deepen=${deepen}`,
      'origin',
      tip,
      head,
    ]);
    if (more === undefined) return undefined;
    const found = await ask();
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What check, gate and run share: policy, registry, evidence and progress, opened once and closed at the end. */
import { join } from 'node:path';
import { contentsFolder, openContents } from '../evidence/contents-store.ts';
import { factsFile, openFacts } from '../evidence/facts.ts';
import { openTarballs } from '../evidence/tarballs.ts';
import type { Change, ResolvedTree } from '../model/package.ts';
import type { Policy } from '../model/policy.ts';
import type { Mode, Report } from '../model/report.ts';
import type { Instant } from '../model/time.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import { openRegistry, type Registry } from '../registry/client.ts';
import type { WayOut } from '../registry/git-way-out.ts';
import type { Standing } from './answers.ts';
import type { Io } from './io.ts';
import type { LocalReach } from './local-packages.ts';
import { type CommonOptions, momentOf } from './options.ts';
import { projectPolicy } from './policy.ts';
import { openProgress, type Progress } from './progress.ts';
import { judgeIn, type More, type Opened } from './session-judging.ts';

export interface Session {
  readonly policy: Policy;
  readonly registry: Registry;
  /** The way out of git, for what is resolved. */
  readonly openWayOut: (patience: number) => Promise<WayOut>;
  readonly now: Instant;
  /** True when `--as-of` asked for a moment of the past. */
  readonly past: boolean;
  readonly progress: Progress;
  /** Judges changes of one tree. */
  judge(mode: Mode, changes: readonly Change[], tree: ResolvedTree, more?: More): Promise<Report>;
  /** How long what was judged last stands; undefined where the answer is not to be kept. */
  standing(): Standing | undefined;
  close(): void;
}

/** Opens what judging needs. `policy` replaces the one found in `folder`; `reach` says which packages of this machine are read, none where it is `none`. */
export async function openSession(
  folder: string,
  options: CommonOptions,
  io: Io,
  policy?: Policy,
  reach: LocalReach | 'none' = { root: folder, within: false },
): Promise<Session> {
  const now = momentOf(options.asOf, io.now());
  const past = options.asOf !== undefined;
  const chosen = policy ?? (await projectPolicy(folder, options.config));
  const progress = openProgress(io, options.quiet === true);
  const offline = options.offline === true;
  const registry = await openRegistry({
    cwd: folder,
    env: io.env,
    now: io.now,
    signal: io.signal,
    offline,
    noCache: options.cache === false,
    note: (line) => io.stderr(`depward: ${line}\n`),
    ...(options.registry !== undefined && { registry: options.registry }),
  });
  const cache = cacheFolder(io.env, io.cwd);
  const facts = options.cache === false ? undefined : openFacts(join(cache, factsFile));
  const kept = options.cache === false ? undefined : openContents(join(cache, contentsFolder));
  const tarballs = openTarballs(offline ? undefined : registry, kept);
  const opened: Opened = { registry, tarballs, ...(facts && { facts }), cache, policy: chosen, reach, offline, now, past };
  let standing: Standing | undefined;
  return {
    policy: chosen,
    registry,
    now,
    past,
    progress,
    async judge(mode, changes, tree, more = {}) {
      progress.say(`judging ${changes.length} packages`);
      const judged = await judgeIn(opened, { mode, changes, tree }, more);
      standing = judged.standing;
      return judged.report;
    },
    openWayOut: async (patience) => (await import('../registry/git-way-out.ts')).openWayOut(patience),
    standing: () => standing,
    close() {
      progress.stop();
      registry.close();
    },
  };
}

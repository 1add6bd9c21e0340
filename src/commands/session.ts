/** What check, gate and run share: policy, registry, evidence and progress, opened once and closed at the end. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Evaluation, evaluate } from '../engine.ts';
import { openEvidence } from '../evidence/collect.ts';
import { contentsFolder, openContents } from '../evidence/contents-store.ts';
import { factsFile, openFacts } from '../evidence/facts.ts';
import { popularNames, projectNames } from '../evidence/popular-names.ts';
import { openSigning } from '../evidence/signing.ts';
import { openTarballs } from '../evidence/tarballs.ts';
import { withAlternatives } from '../instead.ts';
import type { Change, ResolvedPackage, ResolvedTree } from '../model/package.ts';
import type { Policy } from '../model/policy.ts';
import type { Mode, Report } from '../model/report.ts';
import type { Instant } from '../model/time.ts';
import { isWellKnown, resemblance } from '../names/index.ts';
import { installationId, toolVersion } from '../package-root.ts';
import { loadWeights } from '../policy/weights.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import { openRegistry, type Registry } from '../registry/client.ts';
import type { WayOut } from '../registry/git-way-out.ts';
import { openMailDomains } from '../registry/mail-domains.ts';
import type { Standing } from './answers.ts';
import type { Io } from './io.ts';
import { type LocalReach, localPackages } from './local-packages.ts';
import { openMemory, settledNames } from './memory.ts';
import { type CommonOptions, momentOf } from './options.ts';
import { projectPolicy } from './policy.ts';
import { openProgress, type Progress } from './progress.ts';

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
  judge(
    mode: Mode,
    changes: readonly Change[],
    tree: ResolvedTree,
    more?: Pick<Evaluation, 'fileFindings' | 'fileGaps' | 'notes' | 'everyWay'>,
  ): Promise<Report>;
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
  const registry = await openRegistry({
    cwd: folder,
    env: io.env,
    now: io.now,
    signal: io.signal,
    offline: options.offline === true,
    noCache: options.cache === false,
    note: (line) => io.stderr(`depward: ${line}\n`),
    ...(options.registry !== undefined && { registry: options.registry }),
  });
  const facts = options.cache === false ? undefined : openFacts(join(cacheFolder(io.env, io.cwd), factsFile));
  const kept = options.cache === false ? undefined : openContents(join(cacheFolder(io.env, io.cwd), contentsFolder));
  let standing: Standing | undefined;
  const tarballs = openTarballs(options.offline === true ? undefined : registry, kept);
  return {
    policy: chosen,
    registry,
    now,
    past,
    progress,
    async judge(mode, changes, tree, more = {}) {
      const weights = loadWeights();
      const ownNames = settledNames(tree, changes);
      // Built only where a name is neither remembered nor well known.
      let own: ReturnType<typeof projectNames> | undefined;
      const likeness = (name: string) =>
        resemblance(name, popularNames(), () => {
          own ??= projectNames(ownNames);
          return own;
        });
      const build = installationId();
      const namesId = build === undefined ? undefined : namesIdOf(build, ownNames);
      // At the gate every release is read, asked for or not.
      const choice = mode === 'gate' ? { settledDays: 0, wanted: new Set<string>() } : { settledDays, wanted: askedFor(tree) };
      const local = reach === 'none' ? undefined : localPackages(reach);
      let readHere = false;
      const reading = {
        tarballs,
        offline: options.offline === true,
        ...choice,
        ...(local && {
          local: (entry: ResolvedPackage) => {
            readHere = true;
            return local(entry);
          },
        }),
      };
      const sources = openEvidence({
        packuments: registry,
        names: likeness,
        tree,
        now,
        past,
        ...(namesId !== undefined && { namesId }),
        offline: options.offline === true,
        ...(facts && { facts }),
        contents: reading,
        ...(!past && options.offline !== true && { domains: openMailDomains() }),
        signing: openSigning({ source: registry, now, offline: options.offline === true, ...(facts && !past && { facts }) }),
      });
      const memory =
        facts && build !== undefined && !past
          ? openMemory({
              folder: cacheFolder(io.env, io.cwd),
              build,
              mode,
              policy: chosen,
              now,
              tree,
              offline: options.offline === true,
              ownNames: () => ownNames,
              registry,
              wanted: reading.wanted,
              isWellKnown,
            })
          : undefined;
      let until = Number.POSITIVE_INFINITY;
      const input: Evaluation = {
        mode,
        toolVersion: toolVersion(),
        changes,
        tree,
        sources,
        rules: async () => (await import('../rules/index.ts')).rules,
        weights,
        policy: chosen,
        now,
        onUntil: (moment) => {
          until = Math.min(until, moment);
        },
        ...(memory && { memory }),
        ...more,
      };
      progress.say(`judging ${changes.length} packages`);
      const report = await withAlternatives(await evaluate(input), input);
      const confirmedAt = Math.min(sources.confirmedAt?.() ?? Number.POSITIVE_INFINITY, memory?.oldest() ?? Number.POSITIVE_INFINITY);
      // What lies on the disk may be other bytes the next time.
      standing =
        memory && !readHere
          ? { judgedAt: now, ...(Number.isFinite(confirmedAt) && { confirmedAt }), ...(Number.isFinite(until) && { until }) }
          : undefined;
      return report;
    },
    openWayOut: async (patience) => (await import('../registry/git-way-out.ts')).openWayOut(patience),
    standing: () => standing,
    close() {
      progress.stop();
      registry.close();
    },
  };
}

/** Which lists of names answer: those of this build and the project's own. */
function namesIdOf(build: string, ownNames: readonly string[]): string {
  return ownNames.length === 0 ? build : `${build} ${createHash('sha256').update(JSON.stringify(ownNames)).digest('base64')}`;
}

/** Releases of well-known packages that stood so long are not unpacked where nobody asked for them by name. */
export const settledDays = 30;

/** The packages the project itself asks for, where there are few enough to mean something. */
function askedFor(tree: ResolvedTree): ReadonlySet<string> {
  const direct = new Set<string>();
  let count = 0;
  for (const entry of tree.packages) {
    if (!tree.dependentsOf(entry.key).some((edge) => edge.from === '')) continue;
    count += 1;
    if (count > 12) return new Set();
    direct.add(entry.name);
  }
  return direct;
}

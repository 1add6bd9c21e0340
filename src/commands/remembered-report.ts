/** The gate's report where every package that comes in was judged before: without a registry, without rules. */
import { isIncoming } from '../model/package.ts';
import type { Instant } from '../model/time.ts';
import { installationId } from '../package-root.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import { registryFor } from '../registry/config.ts';
import { type Remembered, recall, signerOf } from '../registry/remembered.ts';
import type { Io } from './io.ts';
import { openMemory, settledNames } from './memory.ts';
import type { CommonOptions } from './options.ts';
import { type QuietChange, type QuietJudgement, quietReport } from './quiet-report.ts';

/** `known`: what npm's configuration comes to, where it was just looked at. The report; undefined where something must be judged, or looked up to say what to take instead. */
export async function rememberedReport(
  found: QuietChange,
  now: Instant,
  options: CommonOptions,
  io: Io,
  known?: Remembered,
): Promise<QuietJudgement | undefined> {
  const build = installationId();
  if (build === undefined || options.cache === false || options.asOf !== undefined) return undefined;
  const folder = cacheFolder(io.env, io.cwd);
  const asked = { cwd: io.cwd, env: { ...io.env }, ...(options.registry !== undefined && { registry: options.registry }) };
  const npm = known ?? recall(folder, signerOf(folder), asked);
  if (!npm) return undefined;
  const { changes, tree, policy } = found;
  const memory = openMemory({
    folder,
    build,
    mode: 'gate',
    policy,
    now,
    tree,
    offline: options.offline === true,
    ownNames: () => settledNames(tree, changes),
    registry: {
      registryOf: (name) => registryFor(npm.registries, name),
      identityOf: (name) => npm.identities.get(registryFor(npm.registries, name)) ?? 'unknown',
    },
    wanted: new Set(),
    // Nothing is kept here.
    isWellKnown: () => false,
  });
  if (!changes.every((change) => !isIncoming(change) || memory.recall(change))) return undefined;
  const judged = await quietReport(found, now, memory);
  return judged.report.verdicts.some(({ action }) => action === 'block') ? undefined : judged;
}

/** Judging the changes of one tree with what a session has opened: names, contents, evidence and memory put together. */
import { createHash } from 'node:crypto';
import { type Evaluation, type EvidenceSource, evaluate } from '../engine.ts';
import { openEvidence } from '../evidence/collect.ts';
import type { ContentsReading } from '../evidence/context.ts';
import type { FactsStore } from '../evidence/facts.ts';
import { popularNames, projectNames } from '../evidence/popular-names.ts';
import { openSigning } from '../evidence/signing.ts';
import type { Tarballs } from '../evidence/tarballs.ts';
import { withAlternatives } from '../instead.ts';
import type { NameEvidence } from '../model/evidence.ts';
import type { Change, ResolvedTree } from '../model/package.ts';
import type { Policy } from '../model/policy.ts';
import type { Mode, Report } from '../model/report.ts';
import type { Instant } from '../model/time.ts';
import { isWellKnown, resemblance } from '../names/index.ts';
import { installationId, toolVersion } from '../package-root.ts';
import { loadWeights } from '../policy/weights.ts';
import type { Registry } from '../registry/client.ts';
import { openMailDomains } from '../registry/mail-domains.ts';
import type { Standing } from './answers.ts';
import { type LocalReach, localPackages } from './local-packages.ts';
import { openMemory, settledNames } from './memory.ts';

/** What a session holds for all that is judged in it. */
export interface Opened {
  readonly registry: Registry;
  readonly tarballs: Tarballs;
  /** Left out where nothing is kept between runs. */
  readonly facts?: FactsStore;
  /** Where what is kept lies. */
  readonly cache: string;
  readonly policy: Policy;
  readonly reach: LocalReach | 'none';
  readonly offline: boolean;
  readonly now: Instant;
  /** True when a moment of the past was asked for. */
  readonly past: boolean;
}

/** What is judged: changes of a tree, behind which door. */
export interface Judgeable {
  readonly mode: Mode;
  readonly changes: readonly Change[];
  readonly tree: ResolvedTree;
}

/** What the command knows besides. */
export type More = Pick<Evaluation, 'fileFindings' | 'fileGaps' | 'notes' | 'everyWay'>;

/** The report, and how long it stands; `standing` is undefined where the answer is not to be kept. */
export async function judgeIn(
  opened: Opened,
  asked: Judgeable,
  more: More,
): Promise<{ readonly report: Report; readonly standing: Standing | undefined }> {
  const { now, policy } = opened;
  const { mode, changes, tree } = asked;
  const ownNames = settledNames(tree, changes);
  const local = localReading(opened.reach);
  const reading = { tarballs: opened.tarballs, offline: opened.offline, ...chosen(asked), ...local.reading };
  const sources = evidenceOf(opened, tree, ownNames, reading);
  const memory = memoryOf(opened, asked, ownNames, reading);
  let until = Number.POSITIVE_INFINITY;
  const input: Evaluation = {
    mode,
    toolVersion: toolVersion(),
    changes,
    tree,
    sources,
    rules: async () => (await import('../rules/index.ts')).rules,
    weights: loadWeights(),
    policy,
    now,
    onUntil: (moment) => {
      until = Math.min(until, moment);
    },
    ...(memory && { memory }),
    ...more,
  };
  const report = await withAlternatives(await evaluate(input), input);
  const confirmedAt = Math.min(sources.confirmedAt?.() ?? Number.POSITIVE_INFINITY, memory?.oldest() ?? Number.POSITIVE_INFINITY);
  const times = { ...(Number.isFinite(confirmedAt) && { confirmedAt }), ...(Number.isFinite(until) && { until }) };
  return { report, standing: memory && !local.wasRead() ? { judgedAt: now, ...times } : undefined };
}

/** What lies on the disk may be other bytes the next time: whether any of it was read. */
function localReading(reach: LocalReach | 'none'): { readonly reading: Pick<ContentsReading, 'local'>; wasRead(): boolean } {
  if (reach === 'none') return { reading: {}, wasRead: () => false };
  const read = localPackages(reach);
  let wasRead = false;
  const local: ContentsReading['local'] = (entry) => {
    wasRead = true;
    return read(entry);
  };
  return { reading: { local }, wasRead: () => wasRead };
}

/** At the gate every release is read, asked for or not. */
function chosen({ mode, tree }: Judgeable): Pick<ContentsReading, 'settledDays' | 'wanted'> {
  return mode === 'gate' ? { settledDays: 0, wanted: new Set() } : { settledDays, wanted: askedFor(tree) };
}

function evidenceOf(
  { registry, facts, offline, now, past }: Opened,
  tree: ResolvedTree,
  ownNames: readonly string[],
  contents: ContentsReading,
): EvidenceSource {
  const build = installationId();
  return openEvidence({
    packuments: registry,
    names: likeness(ownNames),
    tree,
    now,
    past,
    ...(build !== undefined && { namesId: namesIdOf(build, ownNames) }),
    offline,
    ...(facts && { facts }),
    contents,
    ...(!past && !offline && { domains: openMailDomains() }),
    signing: openSigning({ source: registry, now, offline, ...(facts && !past && { facts }) }),
  });
}

/** Like which names one is; the project's own are put in order only where a name is neither remembered nor well known. */
function likeness(ownNames: readonly string[]): (name: string) => NameEvidence {
  let own: ReturnType<typeof projectNames> | undefined;
  return (name) =>
    resemblance(name, popularNames(), () => {
      own ??= projectNames(ownNames);
      return own;
    });
}

function memoryOf(
  { registry, facts, cache, policy, offline, now, past }: Opened,
  { mode, tree }: Judgeable,
  ownNames: readonly string[],
  { wanted }: ContentsReading,
): ReturnType<typeof openMemory> | undefined {
  const build = installationId();
  if (!facts || build === undefined || past) return undefined;
  return openMemory({ folder: cache, build, mode, policy, now, tree, offline, ownNames: () => ownNames, registry, wanted, isWellKnown });
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

/** What a gate is asked, byte for byte: the commit a change starts from, and everything in which the state judged differs from it. */
import { type BigIntStats, lstatSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { configText } from '../policy/load.ts';
import { digestOf as digestOfBytes } from '../registry/checked-file.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import { type Question, questionOf } from './answers.ts';
import type { GateOptions, GateTarget } from './gate-target.ts';
import type { Io } from './io.ts';

const mostFiles = 2_000;
const mostBytes = 64 * 1024 * 1024;

/** The question; undefined where its answer is not to be kept. */
export function gateQuestion(target: GateTarget, options: GateOptions, io: Io): Question | undefined {
  const { root, base, head, changed } = target;
  // A saved report counts for a season only.
  if (base === undefined || options.baseline !== undefined || changed.size > mostFiles) return undefined;
  // Submodules may stand elsewhere without any file being another.
  if (head === undefined && lstatSync(join(root, '.gitmodules'), { throwIfNoEntry: false })) return undefined;
  const contents = head === undefined ? contentsOf(root, changed) : [];
  if (!contents) return undefined;
  const { lockfile, config } = options;
  const parts = [relative(root, io.cwd), base, head, JSON.stringify(lockfile ?? null), ...contents];
  // Where no lockfile is part of the change, no registry is asked.
  const offRegistry = ![...changed].some((path) => lockfile?.length || isLockfile(path));
  return questionOf(
    { mode: 'gate', parts, offRegistry, policy: config === undefined ? undefined : configText({ folder: io.cwd, config }) },
    options,
    io,
  );
}

/** Paths with digests of what stands there now; undefined for links, which may lead to what has not changed, and for too much. */
function contentsOf(root: string, changed: ReadonlySet<string>): readonly string[] | undefined {
  let left = mostBytes;
  const told: string[] = [];
  for (const path of [...changed].sort()) {
    const file = join(root, path);
    const stats = lstatSync(file, { throwIfNoEntry: false, bigint: true });
    if (stats && !stats.isFile()) return undefined;
    left -= Number(stats?.size ?? 0);
    if (left < 0) return undefined;
    told.push(path, stats ? digestAt(file, stats) : 'gone');
  }
  return told;
}

/** Files as they were when they were read. */
const known = new Map<string, { readonly stats: BigIntStats; readonly digest: string }>();

/** A file whose time of change is so far back, in milliseconds, cannot have been written again within one tick of the file system's clock. */
const settled = 5_000;

/** The same question is asked before and after: what stood still meanwhile is not read again. */
function digestAt(file: string, stats: BigIntStats): string {
  const held = known.get(file);
  if (held && isSameFile(held.stats, stats)) return held.digest;
  const digest = digestOfBytes(readFileSync(file));
  if (Date.now() - Number(stats.ctimeMs) > settled) known.set(file, { stats, digest });
  return digest;
}

function isSameFile(a: BigIntStats, b: BigIntStats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs;
}

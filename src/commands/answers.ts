/**
 * Whole answers, for the next time the very same question is asked: the same lockfile, policy, registry and build. An answer
 * stands as long as the facts behind it are fresh and the clock alone cannot make it another; what could not be told is asked
 * for anew each time. Losing any of it only costs judging again.
 */
import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { freshFor } from '../evidence/fresh.ts';
import type { Mode, Report } from '../model/report.ts';
import type { RuleMeta } from '../model/rule.ts';
import { type Instant, isoOf } from '../model/time.ts';
import { installationId } from '../package-root.ts';
import type { configText } from '../policy/load.ts';
import { cacheFolder } from '../registry/cache-folder.ts';
import { keepChecked, readChecked } from '../registry/checked-file.ts';
import { type Remembered, recall, signerOf } from '../registry/remembered.ts';
import type { Io } from './io.ts';
import type { CommonOptions } from './options.ts';

/** Where the answer of a project lies, and what tells the question from every other. */
export interface Question {
  readonly path: string;
  readonly digest: string;
  /** Offline: what the cache is like. An answer given offline stands until anything there is another, however much it lacks. */
  readonly cache?: string;
  /** What npm's configuration was remembered to come to, where it was looked at. */
  readonly npm?: Remembered;
}

/** A report with the doc pages of the rules it speaks of. */
export interface Answer {
  readonly report: Report;
  readonly pages: readonly RuleMeta[];
  /** What was told beside the report. */
  readonly notes?: readonly string[];
}

/** How long a report stands. */
export interface Standing {
  readonly judgedAt: Instant;
  /** When the oldest fact behind it was confirmed; undefined when it rests on none. */
  readonly confirmedAt?: Instant;
  /** From when on the clock alone makes it another. */
  readonly until?: Instant;
}

const format = 'answers-1';

/** What is asked, byte for byte. */
export interface Asked {
  readonly mode: Mode;
  /** What is judged: lockfiles, or commits and what differs from them. */
  readonly parts: readonly (string | undefined)[];
  /** The policy that is not among the parts, as it is written. */
  readonly policy: ReturnType<typeof configText>;
  /** True where no registry will be asked, whichever npm is configured for. */
  readonly offRegistry?: boolean;
  /** Specs to resolve, which all of npm's configuration has a say in. Each list of them has an answer of its own. */
  readonly specs?: readonly string[];
}

/** The question; undefined where its answer is not to be kept. */
export function questionOf({ mode, parts, policy, offRegistry = false, specs }: Asked, options: CommonOptions, io: Io): Question | undefined {
  const build = installationId();
  if (build === undefined || options.cache === false || options.asOf !== undefined) return undefined;
  const folder = cacheFolder(io.env, io.cwd);
  const registry = options.registry === undefined ? {} : { registry: options.registry };
  const npm = offRegistry ? undefined : recall(folder, signerOf(folder), { cwd: io.cwd, env: io.env, ...registry });
  if (!npm && !offRegistry) return undefined;
  const asked = npm ? [npm.registries.main, [...npm.registries.scopes], [...npm.identities]] : [];
  const resolving = specs ? [specs, npm?.digest, process.platform, process.arch] : [];
  const setting = JSON.stringify([process.version, build, mode, asked, policy?.origin ?? null, ...resolving]);
  const digest = digestOf([setting, policy?.text, ...parts]);
  const cache = options.offline ? stateOf(folder) : undefined;
  if (options.offline && cache === undefined) return undefined;
  const path = join(folder, format, digestOf([io.cwd, mode, ...(specs ?? [])]).slice(0, 32));
  return { path, digest, ...(cache !== undefined && { cache }), ...(npm && { npm }) };
}

/** What tells one state of the cache from another, as far as judging reads it. */
function stateOf(folder: string): string | undefined {
  try {
    const names = readdirSync(folder).filter((name) => !/^(?:answers|commits|history|judgements|layouts|config|code)-|^key$/.test(name));
    return digestOf([JSON.stringify(names.sort().map((name) => [name, ...markOf(join(folder, name))]))]);
  } catch {
    return undefined;
  }
}

/** Files are only ever appended to or put in place whole; folders of very many are told by their own time. */
function markOf(path: string): readonly unknown[] {
  const stats = statSync(path);
  if (!stats.isDirectory()) return [stats.ino, stats.size, stats.mtimeMs];
  const inside = readdirSync(path).sort();
  return [stats.ino, stats.mtimeMs, inside.length, ...(inside.length > 64 ? [] : inside.flatMap((name) => [name, statSync(join(path, name)).size]))];
}

/** True where nothing of a question changed meanwhile. */
export function isSame(before: Question, after: Question | undefined): boolean {
  return after !== undefined && before.digest === after.digest && before.cache === after.cache;
}

/** The doc pages of the rules a report speaks of. */
export function spokenOf({ findings, waived }: Report, pages: ReadonlyMap<string, RuleMeta>): RuleMeta[] {
  const ids = new Set([...findings, ...waived.map(({ finding }) => finding)].map(({ ruleId }) => ruleId));
  return [...ids].flatMap((id) => pages.get(id) ?? []);
}

/** What was said last time, as of now. */
export function recallAnswer({ path, digest, cache }: Question, now: Instant, offline: boolean): Answer | undefined {
  const text = readChecked(path);
  const head = text?.slice(0, text.indexOf('\n'));
  if (text === undefined || head === undefined) return undefined;
  try {
    const {
      question,
      cache: seen,
      judgedAt,
      confirmedAt,
      until,
    } = JSON.parse(head) as Standing & { readonly question: string; readonly cache?: string };
    const since = confirmedAt ?? judgedAt;
    if (seen !== undefined && seen !== cache) return undefined;
    if (question !== digest || since > now || judgedAt > now || (until !== undefined && until <= now)) return undefined;
    if (!offline && confirmedAt !== undefined && now - confirmedAt > freshFor) return undefined;
    const { report, pages, notes = [] } = JSON.parse(text.slice(head.length + 1)) as Answer;
    const age = confirmedAt === undefined || confirmedAt >= now ? {} : { oldestFactSeconds: Math.round((now - confirmedAt) / 1000) };
    return { report: { ...report, asOf: isoOf(now), coverage: { ...report.coverage, ...age } }, pages, notes };
  } catch {
    return undefined;
  }
}

/** Keeps an answer where it will stand for a while; says nothing when it cannot. */
export function keepAnswer({ path, digest, cache }: Question, { report, pages, notes }: Answer, standing: Standing): void {
  if ((!report.complete && cache === undefined) || (standing.until ?? Number.POSITIVE_INFINITY) <= standing.judgedAt) return;
  const { oldestFactSeconds: _age, ...coverage } = report.coverage;
  const text = `${JSON.stringify({ question: digest, cache, ...standing })}\n${JSON.stringify({ report: { ...report, coverage }, pages, notes })}`;
  if (text.length > longest) return;
  keepChecked(path, text, most);
}

/** Largest answer kept, in characters, and answers kept at most: one for each project. */
const longest = 32 * 1024 * 1024;
const most = 64;

/** Parts cannot run into each other: each is told by its length. */
export function digestOf(parts: readonly (string | undefined)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part === undefined ? '-\n' : `${part.length}\n`).update(part ?? '');
  return hash.digest('hex');
}

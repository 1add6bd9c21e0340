/** `depward doctor`: judges the files of a repository that decide how packages are installed. No network, nothing run but git. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { evaluate } from '../engine.ts';
import { calledNext, fileFilter, judgeFiles } from '../judge-files.ts';
import { DepwardError } from '../model/errors.ts';
import type { Finding, Gap } from '../model/finding.ts';
import { pathMatcher } from '../model/path-pattern.ts';
import type { Policy, Waiver } from '../model/policy.ts';
import type { Report } from '../model/report.ts';
import { pathsOf, type RepositoryPaths } from '../model/repository-paths.ts';
import type { FileFix, FileTexts, FileUntold, RepositoryFiles } from '../model/repository-rule.ts';
import { withoutShaped } from '../model/secrets.ts';
import { printable } from '../model/text.ts';
import { type Instant, plural } from '../model/time.ts';
import { toolVersion } from '../package-root.ts';
import { waiverFor } from '../policy/decide.ts';
import { type Listing, listFiles } from '../repository/list.ts';
import { readFiles } from '../repository/read.ts';
import { isSource } from '../repository/source.ts';
import { isExample } from '../repository-rules/read/paths.ts';
import { stateRules as rules } from '../repository-rules/states.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import { isAllOrdinary } from '../resolve/lockfiles/npm-ordinary.ts';
import type { JudgedLockfiles } from './doctor-lockfiles.ts';
import type { Io } from './io.ts';
import { momentOf } from './options.ts';
import { exitCodeOf, type OutputOptions, targetsOf, writeReports } from './output.ts';
import { projectPolicy } from './policy.ts';

export interface DoctorOptions extends OutputOptions {
  readonly config?: string;
  readonly asOf?: string;
  readonly fix?: boolean;
  readonly write?: boolean;
}

/** Runs the command; exit code as the README says. */
export async function run(path: string | undefined, options: DoctorOptions, io: Io, early?: Promise<Listing>): Promise<number> {
  targetsOf(options.format);
  const folder = folderAt(resolve(io.cwd, path ?? '.'), path ?? '.');
  const now = momentOf(options.asOf, io.now());
  const policy = await projectPolicy(folder, options.config === undefined ? undefined : resolve(io.cwd, options.config));
  if (options.write && !options.fix)
    throw new DepwardError('usage', '--write makes the corrections of --fix', { hint: 'depward doctor --fix --write' });
  const examined = await examine(folder, policy, now, io, { quiet: options.quiet, early });
  if (!options.fix) {
    await writeReports(examined.report, options, io);
    return exitCodeOf(examined.report);
  }
  const { diffText, planFixes } = await import('../repository/fix.ts');
  const plan = planFixes(examined.fixes, (file) => readFiles(folder, [file]).texts.get(file));
  io.stdout(diffText(plan, examined.secrets));
  if (!options.write) {
    io.stderr(
      plan.length === 0 ? 'depward: nothing to correct without thinking\n' : 'depward: nothing is written; --write makes these corrections\n',
    );
    return exitCodeOf(examined.report);
  }
  const { writeFixed } = await import('../repository/write.ts');
  for (const file of plan) writeFixed(folder, file);
  io.stderr(`depward: ${plan.length} ${plan.length === 1 ? 'file' : 'files'} corrected\n`);
  return exitCodeOf((await examine(folder, policy, now, io, { quiet: true })).report);
}

interface Examined {
  readonly report: Report;
  /** Corrections for what no waiver covers. */
  readonly fixes: readonly FileFix[];
  readonly secrets: ReadonlySet<string>;
}

async function examine(
  folder: string,
  policy: Policy,
  now: Instant,
  io: Io,
  options: { readonly quiet?: boolean | undefined; readonly early?: Promise<Listing> | undefined },
): Promise<Examined> {
  const { files, untold, notes } = await openRepository(folder, policy, io.signal, options.early);
  if (!options.quiet) for (const note of notes) io.stderr(`depward: ${printable(note)}\n`);
  const { fixes, secrets, fileFindings, fileGaps } = judgeFiles({ rules, files, untold, policy, now });
  const locked = await lockedIn(files.now, policy, now, secrets);
  const unread = untold.filter(
    ({ file }) => holdsEntries(file) && fileGaps.every(({ subject }) => subject.kind !== 'file' || subject.file !== withoutShaped(file)),
  );
  const found = [...fileFindings, ...locked.findings];
  const report = await evaluate({
    mode: 'doctor',
    toolVersion: toolVersion(),
    changes: [],
    tree: { format: 'none', root: {}, packages: [], dependentsOf: () => [] },
    sources: { gather: async () => new Map() },
    rules: [],
    weights: new Map(),
    policy: { ...policy, waivers: waiversHere(policy, found, now) },
    now,
    fileFindings: found,
    fileGaps: [...fileGaps, ...unread.map(gapOf), ...locked.gaps],
  });
  const waived = new Set(report.waived.map(({ finding }) => finding));
  return { report, fixes: fixes.filter(({ finding }) => !waived.has(finding)).map(({ fix }) => fix), secrets };
}

/** Without those of rules that only the gate and the check ask: that they cover nothing here says nothing of them. */
function waiversHere(policy: Policy, found: readonly Finding[], now: Instant): readonly Waiver[] {
  const own = new Set(rules.map(({ meta }) => meta.id));
  const used = new Set(found.map((finding) => waiverFor(policy, finding)));
  return policy.waivers.filter((waiver) => waiver.expires <= now || own.has(waiver.rule) || used.has(waiver));
}

function gapOf({ file, untold }: FileUntold): Gap {
  return { subject: { kind: 'file', file: withoutShaped(file) }, missing: 'file', why: 'failed', reason: untold, ruleIds: [] };
}

/** What the entries of lockfiles are said to be; their readers are loaded where there is one. */
async function lockedIn(texts: FileTexts, policy: Policy, now: Instant, secrets: ReadonlySet<string>): Promise<JudgedLockfiles> {
  const files = [...texts].flatMap(([file, text]) =>
    holdsEntries(file) && text.trim() !== '' && !(file.endsWith('.json') && isAllOrdinary(text)) ? [file] : [],
  );
  if (files.length === 0) return { findings: [], gaps: [] };
  return (await import('./doctor-lockfiles.ts')).judgeLockfiles(files, texts, { policy, now, secrets });
}

/** Nobody installs from the lockfiles of tests and examples. */
function holdsEntries(path: string): boolean {
  return isLockfile(path) && !path.endsWith('.lockb') && !isExample(path);
}

/** A repository as rules see it. */
export interface Repository {
  readonly files: RepositoryFiles;
  readonly untold: readonly FileUntold[];
  readonly notes: readonly string[];
}

/** Lists the files and reads those that a rule of the policy asks for. */
export async function openRepository(folder: string, policy: Policy, signal: AbortSignal, early?: Promise<Listing>): Promise<Repository> {
  const listed = await (early ?? listFiles(folder, signal));
  const { paths, left } = withoutIgnored(listed, policy);
  const notes = left === 0 ? listed.notes : [...listed.notes, `the policy leaves out ${plural(left, 'file')} (ignore)`];
  const asked = fileFilter(rules, policy);
  const wanted = [...paths.telling].filter((path) => !isSource(path) && (asked(path) || holdsEntries(path)));
  const { texts, untold, gone } = readFiles(folder, wanted);
  const tried = new Set(wanted);
  const files = { now: texts, paths };
  for (let called = calledNext({ rules, policy, files }, tried); called.length > 0; called = calledNext({ rules, policy, files }, tried)) {
    const read = readFiles(folder, called);
    for (const [path, text] of read.texts) texts.set(path, text);
    for (const path of read.gone) gone.add(path);
    untold.push(...read.untold);
  }
  const nothing = texts.size === 0 && untold.length === 0;
  const said = nothing
    ? [...notes, 'no file here decides how packages are installed: no package.json, lockfile, CI file or Dockerfile was found']
    : notes;
  const there = gone.size === 0 ? paths : pathsOf(listed.all().filter((path) => paths.has(path) && !gone.has(path)));
  return { files: { now: texts, paths: there }, untold, notes: said };
}

function withoutIgnored({ paths, all }: Listing, { ignore }: Policy): { readonly paths: RepositoryPaths; readonly left: number } {
  if (ignore === undefined) return { paths, left: 0 };
  const ignored = pathMatcher(ignore);
  const kept = all().filter((path) => !ignored(path));
  return { paths: pathsOf(kept), left: all().length - kept.length };
}

function folderAt(folder: string, named: string): string {
  try {
    if (statSync(folder).isDirectory()) return folder;
  } catch {
    throw new DepwardError('usage', `there is no folder ${printable(named)}`);
  }
  throw new DepwardError('usage', `${printable(named)} is not a folder`, { hint: 'name the folder of a repository' });
}

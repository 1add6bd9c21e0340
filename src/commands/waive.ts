/** `depward waive RULE SUBJECT`: accepts a finding, with an owner, a reason and an end; keeps the configuration's formatting and comments. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';
import { DepwardError } from '../model/errors.ts';
import type { Waiver } from '../model/policy.ts';
import { listText, printable, quoted } from '../model/text.ts';
import { day, type Instant, isoOf, writtenInstant } from '../model/time.ts';
import { configName, findConfig } from '../policy/load.ts';
import { parsePolicy } from '../policy/parse.ts';
import { readProjectLockfile } from '../resolve/project.ts';
import { ruleBook } from '../rule-book.ts';
import { firstConfig } from './ci-templates.ts';
import { unknownRule } from './explain.ts';
import { exit, type Io } from './io.ts';

export interface WaiveOptions {
  readonly owner?: string;
  readonly reason?: string;
  readonly expires?: string;
  /** Of the artefact; read from the project's lockfile otherwise. */
  readonly integrity?: string;
  readonly config?: string;
}

const longestDays = 366;

export async function run(rule: string, subject: string, options: WaiveOptions, io: Io): Promise<number> {
  const file = options.config === undefined ? (findConfig(io.cwd) ?? join(io.cwd, configName)) : join(io.cwd, options.config);
  const shown = relative(io.cwd, file) || configName;
  const text = existsSync(file) ? readFileSync(file, 'utf8') : firstConfig;
  const book = await ruleBook();
  if (!book.has(rule)) throw unknownRule(rule, [...book.keys()]);
  const rules = [...book.values()];
  const { waivers } = parsePolicy(text, shown, rules);
  const waiver = await waiverOf(rule, subject, options, io);
  refuseTwins(waiver, waivers, shown);
  const edited = withWaiver(text, waiver);
  parsePolicy(edited, shown, rules);
  write(file, edited);
  io.stdout(`waived ${printable(rule)} for ${printable(subject)} until ${waiver.expires}, in ${printable(shown)}\n`);
  return exit.allowed;
}

interface WaiverEntry {
  readonly rule: string;
  readonly package?: string;
  readonly integrity?: string;
  readonly file?: string;
  readonly owner: string;
  readonly reason: string;
  readonly expires: string;
}

async function waiverOf(rule: string, subject: string, options: WaiveOptions, io: Io): Promise<WaiverEntry> {
  const { owner, reason, expires: end } = answered(options);
  const expires = endOf(end, io.now());
  const isPackage = /^(?:@[^/@]+\/)?[^/@]+@\d/.test(subject);
  if (!isPackage) return { rule, file: fileOf(subject, options, io), owner, reason, expires };
  const integrity = options.integrity ?? (await recordedIntegrity(subject, io.cwd));
  return { rule, package: subject, ...(integrity !== undefined && { integrity }), owner, reason, expires };
}

/** A finding may be on a file that is missing; but a package without its exact version is the likelier slip. */
function fileOf(subject: string, options: WaiveOptions, io: Io): string {
  const root = options.config === undefined ? dirname(findConfig(io.cwd) ?? join(io.cwd, configName)) : io.cwd;
  const looksLikePackage = /^(?:@[^/@]+\/)?[^/@]+@|^@[^/]+\/[^/]+$|^[^./]+$/.test(subject);
  if (!looksLikePackage || [io.cwd, root].some((folder) => existsSync(join(folder, subject)))) return subject;
  throw new DepwardError('usage', `${printable(subject)} is neither name@version nor a file here`, {
    hint: 'A waiver is for one version of a package, such as left-pad@1.3.1, or for one file of the repository.',
  });
}

/** What a waiver cannot do without; all that is missing is said at once. */
function answered({ owner = '', reason = '', expires = '' }: WaiveOptions): Readonly<Record<'owner' | 'reason' | 'expires', string>> {
  const asked = [
    [owner, '--owner', 'who answers for it'],
    [reason, '--reason', 'why it is acceptable'],
    [expires, '--expires', 'a date like 2027-01-31'],
  ] as const;
  const missing = asked.filter(([value]) => value.trim() === '');
  if (missing.length === 0) return { owner, reason, expires };
  throw new DepwardError('usage', `a waiver needs ${listText(missing.map(([, flag]) => flag))}`, {
    hint: missing.map(([, flag, what]) => `${flag}: ${what}`).join(' · '),
  });
}

function endOf(text: string, now: Instant): string {
  const end = writtenInstant(text);
  if (end === undefined) throw new DepwardError('usage', `--expires is not a date: ${quoted(text)}`, { hint: 'write it like 2027-01-31' });
  if (end <= now) throw new DepwardError('usage', '--expires lies in the past');
  if (end > now + longestDays * day) {
    throw new DepwardError('usage', `--expires lies more than ${longestDays} days ahead`, {
      hint: 'what is acceptable today has to be looked at again',
    });
  }
  return /^\d{4}-\d\d-\d\d$/.test(text) ? text : isoOf(end);
}

/** What the lockfile records of the bytes; undefined where it records nothing, as for repositories. */
async function recordedIntegrity(subject: string, folder: string): Promise<string | undefined> {
  const lockfile = await readProjectLockfile(folder);
  const recorded = (lockfile?.tree.packages ?? []).filter((entry) => `${entry.name}@${entry.version}` === subject);
  if (recorded.length === 0) {
    const where = lockfile ? `${lockfile.file} does not hold it` : 'there is no lockfile to read it from';
    throw new DepwardError('usage', `which artefact of ${printable(subject)}? ${where}`, {
      hint: 'name it with --integrity sha512-… (depward check shows it in its JSON report)',
    });
  }
  const known = [...new Set(recorded.map((entry) => entry.integrity))];
  if (known.length > 1)
    throw new DepwardError('usage', `the lockfile holds ${printable(subject)} with several integrities`, {
      hint: `name one with --integrity: ${listText(known.map(String))}`,
    });
  return known[0];
}

function refuseTwins(waiver: WaiverEntry, waivers: readonly Waiver[], shown: string): void {
  const subject = waiver.package ?? waiver.file;
  const twin = waivers.find((other) => other.rule === waiver.rule && other.subject === subject && other.integrity === waiver.integrity);
  if (twin)
    throw new DepwardError('usage', `${printable(shown)} holds this waiver already, until ${isoOf(twin.expires).slice(0, 10)}`, {
      hint: 'change its end there',
    });
}

function withWaiver(text: string, waiver: WaiverEntry): string {
  const indent = /^[ \t]+(?=")/m.exec(text)?.[0] ?? '  ';
  const formattingOptions = {
    insertSpaces: !indent.includes('\t'),
    tabSize: indent.includes('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  return applyEdits(text, modify(text, ['waivers', -1], waiver, { isArrayInsertion: true, formattingOptions }));
}

// Whole or not at all: a configuration cut short would stop every run.
function write(file: string, text: string): void {
  const draft = `${file}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { flag: 'wx' });
    renameSync(draft, file);
  } catch (cause) {
    throw new DepwardError('input', `${printable(file)} could not be written`, { cause, hint: 'may this folder be written?' });
  }
}

/** Writes a report where the user wants it, and turns it into an exit code. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import type { Report } from '../model/report.ts';
import type { RuleMeta } from '../model/rule.ts';
import { listText, printable } from '../model/text.ts';
import { type Format, formats, reporterOf } from '../reporters/index.ts';
import type { ReporterContext } from '../reporters/reporter.ts';
import { exit, type Io } from './io.ts';
import { noSuchFormat } from './options.ts';

/** The options every reporting command shares, as commander parses them. */
export interface OutputOptions {
  /** `--format`, repeatable: `sarif`, or `sarif=FILE`. */
  readonly format?: readonly string[] | undefined;
  readonly quiet?: boolean | undefined;
  readonly verbose?: boolean | undefined;
  /** False with `--no-color`. */
  readonly color?: boolean | undefined;
}

/** One output: a format, and a file unless it goes to stdout. */
export interface Target {
  readonly format: Format;
  readonly file?: string;
}

/** Reads `--format` values; text on stdout unless another format goes there. Throws on a slip, so call it before the work. */
export function targetsOf(values: readonly string[] = []): readonly Target[] {
  const targets = values.map(targetOf);
  const onStdout = targets.filter((target) => target.file === undefined);
  if (onStdout.length > 1) {
    throw new DepwardError('usage', `only one format can go to stdout, not ${listText(onStdout.map((target) => target.format))}`, {
      hint: `write one to a file: --format ${onStdout[1]?.format}=FILE`,
    });
  }
  return onStdout.length === 1 ? targets : [{ format: 'text' }, ...targets];
}

/** Renders and writes every target; `pages` are the doc pages of the rules it speaks of, where they are at hand; `whole` goes to files where that is more. */
export async function writeReports(
  report: Report,
  options: OutputOptions,
  io: Io,
  { pages, whole = report }: { readonly pages?: ReadonlyMap<string, RuleMeta>; readonly whole?: Report } = {},
): Promise<void> {
  const rules = pages ?? (await pagesOf(whole));
  const detail = options.quiet ? 'quiet' : options.verbose ? 'verbose' : 'normal';
  const unwritten: DepwardError[] = [];
  for (const { format, file } of targetsOf(options.format)) {
    const reporter = await reporterOf(format);
    if (file === undefined) io.stdout(reporter(report, { rules, detail, ...terminalOf(options, io) }));
    else unwritten.push(...write(resolve(io.cwd, file), reporter(whole, { rules, detail })));
  }
  if (unwritten[0]) throw unwritten[0];
}

/** The doc pages of the rules a report speaks of. All of them are more than a report on nothing. */
export async function pagesOf(report: Report): Promise<ReadonlyMap<string, RuleMeta>> {
  const silent = report.findings.length + report.gaps.length + report.waived.length === 0;
  if (silent) return new Map();
  const { packages, files } = (await import('../rule-pages.ts')).rulePages;
  const onFiles = [...report.findings, ...report.gaps].some((each) => each.subject.kind === 'file');
  return new Map([...packages, ...(onFiles ? files : [])].map((page) => [page.id, page]));
}

/** 1 blocked, 2 incomplete, 0 allowed. */
export function exitCodeOf(report: Report): number {
  if (report.action === 'block') return exit.blocked;
  return report.complete ? exit.allowed : exit.incomplete;
}

function targetOf(value: string): Target {
  const [name = '', ...rest] = value.split('=');
  const format = formats.find((candidate) => candidate === name);
  if (!format) throw noSuchFormat(name, formats);
  if (rest.length === 0) return { format };
  const file = rest.join('=');
  if (file === '') throw new DepwardError('usage', `--format ${format}= lacks the file name`);
  return { format, file };
}

/** Whether stdout wants colour: a terminal or a word for it (logs of CI systems show colours), and nobody against it. */
export function colourWanted(options: { readonly color?: boolean | undefined }, io: Io): boolean {
  const { NO_COLOR = '', FORCE_COLOR = '', TERM } = io.env;
  const wanted = FORCE_COLOR === '' ? io.stdoutIsTTY && TERM !== 'dumb' : FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return wanted && options.color !== false && NO_COLOR === '';
}

function terminalOf(options: OutputOptions, io: Io): Pick<ReporterContext, 'colour' | 'width'> {
  return { colour: colourWanted(options, io), ...(io.stdoutIsTTY && io.columns !== undefined && { width: Math.min(io.columns, 120) }) };
}

/** One file that cannot be written keeps no other from being written. */
function write(file: string, text: string): DepwardError[] {
  try {
    writeFileSync(file, text);
    return [];
  } catch (cause) {
    const { why, hint } = unwritable(cause);
    return [new DepwardError('usage', `the report could not be written to ${printable(file)}: ${why}`, { cause, hint })];
  }
}

function unwritable(cause: unknown): { readonly why: string; readonly hint: string } {
  const code = String(Object(cause).code);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return { why: 'there is no such folder', hint: 'Make the folder first.' };
    case 'EISDIR':
      return { why: 'it is a folder', hint: 'Name a file in it.' };
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return { why: 'it may not be written', hint: 'Name another file, or change who may write there.' };
    case 'ENOSPC':
    case 'EDQUOT':
      return { why: 'the disk is full', hint: 'What stands there now is cut short: free some space, then run it again.' };
    default:
      return { why: code, hint: 'Name another file.' };
  }
}

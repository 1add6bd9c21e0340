/** `depward ls`: what a lockfile holds, without the network. */
import { DepwardError } from '../model/errors.ts';
import { type ResolvedPackage, refText } from '../model/package.ts';
import { printable } from '../model/text.ts';
import { shortestPaths } from '../resolve/paths.ts';
import { type ProjectLockfile, readProjectLockfile } from '../resolve/project.ts';
import { lockfileAbove } from '../resolve/project-texts.ts';
import { exit, type Io } from './io.ts';
import { noSuchFormat } from './options.ts';

export interface LsOptions {
  readonly lockfile?: string;
  /** `text` (default) or `jsonl`. */
  readonly format?: string;
}

/** Lists the project's lockfile, or the one named with `--lockfile`. */
export async function run(options: LsOptions, io: Io): Promise<number> {
  const format = options.format ?? 'text';
  if (format !== 'text' && format !== 'jsonl') throw noSuchFormat(format, ['text', 'jsonl']);
  const lockfile = await readProjectLockfile(io.cwd, options.lockfile);
  if (!lockfile) throw noLockfile(options, io);
  io.stdout(format === 'jsonl' ? jsonLines(lockfile) : textLines(lockfile));
  return exit.allowed;
}

function noLockfile(options: LsOptions, io: Io): DepwardError {
  if (options.lockfile !== undefined)
    return new DepwardError('input', `there is no ${printable(options.lockfile)}`, { hint: 'name one with --lockfile PATH' });
  const above = lockfileAbove(io.cwd);
  const hint = above === undefined ? 'name one with --lockfile PATH' : `the nearest is above: --lockfile ${above}`;
  return new DepwardError('input', 'there is no lockfile in this folder', { hint });
}

function jsonLines({ tree }: ProjectLockfile): string {
  const pathOf = shortestPaths(tree);
  return tree.packages.map((entry) => `${JSON.stringify(rowOf(entry, pathOf(entry.key).map(refText)))}\n`).join('');
}

function rowOf(entry: ResolvedPackage, path: readonly string[]) {
  const { name, version, alias, source, resolved, integrity, checksum, dev, optional, peer, bundled, patched, where } = entry;
  return {
    name,
    version,
    ...(alias !== undefined && { alias }),
    source,
    ...(resolved !== undefined && { resolved }),
    ...(integrity !== undefined && { integrity }),
    ...(checksum !== undefined && { checksum }),
    dev,
    optional,
    peer,
    bundled,
    ...(patched && { patched }),
    ...(where && { file: where.file, line: where.line, column: where.column }),
    path,
  };
}

function textLines({ file, tree }: ProjectLockfile): string {
  const pathOf = shortestPaths(tree);
  const rows = tree.packages.map((entry) => {
    const flags = (['dev', 'optional', 'peer', 'bundled', 'patched'] as const).filter((flag) => entry[flag]);
    const words = [entry.source === 'registry' ? '' : entry.source, ...flags, entry.alias === undefined ? '' : `as ${entry.alias}`].filter(Boolean);
    const place = entry.where ? `${entry.where.file}:${entry.where.line}` : file;
    const path = pathOf(entry.key).map((ref) => printable(refText(ref)));
    const via = path.length > 1 ? `  via ${path.slice(0, -1).join(' > ')}` : '';
    return `${printable(entry.version === '' ? entry.name : refText(entry))}${words.length > 0 ? ` (${printable(words.join(', '))})` : ''}  ${printable(place)}${via}\n`;
  });
  return `${rows.join('')}${tree.packages.length} packages, ${printable(tree.format)}\n`;
}

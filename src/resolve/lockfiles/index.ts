/** The lockfile formats, recognised by what is in the file; the name only breaks ties. */
import type { ResolvedTree } from '../../model/package.ts';
import { type LockfileFormat, type LockfileInput, unreadable } from './format.ts';
import { lockfileNames } from './names.ts';
import { npm } from './npm.ts';

/** Reads a lockfile of any known format. Throws a DepwardError for anything that cannot be read completely. */
export async function readLockfile(input: LockfileInput): Promise<ResolvedTree> {
  if (input.text.startsWith('#!/usr/bin/env bun') || baseName(input.file) === 'bun.lockb') {
    throw unreadable(input, 'a binary bun.lockb', 'Convert it: bun install --save-text-lockfile --frozen-lockfile --lockfile-only, then delete it.');
  }
  const format = isPlainlyNpm(input) ? npm : await formatOf(input);
  if (!format) throw unreadable(input, 'no lockfile format known to depward', `depward reads ${lockfileNames.join(', ')}.`);
  return await format.read(input);
}

/** What bun writes is much like it, and names its workspaces at the head. */
function isPlainlyNpm(input: LockfileInput): boolean {
  return npm.recognises(input) && !input.text.slice(0, 4000).includes('"workspaces"');
}

async function formatOf(input: LockfileInput): Promise<LockfileFormat | undefined> {
  const { others } = await import('./others.ts');
  const [bun, ...rest] = others;
  const formats = [...(bun ? [bun] : []), npm, ...rest];
  return formats.find((candidate) => candidate.recognises(input)) ?? formats.find((candidate) => candidate.names.includes(baseName(input.file)));
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

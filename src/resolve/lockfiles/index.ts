/** The lockfile formats, recognised by what is in the file; the name only breaks ties. */
import type { ResolvedTree } from '../../model/package.ts';
import { bun } from './bun.ts';
import { type LockfileFormat, type LockfileInput, unreadable } from './format.ts';
import { lockfileNames } from './names.ts';
import { npm } from './npm.ts';
import { pnpm } from './pnpm.ts';
import { yarnBerry } from './yarn-berry.ts';
import { yarnClassic } from './yarn-classic.ts';

const formats: readonly LockfileFormat[] = [bun, npm, pnpm, yarnBerry, yarnClassic];

/** Reads a lockfile of any known format. Throws a DepwardError for anything that cannot be read completely. */
export async function readLockfile(input: LockfileInput): Promise<ResolvedTree> {
  if (input.text.startsWith('#!/usr/bin/env bun') || baseName(input.file) === 'bun.lockb') {
    throw unreadable(input, 'a binary bun.lockb', 'Convert it: bun install --save-text-lockfile --frozen-lockfile --lockfile-only, then delete it.');
  }
  const format =
    formats.find((candidate) => candidate.recognises(input)) ?? formats.find((candidate) => candidate.names.includes(baseName(input.file)));
  if (!format) throw unreadable(input, 'no lockfile format known to depward', `depward reads ${lockfileNames.join(', ')}.`);
  return await format.read(input);
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

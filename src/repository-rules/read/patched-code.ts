/** What the code that a patch adds can do, read as pieces: a hunk seldom parses. */

import { spotFragment } from '../../code/fragment.ts';
import { isConvicting } from '../../code/risk-signs.ts';
import { capabilityText } from '../../model/capability-text.ts';
import type { CapabilityKind } from '../../model/contents.ts';
import { printable } from '../../model/text.ts';
import type { PatchedFile } from './patch.ts';

/** Something the patched code can do that it could not do before. */
export interface Added {
  readonly path: string;
  readonly kind: CapabilityKind | 'script';
  readonly detail: string;
  readonly line: number;
}

/** What one file of a patch adds. What its hunks could do before, or what they only move, is no news. */
export function added(one: PatchedFile): readonly Added[] {
  if (/(?:^|\/)package\.json$/.test(one.path)) return scriptsAdded(one);
  if (/\.gypi?$/.test(one.path)) return gypAdded(one);
  if (!/\.(?:[cm]?[jt]sx?|node|sh)$|^[^.]*$/.test(one.path)) return [];
  const held = new Set(spotFragment(one.before).map(({ kind, detail }) => `${kind} ${detail}`));
  return spotFragment(one.after)
    .filter(({ kind, detail }) => !held.has(`${kind} ${detail}`))
    .map(({ kind, detail, at }) => ({ path: one.path, kind, detail, line: one.lines[one.after.slice(0, at).split('\n').length - 1] ?? 1 }));
}

function scriptsAdded({ path, before, after, lines }: PatchedFile): readonly Added[] {
  const held = new Set(before.split('\n').map((line) => line.trim()));
  return after.split('\n').flatMap((line, index) => {
    const found = /^\s*"(preinstall|install|postinstall|prepare|preprepare|postprepare)"\s*:\s*"(.*)"/.exec(line);
    return found && !held.has(line.trim()) ? [{ path, kind: 'script' as const, detail: `${found[1]}: ${found[2]}`, line: lines[index] ?? 1 }] : [];
  });
}

/** A binding.gyp makes an install run node-gyp, and `<!(…)` in it any command, without a script to be seen. */
function gypAdded({ path, before, after, lines }: PatchedFile): readonly Added[] {
  const held = new Set(before.split('\n').map((line) => line.trim()));
  const commands = after.split('\n').flatMap((line, index) => {
    const isNew = /<!@?\(/.test(line) && !held.has(line.trim());
    return isNew ? [{ path, kind: 'script' as const, detail: `${path}: ${line.trim()}`, line: lines[index] ?? 1 }] : [];
  });
  const isBuild = before.trim() === '' && /(?:^|\/)binding\.gyp$/.test(path);
  return isBuild ? [{ path, kind: 'script', detail: `node-gyp rebuild, for a new ${path}`, line: lines[0] ?? 1 }, ...commands] : commands;
}

/** True for what is hardly ever honest in a patch. */
export function convicts({ kind }: Added): boolean {
  return kind === 'script' || isConvicting(kind);
}

const taken: ReadonlySet<string> = new Set(['credential-file', 'credential-env', 'environment', 'browser-data', 'wallet-file', 'clipboard']);

/** True when something of somebody's own is read, and something is asked or started that could carry it away. */
export function takesAndSends(found: readonly Added[]): boolean {
  return found.some(({ kind }) => taken.has(kind)) && found.some(({ kind }) => kind === 'network' || kind === 'process');
}

/** In a few words. */
export function addedText({ kind, detail }: Added): string {
  return kind === 'script' ? `runs on install: ${printable(detail, 80)}` : capabilityText({ kind, detail });
}

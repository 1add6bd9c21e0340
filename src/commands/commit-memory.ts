/**
 * What git said of the commit that changes of a project start from: a commit never becomes another, and each start of git takes longer than
 * all that is read here. Losing any of it only costs asking git again.
 */
import { join } from 'node:path';
import { holdsCredential } from '../model/secrets.ts';
import { configName } from '../policy/load.ts';
import { keepChecked, readChecked } from '../registry/checked-file.ts';
import { isLockfile } from '../resolve/lockfiles/names.ts';
import type { CommitMemory, KnownCommit } from '../resolve/sides.ts';
import { digestOf } from './answers.ts';

const format = 'commits-1';
/** Largest memory of a project, in characters, and projects remembered at most. */
const longest = 16 * 1024 * 1024;
const most = 32;

/** The memory of the repository at `root`, in a cache folder. */
export function openCommitMemory(cache: string, root: string): CommitMemory {
  const path = join(cache, format, digestOf([root]).slice(0, 32));
  let known: number | undefined;
  return {
    recall(commit) {
      const text = readChecked(path);
      const recalled = text === undefined ? undefined : decode(text, commit);
      known = recalled?.texts.size;
      return recalled;
    },
    keep(commit, { listing, texts }) {
      // A copy of a credential is one more place to lose it from.
      const kept = [...texts].filter(([file, text]) => mayBeKept(file) && !holdsCredential(text));
      if (kept.length === known) return;
      const text = encode(commit, { listing, texts: new Map(kept) });
      if (text.length > longest) return;
      keepChecked(path, text, most);
    },
  };
}

/** What nearly every gate reads; files that are made to hold credentials are none of these. */
function mayBeKept(file: string): boolean {
  return isLockfile(file) || /(?:^|\/)package\.json$/.test(file) || file.endsWith(configName);
}

/** A line that says what follows, and what follows, one after the other. */
function encode(commit: string, { listing, texts }: KnownCommit): string {
  const parts = [listing, ...texts.values()];
  return `${JSON.stringify({ commit, paths: [...texts.keys()], lengths: parts.map(({ length }) => length) })}\n${parts.join('')}`;
}

function decode(text: string, commit: string): KnownCommit | undefined {
  const end = text.indexOf('\n');
  const head = JSON.parse(text.slice(0, end)) as { readonly commit: string; readonly paths: readonly string[]; readonly lengths: readonly number[] };
  if (head.commit !== commit) return undefined;
  let at = end + 1;
  const [listing = '', ...texts] = head.lengths.map((length) => {
    at += length;
    return text.slice(at - length, at);
  });
  return { listing, texts: new Map(head.paths.map((path, index) => [path, texts[index] ?? ''])) };
}

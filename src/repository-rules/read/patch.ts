/** Unified diffs as package managers apply them: for every file, the pieces before and after. */

/** One file of a patch: the lines of its hunks in both states, context included. */
export interface PatchedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** The line of the patch that each line of `after` stands on. */
  readonly lines: readonly number[];
}

/** A patch, or why it cannot be told what it does. */
export type Patch = { readonly files: readonly PatchedFile[] } | { readonly untold: string };

interface Draft {
  readonly before: string[];
  readonly after: string[];
  readonly lines: number[];
}

const largest = 4 * 1024 * 1024;
const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/;

/** Reads a patch. A hunk is as long as its head says, whatever its lines look like. */
export function readPatch(text: string): Patch {
  if (text.length > largest) return { untold: 'a patch of more than 4 MB' };
  const files = new Map<string, Draft>();
  let file: Draft | undefined;
  let left = { old: 0, now: 0 };
  for (const [index, row] of text.split('\n').entries()) {
    const line = row.endsWith('\r') ? row.slice(0, -1) : row;
    if (left.old > 0 || left.now > 0) {
      const mark = line[0] ?? ' ';
      if (mark === '\\') continue;
      left = { old: left.old - Number(mark !== '+'), now: left.now - Number(mark !== '-') };
      if (file) take(file, mark, line.slice(1), index + 1);
      continue;
    }
    if (/^(?:GIT binary patch|Binary files )/.test(line)) return { untold: 'it replaces files by binary content' };
    const target = line.startsWith('+++ ') ? pathIn(line.slice(4)) : undefined;
    if (target !== undefined) {
      file = files.get(target) ?? { before: [], after: [], lines: [] };
      files.set(target, file);
    }
    const head = hunk.exec(line);
    if (head) left = { old: Number(head[1] ?? 1), now: Number(head[2] ?? 1) };
  }
  return { files: [...files].map(([path, { before, after, lines }]) => ({ path, before: before.join('\n'), after: after.join('\n'), lines })) };
}

function take(file: Draft, mark: string, line: string, at: number): void {
  if (mark !== '+') file.before.push(line);
  if (mark === '-') return;
  file.after.push(line);
  file.lines.push(at);
}

function pathIn(words: string): string {
  const path = words.split('\t', 1)[0] as string;
  return path.replace(/^"(.*)"$/, '$1').replace(/^[a-z]\//, '');
}

/** Corrections as edits of files: what they would become, and the difference to look at. Pure; writing is done elsewhere. */
import type { FileFix } from '../model/repository-rule.ts';
import { withoutSecrets, withoutShaped } from '../model/secrets.ts';
import { printable } from '../model/text.ts';

/** One place of a file: lines that go and lines that come. */
interface Edit {
  readonly line: number;
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

/** A file with its corrections made. */
export interface FixedFile {
  readonly file: string;
  /** Undefined for a file that is made. */
  readonly before: string | undefined;
  readonly after: string;
  readonly edits: readonly Edit[];
}

/** What the files would become; a correction whose place has changed meanwhile is left out. */
export function planFixes(fixes: readonly FileFix[], textOf: (file: string) => string | undefined): readonly FixedFile[] {
  const byFile = new Map<string, FileFix[]>();
  for (const fix of fixes) byFile.set(fix.file, [...(byFile.get(fix.file) ?? []), fix]);
  return [...byFile]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([file, inFile]) => fixedFile(file, inFile, textOf(file)))
    .filter(({ edits }) => edits.length > 0);
}

function fixedFile(file: string, fixes: readonly FileFix[], before: string | undefined): FixedFile {
  const end = before?.includes('\r\n') ? '\r\n' : '\n';
  const old = (before ?? '').split('\n');
  const lines = [...old];
  for (const fix of fixes) {
    const line = fix.kind === 'replace' ? lines[fix.line - 1] : undefined;
    if (fix.kind === 'replace' && line?.includes(fix.from)) lines[fix.line - 1] = line.replace(fix.from, () => fix.to);
  }
  const edits: Edit[] = lines.flatMap((line, index) => (line === old[index] ? [] : [{ line: index + 1, gone: [old[index] ?? ''], come: [line] }]));
  const wanted = fixes.flatMap((fix) => (fix.kind === 'append' ? fix.lines : []));
  const added = [...new Set(wanted)].filter((line) => !lines.some((each) => each.trim() === line));
  const text = lines.join('\n');
  if (added.length === 0) return { file, before, after: text, edits };
  edits.push({ line: before === undefined || before === '' ? 1 : old.length + (text.endsWith('\n') ? 0 : 1), gone: [], come: added });
  const open = text !== '' && !text.endsWith('\n');
  return { file, before, after: `${text}${open ? end : ''}${added.join(end)}${end}`, edits };
}

/** The difference, without lines around it: those might hold what nobody should see. */
export function diffText(files: readonly FixedFile[], secrets: ReadonlySet<string>): string {
  return files
    .map(({ file, before, edits }) => {
      const name = printable(withoutShaped(file));
      const head = `--- ${before === undefined ? '/dev/null' : `a/${name}`}\n+++ b/${name}\n`;
      return head + edits.map((edit) => hunk(edit, secrets)).join('');
    })
    .join('');
}

// Every edit but the last, which adds lines, leaves the number of lines as it is.
function hunk({ line, gone, come }: Edit, secrets: ReadonlySet<string>): string {
  const from = gone.length === 0 ? `${line - 1},0` : `${line}`;
  const to = `${line}${come.length > 1 ? `,${come.length}` : ''}`;
  const shown = (mark: string) => (text: string) => `${mark}${printable(withoutSecrets(text.replace(/\r$/, ''), secrets), 1000)}\n`;
  return `@@ -${from} +${to} @@\n${gone.map(shown('-')).join('')}${come.map(shown('+')).join('')}`;
}

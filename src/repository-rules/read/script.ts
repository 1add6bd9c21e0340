/** Reads shell scripts line by line: which command stands on which line. */
import { parseShell, type ShellCommand } from '../../code/shell.ts';

/** One line of a script as the shell sees it: continued lines joined. */
export interface ScriptLine {
  readonly text: string;
  readonly line: number;
}

/** A command and the line it begins on. */
export interface ScriptCommand extends ShellCommand {
  readonly line: number;
  /** The line as written, for people. */
  readonly text: string;
}

const mostLines = 5000;

/** The lines of a script whose first line is `first`; the texts of here-documents are left out. */
export function scriptLines(text: string, first: number): readonly ScriptLine[] {
  const lines: ScriptLine[] = [];
  const rows = text.split(/\r?\n/, mostLines);
  for (let at = 0; at < rows.length; at += 1) {
    const line = first + at;
    let row = rows[at] ?? '';
    while (/(?:^|[^\\])(?:\\|`)$/.test(row) && at + 1 < rows.length) row = `${row.slice(0, -1)} ${rows[++at] ?? ''}`;
    const closed = endOfQuote(rows, at, row);
    if (closed > at) row = [row, ...rows.slice(at + 1, closed + 1)].join('\n');
    at = closed;
    if (row.trim() !== '') lines.push({ text: row, line });
    const end = /<<-?\s*(["']?)(\w+)\1/.exec(row)?.[2];
    if (end !== undefined && rows.slice(at + 1).some((next) => next.trim() === end)) while (rows[++at]?.trim() !== end);
  }
  return lines;
}

const mostQuoted = 200;

// A quote that stays open takes further rows along; one that nobody closes is an apostrophe.
function endOfQuote(rows: readonly string[], at: number, first: string): number {
  let open = openQuote(first, undefined);
  for (let end = at; open !== undefined; open = openQuote(rows[end] ?? '', open)) {
    end += 1;
    if (end >= rows.length || end - at > mostQuoted) return at;
    if (openQuote(rows[end] ?? '', open) === undefined) return end;
  }
  return at;
}

/** The quote that is open at the end of a row. */
function openQuote(row: string, before: string | undefined): string | undefined {
  let open = before;
  for (let at = 0; at < row.length; at += 1) {
    const char = row[at];
    if (char === '\\' && open !== "'") at += 1;
    else if (open !== undefined) open = char === open ? undefined : open;
    else if (char === '"' || char === "'") open = char;
    else if (char === '#' && (at === 0 || /\s/.test(row[at - 1] ?? ''))) break;
  }
  return open;
}

/** The commands of a script. Expressions of CI systems count as variables. */
export function commandsIn(lines: readonly ScriptLine[]): readonly ScriptCommand[] {
  return lines.flatMap(({ text, line }) =>
    withInner(parseShell(withoutExpressions(text)), 2).map((command) => ({ ...command, line, text: text.trim() })),
  );
}

// `docker run image sh -c 'npm install'`: what the inner shell runs, behind the command that starts it.
function withInner(commands: readonly ShellCommand[], depth: number): readonly ShellCommand[] {
  return commands.flatMap((command) => {
    const inner = depth === 0 ? undefined : innerScript(command);
    return inner === undefined ? [command] : [command, ...withInner(parseShell(inner), depth - 1)];
  });
}

function innerScript({ words }: ShellCommand): string | undefined {
  const shell = words.findIndex(({ text }) => /^(?:.*\/)?(?:ba|da|a|z|k)?sh$|^(?:cmd|powershell|pwsh)(?:\.exe)?$/i.test(text));
  if (shell < 0) return undefined;
  const flag = words.findIndex(({ text }, index) => index > shell && index < shell + 4 && /^(?:-[a-z]*c|-command|\/c)$/i.test(text));
  return flag < 0 ? undefined : words[flag + 1]?.text;
}

// `${{ secrets.NPM_TOKEN }}` and `$(npmToken)` are put in before a shell sees them.
function withoutExpressions(text: string): string {
  return text
    .replace(/\$\{\{\s*(?:secrets|env|vars|inputs)\.(\w+)\s*\}\}/g, (_, name: string) => `\${${name}}`)
    .replace(/\$\{\{.{0,400}?\}\}/g, `\${expression}`)
    .replace(/<<\s*[\w.]+\s*>>/g, `\${parameter}`);
}

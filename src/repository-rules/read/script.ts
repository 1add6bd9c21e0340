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
    if (row.trim() !== '') lines.push({ text: row, line });
    const end = /<<-?\s*(["']?)(\w+)\1/.exec(row)?.[2];
    if (end !== undefined && rows.slice(at + 1).some((next) => next.trim() === end)) while (rows[++at]?.trim() !== end);
  }
  return lines;
}

/** The commands of a script. Expressions of CI systems count as variables. */
export function commandsIn(lines: readonly ScriptLine[]): readonly ScriptCommand[] {
  return lines.flatMap(({ text, line }) => parseShell(withoutExpressions(text)).map((command) => ({ ...command, line, text: text.trim() })));
}

// `${{ secrets.NPM_TOKEN }}` and `$(npmToken)` are put in before a shell sees them.
function withoutExpressions(text: string): string {
  return text
    .replace(/\$\{\{\s*(?:secrets|env|vars|inputs)\.(\w+)\s*\}\}/g, (_, name: string) => `\${${name}}`)
    .replace(/\$\{\{.{0,400}?\}\}/g, `\${expression}`)
    .replace(/<<\s*[\w.]+\s*>>/g, `\${parameter}`);
}

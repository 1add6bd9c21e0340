/** Dockerfiles: instructions with their lines, by stage. */
import { remembered } from './remembered.ts';
import { commandsIn, type ScriptCommand, type ScriptLine, scriptLines } from './script.ts';
import { longestText, type Untold } from './value.ts';

export interface Instruction {
  readonly name: string;
  /** Everything behind the name, continued lines joined. */
  readonly text: string;
  readonly line: number;
  /** Leading options: `--mount=type=secret,id=npmrc`. */
  readonly options: readonly string[];
  /** The words behind the options. */
  readonly words: readonly string[];
  /** What a RUN runs. */
  readonly commands: readonly ScriptCommand[];
}

/** A stage of a build, from its FROM to the next. */
export interface Stage {
  readonly instructions: readonly Instruction[];
  readonly last: boolean;
}

/** The stages of a Dockerfile. */
export const readDockerfile = remembered((_file: string, text: string): readonly Stage[] | Untold => {
  if (text.length > longestText) return { untold: `it is longer than ${longestText} characters` };
  const stages: Instruction[][] = [[]];
  for (const instruction of instructionsIn(text)) {
    if (instruction.name === 'FROM' && (stages.length > 1 || stages[0]?.some(({ name }) => name !== 'ARG'))) stages.push([]);
    stages.at(-1)?.push(instruction);
  }
  return stages.map((instructions, index) => ({ instructions, last: index === stages.length - 1 }));
});

function instructionsIn(text: string): readonly Instruction[] {
  const rows = text.split(/\r?\n/);
  const found: Instruction[] = [];
  for (let at = 0; at < rows.length; at += 1) {
    const head = /^\s*([A-Za-z]+)\s+(.*)$/.exec(rows[at] ?? '');
    if (!head) continue;
    const line = at + 1;
    const parts: ScriptLine[] = [{ text: head[2] ?? '', line }];
    while (/\\\s*$/.test(parts.at(-1)?.text ?? '') && at + 1 < rows.length) {
      at += 1;
      // Comments and empty lines may stand between continued lines.
      while (/^\s*(?:#.*)?$/.test(rows[at] ?? '#') && at + 1 < rows.length) at += 1;
      parts.push({ text: rows[at] ?? '', line: at + 1 });
    }
    const end = /<<-?\s*["']?(\w+)["']?/.exec(head[2] ?? '')?.[1];
    const body: ScriptLine[] = [];
    if (end !== undefined) while (at + 1 < rows.length && rows[++at]?.trim() !== end) body.push({ text: rows[at] ?? '', line: at + 1 });
    found.push(instructionOf((head[1] ?? '').toUpperCase(), parts, body, line));
  }
  return found;
}

function instructionOf(name: string, parts: readonly ScriptLine[], body: readonly ScriptLine[], line: number): Instruction {
  const text = parts.map((part) => part.text.replace(/\\\s*$/, '')).join(' ');
  const options = /^(?:--[\w-]+(?:=\S+)?\s+)*/.exec(text)?.[0] ?? '';
  const rest = text.slice(options.length).trim();
  const words = jsonWords(rest) ?? rest.split(/\s+/).filter(Boolean);
  return {
    name,
    text,
    line,
    options: options.split(/\s+/).filter(Boolean),
    words,
    commands: name === 'RUN' ? runCommands(parts, options, rest, body) : [],
  };
}

function runCommands(parts: readonly ScriptLine[], options: string, rest: string, body: readonly ScriptLine[]): readonly ScriptCommand[] {
  const line = parts[0]?.line ?? 1;
  if (body.length > 0) return body.flatMap((row) => commandsIn(scriptLines(row.text, row.line)));
  const words = jsonWords(rest);
  if (words) return commandsIn([{ text: words.join(' '), line }]);
  // The shell sees one line; each command is put on the line it was written on.
  const commands = commandsIn([{ text: rest, line }]);
  const written = parts.map((part, index) => ({ ...part, text: index === 0 ? part.text.slice(options.length) : part.text }));
  let from = 0;
  return commands.map((command) => {
    const start = command.words[0]?.text ?? command.assignments[0]?.name ?? '';
    const second = command.words[1]?.exact ? command.words[1].text : '';
    const at = written.findIndex((part, index) => index >= from && part.text.includes(start) && part.text.includes(second));
    if (at >= 0) from = at;
    return { ...command, line: written[from]?.line ?? line };
  });
}

function jsonWords(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  try {
    const words: unknown = JSON.parse(text);
    return Array.isArray(words) && words.every((word) => typeof word === 'string') ? words : undefined;
  } catch {
    return undefined;
  }
}

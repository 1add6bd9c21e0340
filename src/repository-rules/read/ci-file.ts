/** A CI definition in our own words, whatever system runs it. */
import type { CiSystem } from './paths.ts';
import { commandsIn, type ScriptCommand, type ScriptLine, scriptLines } from './script.ts';
import { at, entriesOf, itemsOf, type Place, type Value } from './value.ts';

/** A variable set for commands. */
export interface CiVariable {
  readonly name: string;
  readonly value: string;
  readonly line: number;
  readonly scope: 'step' | 'job' | 'file';
}

/** One step: something it uses, or lines it runs. */
export interface CiStep {
  readonly line: number;
  /** The action, task or orb it uses. */
  readonly uses?: string;
  readonly inputs?: Value;
  readonly commands: readonly ScriptCommand[];
  /** The shell it names, where it does. */
  readonly shell?: string;
  /** Where its commands run, from the repository root; undefined when that cannot be told. */
  readonly folder: string | undefined;
  /** The stage it stands in, where a job is cut into stages and the step stands in one. */
  readonly stage?: number;
  /** Everything in its environment that the file sets, innermost first. */
  readonly variables: readonly CiVariable[];
}

export interface CiJob {
  readonly name: string;
  readonly line: number;
  readonly steps: readonly CiStep[];
  /** The definition, for what only one system has. */
  readonly definition?: Value;
}

export interface CiFile {
  readonly file: string;
  readonly system: CiSystem;
  /** What starts it, where the file says so. */
  readonly events: ReadonlySet<string>;
  readonly jobs: readonly CiJob[];
  readonly definition?: Value;
}

/** The commands of a script in YAML: one text, or a list of them. */
export function commandsOf(script: Value | undefined, text: string): readonly ScriptCommand[] {
  return commandsIn(linesOf(script, text));
}

function linesOf(script: Value | undefined, text: string): readonly ScriptLine[] {
  if (script?.kind === 'list') return script.items.flatMap((item) => linesOf(item, text));
  if (script?.kind !== 'plain' || typeof script.plain !== 'string') return [];
  const block = blockAt(text, script.place);
  const first = script.place.line + (block === undefined ? 0 : 1);
  return block === '|' ? scriptLines(script.plain, first) : scriptLines(script.plain, first).map(({ text: row }) => ({ text: row, line: first }));
}

// The text of a block begins on the line below its indicator.
function blockAt(text: string, { line, column }: Place): '|' | '>' | undefined {
  const char = lineOf(text, line)?.[column - 1];
  return char === '|' || char === '>' ? char : undefined;
}

let split: { readonly text: string; readonly lines: readonly string[] } = { text: '', lines: [] };

function lineOf(text: string, line: number): string | undefined {
  if (split.text !== text) split = { text, lines: text.split('\n') };
  return split.lines[line - 1];
}

/** Variables of a map, or of a list of `{name, value}`. */
export function variablesOf(value: Value | undefined, scope: CiVariable['scope']): readonly CiVariable[] {
  const pairs = [
    ...entriesOf(value),
    ...itemsOf(value).flatMap((item): readonly (readonly [string, Value])[] => {
      const [name, held] = [at(item, 'name'), at(item, 'value')];
      return name?.kind === 'plain' && held ? [[String(name.plain), held]] : entriesOf(item);
    }),
  ];
  return pairs.flatMap(([name, held]) => {
    const inner = held.kind === 'map' ? at(held, 'value') : held;
    return inner?.kind === 'plain' && inner.plain !== null ? [{ name, value: String(inner.plain), line: inner.place.line, scope }] : [];
  });
}

/** Text of a plain value. */
export function textOf(value: Value | undefined): string | undefined {
  return value?.kind === 'plain' && value.plain !== null ? String(value.plain) : undefined;
}

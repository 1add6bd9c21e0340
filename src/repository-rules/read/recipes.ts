/** Recipes that CI calls by name: those of make, just and Task. Only what is plain in them: no conditions, no functions. */
import { baseName } from '../../model/repository-rule.ts';
import { remembered } from './remembered.ts';
import { type ScriptLine, scriptLines } from './script.ts';
import { at, entriesOf, itemsOf, longestText, stringOf, type Value } from './value.ts';
import { readYaml } from './yaml.ts';

/** What one name stands for. */
export interface Recipe {
  /** Recipes that run before it. */
  readonly needs: readonly string[];
  /** Each is run by a shell of its own. */
  readonly scripts: readonly (readonly ScriptLine[])[];
  /** Where they run, from the folder of the file. */
  readonly folder?: string;
}

/** Names of files with recipes, by the program that reads them, in its order. */
export const recipeFiles: ReadonlyMap<string, readonly string[]> = new Map([
  ['make', ['GNUmakefile', 'makefile', 'Makefile']],
  ['just', ['justfile', '.justfile', 'Justfile']],
  ['task', ['Taskfile.yml', 'taskfile.yml', 'Taskfile.yaml', 'taskfile.yaml', 'Taskfile.dist.yml', 'Taskfile.dist.yaml']],
]);

const names = new Set([...recipeFiles.values()].flat());

/** True for the files above, under their usual names. */
export function isRecipeFile(path: string): boolean {
  return names.has(baseName(path));
}

/** The recipes of a file by name; none where it cannot be read. */
export const readRecipes = remembered((file: string, text: string): ReadonlyMap<string, Recipe> => {
  if (text.length > longestText) return new Map();
  const name = baseName(file);
  if (/ya?ml$/.test(name)) return tasksIn(text);
  return /justfile$/i.test(name) ? rulesIn(text, justHead, /^[ \t]+(?=\S)/) : rulesIn(text, makeHead, /^\t\s*/);
});

const makeHead = /^([\w./-][\w./ \t-]*)::?(?!=)([^=;#]*)(?:#.*)?$/;
const justHead = /^@?([\w-]+)(?:\s[^:=]*)?:(?!=)([^=]*)$/;
const value = /^(?:export\s+)?([A-Za-z_]\w*)\s*(?::{0,2}|\?)=\s*(.*?)\s*$/;

/** Rows in the form of make: a head, and what is set in below it. */
function rulesIn(text: string, head: RegExp, indent: RegExp): ReadonlyMap<string, Recipe> {
  const found = new Map<string, { readonly needs: string[]; readonly scripts: ScriptLine[][] }>();
  const rows = text.split(/\r?\n/);
  const values = valuesIn(rows);
  let open: readonly { readonly scripts: ScriptLine[][] }[] = [];
  let conditions = 0;
  for (let index = 0; index < rows.length; index += 1) {
    const first = index;
    let row = rows[index] ?? '';
    while (row.endsWith('\\') && index + 1 < rows.length) row = `${row.slice(0, -1)} ${rows[++index] ?? ''}`;
    if (/^\s*(?:ifn?(?:eq|def)|define)\b/.test(row)) conditions += 1;
    else if (/^\s*(?:endif|endef)\b/.test(row)) conditions -= 1;
    else if (conditions > 0 || row.trim() === '' || /^\s*#/.test(row)) continue;
    else if (indent.test(row)) {
      const script = scriptLines(filled(row.replace(indent, '').replace(/^[@+-]+\s*/, ''), values), first + 1);
      for (const { scripts } of open) scripts.push([...script]);
    } else {
      const [, targets = '', needs = ''] = head.exec(row) ?? [];
      open = words(targets).map((target) => {
        const held = found.get(target) ?? { needs: [], scripts: [] };
        held.needs.push(...words(filled(needs, values)));
        found.set(target, held);
        return held;
      });
    }
  }
  return found;
}

function words(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

// A name that is given two values has neither for sure.
function valuesIn(rows: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  const often = new Set<string>();
  for (const row of rows) {
    const [, name, held = ''] = value.exec(row) ?? [];
    if (name === undefined) continue;
    if (values.has(name)) often.add(name);
    values.set(name, held);
  }
  return new Map([...values].filter(([name, held]) => !often.has(name) && !/[$`{]/.test(held)));
}

// What make and just would put in; the rest is left for the shell's reader as a variable.
function filled(text: string, values: ReadonlyMap<string, string>): string {
  return text
    .replace(/\$[({](\w+)[)}]/g, (_, name: string) => (name === 'MAKE' ? 'make' : (values.get(name) ?? `\${${name}}`)))
    .replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => values.get(name)?.replace(/^(["'])(.*)\1$/, '$2') ?? `\${${name}}`)
    .replace(/\$\([^()]*\)|\{\{.*?\}\}|\$[@<^?*%+]/g, `\${expression}`)
    .replaceAll('$$', '$');
}

function tasksIn(text: string): ReadonlyMap<string, Recipe> {
  const document = readYaml(text);
  if ('untold' in document) return new Map();
  return new Map(entriesOf(at(document, 'tasks')).map(([name, task]) => [name, taskOf(task)]));
}

function taskOf(task: Value): Recipe {
  const commands = task.kind === 'list' ? task.items : [...itemsOf(at(task, 'cmds')), ...[at(task, 'cmd')].filter((held) => held !== undefined)];
  const folder = stringOf(at(task, 'dir'));
  const named = (held: Value) => stringOf(at(held, 'task'));
  return {
    needs: [...itemsOf(at(task, 'deps')).map((held) => stringOf(held) ?? named(held)), ...commands.map(named)].filter((need) => need !== undefined),
    scripts: [...(task.kind === 'plain' ? [task] : []), ...commands].map((held) => {
      const script = held.kind === 'plain' ? held : at(held, 'cmd');
      const text = filled(stringOf(script) ?? '', new Map());
      return scriptLines(text, script?.place.line ?? 1).map((line) => ({ ...line, line: script?.place.line ?? 1 }));
    }),
    ...(folder !== undefined && { folder }),
  };
}

/** Holds a parsed JSON tree against a shape and names every mistake with its place. */
import type { Node } from 'jsonc-parser';
import { listText, printable } from '../model/text.ts';
import { nearest } from '../names/nearest.ts';
import type { Shape } from './shape.ts';

/** Something wrong at a place of the text. */
export interface Mistake {
  readonly offset: number;
  readonly message: string;
  readonly hint?: string;
}

type Of<K extends Shape['kind']> = Extract<Shape, { kind: K }>;

const longestText = 1000;

/** Every way in which `node` does not have the shape; `what` names the value in messages. */
export function mistakesIn(node: Node, shape: Shape, what: string): Mistake[] {
  switch (shape.kind) {
    case 'text':
      return textMistakes(node, shape, what);
    case 'number':
      return numberMistakes(node, shape, what);
    case 'flag':
      return node.type === 'boolean' ? [] : [wrong(node, what, 'true or false')];
    case 'choice':
      return choiceMistakes(node, shape, what);
    case 'list':
      return listMistakes(node, shape, what);
    case 'pair':
      return pairMistakes(node, shape, what);
    case 'oneOrList':
      return mistakesIn(node, node.type === 'array' ? shape.list : shape.one, what);
    case 'record':
      return recordMistakes(node, shape, what);
  }
}

function textMistakes(node: Node, shape: Of<'text'>, what: string): Mistake[] {
  const value: unknown = node.value;
  if (node.type !== 'string' || typeof value !== 'string') return [wrong(node, what, shape.form?.expected ?? 'text')];
  if (value.length > longestText) return [{ offset: node.offset, message: `${what} is longer than ${longestText} characters` }];
  return shape.form && !new RegExp(shape.form.pattern, 'u').test(value) ? [wrong(node, what, shape.form.expected)] : [];
}

function numberMistakes(node: Node, shape: Of<'number'>, what: string): Mistake[] {
  const value: unknown = node.value;
  const fits = node.type === 'number' && typeof value === 'number' && value >= (shape.min ?? -Infinity) && value <= (shape.max ?? Infinity);
  return fits ? [] : [wrong(node, what, rangeText(shape))];
}

function choiceMistakes(node: Node, shape: Of<'choice'>, what: string): Mistake[] {
  const value: unknown = node.value;
  if (typeof value === 'string' && shape.of.includes(value)) return [];
  if (typeof value !== 'string') return [wrong(node, what, `one of ${listText(shape.of, 8)}`)];
  return [{ offset: node.offset, message: `${what} cannot be "${printable(value, 60)}"`, hint: suggestion(value, shape.of) }];
}

function listMistakes(node: Node, shape: Of<'list'>, what: string): Mistake[] {
  if (node.type !== 'array') return [wrong(node, what, 'a list [ … ]')];
  const items = node.children ?? [];
  if (items.length > shape.max) return [{ offset: node.offset, message: `${what} has more than ${shape.max} items` }];
  return items.flatMap((item, index) => mistakesIn(item, shape.of, `${what}[${index}]`));
}

function pairMistakes(node: Node, shape: Of<'pair'>, what: string): Mistake[] {
  const [first, second, ...rest] = node.children ?? [];
  if (!first || rest.length > 0) return [wrong(node, what, 'a level, or [level, { options }]')];
  return [...mistakesIn(first, shape.first, what), ...(second ? mistakesIn(second, shape.second, what) : [])];
}

function recordMistakes(node: Node, shape: Of<'record'>, what: string): Mistake[] {
  if (node.type !== 'object') return [wrong(node, what, 'an object { … }')];
  const seen = new Set<string>();
  const mistakes: Mistake[] = [];
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (!key || !value) continue;
    mistakes.push(...fieldMistakes(key, value, shape, what, seen));
    seen.add(String(key.value));
  }
  return [...mistakes, ...absentMistakes(node, shape, what, seen)];
}

function fieldMistakes(key: Node, value: Node, shape: Of<'record'>, what: string, seen: ReadonlySet<string>): Mistake[] {
  const name = String(key.value);
  const shown = printable(name, 60);
  // JSON leaves open which of two equal keys counts; a reviewer may read the one and a program the other.
  if (seen.has(name)) return [{ offset: key.offset, message: `"${shown}" is given twice in ${what}` }];
  const field = shape.fields.get(name);
  if (field) return mistakesIn(value, field, `"${shown}"`);
  return [{ offset: key.offset, message: `unknown ${shape.noun} "${shown}" in ${what}`, hint: suggestion(name, [...shape.fields.keys()]) }];
}

function absentMistakes(node: Node, shape: Of<'record'>, what: string, seen: ReadonlySet<string>): Mistake[] {
  const absent = (shape.required ?? []).filter((key) => !seen.has(key));
  const missing = absent.map((key): Mistake => ({ offset: node.offset, message: `${what} lacks "${key}"` }));
  const chosen = shape.exactlyOne?.filter((key) => seen.has(key));
  if (!shape.exactlyOne || chosen?.length === 1) return missing;
  return [...missing, { offset: node.offset, message: `${what} needs exactly one of ${quoted(shape.exactlyOne)}` }];
}

function wrong(node: Node, what: string, expected: string): Mistake {
  return { offset: node.offset, message: `${what} must be ${expected}` };
}

function suggestion(word: string, candidates: readonly string[]): string {
  const close = nearest(word, candidates);
  if (close !== undefined) return `did you mean "${close}"?`;
  // So many are the rules alone.
  if (candidates.length > 30) return 'depward rules lists them';
  return candidates.length === 0 ? 'there are none to set here' : `valid: ${listText(candidates, 30)}`;
}

function quoted(keys: readonly string[]): string {
  return listText(keys.map((key) => `"${key}"`));
}

function rangeText(shape: Of<'number'>): string {
  if (shape.min !== undefined && shape.max !== undefined) return `a number from ${shape.min} to ${shape.max}`;
  if (shape.min !== undefined) return `a number of at least ${shape.min}`;
  return shape.max === undefined ? 'a number' : `a number of at most ${shape.max}`;
}

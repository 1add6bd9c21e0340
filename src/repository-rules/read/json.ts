/** Reading JSON files of a repository with the place of every value. Comments are read over, as most tools do. */
import { createScanner, type Node, type ParseError, parseTree } from 'jsonc-parser';

/** A place in a text; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A value of a JSON text, with its place. */
export interface JsonValue {
  readonly node: Node;
  readonly text: string;
}

const longest = 5_000_000;
const deepest = 64;

/** The root value, or why there is none. */
export function readJson(text: string): JsonValue | { readonly untold: string } {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (bare.length > longest) return { untold: `it is longer than ${longest} characters` };
  if (isTooDeep(bare)) return { untold: `it is nested deeper than ${deepest} levels` };
  const errors: ParseError[] = [];
  const node = parseTree(bare, errors, { allowTrailingComma: true });
  if (!node || errors.length > 0) return { untold: 'it is not JSON' };
  return { node, text: bare };
}

/** The value under a chain of keys. Of a key given twice the last counts, as in every JSON parser that npm's world uses. */
export function at(value: JsonValue | undefined, ...keys: readonly string[]): JsonValue | undefined {
  let node = value?.node;
  for (const key of keys) node = members(node).findLast((member) => member.children?.[0]?.value === key)?.children?.[1];
  return node && value ? { node, text: value.text } : undefined;
}

/** The keys and values of an object; nothing for any other value. */
export function entriesOf(value: JsonValue | undefined): readonly (readonly [string, JsonValue])[] {
  if (!value) return [];
  return members(value.node).flatMap(({ children }) => {
    const [key, node] = children ?? [];
    return key && node ? [[String(key.value), { node, text: value.text }] as const] : [];
  });
}

/** The items of a list; nothing for any other value. */
export function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value?.node.type !== 'array') return [];
  return (value.node.children ?? []).map((node) => ({ node, text: value.text }));
}

/** A string, number, boolean or null as it is; undefined for lists and objects. */
export function plainOf(value: JsonValue | undefined): string | number | boolean | null | undefined {
  const plain: unknown = value?.node.value;
  return typeof plain === 'string' || typeof plain === 'number' || typeof plain === 'boolean' || plain === null ? plain : undefined;
}

/** A string as it is; undefined for anything else. */
export function stringOf(value: JsonValue | undefined): string | undefined {
  const plain = plainOf(value);
  return typeof plain === 'string' ? plain : undefined;
}

/** Where a value stands. */
export function placeOf(value: JsonValue): Place {
  const before = value.text.slice(0, value.node.offset);
  return { line: before.split('\n').length, column: value.node.offset - before.lastIndexOf('\n') };
}

function members(node: Node | undefined): readonly Node[] {
  return node?.type === 'object' ? (node.children ?? []) : [];
}

// The parser recurses; hostile nesting must not reach it.
function isTooDeep(text: string): boolean {
  const scanner = createScanner(text, true);
  let depth = 0;
  for (let token = scanner.scan(); scanner.getTokenLength() > 0; token = scanner.scan()) {
    if (token === 1 || token === 3) depth += 1;
    if (token === 2 || token === 4) depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}

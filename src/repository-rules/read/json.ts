/** Reads JSON files of a repository. Comments and trailing commas are read over, as most tools do. */
import { createScanner, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { readPlainJson } from './json-plain.ts';
import { longestText, type Plain, type Untold, type Value } from './value.ts';

const deepest = 64;

/** The document, or why there is none. */
export function readJson(text: string): Value | Untold {
  const bare = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (bare.length > longestText) return { untold: `it is longer than ${longestText} characters` };
  return readPlainJson(bare) ?? readCommentedJson(bare);
}

/** The same by the parser that knows comments. */
export function readCommentedJson(bare: string): Value | Untold {
  if (isTooDeep(bare)) return { untold: `it is nested deeper than ${deepest} levels` };
  const errors: ParseError[] = [];
  const node = parseTree(bare, errors, { allowTrailingComma: true });
  if (!node || errors.length > 0) return { untold: 'it is not JSON' };
  return valueFrom(node, placesIn(bare));
}

type PlaceOf = (offset: number) => { readonly line: number; readonly column: number };

function valueFrom(node: Node, placeOf: PlaceOf): Value {
  const place = placeOf(node.offset);
  const children = node.children ?? [];
  if (node.type === 'array') return { kind: 'list', items: children.map((child) => valueFrom(child, placeOf)), place };
  if (node.type !== 'object') return { kind: 'plain', plain: plainOf(node.value), place };
  const entries = children.flatMap(({ children: [key, value] = [] }) =>
    key && value ? [[String(key.value), valueFrom(value, placeOf)] as const] : [],
  );
  return { kind: 'map', entries, place };
}

function plainOf(value: unknown): Plain {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

// Nodes come in the order of the text: each line is counted once.
function placesIn(text: string): PlaceOf {
  let line = 1;
  let lineStart = 0;
  let lineEnd = endOfLine(text, 0);
  return (offset) => {
    for (; lineEnd < offset; lineEnd = endOfLine(text, lineStart)) {
      line += 1;
      lineStart = lineEnd + 1;
    }
    return { line, column: offset - lineStart + 1 };
  };
}

function endOfLine(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
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

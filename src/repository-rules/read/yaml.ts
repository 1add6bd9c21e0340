/** Reads YAML files of a repository, aliases followed within limits. Several documents are read as one: GitLab puts a head before its pipeline. */
import type { LineCounter, Node } from 'yaml';
import { withinTime, yamlParser } from '../../yaml-parser.ts';
import { entriesOf, type Untold, type Value } from './value.ts';
import { readPlainYaml } from './yaml-plain.ts';

// The parser takes seconds for a megabyte of nonsense.
const longestYaml = 600_000;
const mostNodes = 200_000;
const deepest = 64;

class TooMuch extends Error {}

/** The document, or why there is none. An empty document is an empty map. */
export function readYaml(text: string): Value | Untold {
  if (text.length > longestYaml) return { untold: `it is longer than ${longestYaml} characters` };
  return readPlainYaml(text) ?? readWholeYaml(text);
}

/** The same, by the parser of all of YAML. */
export function readWholeYaml(text: string): Value | Untold {
  // The parser recurses on brackets; hostile nesting must not reach it.
  if (/(?:[[{]\s*){64}/.test(text)) return { untold: `it is nested deeper than ${deepest} levels` };
  const { LineCounter, parseAllDocuments } = yamlParser();
  const lines = new LineCounter();
  try {
    const documents = withinTime(() => [
      ...parseAllDocuments(text, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent', prettyErrors: false, stringKeys: false }),
    ]);
    if (!documents) return { untold: 'reading the YAML files before it took too long already' };
    if (documents.some(({ errors }) => errors.length > 0)) return { untold: 'it is not YAML' };
    const left = { left: mostNodes };
    return joined(documents.map((document) => valueFrom(document.contents, { anchors: new Map(), lines, nodes: left }, 0)));
  } catch (error) {
    if (error instanceof TooMuch || error instanceof RangeError) return { untold: 'it is nested deeper or grows larger than any honest file' };
    throw error;
  }
}

interface Reading {
  /** Nodes by anchor as far as they were met: the parser's own look-up walks the whole document for each alias. */
  readonly anchors: Map<string, unknown>;
  readonly lines: LineCounter;
  /** Shared by all documents of a text. */
  readonly nodes: { left: number };
}

/** The only document, or the keys of all. */
function joined([first, ...more]: readonly Value[]): Value {
  if (!first) return { kind: 'map', entries: [], place: { line: 1, column: 1 } };
  return more.length === 0 ? first : { kind: 'map', entries: [first, ...more].flatMap(entriesOf), place: first.place };
}

function valueFrom(node: unknown, reading: Reading, depth: number): Value {
  reading.nodes.left -= 1;
  if (reading.nodes.left < 0 || depth > deepest) throw new TooMuch();
  const place = placeOf(node, reading.lines);
  const { isAlias, isMap, isSeq } = yamlParser();
  if (isAlias(node)) return valueFrom(reading.anchors.get(node.source), reading, depth + 1);
  const anchor = (node as { anchor?: string } | null | undefined)?.anchor;
  if (anchor !== undefined) reading.anchors.set(anchor, node);
  if (isSeq(node)) return { kind: 'list', items: node.items.map((item) => valueFrom(item, reading, depth + 1)), place };
  if (isMap(node)) {
    const entries = node.items.map((pair) => [keyText(pair.key), valueFrom(pair.value, reading, depth + 1)] as const);
    return { kind: 'map', entries, place };
  }
  return node === null || node === undefined ? { kind: 'map', entries: [], place } : { kind: 'plain', plain: plainOf(node), place };
}

function keyText(key: unknown): string {
  return yamlParser().isScalar(key) ? String(key.value) : '';
}

function plainOf(node: unknown): string | number | boolean | null {
  const value: unknown = yamlParser().isScalar(node) ? node.value : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function placeOf(node: unknown, lines: LineCounter): { readonly line: number; readonly column: number } {
  const start = (node as Node | null | undefined)?.range?.[0];
  const { line, col } = start === undefined ? { line: 1, col: 1 } : lines.linePos(start);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

/**
 * The narrow YAML that Yarn and pnpm write, read line by line. Returns undefined for whatever it is not sure of: then the
 * real parser decides. It must never give another answer than that one; a test with generated texts holds it to this.
 */
import { SmallMap } from './small-map.ts';
import type { YamlMap, YamlValue } from './yaml-value.ts';

type Growing = SmallMap<YamlValue>;

interface Level {
  readonly indent: number;
  readonly map: Growing;
  /** The last key of the map while its value is still to come. */
  open: string | undefined;
  list: YamlValue[] | undefined;
}

/** The documents of the text, or undefined when it is not in the managers' own layout. */
export function readTidyYaml(raw: string): readonly YamlMap[] | undefined {
  const text = raw.includes('\r') ? raw.replaceAll('\r\n', '\n') : raw;
  if (/[\r\t\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/.test(text)) return undefined;
  const documents: YamlMap[] = [];
  let levels: Level[] = [{ indent: 0, map: new SmallMap(), open: undefined, list: undefined }];
  let skipDeeperThan = -1;
  let proseIndent = 0;
  let blank = true;
  let separated = false;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    let at = start;
    while (text.charCodeAt(at) === space) at++;
    const indent = at - start;
    const from = start;
    start = end + 1;
    if (at >= end) {
      if (skipDeeperThan >= 0 && indent > 0) return undefined;
      continue;
    }
    if (skipDeeperThan >= 0) {
      if (indent > skipDeeperThan) {
        if (indent < proseIndent) return undefined;
        if (proseIndent === 0) proseIndent = indent;
        continue;
      }
      skipDeeperThan = -1;
    }
    const code = text.charCodeAt(at);
    if (code === hash) continue;
    if (indent === 0 && code === dash) {
      if (text.slice(from, end) !== '---') return undefined;
      if (!blank && !finish(levels, documents)) return undefined;
      if (blank && separated) return undefined;
      separated = true;
      levels = [{ indent: 0, map: new SmallMap(), open: undefined, list: undefined }];
      blank = true;
      continue;
    }
    blank = false;
    const level = levelFor(levels, indent, code === dash && text.charCodeAt(at + 1) === space);
    if (!level) return undefined;
    if (code === dash && text.charCodeAt(at + 1) === space) {
      const item = scalar(text, at + 2, end);
      if (item === undefined || !level.list) return undefined;
      level.list.push(item);
      continue;
    }
    if (level.open !== undefined) return undefined;
    const key = keyAt(text, at, end);
    if (!key || level.map.has(key.text)) return undefined;
    if (key.next >= end) {
      level.open = key.text;
      continue;
    }
    const value = valueAt(text, key.next, end);
    if (value === undefined) return undefined;
    // A block scalar: prose that nobody here reads. Its text is left out, as is the real parser's by everyone who asks.
    if (value === block) {
      if (key.text !== 'deprecated') return undefined;
      level.map.add(key.text, '');
      skipDeeperThan = indent;
      proseIndent = 0;
      continue;
    }
    level.map.add(key.text, value);
  }
  if (blank) return undefined;
  return finish(levels, documents) ? documents : undefined;
}

const space = 32;
const hash = 35;
const dash = 45;
const colon = 58;
const doubleQuote = 34;
const singleQuote = 39;
const block = Symbol('block scalar');

/** Closes what is deeper than `indent`, opens what is one deeper; undefined when the layout is not ours. */
function levelFor(levels: Level[], indent: number, isItem: boolean): Level | undefined {
  let top = levels[levels.length - 1] as Level;
  while (indent < top.indent) {
    if (top.open !== undefined) return undefined;
    levels.pop();
    top = levels[levels.length - 1] as Level;
  }
  if (indent === top.indent) return isItem === (top.list !== undefined) ? top : undefined;
  const open = top.open;
  if (open === undefined || top.list) return undefined;
  const child: Level = { indent, map: new SmallMap(), open: undefined, list: isItem ? [] : undefined };
  top.map.add(open, child.list ?? child.map);
  top.open = undefined;
  levels.push(child);
  return child;
}

function finish(levels: readonly Level[], documents: YamlMap[]): boolean {
  if (levels.some((level) => level.open !== undefined)) return false;
  documents.push((levels[0] as Level).map);
  return true;
}

/** The key at `at` and where its value begins (`end` when there is none on the line). */
function keyAt(text: string, at: number, end: number): { readonly text: string; readonly next: number } | undefined {
  const code = text.charCodeAt(at);
  if (code === doubleQuote || code === singleQuote) {
    const close = closingQuote(text, at, end);
    if (close < 0 || text.charCodeAt(close + 1) !== colon) return undefined;
    const key = quoted(text, at, close);
    return key === undefined ? undefined : valueStart(text, key, close + 2, end);
  }
  if (!plainStart(code)) return undefined;
  let stop = text.indexOf(':', at);
  while (stop >= 0 && stop < end - 1 && text.charCodeAt(stop + 1) !== space) stop = text.indexOf(':', stop + 1);
  if (stop < 0 || stop >= end) return undefined;
  const key = text.slice(at, stop);
  return key.includes(' #') || key.endsWith(' ') ? undefined : valueStart(text, key, stop + 1, end);
}

function valueStart(text: string, key: string, after: number, end: number): { readonly text: string; readonly next: number } | undefined {
  if (after >= end) return { text: key, next: end };
  if (text.charCodeAt(after) !== space || text.charCodeAt(after + 1) === space || after + 1 >= end) return undefined;
  return { text: key, next: after + 1 };
}

function valueAt(text: string, at: number, end: number): YamlValue | typeof block | undefined {
  const first = text[at];
  if (first === '{') return flowMap(text, at, end);
  if (first === '[') return flowList(text, at, end);
  if (first === '|' || first === '>') return end - at <= 2 && /^[|>][-+]?$/.test(text.slice(at, end)) ? block : undefined;
  return scalar(text, at, end);
}

function scalar(text: string, at: number, end: number): string | undefined {
  const code = text.charCodeAt(at);
  if (code === doubleQuote || code === singleQuote) {
    const close = closingQuote(text, at, end);
    return close === end - 1 ? quoted(text, at, close) : undefined;
  }
  const value = text.slice(at, end);
  return plainStart(code) && plainEnough(value) ? value : undefined;
}

function plainEnough(value: string): boolean {
  return !value.endsWith(' ') && !value.endsWith(':') && !value.includes(': ') && !value.includes(' #');
}

/** Offset of the quote that closes the one at `at`, or -1. */
function closingQuote(text: string, at: number, end: number): number {
  if (text.charCodeAt(at) === doubleQuote) {
    const close = text.indexOf('"', at + 1);
    // A backslash is the real parser's business.
    return close < 0 || close >= end || text.slice(at, close).includes('\\') ? -1 : close;
  }
  for (let close = text.indexOf("'", at + 1); close >= 0 && close < end; close = text.indexOf("'", close + 2)) {
    if (text.charCodeAt(close + 1) !== singleQuote) return close;
  }
  return -1;
}

function quoted(text: string, at: number, close: number): string | undefined {
  const inner = text.slice(at + 1, close);
  return text.charCodeAt(at) === doubleQuote ? inner : inner.replaceAll("''", "'");
}

/** Letters, digits, and the marks that never begin anything special. */
function plainStart(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 48 && code <= 57) ||
    code === 47 ||
    code === 94 ||
    code === 126 ||
    code === 46 ||
    code === 95 ||
    code === 60 ||
    code === 36 ||
    code === 40 ||
    code === 43 ||
    code === 61
  );
}

const flowPair = /^(?:([A-Za-z_$][\w$.-]*)|'([^']*)'): (?:'([^']*)'|([A-Za-z0-9/^~._<(+=$][^,{}[\]]*))$/;

function flowMap(text: string, at: number, end: number): YamlMap | undefined {
  if (text[end - 1] !== '}') return undefined;
  const inner = text.slice(at + 1, end - 1);
  const map: Growing = new SmallMap();
  if (inner === '') return map;
  for (const part of inner.split(', ')) {
    const found = flowPair.exec(part);
    const key = found?.[1] ?? found?.[2];
    const value = found?.[3] ?? found?.[4];
    if (key === undefined || value === undefined || map.has(key)) return undefined;
    if (found?.[4] !== undefined && !plainEnough(value)) return undefined;
    map.add(key, value);
  }
  return map;
}

/** A flow map that stands alone, as in `{a: b}`. */
export function readFlowMap(text: string): YamlMap | undefined {
  return flowMap(text, 0, text.length);
}

const flowItem = /^(?:'([^']*)'|([A-Za-z0-9_][\w.-]*))$/;

function flowList(text: string, at: number, end: number): YamlValue[] | undefined {
  if (text[end - 1] !== ']') return undefined;
  const inner = text.slice(at + 1, end - 1);
  if (inner === '') return [];
  const items: YamlValue[] = [];
  for (const part of inner.split(', ')) {
    const found = flowItem.exec(part);
    const item = found?.[1] ?? found?.[2];
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

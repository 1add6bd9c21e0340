/** Reads .npmrc and yarn 1's .yarnrc: one setting a line. Sections are part of the key, `key[]` makes a list. */
import type { Plain, Untold, Value } from './value.ts';

/** The settings of an .npmrc as npm reads them; values are text, `true`, `false` and `null`. */
export function readIni(text: string): Value | Untold {
  return readLines(text, (line) => {
    const equals = line.indexOf('=');
    // A key alone means true, as in npm's own reader.
    return equals < 0 ? [line, 'true'] : [line.slice(0, equals).trimEnd(), line.slice(equals + 1).trimStart()];
  });
}

/** The settings of a .yarnrc: `key value`, both perhaps in quotes. */
export function readYarnrc(text: string): Value | Untold {
  return readLines(text, (line) => {
    const end = line.startsWith('"') ? line.indexOf('"', 1) + 1 : line.search(/\s/);
    return end <= 0 ? [line, 'true'] : [line.slice(0, end), line.slice(end).trimStart()];
  });
}

const longestSettings = 500_000;

function readLines(text: string, split: (line: string) => readonly [key: string, value: string]): Value | Untold {
  if (text.length > longestSettings) return { untold: `it is longer than ${longestSettings} characters` };
  const entries: [string, Value][] = [];
  let section = '';
  for (const [index, raw] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith(';') || line.startsWith('#')) continue;
    if (line.startsWith('[') && line.endsWith(']')) {
      section = `${line.slice(1, -1)}.`;
      continue;
    }
    const [key, value] = split(line);
    const place = { line: index + 1, column: raw.length - raw.trimStart().length + 1 };
    entries.push([section + unquoted(key), { kind: 'plain', plain: plainFrom(value), place }]);
  }
  return { kind: 'map', entries: listed(entries), place: { line: 1, column: 1 } };
}

/** Gathers `key[]` lines into one list. */
function listed(entries: readonly [string, Value][]): (readonly [string, Value])[] {
  const lists = new Map<string, Value[]>();
  const settled: (readonly [string, Value])[] = [];
  for (const [key, value] of entries) {
    if (!key.endsWith('[]')) settled.push([key, value]);
    else if (lists.has(key)) lists.get(key)?.push(value);
    else {
      const items = [value];
      lists.set(key, items);
      settled.push([key.slice(0, -2), { kind: 'list', items, place: value.place }]);
    }
  }
  return settled;
}

function plainFrom(value: string): Plain {
  if (value === 'true' || value === 'false') return value === 'true';
  return value === 'null' ? null : unquoted(value);
}

function unquoted(text: string): string {
  const quote = text[0];
  return text.length > 1 && (quote === '"' || quote === "'") && text.endsWith(quote) ? text.slice(1, -1) : text;
}

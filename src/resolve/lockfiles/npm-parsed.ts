/** package-lock v2 and v3 in any layout, by JSON.parse. */
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { type Json, objectOf, own, stringOf } from './json.ts';
import type { NpmFile, NpmRow } from './npm-file.ts';
import { type PositionOf, positionsIn } from './positions.ts';
import { keysOnce, lineOf } from './text.ts';

/** The document of a lockfile of npm, of any version. */
export function parseNpm(input: LockfileInput, text: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const offset = /position (\d+)/.exec(message)?.[1];
    // Of short texts the engine tells no position.
    const cut = offset === undefined ? /end of JSON|Unterminated/.test(message) : Number(offset) >= text.length - 1;
    const line = offset === undefined ? undefined : lineOf(text, Number(offset));
    throw unreadable(
      input,
      cut ? 'the file ends too early' : 'this is not valid JSON',
      'Restore it from version control, or let npm write it anew.',
      line,
    );
  }
  const document = objectOf(value);
  if (!document) throw unreadable(input, 'this is not a lockfile', 'A package-lock.json holds a JSON object.');
  return document;
}

/** The entries of `packages`. */
export function readParsedLayout(input: LockfileInput, text: string, document: Json, version: 2 | 3): NpmFile {
  const section = objectOf(own(document, 'packages'));
  if (!section) throw unreadable(input, `lockfileVersion ${version} without "packages"`, 'Let npm write it anew: npm install --package-lock-only.');
  const rows = Object.entries(section).map(([key, value]) => {
    const entry = objectOf(value);
    if (!entry) throw unreadable(input, `the entry ${printable(JSON.stringify(key), 80)} is not an object`, 'Restore the file from version control.');
    return rowOf(key, entry);
  });
  // Doubled keys are found at once, because a reader of the file and a parser see different ones.
  const offsets = keysOnce(input, text, 2, (path, key) => (path.length === 1 && path[0] === 'packages' ? key : undefined));
  let position: PositionOf | undefined;
  const where = (key: string) => {
    const offset = offsets.get(key);
    if (offset === undefined) return undefined;
    position ??= positionsIn(text);
    return { file: input.file, ...position(offset) };
  };
  let byKey: ReadonlyMap<string, NpmRow> | undefined;
  const row = (key: string) => {
    byKey ??= new Map(rows.map((one) => [one.key, one]));
    return byKey.get(key);
  };
  return { version, rows, size: rows.length, oddRows: () => rows, row, where };
}

function rowOf(key: string, json: Json): NpmRow {
  const [name, version, resolved, integrity] = ['name', 'version', 'resolved', 'integrity'].map((field) => stringOf(own(json, field)));
  return { key, name, version, resolved, integrity, isOdd: true, json };
}

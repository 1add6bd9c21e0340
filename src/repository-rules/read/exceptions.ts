/** Accepted findings in the files of audit tools. */
import { baseName } from '../../model/repository-rule.ts';
import { readJson } from './json.ts';
import { readToml } from './toml.ts';
import { at, entriesOf, itemsOf, type Untold, type Value } from './value.ts';
import { readYaml } from './yaml.ts';

export interface Exception {
  readonly id: string;
  readonly ends?: string;
  readonly line: number;
}

const readers: ReadonlyMap<string, { readonly read: (text: string) => Value | Untold; readonly list: (document: Value) => readonly Exception[] }> =
  new Map([
    ['.nsprc', { read: readJson, list: (document: Value) => entriesOf(document).flatMap(([id, value]) => ofRecord(id, value, 'expiry')) }],
    ['audit-ci.json', { read: readJson, list: allowlist }],
    ['audit-ci.jsonc', { read: readJson, list: allowlist }],
    ['.snyk', { read: readYaml, list: ofSnyk }],
    ['osv-scanner.toml', { read: readToml, list: ofOsv }],
  ]);

/** Names of the files that hold exceptions. */
export const exceptionFiles: ReadonlySet<string> = new Set(readers.keys());

/** The exceptions of a file. */
export function exceptionsIn(file: string, text: string): readonly Exception[] | Untold {
  const reader = readers.get(baseName(file));
  const document = reader?.read(text);
  if (!reader || !document) return [];
  return 'untold' in document ? document : reader.list(document);
}

function textOf(value: Value | undefined): string | undefined {
  return value?.kind === 'plain' && value.plain !== null && value.plain !== '' ? String(value.plain) : undefined;
}

function ofRecord(id: string, value: Value, key: string): readonly Exception[] {
  if (value.kind === 'plain') return value.plain === false ? [] : [{ id, line: value.place.line }];
  const active = at(value, 'active');
  if (active?.kind === 'plain' && active.plain === false) return [];
  const ends = textOf(at(value, key)) ?? textOf(at(value, 'expires'));
  return [{ id, line: value.place.line, ...(ends !== undefined && { ends }) }];
}

function allowlist(document: Value): readonly Exception[] {
  return itemsOf(at(document, 'allowlist')).flatMap((item) => {
    const id = textOf(item);
    return id !== undefined ? [{ id, line: item.place.line }] : entriesOf(item).flatMap(([name, value]) => ofRecord(name, value, 'expiry'));
  });
}

function ofSnyk(document: Value): readonly Exception[] {
  return entriesOf(at(document, 'ignore')).flatMap(([id, rules]) =>
    itemsOf(rules).flatMap((rule) => entriesOf(rule).flatMap(([, value]) => ofRecord(id, value, 'expires'))),
  );
}

// The tables of a list stand one after the other: an id begins the next.
function ofOsv(document: Value): readonly Exception[] {
  const found: { id: string; line: number; ends?: string }[] = [];
  const entries = entriesOf(at(document, 'IgnoredVulns'));
  for (const [key, value] of entries) {
    const text = textOf(value) ?? '';
    if (key === 'id') found.push({ id: text, line: value.place.line });
    const last = found.at(-1);
    if (key === 'ignoreUntil' && last) last.ends = text;
  }
  return found;
}

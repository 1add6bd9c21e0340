/** Accepted findings in the files of audit tools. */
import { baseName } from '../../model/repository-rule.ts';
import { listText } from '../../model/text.ts';
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
    ['.nsprc', { read: readJson, list: ofNsp }],
    ['audit-ci.json', { read: readJson, list: allowlist }],
    ['audit-ci.jsonc', { read: readJson, list: allowlist }],
    ['.snyk', { read: readYaml, list: ofSnyk }],
    ['osv-scanner.toml', { read: readToml, list: ofOsv }],
    ['.trivyignore', { read: readTrivy, list: (document: Value) => entriesOf(document).flatMap(([id, value]) => ofRecord(id, value, 'expiry')) }],
    ['pnpm-workspace.yaml', { read: readYaml, list: (document: Value) => ofPnpm(at(document, 'auditConfig')) }],
    ['package.json', { read: readJson, list: (document: Value) => ofPnpm(at(document, 'pnpm', 'auditConfig')) }],
    ['.yarnrc.yml', { read: readYaml, list: (document: Value) => listOf(at(document, 'npmAuditIgnoreAdvisories')) }],
  ]);

/** Names of the files that hold exceptions. */
export const exceptionFiles: ReadonlySet<string> = new Set(readers.keys());

/** In which of those files that hold much else there are any. */
const among: ReadonlyMap<string, RegExp> = new Map([
  ['pnpm-workspace.yaml', /\bauditConfig\b/],
  ['package.json', /"auditConfig"/],
  ['.yarnrc.yml', /\bnpmAuditIgnoreAdvisories\b/],
]);

/** The exceptions of a file. */
export function exceptionsIn(file: string, text: string): readonly Exception[] | Untold {
  const reader = readers.get(baseName(file));
  if (!reader || !(among.get(baseName(file))?.test(text) ?? true)) return [];
  const document = reader.read(text);
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

// Before better-npm-audit the file belonged to nsp: one list of addresses, which cannot be given an end.
function ofNsp(document: Value): readonly Exception[] {
  return entriesOf(document).flatMap(([id, value]) => (id === 'exceptions' ? listOf(value) : ofRecord(id, value, 'expiry')));
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

// Nothing there can be given an end.
function ofPnpm(settings: Value | undefined): readonly Exception[] {
  return ['ignoreCves', 'ignoreGhsas'].flatMap((key) => listOf(at(settings, key)));
}

function listOf(list: Value | undefined): readonly Exception[] {
  const ids = itemsOf(list).flatMap((item) => textOf(item) ?? []);
  const line = itemsOf(list)[0]?.place.line;
  return line === undefined || ids.length === 0 ? [] : [{ id: listText(ids, 3), line }];
}

// `CVE-2024-0001 exp:2026-12-31`, one a line.
function readTrivy(text: string): Value {
  const entries = text.split('\n').flatMap((row, index): readonly (readonly [string, Value])[] => {
    const [id = '', ...rest] = row.replace(/#.*/, '').trim().split(/\s+/);
    const place = { line: index + 1, column: 1 };
    const ends = rest.find((word) => word.startsWith('exp:'))?.slice(4);
    const end: readonly (readonly [string, Value])[] = ends === undefined ? [] : [['expiry', { kind: 'plain', plain: ends, place }]];
    return id === '' ? [] : [[id, { kind: 'map', entries: end, place }]];
  });
  return { kind: 'map', entries, place: { line: 1, column: 1 } };
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

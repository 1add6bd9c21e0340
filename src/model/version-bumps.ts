/**
 * Changes that only move packages to other versions, as most changes to lockfiles are: told from the text of npm's lockfile and of the
 * package.json beside it. No rule on files has a word on them, and asking costs more than all else that a gate does.
 */
import { commonLength } from './differing-lines.ts';
import { holdsCredential } from './secrets.ts';

/** Two states of a text. */
export interface TwoStates {
  readonly before: string;
  readonly now: string;
}

/** One package that moves. */
export interface VersionBump {
  readonly name: string;
  readonly before: string;
  readonly now: string;
}

/** A lockfile known to be in npm's own layout, in which nobody asks for a package by its address, with the manifest beside it. */
export interface LockedProject {
  readonly lockfile: TwoStates;
  readonly manifest: TwoStates | undefined;
}

const sections = 'dependencies|devDependencies|optionalDependencies|peerDependencies';
/** Versions and ranges, no addresses, paths, aliases or tags. */
const plain = /^[~^<>=v]{0,2} ?\d[\w.+-]*(?:(?: \|\| | - | )[~^<>=v]{0,2} ?\d[\w.+-]*)*$/;
const most = 2_000;
/** Of these a rule goes by the version. */
const judgedByVersion = new Set(['husky']);

/** The packages that move; undefined where the change does, or may do, anything else. */
export function versionBumpsIn({ lockfile, manifest }: LockedProject): readonly VersionBump[] | undefined {
  const asked = manifest && manifest.before !== manifest.now ? movedNeeds(manifest) : new Map<string, string>();
  const entries = entriesApart(lockfile);
  if (!asked || !entries) return undefined;
  const bumps: VersionBump[] = [];
  let known: ReadonlyMap<string, string> = new Map();
  for (const { key, before, now } of entries) {
    if (key === '') {
      const moved = movedNeeds({ before: bodyOf(before), now: bodyOf(now) });
      if (!moved) return undefined;
      known = moved;
      continue;
    }
    const bump = bumpIn(key, before, now);
    if (!bump) return undefined;
    bumps.push(bump);
  }
  const isAskedAlike = asked.size === known.size && [...asked].every(([need, move]) => known.get(need) === move);
  return isAskedAlike && areInStep(bumps, lockfile.before, manifest?.before) ? bumps : undefined;
}

/** By section and name, what a manifest asks for otherwise; undefined where it differs in anything else. */
function movedNeeds({ before, now }: TwoStates): ReadonlyMap<string, string> | undefined {
  const moved = new Map<string, string>();
  const listAt = listsIn(before);
  let [at, to] = [0, 0];
  for (;;) {
    const common = commonLength(before, at, now, to);
    [at, to] = [at + common, to + common];
    if (at === before.length && to === now.length) return moved;
    const start = before.lastIndexOf('"', at - 1) + 1;
    const name = nameBefore(before, start - 1);
    const list = name === undefined || moved.size === most ? undefined : listAt(start);
    if (name === undefined || !list || judgedByVersion.has(name) || !isThereOnce(list.text, `"${name}"`)) return undefined;
    const startOfNow = to - (at - start);
    const [end, endOfNow] = [before.indexOf('"', start), now.indexOf('"', startOfNow)];
    const [spec, next] = [before.slice(start, end), now.slice(startOfNow, endOfNow)];
    if (!plain.test(spec) || !plain.test(next)) return undefined;
    moved.set(`${list.section} ${name}`, `${spec}\n${next}`);
    [at, to] = [end, endOfNow];
  }
}

/** The key of the text whose opening quote stands there. */
function nameBefore(text: string, quote: number): string | undefined {
  return /"([^"\\]{1,250})"\s*:\s*$/.exec(text.slice(Math.max(0, quote - 300), Math.max(0, quote)))?.[1];
}

interface List {
  readonly section: string;
  readonly text: string;
}

const head = new RegExp(`"(${sections})"\\s*:\\s*$`);

/** The list of needs that an offset stands in, where it is the document's own and the only one of its name. */
function listsIn(document: string): (offset: number) => List | undefined {
  const known = new Map<number, List | undefined>();
  let last = { open: 0, end: 0 };
  return (offset) => {
    if (offset <= last.open || offset >= last.end) last = braces(document, offset);
    if (!known.has(last.open)) known.set(last.open, listAt(document, last.open));
    return known.get(last.open);
  };
}

/** The last brace before an offset, and to where it is the last: up to another of either kind. */
function braces(document: string, offset: number): { readonly open: number; readonly end: number } {
  const open = document.lastIndexOf('{', offset);
  const [next, close] = [document.indexOf('{', open + 1), document.indexOf('}', open + 1)];
  return { open, end: next < 0 ? close : Math.min(next, close) };
}

function listAt(document: string, open: number): List | undefined {
  const section = head.exec(document.slice(Math.max(0, open - 60), Math.max(0, open)))?.[1];
  const text = document.slice(open, document.indexOf('}', open));
  // Keys may be spelled in numbers.
  if (section === undefined || text.includes('\\') || document.includes('\\u') || !isThereOnce(document, `"${section}"`)) return undefined;
  return depthOf(document.slice(0, open)) === 1 ? { section, text } : undefined;
}

function isThereOnce(text: string, key: string): boolean {
  const at = text.indexOf(key);
  return at >= 0 && text.indexOf(key, at + key.length) < 0;
}

/** How many braces and brackets are open at the end of a text. */
function depthOf(text: string): number {
  let depth = 0;
  for (const letter of text.replace(/"(?:[^"\\]|\\.)*"/g, '').replace(/[^{}[\]]+/g, '')) depth += letter === '{' || letter === '[' ? 1 : -1;
  return depth;
}

interface Entry extends TwoStates {
  readonly key: string;
}

/** The entries that differ, each of them there in both states and in the same place; undefined where anything else differs. */
function entriesApart({ before, now }: TwoStates): readonly Entry[] | undefined {
  const indent = /^\{\n( {1,8})"/.exec(before)?.[1]?.length;
  if (indent === undefined || before.includes('\r') || now.includes('\r')) return undefined;
  const mark = `\n${' '.repeat(2 * indent)}"`;
  const close = [before, now].map((text) => text.indexOf(`\n${' '.repeat(indent)}}`)) as [number, number];
  const entries: Entry[] = [];
  let [at, to] = [0, 0];
  for (;;) {
    const common = commonLength(before, at, now, to);
    if (at + common === before.length && to + common === now.length) return entries;
    const start = before.lastIndexOf(mark, at + common - 1);
    // What lies beyond the list is nothing of a package.
    if (start < at || start > close[0] || entries.length === most) return undefined;
    const ends = [endOf(before, start + 1, mark, close[0]), endOf(now, to + start - at + 1, mark, close[1])] as const;
    const [old, fresh] = [before.slice(start + 1, ends[0]), now.slice(to + start - at + 1, ends[1])];
    const key = keyOf(old, mark.length - 1);
    if (key !== keyOf(fresh, mark.length - 1)) return undefined;
    entries.push({ key, before: old, now: fresh });
    [at, to] = ends;
  }
}

/** Where an entry ends: with the line break before the next, or before what closes the list. */
function endOf(text: string, from: number, mark: string, close: number): number {
  const next = text.indexOf(mark, from);
  return next < 0 || (from < close && close < next) ? close : next;
}

function keyOf(entry: string, start: number): string {
  return entry.slice(start, entry.indexOf('"', start));
}

/** The braces of an entry and what is in them. */
function bodyOf(entry: string): string {
  return entry.slice(entry.indexOf('{'), entry.lastIndexOf('}') + 1);
}

const version = /^\s*"version": "([\w.+-]+)",?$/m;
/** What may differ between two versions of a package: what it asks for, and the value of these; of an address not its host. */
const needs = /^\s*"(?!name"|bin"|version"|resolved"|integrity")[^"\\\n]+": "[~^<>=v]{0,2} ?\d[\w.+ |<>=~^-]*",?\n/gm;
const values = /^(\s*"(?:version": "|integrity": "sha\d+-))[\w+/=. -]+",?$/gm;
const address = /^(\s*"resolved": "https?:\/\/[^/@\s"]+\/)[\w./@%+~-]+\.tgz",?$/m;

function bumpIn(key: string, before: string, now: string): VersionBump | undefined {
  const name = key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const [old, next] = [version.exec(before)?.[1], version.exec(now)?.[1]];
  if (!key.includes('node_modules/') || old === undefined || next === undefined || holdsCredential(now)) return undefined;
  if (staying(before) !== staying(now) || commandsOf(before) !== commandsOf(now)) return undefined;
  return { name: key === `node_modules/${name}` ? name : key, before: old, now: next };
}

function staying(entry: string): string {
  return `${entry}\n`.replace(needs, '').replace(values, '$1').replace(address, '$1');
}

/** The names of commands are rows like those of needs. */
function commandsOf(entry: string): string | undefined {
  return /"bin": (?:"[^"]*"|\{[^}]*\})/.exec(entry)?.[0];
}

/** Whether the manifest asks, for each package that moves, what the lockfile says it does: then no version has a say in it. */
function areInStep(bumps: readonly VersionBump[], lockfile: string, manifest: string | undefined): boolean {
  if (manifest === undefined || bumps.length === 0) return true;
  // Letters of a name may be spelled in numbers.
  if (/\\[u/]/.test(manifest)) return false;
  const [found, indent = ''] = /^( {2,16})"": \{$/m.exec(lockfile) ?? [];
  const start = found === undefined ? 0 : lockfile.indexOf(found);
  const root = lockfile.slice(start, lockfile.indexOf(`\n${indent}}`, start));
  return bumps.every(({ name }) => needsOf(manifest, name) === needsOf(root, name));
}

/** All that is asked for under a name, in one word. */
function needsOf(text: string, name: string): string {
  const key = `"${name}"`;
  const specs: string[] = [];
  for (let at = text.indexOf(key); at >= 0; at = text.indexOf(key, at + key.length)) {
    const spec = /^\s*:\s*("[^"\\]*")/.exec(text.slice(at + key.length, at + key.length + 300))?.[1];
    if (spec !== undefined) specs.push(spec);
  }
  return specs.join();
}

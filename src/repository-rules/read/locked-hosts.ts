/** The hosts that a lockfile fetches from, and its entries at one of them. */
import { baseName } from '../../model/repository-rule.ts';
import { remembered } from './remembered.ts';

/** A scheme, host and port that entries of a lockfile are fetched from. */
export interface LockedHost {
  /** The first address at it. */
  readonly url: string;
  readonly line: number;
  readonly count: number;
}

/** What an address follows, and the whole of it from there; links to home pages and funding follow none of these. */
interface Layout {
  readonly marks: readonly string[];
  readonly address: RegExp;
}

const plainly = /[^\w\n]{0,4}(https?(?::\/\/|%3A%2F%2F)[^\s"',}]+)/iy;
const npm: Layout = { marks: ['"resolved"'], address: plainly };
const pnpm: Layout = { marks: ['tarball:'], address: plainly };
// Berry: what is no registry's stands in the resolution itself.
const yarn: Layout = {
  marks: ['resolved ', '__archiveUrl', 'resolution: "'],
  address: /(?:[^\s"]{0,400}?@|[^\w\n]{0,4})(https?(?::\/\/|%3A%2F%2F)[^\s"',}]+)/iy,
};
// bun: `["a@1.0.0", "address", …]` where the registry is not the usual one, or `["a@address", …]`.
const bun: Layout = { marks: ['["'], address: /[^"\n]*?(?:@|", ")(https?:\/\/[^\s"]+)/iy };

function layoutOf(file: string): Layout {
  const name = baseName(file);
  if (name === 'bun.lock') return bun;
  if (name === 'yarn.lock') return yarn;
  return name.endsWith('.json') ? npm : pnpm;
}

/** Each host once. */
export const lockedHosts = remembered((file: string, text: string): readonly LockedHost[] => {
  const hosts = new Map<string, { url: string; at: number; count: number }>();
  for (const mark of layoutOf(file).marks) readMark(mark, file, text, hosts);
  let [line, counted] = [1, 0];
  return [...hosts.values()]
    .sort((a, b) => a.at - b.at)
    .map(({ url, at, count }) => {
      for (let next = text.indexOf('\n', counted); next >= 0 && next < at; next = text.indexOf('\n', counted)) {
        line += 1;
        counted = next + 1;
      }
      return { url, line, count };
    });
});

function readMark(mark: string, file: string, text: string, hosts: Map<string, { url: string; at: number; count: number }>): void {
  const { address } = layoutOf(file);
  // Thousands of entries begin as the one before.
  let [beginning, last] = ['', { url: '', at: 0, count: 0 }];
  // Behind what was read: an address made of marks would be read from each of them to its end.
  for (let at = text.indexOf(mark), next = 0; at >= 0; at = text.indexOf(mark, next)) {
    const from = at + mark.length;
    next = from;
    if (beginning !== '' && text.startsWith(beginning, from)) {
      last.count += 1;
      continue;
    }
    address.lastIndex = from;
    const found = address.exec(text)?.[1];
    if (found === undefined) continue;
    next = address.lastIndex;
    const url = decoded(found);
    const origin = originOf(url);
    const start = text.startsWith(`${origin}/`, address.lastIndex - found.length) ? address.lastIndex - found.length : -1;
    const held = hosts.get(origin);
    if (held) held.count += 1;
    else hosts.set(origin, { url, at, count: 1 });
    beginning = start < 0 || start - from > 8 ? '' : text.slice(from, start + origin.length + 1);
    last = hosts.get(origin) ?? last;
  }
}

function originOf(url: string): string {
  return /^https?:\/\/[^/]+/i.exec(url)?.[0] ?? url;
}

/** Each of these is looked for in the whole file. */
const mostAsked = 40;

/** The addresses of entries that are `chosen`; what is asked for by its address is left out. */
export function lockedAddresses(file: string, text: string, chosen: (url: string) => boolean): readonly string[] {
  const { marks, address } = layoutOf(file);
  const found: string[] = [];
  let asked = 0;
  for (const mark of marks)
    for (let at = text.indexOf(mark), next = 0; at >= 0; at = text.indexOf(mark, next)) {
      address.lastIndex = at + mark.length;
      const written = address.exec(text)?.[1];
      next = written === undefined ? at + mark.length : address.lastIndex;
      const url = written === undefined ? '' : decoded(written);
      if (written === undefined || !chosen(url)) continue;
      if (asked++ < mostAsked && isAskedFor(written.replace(/[?#].*$/, ''), text)) continue;
      found.push(url);
    }
  return found;
}

/** Somebody's wish: the address stands where a dependency is named, not only where one was found. */
function isAskedFor(address: string, text: string): boolean {
  for (let at = text.indexOf(address); at >= 0; at = text.indexOf(address, at + address.length)) {
    const before = text.slice(Math.max(0, at - 16), at);
    if (/@$|:\s*['"]?$/.test(before) && !/(?:"resolved":\s*"|tarball:\s*['"]?)$/.test(before)) return true;
  }
  return false;
}

/** All entries, with those whose address goes without saying. */
export function lockedCount(file: string, text: string): number {
  const { marks } = layoutOf(file);
  const entry = { '["': /^[ \t]+"[^"\n]+": \["/gm, 'tarball:': /^[ \t]+\{?resolution:/gm, '"resolved"': /"resolved"/g }[marks[0] ?? ''];
  return [...text.matchAll(entry ?? /^[ \t]+(?:resolved |resolution: ")/gm)].length;
}

function decoded(text: string): string {
  if (text.includes('://')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

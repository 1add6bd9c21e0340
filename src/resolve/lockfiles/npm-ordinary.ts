/**
 * Whether all entries of a package-lock are what no rule on entries has a word on, told from the text alone: no package is made and no
 * reader loaded for it. False wherever that is not certain.
 */
import { isOrdinary } from '../../model/ordinary-entry.ts';
import { largestEntry } from './entries.ts';
import { mostPackages } from './format.ts';
import { withinReason } from './layout.ts';
import { endsWell, type Patterns, patternsFor } from './npm-patterns.ts';

/** True for a text in npm's own layout, with ordinary entries only. */
export function isAllOrdinary(text: string): boolean {
  return withinReason(() => holdsAll(text)) === true;
}

function holdsAll(text: string): boolean {
  const indent = /^\{\n( {1,8})"/.exec(text)?.[1]?.length;
  // What may be a lockfile of bun is not for this.
  if (indent === undefined || text.slice(0, 4000).includes('"workspaces": {')) return false;
  const patterns = patternsFor(indent);
  patterns.head.lastIndex = 0;
  if (!patterns.head.test(text)) return false;
  const keys = new Set<string>();
  let [at, count] = [patterns.head.lastIndex, 0];
  for (let entries = runAt(text, at, patterns); entries; entries = runAt(text, at, patterns)) {
    // By number: as long as code is cold, `for of` makes an object for each.
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index] as string;
      if (entry.length > largestEntry) return false;
      const start = 2 * indent + 1;
      keys.add(entry.slice(start, entry.indexOf('"', start)));
      at += entry.length;
    }
    count += entries.length;
  }
  return count === keys.size && count <= mostPackages && endsWell(text, at, patterns);
}

/** The ordinary entries that come next, or one of another form of which nothing is said. */
function runAt(text: string, at: number, { ordinary, entry, indent }: Patterns): readonly string[] | null {
  const run = text.slice(at).match(ordinary);
  if (run) return run;
  entry.lastIndex = at;
  const found = entry.exec(text);
  return found && isSilent(found, indent) ? [found[0]] : null;
}

function isSilent([all, key = '', name, version = '', resolved, integrity]: RegExpExecArray, indent: number): boolean {
  if (/^\d+$/.test(key)) return false;
  if (key === '') return true;
  const folder = key.lastIndexOf('node_modules/');
  // What npm does not fetch: folders of the project, and what comes within another package.
  if (resolved === undefined && integrity === undefined) return folder < 0 || isSet(all, 'link', indent) || isSet(all, 'inBundle', indent);
  // A folder.
  if (resolved !== undefined && resolved !== '' && !resolved.includes(':')) return true;
  if (folder < 0) return false;
  return isOrdinary({
    name: name ?? key.slice(folder + 'node_modules/'.length),
    version,
    resolved: resolved as string,
    integrity: integrity as string,
    source: 'registry',
  });
}

/** Where a flag stands twice, the last one counts: nothing is said of that. */
function isSet(entry: string, flag: string, indent: number): boolean {
  const mark = `\n${' '.repeat(3 * indent)}"${flag}": `;
  const at = entry.indexOf(mark);
  return at >= 0 && entry.startsWith('true', at + mark.length) && !entry.includes(mark, at + 1);
}

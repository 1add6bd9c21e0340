/** The embedded list of popular names, read on first use. */
import { openSync, readSync } from 'node:fs';
import { buildCorpus, type Corpus, openCorpus, type ReadBytes } from '../names/index.ts';
import { dataFolder } from '../package-root.ts';

const namesFile = new URL('popular-names.bin', dataFolder);
let popular: Corpus | undefined;

/** The popular names depward ships with. */
export function popularNames(): Corpus {
  popular ??= openCorpus(readerOf(openSync(namesFile, 'r')));
  return popular;
}

/** Reads a part when it is asked for: most runs need half of the file. */
function readerOf(file: number): ReadBytes {
  return (from, to) => {
    const bytes = Buffer.allocUnsafeSlow(to - from);
    let read = 0;
    for (let more = -1; more !== 0 && read < bytes.length; read += more) more = readSync(file, bytes, read, bytes.length - read, from + read);
    return bytes.subarray(0, read);
  };
}

/** A project's own names and those of its lockfile, as well known there as a name with a million downloads. */
export function projectNames(names: Iterable<string>): Corpus {
  return openCorpus(buildCorpus([...new Set(names)].map((name) => ({ name, downloads: 1_000_000 }))));
}

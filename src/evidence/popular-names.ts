/** The embedded list of popular names, read on first use. */
import { readFileSync } from 'node:fs';
import { buildCorpus, type Corpus, openCorpus } from '../names/index.ts';
import { dataFolder } from '../package-root.ts';

const namesFile = new URL('popular-names.bin', dataFolder);
let popular: Corpus | undefined;

/** The popular names depward ships with. */
export function popularNames(): Corpus {
  popular ??= openCorpus(readFileSync(namesFile));
  return popular;
}

/** A project's own names and those of its lockfile, as well known there as a name with a million downloads. */
export function projectNames(names: Iterable<string>): Corpus {
  return openCorpus(buildCorpus([...new Set(names)].map((name) => ({ name, downloads: 1_000_000 }))));
}

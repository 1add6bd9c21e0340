/** What every class of confusion has: a name, an example, and a weight. */
import type { Corpus } from '../corpus.ts';
import type { Subject } from '../subject.ts';

/** A way in which one name is taken for another. */
export interface Confusion {
  readonly name: string;
  /** One line: what happened to the popular name. */
  readonly about: string;
  /** A name made to be mistaken, and for what. */
  readonly example: readonly [name: string, target: string];
  /** How strongly this speaks for a made-up name: ten times the decimal logarithm of its likelihood ratio, counted on labelled names. */
  readonly decibans: number;
  /** What ten times more downloads of the target add, and the downloads (decimal logarithm) at which nothing is added; 4 and 7.5 unless said. */
  readonly fame?: { readonly perDecade: number; readonly at: number };
}

/** Tells of a popular name (by its place) that the subject resembles. `more` adds to the weight of the class. */
export type Report = (place: number, confusion: Confusion, more?: number) => void;

/** Looks for one family of confusions. */
export type Finder = (subject: Subject, corpus: Corpus, report: Report) => void;

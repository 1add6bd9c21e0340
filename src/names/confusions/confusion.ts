/** What every class of confusion has: a name, an example, and the family whose weights it shares. */
import type { Corpus } from '../corpus.ts';
import type { Subject } from '../subject.ts';

/** The classes of a family are weighed by the same features, in one regression. */
export type Family = 'spelling' | 'scope' | 'addition';

/** Numbers counted about one likeness, by name; what is absent is 0. */
export type Features = Readonly<Record<string, number>>;

/** A way in which one name is taken for another. */
export interface Confusion {
  readonly name: string;
  readonly family: Family;
  /** One line: what happened to the popular name. */
  readonly about: string;
  /** A name made to be mistaken, and for what. */
  readonly example: readonly [name: string, target: string];
  /** Honest names do this every day: nothing is held against one that is not young. */
  readonly everyday?: true;
}

/** Tells of a popular name (by its place) that the subject resembles. */
export type Report = (place: number, confusion: Confusion, features: Features) => void;

/** Looks for one family of confusions. */
export type Finder = (subject: Subject, corpus: Corpus, report: Report) => void;

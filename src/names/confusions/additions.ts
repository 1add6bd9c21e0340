/**
 * A popular name with something added (combosquatting: Kintis et al., 2017; Vu et al., 2020), and what assistants invent
 * (Spracklen et al., "We have a package for you!", 2025). Honest names do this every day, so most of these only hint.
 */
import { type Corpus, form, nameAt, placesOf } from '../corpus.ts';
import { withinOneEdit } from '../edits.ts';
import { Letters } from '../hash.ts';
import type { Subject, Word } from '../subject.ts';
import type { Confusion, Finder, Report } from './confusion.ts';
import { isDecoration } from './decorations.ts';

const fame = { perDecade: 1.8, at: 7 };

export const decorated: Confusion = {
  name: 'decorated',
  about: 'something that means nothing is added in front or behind',
  example: ['nodemailer-js', 'nodemailer'],
  decibans: 10.6,
  fame,
};

export const borrowed: Confusion = {
  name: 'borrowed-name',
  about: 'a popular name with other words around it',
  example: ['chai-deflect', 'chai'],
  decibans: 2.1,
  fame,
};

export const decoratedTypo: Confusion = {
  name: 'decorated-typo',
  about: 'one slip in a popular name, and something that means nothing added',
  example: ['lodsh-cli', 'lodash'],
  decibans: 8,
};

const shortest = 3;

/** Every run of words, and every word with something glued to it, that is a popular name. */
export const findAdditions: Finder = (subject, corpus, report) => {
  const { words, letters } = subject;
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= words.length; to++) {
      if (to - from === words.length) continue;
      const [start, end] = [words[from]?.from ?? 0, words[to - 1]?.to ?? 0];
      if (end - start < shortest) continue;
      const rest = words.filter((_, at) => at < from || at >= to).map(({ text }) => text);
      for (const place of placesOf(corpus, form.letters, letters, start, end)) addition(subject, corpus, place, rest, start, end, report);
    }
  }
  for (const word of words) findGlued(subject, corpus, word, report);
  findDecoratedTypo(subject, corpus, report);
};

/** Within one word: `nodefabric`, `nodemonjs`. */
function findGlued(subject: Subject, corpus: Corpus, word: Word, report: Report): void {
  const others = subject.words.filter((one) => one !== word).map(({ text }) => text);
  for (let cut = 2; cut <= word.text.length - 2; cut++) {
    const at = word.from + cut;
    const [head, tail] = [word.text.slice(0, cut), word.text.slice(cut)];
    if (head.length > shortest && isAffix(subject, corpus, at, word.to, tail))
      for (const place of placesOf(corpus, form.letters, subject.letters, word.from, at))
        addition(subject, corpus, place, [...others, tail], word.from, at, report);
    if (tail.length > shortest && isAffix(subject, corpus, word.from, at, head))
      for (const place of placesOf(corpus, form.letters, subject.letters, at, word.to))
        addition(subject, corpus, place, [head, ...others], at, word.to, report);
  }
}

/** A word in its own right: a decoration, or a name many others hold. */
function isAffix({ letters }: Subject, corpus: Corpus, from: number, to: number, text: string): boolean {
  return isDecoration(text) || placesOf(corpus, form.letters, letters, from, to).some((place) => (corpus.relatives[place] ?? 0) > 20);
}

/** The weight of an addition is a fitted sum: `node test/bench/fit-additions.mjs` counts it again. */
function addition(subject: Subject, corpus: Corpus, place: number, rest: readonly string[], from: number, to: number, report: Report): void {
  const target = nameAt(corpus, place);
  if (place >= corpus.indexed || (target.startsWith('@') && !target.includes('/'))) return;
  const only = rest.every(isDecoration);
  const relatives = Math.log10(1 + (corpus.relatives[place] ?? 0));
  const weight =
    -1.6 * (relatives - 2) -
    3 * Math.max(0, relatives - 3) +
    1.2 * ((to - from) / subject.letters.length - 0.4) +
    (from === 0 ? 1.8 : 0) -
    (subject.scope === undefined ? 0 : 8.7) -
    1.9 * (rest.length - 1) +
    (target.startsWith('@') ? 4.3 : 0) -
    (only && rest.length > 1 ? 2.8 : 0);
  report(place, only ? decorated : borrowed, weight);
}

const core = new Letters();

/** A slip in what remains without the decorations. */
function findDecoratedTypo({ words, scope }: Subject, corpus: Corpus, report: Report): void {
  const kept = words.filter(({ text }) => !isDecoration(text));
  if (scope !== undefined || kept.length === words.length || !core.read(kept.map(({ text }) => text).join('')) || core.length < 5) return;
  const equal = placesOf(corpus, form.letters, core, 0, core.length);
  for (const place of withinOneEdit(corpus, core)) {
    const target = nameAt(corpus, place);
    if (!equal.includes(place) && !target.startsWith('@')) report(place, decoratedTypo, core.length === 5 ? -4 : 0);
  }
}

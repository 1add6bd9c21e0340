/**
 * A popular name with something added (combosquatting: Kintis et al., 2017; Vu et al., 2020), and what assistants invent
 * (Spracklen et al., "We have a package for you!", 2025). Honest names do this every day, so most of these only hint.
 */
import { type Corpus, form, nameAt } from '../corpus.ts';
import { withinOneEdit } from '../edits.ts';
import { Letters } from '../hash.ts';
import { placesOf } from '../lookup.ts';
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
      const [start, end] = [words[from]?.from ?? 0, words[to - 1]?.to ?? 0];
      if (end - start < shortest || to - from === words.length) continue;
      const places = placesOf(corpus, form.letters, letters, start, end);
      if (places.length > 0) additions(subject, corpus, places, textsWithout(words, from, to), start, end, report);
    }
  }
  for (let at = 0; at < words.length; at++) findGlued(subject, corpus, at, report);
  findDecoratedTypo(subject, corpus, report);
};

function textsWithout(words: readonly Word[], from: number, to: number): string[] {
  return words.filter((_, at) => at < from || at >= to).map(({ text }) => text);
}

/** Within one word: `nodefabric`, `nodemonjs`. */
function findGlued(subject: Subject, corpus: Corpus, index: number, report: Report): void {
  const { from, to } = subject.words[index] ?? { from: 0, to: 0 };
  for (let cut = from + 2; cut <= to - 2; cut++) {
    if (cut - from > shortest) glued(subject, corpus, index, [from, cut], [cut, to], report);
    if (to - cut > shortest) glued(subject, corpus, index, [cut, to], [from, cut], report);
  }
}

type Span = readonly [from: number, to: number];

function glued(subject: Subject, corpus: Corpus, index: number, name: Span, affix: Span, report: Report): void {
  const places = placesOf(corpus, form.letters, subject.letters, ...name);
  if (places.length === 0) return;
  const word = subject.words[index];
  const text = word?.text.slice(affix[0] - word.from, affix[1] - word.from) ?? '';
  if (isAffix(subject, corpus, ...affix, text))
    additions(subject, corpus, places, [text, ...textsWithout(subject.words, index, index + 1)], ...name, report);
}

/** A word in its own right: a decoration, or a name many others hold. */
function isAffix({ letters }: Subject, corpus: Corpus, from: number, to: number, text: string): boolean {
  return isDecoration(text) || placesOf(corpus, form.letters, letters, from, to).some((place) => (corpus.relatives[place] ?? 0) > 20);
}

/** The weights are a logistic regression over labelled names and 8,000 names of the long tail, checked by leaving targets out. */
function additions(
  subject: Subject,
  corpus: Corpus,
  places: readonly number[],
  rest: readonly string[],
  from: number,
  to: number,
  report: Report,
): void {
  const only = rest.every(isDecoration);
  const weight =
    1.2 * ((to - from) / subject.letters.length - 0.4) +
    (from === 0 ? 1.8 : 0) -
    (subject.scope === undefined ? 0 : 8.7) -
    1.9 * (rest.length - 1) -
    (only && rest.length > 1 ? 2.8 : 0);
  for (const place of places) {
    const target = nameAt(corpus, place);
    if (place >= corpus.indexed || (target.startsWith('@') && !target.includes('/'))) continue;
    const relatives = Math.log10(1 + (corpus.relatives[place] ?? 0));
    const usual = 1.6 * (relatives - 2) + 3 * Math.max(0, relatives - 3);
    report(place, only ? decorated : borrowed, weight - usual + (target.startsWith('@') ? 4.3 : 0));
  }
}

const core = new Letters();

/** A slip in what remains without the decorations. */
function findDecoratedTypo({ words, scope }: Subject, corpus: Corpus, report: Report): void {
  const kept = words.filter(({ text }) => !isDecoration(text));
  if (scope !== undefined || kept.length === words.length || !core.read(kept.map(({ text }) => text).join('')) || core.length < 5) return;
  // What is a popular name as it stands was not mistyped.
  if (placesOf(corpus, form.letters, core, 0, core.length).some((place) => place < corpus.indexed)) return;
  for (const place of withinOneEdit(corpus, core)) {
    if (!nameAt(corpus, place).startsWith('@')) report(place, decoratedTypo, core.length === 5 ? -4 : 0);
  }
}

/**
 * A popular name with something added (combosquatting: Kintis et al., 2017; Vu et al., 2020), and what assistants invent
 * (Spracklen et al., "We have a package for you!", 2025). Honest names do this every day, so most of these only hint.
 */
import { type Corpus, form, nameAt, usage } from '../corpus.ts';
import { withinOneEdit } from '../edits.ts';
import { Letters } from '../hash.ts';
import { placesOf, usesOf } from '../lookup.ts';
import type { Subject, Word } from '../subject.ts';
import { wordsOf } from '../words.ts';
import type { Confusion, Features, Finder, Report } from './confusion.ts';
import { isDecoration } from './decorations.ts';
import { fameOf, kinAt, shortness, spelling, standing } from './features.ts';

export const decorated: Confusion = {
  name: 'decorated',
  family: 'addition',
  about: 'something that means nothing is added in front or behind',
  example: ['nodemailer-js', 'nodemailer'],
};

export const borrowed: Confusion = {
  name: 'borrowed-name',
  family: 'addition',
  about: 'a popular name with other words around it',
  example: ['chai-deflect', 'chai'],
  everyday: true,
};

export const decoratedTypo: Confusion = {
  name: 'decorated-typo',
  family: 'spelling',
  about: 'one slip in a popular name, and something that means nothing added',
  example: ['lodsh-cli', 'lodash'],
};

const shortest = 3;
const longestWord = 40;

/** Every run of words, and every word with something glued to it, that is a popular name. */
export const findAdditions: Finder = (subject, corpus, report) => {
  const { words, letters } = subject;
  const uses = words.map(({ from, to }) => usesOf(corpus, letters, from, to));
  for (let from = 0; from < words.length; from++) {
    for (let to = from + 1; to <= words.length; to++) {
      const [start, end] = [words[from]?.from ?? 0, words[to - 1]?.to ?? 0];
      if (end - start < shortest || to - from === words.length) continue;
      const places = placesOf(corpus, form.letters, letters, start, end, mostPlaces);
      if (places.length > 0) additions(subject, corpus, places, restOf(words, uses, from, to), start, end, report);
    }
  }
  for (let at = 0; at < words.length; at++) findGlued(subject, corpus, uses, at, report);
  findDecoratedTypo(subject, corpus, report);
};

const mostPlaces = 8;

/** A word around the popular name, and how many names use it, as a decimal logarithm. */
interface Rest {
  readonly text: string;
  readonly uses: number;
}

function restOf(words: readonly Word[], uses: readonly number[], from: number, to: number): Rest[] {
  return words.flatMap(({ text }, at) => (at < from || at >= to ? [{ text, uses: uses[at] ?? 0 }] : []));
}

/** Within one word: `nodefabric`, `nodemonjs`. */
function findGlued(subject: Subject, corpus: Corpus, uses: readonly number[], index: number, report: Report): void {
  const { from, to } = subject.words[index] ?? { from: 0, to: 0 };
  if (to - from > longestWord) return;
  for (let cut = from + 2; cut <= to - 2; cut++) {
    if (cut - from > shortest) glued(subject, corpus, uses, index, [from, cut], [cut, to], report);
    if (to - cut > shortest) glued(subject, corpus, uses, index, [cut, to], [from, cut], report);
  }
}

type Span = readonly [from: number, to: number];

function glued(subject: Subject, corpus: Corpus, uses: readonly number[], index: number, name: Span, affix: Span, report: Report): void {
  const places = placesOf(corpus, form.letters, subject.letters, ...name, mostPlaces);
  if (places.length === 0) return;
  const word = subject.words[index];
  const text = word?.text.slice(affix[0] - word.from, affix[1] - word.from) ?? '';
  const own = usesOf(corpus, subject.letters, ...affix);
  if (isDecoration(text) || (own > 0.9 && affix[1] - affix[0] >= shortest))
    additions(subject, corpus, places, [{ text, uses: own }, ...restOf(subject.words, uses, index, index + 1)], ...name, report, { glued: 1 });
}

function additions(
  subject: Subject,
  corpus: Corpus,
  places: readonly number[],
  rest: readonly Rest[],
  from: number,
  to: number,
  report: Report,
  more?: Features,
): void {
  const only = rest.every(({ text }) => isDecoration(text));
  const features = { ...around(subject, corpus, rest, from, to), ...more, ...(only && rest.length > 1 && { decorations: 1 }) };
  for (const place of places) {
    const target = nameAt(corpus, place);
    if (target.startsWith('@') && !target.includes('/')) continue;
    const kin = kinAt(corpus, place);
    report(place, only ? decorated : borrowed, {
      ...features,
      ...fameOf(corpus, place),
      kin,
      throng: Math.max(0, kin - 2.5),
      ...(from > 0 && { trailing: kin }),
      ...(target.startsWith('@') && { wanted: 1 }),
      ...(wordsOf(target).length > 1 && { phrase: wordsOf(target).length - 1 }),
    });
  }
}

/** What surrounds the popular name. */
function around(subject: Subject, corpus: Corpus, rest: readonly Rest[], from: number, to: number): Features {
  const { letters, plain, scope, bareFrom } = subject;
  const uses = rest.map(({ uses }) => uses);
  return {
    ...shortness(to - from),
    cover: (to - from) / letters.length,
    ...(from === 0 && { first: 1 }),
    ...(to === letters.length && { last: 1 }),
    ...(scope !== undefined && (from < bareFrom ? { inScope: 1 } : { scoped: 1 })),
    ...(scope !== undefined && standing(corpus, plain) === 0 && { stranger: 1 }),
    frame: frameOf(subject, corpus),
    rest: rest.length - 1,
    usual: uses.reduce((sum, kin) => sum + kin, 0) / Math.max(1, uses.length),
    fresh: rest.filter(({ uses }) => uses === 0).length,
    ...(rest.some(({ text }) => /\d/.test(text)) && { digits: 1 }),
  };
}

/** How usual the name is made: `eslint-plugin-…` is, `chai-deflect-…` is not. */
function frameOf({ words, letters }: Subject, corpus: Corpus): number {
  let most = 0;
  for (let at = 1; at < words.length; at++) most = Math.max(most, usesOf(corpus, letters, words[at - 1]?.from ?? 0, words[at]?.to ?? 0, usage.pair));
  return most;
}

const core = new Letters();

/** A slip in what remains without the decorations. */
function findDecoratedTypo(subject: Subject, corpus: Corpus, report: Report): void {
  const { words, scope } = subject;
  const kept = words.filter(({ text }) => !isDecoration(text));
  if (scope !== undefined || kept.length === words.length || !core.read(kept.map(({ text }) => text).join('')) || core.length < 5) return;
  // What is a popular name as it stands was not mistyped.
  if (placesOf(corpus, form.letters, core, 0, core.length).some((place) => place < corpus.indexed)) return;
  for (const place of withinOneEdit(corpus, core)) {
    if (!nameAt(corpus, place).startsWith('@')) report(place, decoratedTypo, spelling(subject, corpus, place));
  }
}

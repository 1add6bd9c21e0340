/** One slip of the finger: each kind is as telling as it is rare among honest names (SpellBound, 2020; ConfuGuard, 2026). */
import { nameAt } from '../corpus.ts';
import { foremost, withinOneEdit } from '../edits.ts';
import { wordsOf } from '../words.ts';
import type { Confusion, Finder } from './confusion.ts';
import { spelling } from './features.ts';

/** What was done to the letters of the target: `typed` stands where `meant` should. */
export interface Edit {
  readonly typed: string;
  readonly meant: string;
  readonly at: number;
  /** The letters around, in the target. */
  readonly before: string;
  readonly after: string;
}

interface Slip extends Omit<Confusion, 'family'> {
  readonly fits: (edit: Edit) => boolean;
}

const digit = /^\d$/;

/** The first that fits is the kind of an edit. */
const kinds: readonly Slip[] = [
  {
    name: 'transposition',
    about: 'two neighbouring letters are swapped',
    example: ['lodahs', 'lodash'],
    fits: ({ typed }) => typed.length === 2,
  },
  {
    name: 'lookalike-digit',
    about: 'a digit stands for the letter it looks like, or the other way round',
    example: ['1odash', 'lodash'],
    fits: ({ typed, meant }) => /^([0o]{2}|[1li]{2}|[5s]{2})$/.test(typed + meant) && /\d/.test(typed + meant),
  },
  {
    name: 'doubled-letter',
    about: 'a letter is written twice',
    example: ['expresss', 'express'],
    fits: ({ typed, meant, before, after }) => meant === '' && !digit.test(typed) && (typed === before || typed === after),
  },
  {
    name: 'undoubled-letter',
    about: 'one of two equal letters is left out',
    example: ['comander', 'commander'],
    fits: ({ typed, meant, before, after }) => typed === '' && !digit.test(meant) && (meant === before || meant === after),
  },
  {
    name: 'plural',
    about: 'an s at the end comes or goes',
    example: ['requires-ports', 'requires-port'],
    fits: ({ typed, meant, after }) => typed + meant === 's' && after === '',
  },
  {
    name: 'digit',
    about: 'a digit comes, goes or changes',
    example: ['bip30', 'bip39'],
    fits: ({ typed, meant }) => digit.test(typed) || digit.test(meant),
  },
  {
    name: 'first-letter',
    about: 'the first letter is another, or comes or goes',
    example: ['hulp-cli', 'gulp-cli'],
    fits: ({ at }) => at === 0,
  },
  {
    name: 'last-letter',
    about: 'the last letter comes or goes',
    example: ['reques', 'request'],
    fits: ({ typed, meant, after }) => after === '' && (typed === '' || meant === ''),
  },
  {
    name: 'omission',
    about: 'a letter is left out',
    example: ['exprss', 'express'],
    fits: ({ typed }) => typed === '',
  },
  {
    name: 'insertion',
    about: 'a letter is added',
    example: ['exphress', 'express'],
    fits: ({ meant }) => meant === '',
  },
  {
    name: 'neighbour-key',
    about: 'a letter is replaced by one beside it on the keyboard',
    example: ['expeess', 'express'],
    fits: ({ typed, meant }) => areNeighbours(typed, meant),
  },
  {
    name: 'substitution',
    about: 'a letter is replaced by another',
    example: ['exprecs', 'express'],
    fits: () => true,
  },
];

/** The kinds of one edit. */
export const slips = kinds.map((kind) => ({ ...kind, family: 'spelling' as const }));

const mostNear = 48;

/** One edit anywhere in the name, separators aside. */
export const findOneEdit: Finder = (subject, corpus, report) => {
  const { letters, words, scope } = subject;
  const typed = words.map(({ text }) => text).join('');
  for (const place of foremost(withinOneEdit(corpus, letters), mostNear)) {
    const target = nameAt(corpus, place);
    const meant = wordsOf(target).join('');
    if (typed === meant || target.startsWith('@') !== (scope !== undefined)) continue;
    const edit = editBetween(typed, meant);
    const slip = slips.find(({ fits }) => fits(edit));
    if (slip) report(place, slip, spelling(subject, corpus, place));
  }
};

/** The one edit between two strings that are one edit apart. */
function editBetween(typed: string, meant: string): Edit {
  const shorter = Math.min(typed.length, meant.length);
  let front = 0;
  while (front < shorter && typed[front] === meant[front]) front++;
  let back = 0;
  while (back < shorter - front && typed.at(-1 - back) === meant.at(-1 - back)) back++;
  return {
    typed: typed.slice(front, typed.length - back),
    meant: meant.slice(front, meant.length - back),
    at: front,
    before: meant[front - 1] ?? '',
    after: meant[meant.length - back] ?? '',
  };
}

const keyboard = ['1234567890', 'qwertyuiop', 'asdfghjkl', 'zxcvbnm'];

/** Whether two keys touch on the keyboard most people type names on. */
function areNeighbours(a: string, b: string): boolean {
  const [x, y] = [keyOf(a), keyOf(b)];
  return x !== undefined && y !== undefined && Math.hypot(x.across - y.across, x.down - y.down) < 1.3;
}

function keyOf(letter: string): { across: number; down: number } | undefined {
  const down = keyboard.findIndex((row) => row.includes(letter));
  return down < 0 || letter === '' ? undefined : { across: (keyboard[down] ?? '').indexOf(letter) + down * 0.4, down };
}

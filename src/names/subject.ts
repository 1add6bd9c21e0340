/** The name in question, read once for all checks. */

import { plainText } from './glyphs.ts';
import { Letters } from './hash.ts';
import { bareName, scopeOf, wordsOf } from './words.ts';

/** A word of a name and where its letters lie. */
export interface Word {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** A name that could be installed, with its letters and words. */
export interface Subject {
  readonly name: string;
  /** The name in plain ASCII where it is written with letters of other scripts; otherwise the name itself. */
  readonly plain: string;
  readonly letters: Letters;
  readonly words: readonly Word[];
  readonly scope: string | undefined;
  /** Where the letters begin that follow the scope. */
  readonly bareFrom: number;
}

// What npm installs, old names with capitals included; `_x` and `.x` it never took.
const installable = /^(@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~!'()*-]*$/i;

/** Words considered of one name: enough for every honest name, few enough for a hostile one. */
const mostWords = 12;

/** Reads a name; nothing where no registry would hold it. The letters are shared: read one name at a time. */
export function readSubject(name: string): Subject | undefined {
  if (name.length > 2 * 214) return undefined;
  const plain = plainText(name);
  if (!installable.test(plain) || !letters.read(plain) || letters.length === 0) return undefined;
  const scope = scopeOf(plain);
  const bare = wordsOf(bareName(plain)).join('').length;
  return { name, plain, letters, words: placed(wordsOf(plain).slice(0, mostWords)), scope, bareFrom: letters.length - bare };
}

const letters = new Letters();

function placed(words: readonly string[]): Word[] {
  let from = 0;
  return words.map((text) => {
    const word = { text, from, to: from + text.length };
    from = word.to;
    return word;
  });
}

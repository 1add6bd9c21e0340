/** What a piece of a script can do: read as tokens, for pieces seldom parse. Loads no parser. */
import type { Spotted } from './js/notes.ts';
import { spotTokens } from './js/tokens.ts';

/** The capabilities that show in the piece. */
export function spotFragment(source: string): readonly Spotted[] {
  return spotTokens(source).spotted;
}

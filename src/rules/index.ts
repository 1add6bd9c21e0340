/** The list of rules. A rule not listed here does not exist; a contract test proves the list complete. */
import type { AnyRule } from '../model/rule.ts';
import releaseAge from './release-age.ts';

export const rules: readonly AnyRule[] = [releaseAge];

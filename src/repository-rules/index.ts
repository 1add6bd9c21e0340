/** The list of rules on files of a repository. A rule not listed here does not exist; a contract test proves the list complete. */
import type { AnyRepositoryRule } from '../model/repository-rule.ts';
import { changeRules } from './changes.ts';
import { stateRules } from './states.ts';

export const repositoryRules: readonly AnyRepositoryRule[] = [...changeRules, ...stateRules];

/** The list of rules on files of a repository. A rule not listed here does not exist; a contract test proves the list complete. */
import type { AnyRepositoryRule } from '../model/repository-rule.ts';
import projectScriptChanged from './project-script-changed.ts';

export const repositoryRules: readonly AnyRepositoryRule[] = [projectScriptChanged];

/** The doc pages that reports speak of. The build makes data of them: no rule is loaded to tell of one. */
import type { RuleMeta } from './model/rule.ts';
import { joinedEvidence } from './policy/join.ts';
import { repositoryRules } from './repository-rules/index.ts';
import { rules } from './rules/index.ts';

/** Of the rules on packages with the joining of evidence, and of those on files. */
export const rulePages: { readonly packages: readonly RuleMeta[]; readonly files: readonly RuleMeta[] } = {
  packages: [...rules.map(({ meta }) => meta), joinedEvidence],
  files: repositoryRules.map(({ meta }) => meta),
};

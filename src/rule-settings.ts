/** Everything a configuration can name, by id: what it may say of each rule. The build makes data of it: no rule is loaded to read a configuration. */
import type { OptionSpecs } from './model/rule.ts';
import { joinedEvidence } from './policy/join.ts';
import { repositoryRules } from './repository-rules/index.ts';
import { rules } from './rules/index.ts';

/** In the order of the alphabet. */
export const settableRules: readonly { readonly meta: { readonly id: string }; readonly options: OptionSpecs }[] = [
  ...rules,
  ...repositoryRules,
  { meta: joinedEvidence, options: {} },
]
  .map(({ meta: { id }, options }) => ({ meta: { id }, options }))
  .sort((a, b) => (a.meta.id < b.meta.id ? -1 : 1));

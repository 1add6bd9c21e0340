/** Everything with a doc page: the rules on packages, the rules on files, and the joining of evidence. */
import type { EvidenceKind } from './model/evidence.ts';
import type { OptionSpecs, RuleMeta } from './model/rule.ts';
import { joinedEvidence } from './policy/join.ts';
import { repositoryRules } from './repository-rules/index.ts';
import { rules } from './rules/index.ts';

/** What explain, the configuration and reporters know of a rule. */
export interface RulePage {
  readonly meta: RuleMeta;
  readonly options: OptionSpecs;
  readonly needs: readonly EvidenceKind[];
}

const pages: readonly RulePage[] = [
  ...rules.map(({ meta, options, needs }) => ({ meta, options, needs })),
  ...repositoryRules.map(({ meta, options }) => ({ meta, options, needs: [] })),
  { meta: joinedEvidence, options: {}, needs: [] },
];

/** Every rule a configuration can name, by id, in the order of the alphabet. */
export const ruleBook: ReadonlyMap<string, RulePage> = new Map(pages.map((page) => [page.meta.id, page] as const).sort(byId));

/** The doc pages alone, as reporters take them. */
export const rulePages: ReadonlyMap<string, RuleMeta> = new Map([...ruleBook].map(([id, page]) => [id, page.meta]));

function byId(a: readonly [string, RulePage], b: readonly [string, RulePage]): number {
  return a[0] < b[0] ? -1 : 1;
}

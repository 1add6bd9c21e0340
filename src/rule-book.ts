/** Everything with a doc page: the rules on packages, the rules on files, and the joining of evidence. */
import type { EvidenceKind } from './model/evidence.ts';
import type { OptionSpecs, RuleMeta } from './model/rule.ts';
import { joinedEvidence } from './policy/join.ts';
import { rules } from './rules/index.ts';

/** What explain, the configuration and reporters know of a rule. */
export interface RulePage {
  readonly meta: RuleMeta;
  readonly options: OptionSpecs;
  readonly needs: readonly EvidenceKind[];
}

/** The rules on packages and the joining of evidence: at hand without the parsers that rules on files bring along. */
const packagePages: readonly RulePage[] = [
  ...rules.map(({ meta, options, needs }) => ({ meta, options, needs })),
  { meta: joinedEvidence, options: {}, needs: [] },
];

/** Every rule a configuration can name, by id, in the order of the alphabet. */
export async function ruleBook(): Promise<ReadonlyMap<string, RulePage>> {
  const pages = [...packagePages, ...(await filePages())];
  return new Map(pages.map((page) => [page.meta.id, page] as const).sort(byId));
}

// Rules on files bring parsers along, which a run on packages alone must not pay for.
async function filePages(): Promise<readonly RulePage[]> {
  const { repositoryRules } = await import('./repository-rules/index.ts');
  return repositoryRules.map(({ meta, options }) => ({ meta, options, needs: [] }));
}

function byId(a: readonly [string, RulePage], b: readonly [string, RulePage]): number {
  return a[0] < b[0] ? -1 : 1;
}

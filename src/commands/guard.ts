/** What `proxy` and `run` share: a judge for the proxy, and where its upstreams are. */
import { openEvidence } from '../evidence/collect.ts';
import { popularNames } from '../evidence/popular-names.ts';
import { DepwardError } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import type { Mode } from '../model/report.ts';
import { printable } from '../model/text.ts';
import { resemblance } from '../names/index.ts';
import { toolVersion } from '../package-root.ts';
import { loadWeights } from '../policy/weights.ts';
import { openBench } from '../proxy/judge.ts';
import type { Bench } from '../proxy/verdict.ts';
import { rules } from '../rules/index.ts';

/** The judge of a policy, with all rules. */
export function benchFor(policy: Policy, mode: Mode): Bench {
  return openBench({
    mode,
    policy,
    rules,
    weights: loadWeights(),
    toolVersion: toolVersion(),
    evidence: (packuments, now) => openEvidence({ packuments, names: (name) => resemblance(name, popularNames()), now }),
  });
}

/** An http(s) URL without credentials that ends in a slash. */
export function registryUrl(text: string, option: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new DepwardError('usage', `${option} is not an http or https URL: ${printable(text, 100)}`);
  }
  if (url.username || url.password) {
    throw new DepwardError('usage', `${option} holds credentials`, {
      hint: 'they would be seen in the list of processes; use npmrc and --own-credentials',
    });
  }
  return `${url.origin}${url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`}`;
}

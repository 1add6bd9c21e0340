/** The policy of the project a command works on. */
import type { Policy } from '../model/policy.ts';
import { loadPolicy } from '../policy/load.ts';

/** Of the file named with `--config`, else of the nearest configuration, else `recommended`. */
export async function projectPolicy(folder: string, config: string | undefined): Promise<Policy> {
  return loadPolicy({ folder, config, rules: async () => [...(await (await import('../rule-book.ts')).ruleBook()).values()] });
}

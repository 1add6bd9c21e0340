/** The policy of the project a command works on. */
import type { Policy } from '../model/policy.ts';
import { loadPolicy } from '../policy/load.ts';

/** Of the file named with `--config`, else of the nearest configuration, else `recommended`. */
export function projectPolicy(folder: string, config: string | undefined): Promise<Policy> {
  // Where there is no configuration nobody asks for it.
  return loadPolicy({ folder, config, rules: async () => (await import('../rule-settings.ts')).settableRules });
}

/** The policy of the project a command works on. */
import { DepwardError } from '../model/errors.ts';
import type { Policy } from '../model/policy.ts';
import { loadPolicy } from '../policy/load.ts';

/** Of the file named with `--config`, else of the nearest configuration, else `recommended`. */
export async function projectPolicy(folder: string, config: string | undefined): Promise<Policy> {
  // Where there is no configuration nobody asks for it.
  const book = () => import('../rule-book.ts');
  try {
    // Most speak of nothing else, and loading the rest costs more than reading the file again.
    return await loadPolicy({ folder, config, rules: async () => (await book()).packagePages });
  } catch (error) {
    if (!(error instanceof DepwardError && error.code === 'config')) throw error;
    return loadPolicy({ folder, config, rules: async () => [...(await (await book()).ruleBook()).values()] });
  }
}

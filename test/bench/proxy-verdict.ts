/** The verdict on a document as the proxy reaches it, and nothing else: read, find what is under suspicion, judge. */
import { benchFor } from '../../src/commands/guard.ts';
import { projectPolicy } from '../../src/commands/policy.ts';
import { judgeSuspects } from '../../src/proxy/suspects.ts';
import { parsePackument } from '../../src/registry/packument.ts';

/** Opens it with the policy of a folder. */
export async function openVerdict(folder: string): Promise<(name: string, bytes: Buffer) => Promise<number>> {
  const bench = benchFor(await projectPolicy(folder, undefined), 'proxy');
  return async (name, bytes) => {
    const parsed = parsePackument(name, bytes);
    if (!parsed.ok) throw new Error(parsed.reason);
    const { packument } = parsed;
    const packuments = { registryOf: () => '', packument: async () => ({ status: 'found' as const, packument, confirmedAt: Date.now() }) };
    return (await judgeSuspects(bench, { packument, packuments, now: Date.now() })).size;
  };
}

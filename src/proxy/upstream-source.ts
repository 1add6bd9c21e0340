/** Packuments of one registry for the engine, where a door has documents of its own and needs those of other packages now and then. */
import type { Instant } from '../model/time.ts';
import { parsePackument } from '../registry/packument.ts';
import type { PackumentAnswer, PackumentSource } from '../registry/source.ts';
import { openBoundedCache, openShared } from './bounded-cache.ts';
import { packumentPath } from './route.ts';
import { troubleOf, type UpstreamClient } from './upstream.ts';

const most = 500;
const freshFor = 300_000;

/** Opens the source; a few hundred packages are remembered for five minutes. */
export function openUpstreamSource(client: UpstreamClient, url: string, now: () => Instant): PackumentSource {
  const cache = openBoundedCache<{ readonly answer: PackumentAnswer; readonly at: number }>(most);
  const shared = openShared();

  async function ask(name: string): Promise<PackumentAnswer> {
    try {
      const document = await client.document({ url }, packumentPath(name), { accept: 'application/json' });
      if (document.kind === 'missing') return { status: 'not-found', confirmedAt: now() };
      const parsed = document.kind === 'document' ? parsePackument(name, document.bytes) : undefined;
      return parsed?.ok
        ? { status: 'found', packument: parsed.packument, confirmedAt: now() }
        : { status: 'failed', reason: parsed?.reason ?? 'unchanged' };
    } catch (error) {
      return { status: 'failed', reason: troubleOf(error).message };
    }
  }

  return {
    registryOf: () => url,
    async packument(name) {
      const held = cache.get(name);
      if (held && performance.now() - held.at < freshFor) return held.answer;
      return await shared(name, async () => {
        const answer = await ask(name);
        if (answer.status !== 'failed') cache.set(name, { answer, at: performance.now() }, 1);
        return answer;
      });
    },
  };
}

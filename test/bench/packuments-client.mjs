/** One cold round over all packuments, in a process of its own: `WHO URL COUNT CONCURRENCY`. Prints wall, CPU and peak memory. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nameOf } from './generated-packuments.mjs';

const [who, url, count, concurrency] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'depward-bench-'));
const ask = who === 'pacote' ? await withPacote() : await withDepward();
const [cpu, wall] = [process.cpuUsage(), performance.now()];
let next = 0;
let releases = 0;
await Promise.all(
  Array.from({ length: Number(concurrency) }, async () => {
    while (next < Number(count)) {
      const index = next;
      next += 1;
      const found = await ask(nameOf(index));
      releases += found;
    }
  }),
);
const { user, system } = process.cpuUsage(cpu);
process.send({ wall: performance.now() - wall, cpu: (user + system) / 1_000, peak: process.resourceUsage().maxRSS / 1_024, releases });
rmSync(folder, { recursive: true });
process.disconnect();

async function withPacote() {
  const { default: pacote } = await import('pacote');
  const options = { registry: url, cache: folder, fullMetadata: true };
  return async (name) => Object.keys((await pacote.packument(name, options)).versions).length;
}

async function withDepward() {
  const { openRegistry } = await import(process.env.DEPWARD_CLIENT);
  // pacote's modules are loaded before the clock starts; so are those that depward loads with its first request.
  await Promise.all(['node:http', 'node:https', 'node:tls', 'npm-registry-fetch/lib/auth.js'].map((name) => import(name)));
  const registry = await openRegistry({
    cwd: folder,
    env: { HOME: folder, DEPWARD_CACHE: join(folder, 'cache'), npm_config_registry: url, npm_config_globalconfig: join(folder, 'none') },
    now: () => Date.now(),
    signal: new AbortController().signal,
    concurrency: Number(concurrency),
  });
  return async (name) => {
    const answer = await registry.packument(name);
    if (answer.status !== 'found') throw new Error(answer.reason ?? answer.status);
    return answer.packument.releases.length;
  };
}

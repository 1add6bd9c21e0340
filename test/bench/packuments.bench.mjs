/** Cold full packuments from a loopback registry: depward against pacote, same concurrency, paired runs, medians. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { bundle } from './load.mjs';

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const [count, concurrency, pairs] = [Number(process.env.BENCH_COUNT ?? 1_000), 32, Number(process.env.BENCH_PAIRS ?? 3)];
const env = { ...process.env, DEPWARD_CLIENT: await bundle('src/registry/client.ts') };

const peaks = [await round('as the public registry has them', 0)];
for (const large of [1, 5, 10]) peaks.push(await round(`${large} of 20 MB among them`, large, ['depward']));
const unpacked = median(await round('10 of 20 MB among them, and nothing packs them', 10, ['depward'], ['plain']));
const highest = peaks.map((runs) => median(runs));
console.log(
  `most memory, with none, one, five and ten of 20 MB: ${highest.map(Math.round).join(', ')} MB, of which they add ${Math.round(Math.max(...highest) - highest[0])}; unpacked on the way ${Math.round(unpacked)} MB`,
);

/** How much memory depward took, run by run. */
async function round(title, large, clients = ['pacote', 'depward'], kind = []) {
  const server = fork(here('packuments-server.mjs'), [String(count), String(large), ...kind]);
  const { url, bytes } = await message(server);
  const runs = Object.fromEntries(clients.map((who) => [who, []]));
  for (let pair = 0; pair < pairs; pair += 1) {
    for (const who of clients) {
      const client = fork(here('packuments-client.mjs'), [who, url, String(count), String(concurrency)], { env });
      runs[who].push(await message(client));
    }
  }
  server.disconnect();
  console.log(`${count} packuments, ${Math.round(bytes / count / 1_000)} KB on average, ${concurrency} at a time, ${title}`);
  for (const who of clients) {
    const of = (name) => median(runs[who].map((run) => run[name]));
    console.log(
      `  ${who.padEnd(8)} wall ${(of('wall') / 1_000).toFixed(2)} s, CPU ${(of('cpu') / count).toFixed(2)} ms each, peak ${runs[who].map(({ peak }) => Math.round(peak)).join(' ')} MB, ${of('releases')} releases`,
    );
  }
  if (clients.length === 2)
    for (const name of ['wall', 'cpu'])
      console.log(`  pacote/depward ${name}: ${median(runs.pacote.map((run, at) => run[name] / runs.depward[at][name])).toFixed(1)}x`);
  return runs.depward.map(({ peak }) => peak);
}

function message(child) {
  return new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
}

function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * The first request for a package, next to a bare hop plus the verdict on the same document, in the same run: what the proxy adds
 * to the two must be little. The verdict is timed in a hop of its own, which reaches it as the proxy does and does nothing else.
 */
import { Agent, get } from 'node:http';
import { bundle } from './load.mjs';
import { cpuMicroseconds, median, openServers } from './proxy-servers.mjs';

const packages = Number(process.env.BENCH_PACKAGES ?? 1600);
/** The last so many are measured: a server lives for days, and its code has run before. */
const measured = 400;
const agent = new Agent({ keepAlive: true });
const servers = openServers();

try {
  const upstream = await servers.upstream(String(packages));
  const ways = {
    hop: await servers.hop(upstream.url),
    judging: await servers.hop(upstream.url, await bundle('test/bench/proxy-verdict.ts'), servers.folder),
    proxy: await servers.depward(upstream.url),
  };
  tell(await firstRequests(ways));
} finally {
  servers.stop();
}

/** In turns of 16. */
async function firstRequests(ways) {
  const seen = Object.fromEntries(Object.keys(ways).map((way) => [way, { early: [], ms: [], cpu: 0, verdicts: [] }]));
  for (let turn = 0; turn < packages; turn += 16) {
    for (const [way, { url, pid }] of Object.entries(ways)) {
      const before = cpuMicroseconds(pid);
      const answers = [];
      for (let i = turn; i < turn + 16; i++) answers.push(await timed(`${url}bench-many-${i}`));
      if (turn === 0) seen[way].early.push(...answers.map(({ ms }) => ms));
      if (turn < packages - measured) continue;
      seen[way].cpu += (cpuMicroseconds(pid) - before) / 1000;
      seen[way].ms.push(...answers.map(({ ms }) => ms));
      seen[way].verdicts.push(...answers.map(({ verdict }) => verdict));
    }
  }
  return seen;
}

function tell({ hop, judging, proxy }) {
  const [bare, both, through] = [hop, judging, proxy].map((way) => ({ ms: median(way.ms), cpu: way.cpu / way.ms.length }));
  // What a processor does for the verdict alone is what it does in the hop that judges, less what it does in the bare one.
  const verdict = { ms: median(judging.verdicts), cpu: both.cpu - bare.cpu };
  const text = ({ ms, cpu }) => `${ms.toFixed(2)} ms (CPU ${cpu.toFixed(2)})`;
  console.log(`first request for a packument of 22 KB: bare hop ${text(bare)}, verdict alone ${text(verdict)}, depward ${text(through)}`);
  const against = (name, under) => `depward / ${name} ${(through.ms / under.ms).toFixed(2)}x, CPU ${(through.cpu / under.cpu).toFixed(2)}x`;
  console.log(`  ${against('(bare hop + verdict)', { ms: bare.ms + verdict.ms, cpu: both.cpu })} (aim 1.20x)`);
  console.log(`  ${against('hop with the verdict in it', both)}; ${against('bare hop', bare)}`);
  const early = ({ early: [first, ...next] }) => `${first.toFixed(1)} ms, ${median(next).toFixed(1)} ms`;
  console.log(
    `  the very first of a process, the next 15: hop with the verdict ${early(judging)}; depward, which prepares while nobody asks, ${early(proxy)}`,
  );
}

/** A whole answer over a kept connection; with what a judging hop says of its verdict. */
function timed(url) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const onResponse = (response) => {
      const verdict = Number(response.headers['x-verdict-ms']);
      response.on('data', () => {}).on('end', () => resolve({ ms: performance.now() - started, verdict }));
    };
    get(url, { agent, headers: { accept: 'application/json', 'user-agent': 'npm/11.0.0' } }, onResponse).on('error', reject);
  });
}

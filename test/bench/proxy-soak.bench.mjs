/** Resident memory of the proxy over 100,000 requests of mixed kinds: flat, once it is warm. */
import { load, openServers, residentMb } from './proxy-servers.mjs';

const servers = openServers();
const wanted = 100_000;
const paths = ['/bench-small', '/bench-middle', '/bench-middle/-/bench-middle-1.5.0.tgz', '/no-such-package', '/bench-large/-/bench-large-1.7.0.tgz'];

try {
  const upstream = await servers.upstream();
  const proxy = await servers.depward(upstream.url);
  for (const path of paths) load(proxy, path, 16, 10_000, 2000);
  const seen = [residentMb(proxy.pid)];
  let requests = 0;
  for (let turn = 0; requests < wanted; turn++) {
    requests += load(proxy, paths[turn % paths.length], 16, 30_000, 5000).requests;
    if (turn % 4 === 3) seen.push(residentMb(proxy.pid));
  }
  console.log(`memory over ${requests} requests: ${seen.join(', ')} MB; last / first ${(seen.at(-1) / seen[0]).toFixed(2)}x`);
} finally {
  servers.stop();
}

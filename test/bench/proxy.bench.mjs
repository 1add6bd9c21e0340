/**
 * The proxy under load, warm, next to a bare server that answers from memory, and to Verdaccio 6.8 where the client tests have
 * installed it (npm run test:clients). One load generator on the same machine: compare within a row only. The servers' own CPU
 * time a request is told beside, for the load generator and other work share the cores.
 */
import { load, median, openServers } from './proxy-servers.mjs';

const ms = 1500;
const rounds = 3;
const servers = openServers();

try {
  const upstream = await servers.upstream();
  const rows = [
    ['bare server', upstream],
    ['depward', await servers.depward(upstream.url)],
    ['Verdaccio 6.8', await servers.verdaccio(upstream.url)],
  ].filter(([, server]) => server);
  for (const [title, path, connections] of [
    ['packument, 22 KB', '/bench-small', 16],
    ['packument, 57 KB', '/bench-middle', 16],
    ['packument, 6.5 MB', '/bench-large', 4],
    ['tarball, 34 KB', '/bench-middle/-/bench-middle-1.5.0.tgz', 16],
  ]) {
    const results = new Map(rows.map(([name]) => [name, []]));
    for (const [, server] of rows) load(server, path, 2, 300);
    for (let round = 0; round < rounds; round++) for (const [name, server] of rows) results.get(name).push(load(server, path, connections, ms));
    const of = (name, what) => median(results.get(name).map((result) => result[what]));
    const shown = rows.map(
      ([name]) =>
        `${name} ${of(name, 'rate')}/s (p50 ${of(name, 'p50')}, p99 ${of(name, 'p99')} ms, ${Math.round(of(name, 'cpu'))} us CPU${of(name, 'failed') ? `, ${of(name, 'failed')} failed` : ''})`,
    );
    console.log(`${title}: ${shown.join('; ')}`);
    const against = rows
      .filter(([name]) => name !== 'depward')
      .map(
        ([name]) =>
          `depward / ${name} ${(of('depward', 'rate') / of(name, 'rate')).toFixed(1)}x (CPU of ${name} / depward ${(of(name, 'cpu') / of('depward', 'cpu')).toFixed(1)}x)`,
      );
    console.log(`  ${against.join(', ')}`);
  }
} finally {
  servers.stop();
}

/** Withheld versions cut out of a packument by its layout, next to parsing and writing it again. The layout comes with reading the facts, once for each document. */
import { load } from './load.mjs';
import { median, openServers } from './proxy-servers.mjs';

const servers = openServers();
try {
  const upstream = await servers.upstream();
  const { filterPackument, filterParsed } = await load('src/proxy/filter-packument.ts');
  const { layoutFrom } = await load('src/proxy/json-layout.ts');
  const { parsePackument, parsePlaced } = await load('src/registry/packument.ts');
  for (const [name, rounds] of [
    ['bench-small', 400],
    ['bench-middle', 300],
    ['bench-large', 15],
  ]) {
    const answer = await fetch(upstream.url + name, { headers: { connection: 'close' } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const gone = new Set(Object.keys(JSON.parse(bytes.toString()).versions).slice(-3));
    const start = { from: `${upstream.url}${name}/-/`, to: `http://proxy.example/${name}/-/` };
    const filtering = { keep: (version) => !gone.has(version), tarball: (url) => url.replace(start.from, start.to), start };
    const layout = layoutFrom(bytes, parsePlaced(name, bytes).places);
    const times = [[], [], [], []];
    for (let i = 0; i < rounds; i++) {
      times[0].push(timed(() => filterParsed(bytes, filtering)));
      times[1].push(timed(() => filterPackument(bytes, filtering, layout)));
      times[2].push(timed(() => parsePackument(name, bytes)));
      times[3].push(timed(() => layoutFrom(bytes, parsePlaced(name, bytes).places)));
    }
    const [parsed, cut, facts, placed] = times.map(median);
    console.log(
      `${name}, ${Math.round(bytes.length / 1000)} KB: parsed and written ${parsed.toFixed(3)} ms, cut ${cut.toFixed(3)} ms: ${(parsed / cut).toFixed(1)}x; facts ${facts.toFixed(3)} ms, with the layout ${placed.toFixed(3)} ms`,
    );
  }
} finally {
  servers.stop();
}

function timed(work) {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Serves hostile tarballs on loopback, in a process of its own: each is made when it is asked for by message, `{ make: at }`, those of a tree together, `{ make: 'tree' }`. */
import { hostileTarballs, largeTree } from './hostile-tarballs.mjs';
import { load } from './load.mjs';

const { startFixtureRegistry } = await load('test/helpers/fixture-registry.ts');
const registry = await startFixtureRegistry();
const all = Object.entries(hostileTarballs);
process.on('message', async ({ make }) => {
  const made = make === 'tree' ? largeTree.map((one, at) => [`large-${at}`, one]) : [[`hostile-${make}`, all[make][1]]];
  let length = 0;
  for (const [name, one] of made) {
    const bytes = await one();
    registry.add(document(name));
    registry.addTarball(name, '1.0.0', bytes);
    length += bytes.length;
  }
  process.send({ bytes: length, names: made.map(([name]) => name) });
});
process.on('disconnect', () => process.exit());
process.send({ url: registry.url, names: all.map(([name]) => name) });

function document(name) {
  const at = '2025-01-01T00:00:00.000Z';
  return {
    name,
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': { name, version: '1.0.0', dist: {} } },
    time: { created: at, modified: at, '1.0.0': at },
  };
}

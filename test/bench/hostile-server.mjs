/** Serves hostile tarballs on loopback, in a process of its own: each is made when it is asked for by message, `{ make: at }`. */
import { hostileTarballs } from './hostile-tarballs.mjs';
import { load } from './load.mjs';

const { startFixtureRegistry } = await load('test/helpers/fixture-registry.ts');
const registry = await startFixtureRegistry();
const all = Object.entries(hostileTarballs);
process.on('message', async ({ make }) => {
  const bytes = await all[make][1]();
  const name = `hostile-${make}`;
  registry.add(document(name));
  registry.addTarball(name, '1.0.0', bytes);
  process.send({ bytes: bytes.length });
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

/** Serves generated packuments on loopback in a process of its own, so that its work is not counted: `COUNT LARGE [alike|known|plain]`. */
import { nameOf, packument } from './generated-packuments.mjs';
import { knownNames } from './known-names.mjs';
import { load } from './load.mjs';

const { startFixtureRegistry } = await load('test/helpers/fixture-registry.ts');
const [count, large] = process.argv.slice(2).map(Number);
const alike = process.argv[4] === 'known' ? await knownNames(count) : process.argv[4] === 'alike';
const registry = await startFixtureRegistry({ plain: process.argv[4] === 'plain' });
let bytes = 0;
for (let index = 0; index < count; index += 1) {
  const text = JSON.stringify(packument(index, large, alike));
  bytes += text.length;
  registry.addBytes(nameOf(index, alike), text);
}
// Once round, so that packing is not part of anybody's time.
for (let index = 0; index < count; index += 1) await fetch(`${registry.url}${nameOf(index, alike)}`).then((answer) => answer.arrayBuffer());
process.send({ url: registry.url, bytes });
process.on('disconnect', () => process.exit());

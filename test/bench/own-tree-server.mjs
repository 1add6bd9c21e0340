/**
 * Serves the project's own dependencies on loopback, in a process of its own. Sends `{ url, manifest, lock, before, names }`; its
 * arguments say how many packages were raised, and how many milliseconds it is away. With a third, it serves what that package-lock holds.
 */
import { load } from './load.mjs';
import { lockTree } from './lock-tree.mjs';
import { ownTree } from './own-tree.mjs';

const { startFixtureRegistry } = await load('test/helpers/fixture-registry.ts');
const tree = process.argv[4] ? lockTree(process.argv[4]) : ownTree(Number(process.argv[2] ?? 0));
const registry = await startFixtureRegistry({ latency: Number(process.argv[3] ?? 0) });
registry.add(...tree.documents);
for (const { name, version, bytes } of tree.tarballs) registry.addTarball(name, version, bytes);
if (tree.keys) registry.addBytes('-/npm/v1/keys', JSON.stringify(tree.keys));
// Once round, so that packing is not part of anybody's time.
await Promise.all(tree.documents.map(({ name }) => fetch(`${registry.url}${name.replace('/', '%2f')}`).then((answer) => answer.arrayBuffer())));
process.on('message', () => process.send({ requests: registry.requests.splice(0).map(({ path }) => path) }));
const { url } = registry;
process.send({ url, manifest: tree.manifest, lock: tree.lock?.(url), before: tree.before?.(url), names: tree.documents.map(({ name }) => name) });
process.on('disconnect', () => process.exit());

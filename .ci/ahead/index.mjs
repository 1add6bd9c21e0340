/**
 * Leaves in dist/ what V8 compiled in usual runs (src/commands/compiled-ahead.ts reads it): some of the project's own dependencies are
 * checked at a registry on loopback, and what was compiled by the end of each run is kept for the next.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from '../../test/bench/load.mjs';
import { ownTree } from '../../test/bench/own-tree.mjs';
import { root } from '../freshness.mjs';

/** Few, and of several ways to write JavaScript. */
const told = ['semver', 'commander', 'npm-package-arg', 'ssri', 'hosted-git-info', 'lru-cache', 'proc-log', 'validate-npm-package-name', 'minipass'];

export async function compileAhead() {
  const { startFixtureRegistry } = await load('test/helpers/fixture-registry.ts');
  const tree = ownTree(0, (place) => told.some((name) => place === `node_modules/${name}`));
  const registry = await startFixtureRegistry();
  registry.add(...tree.documents);
  for (const { name, version, bytes } of tree.tarballs) registry.addTarball(name, version, bytes);
  registry.addBytes('-/npm/v1/keys', JSON.stringify(tree.keys));
  const folder = mkdtempSync(join(tmpdir(), 'depward-ahead-'));
  mkdirSync(join(folder, 'codes'));
  writeFileSync(join(folder, '.npmrc'), `registry=${registry.url}\n`);
  try {
    await run(folder, registry.url, ['semver']);
    await run(folder, registry.url, ['npm-package-arg', 'semver@*']);
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(tree.lock(registry.url)));
    await run(folder, registry.url, []);
    keep(join(folder, 'codes'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await registry.close();
  }
}

async function run(cwd, url, specs) {
  const env = { PATH: process.env.PATH, HOME: cwd, DEPWARD_CACHE: join(cwd, 'cache'), NO_COLOR: '1', npm_config_registry: url };
  const args = [join(root, '.ci', 'ahead', 'note-compiled.cjs'), join(cwd, 'codes'), 'check', ...specs];
  const child = spawn(process.execPath, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0 && code !== 1) throw new Error(`the run that compiles ahead ended with ${code}`);
}

/** One file for all: each that is opened takes as long as reading many kilobytes. */
function keep(codes) {
  const list = {};
  const parts = [];
  let start = 0;
  for (const name of readdirSync(codes)) {
    const code = readFileSync(join(codes, name));
    const file = `${root}/dist/${name}`;
    if (!existsSync(file)) continue;
    list[name] = { start, end: start + code.length, digest: createHash('sha256').update(readFileSync(file)).digest('base64') };
    // V8 copies what does not begin where a word may.
    const room = Buffer.alloc(-code.length & 7);
    parts.push(code, room);
    start += code.length + room.length;
  }
  writeFileSync(`${root}/dist/compiled.bin`, Buffer.concat(parts));
  writeFileSync(`${root}/dist/compiled.json`, JSON.stringify({ v8: process.versions.v8, parts: list }));
}

/** Loads one of the project's TypeScript files in plain node: bundled with esbuild into node_modules/.cache, dependencies left outside. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** The exports of a TypeScript file, path from the project's root. */
export async function load(file) {
  return import(await bundle(file));
}

/** A copy of the built command line, which stays as it is while others build: path of its bin. */
export function builtCopy() {
  if (!existsSync(`${root}/dist/cli.js`)) spawnSync(process.execPath, [`${root}/.ci/build.mjs`], { cwd: root, stdio: 'inherit' });
  const folder = `${root}/node_modules/.cache/depward-bench/app-${process.pid}`;
  rmSync(folder, { recursive: true, force: true });
  cpSync(`${root}/dist`, `${folder}/dist`, { recursive: true });
  for (const name of ['data', 'package.json']) symlinkSync(`${root}/${name}`, `${folder}/${name}`);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return `${folder}/dist/cli.js`;
}

/** URL of a bundle of a TypeScript file, for another process to import. */
export async function bundle(file) {
  process.env.DEPWARD_ROOT = root;
  const folder = `${root}/node_modules/.cache/depward-bench`;
  mkdirSync(folder, { recursive: true });
  // The code looks for the embedded lists one level above itself.
  for (const name of ['data', 'package.json']) if (!existsSync(`${folder}/../${name}`)) symlinkSync(`${root}/${name}`, `${folder}/../${name}`);
  const outfile = `${folder}/${basename(file, '.ts')}-${process.pid}.mjs`;
  await build({
    entryPoints: [`${root}/${file}`],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20.17',
    logLevel: 'warning',
  });
  return pathToFileURL(outfile).href;
}

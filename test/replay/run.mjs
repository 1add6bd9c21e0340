/** Runs one of the replay's TypeScript files in plain node: bundled beside the project's data folder, dependencies left outside. */
import { rmSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** Calls `main` of `test/replay/FILE` with the command line's words. */
export async function run(file, words) {
  process.env.DEPWARD_ROOT = root;
  // One level below the root, as dist/ is: what looks for ../data finds it.
  const outfile = `${root}/node_modules/.replay-${process.pid}.mjs`;
  try {
    await build({
      entryPoints: [`${root}/test/replay/${file}`],
      outfile,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      target: 'node20.17',
      logLevel: 'warning',
    });
    const { main } = await import(pathToFileURL(outfile).href);
    process.exitCode = await main(words, root);
  } finally {
    rmSync(outfile, { force: true });
  }
}

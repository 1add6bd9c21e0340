/** Builds dist/: bundled ESM (our own code only; every dependency stays an import) and type declarations. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { root, sourceDigest } from './freshness.mjs';

rmSync(`${root}/dist`, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['src/cli.ts', 'src/index.ts', 'src/verdaccio.ts', 'src/bun.ts', 'src/pnpm.ts'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.17',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
});
const types = spawnSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '--emitDeclarationOnly'], { cwd: root, stdio: 'inherit' });
if (types.status !== 0) process.exit(types.status ?? 1);
writeFileSync(`${root}/dist/.built-from`, sourceDigest());

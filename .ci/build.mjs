/** Builds dist/: bundled ESM (our own code only; every dependency stays an import) and type declarations. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { root, sourceDigest } from './freshness.mjs';

rmSync(`${root}/dist`, { recursive: true, force: true });
const common = {
  absWorkingDir: root,
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20.17',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
};
await build({
  ...common,
  entryPoints: ['src/main.ts', 'src/rule-book.ts', 'src/index.ts', 'src/verdaccio.ts', 'src/bun.ts', 'src/pnpm.ts'],
  splitting: true,
});
// The bin is one file that leads to the others only when it has to: what it holds twice it holds so as to start in one read.
// The thread that reads large tarballs stands alone as well.
await build({ ...common, entryPoints: [{ in: 'src/evidence/read-worker.ts', out: 'read-worker' }] });
await build({
  ...common,
  entryPoints: ['src/cli.ts'],
  plugins: [
    {
      name: 'the rest is another build',
      setup: ({ onResolve }) =>
        onResolve({ filter: /(?:^|\/)(?:main|rule-book)\.ts$/ }, ({ kind, path }) =>
          kind === 'dynamic-import' ? { path: `./${path.slice(path.lastIndexOf('/') + 1, -3)}.js`, external: true } : undefined,
        ),
    },
  ],
});
const types = spawnSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '--emitDeclarationOnly'], { cwd: root, stdio: 'inherit' });
if (types.status !== 0) process.exit(types.status ?? 1);
writeFileSync(`${root}/dist/.built-from`, sourceDigest());

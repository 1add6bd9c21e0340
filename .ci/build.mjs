/** Builds dist/: bundled ESM (our own code only; every dependency stays an import) and type declarations. */
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
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
/** What the commands that start fast load on demand: files of the large build, under names that stay. */
const onDemand = Object.fromEntries(
  [
    'main',
    'rule-book',
    'judge-files',
    'repository-rules/index',
    'resolve/lockfile-changes',
    'policy/build',
    'policy/parse',
    'repository/fix',
    'repository/write',
    ...['affected', 'baseline', 'gate-files', 'gate-ignore', 'gate-policy', 'quiet-report', 'registry-folder', 'session'].map(
      (name) => `commands/${name}`,
    ),
    ...['sarif', 'markdown', 'github', 'gitlab', 'junit'].map((name) => `reporters/${name}`),
  ].map((path) => [`${root}/src/${path}.ts`, path.replaceAll('/', '-')]),
);
const named = Object.entries(onDemand).map(([path, name]) => ({ in: path, out: name }));
const whole = ['index', 'verdaccio', 'bun', 'pnpm'].map((name) => ({ in: `src/${name}.ts`, out: name }));
await build({ ...common, entryPoints: [...named, ...whole], splitting: true });
// The thread that reads large tarballs stands alone.
await build({ ...common, entryPoints: [{ in: 'src/evidence/read-worker.ts', out: 'read-worker' }] });
// The bin, the gate and the doctor are one file each, which lead to the others only when they have to: every file that is opened and every
// kilobyte that is read before the first answer is waited for in every run.
const started = { [`${root}/src/commands/gate.ts`]: 'gate', [`${root}/src/commands/doctor.ts`]: 'doctor' };
await build({
  ...common,
  entryPoints: [{ in: 'src/cli.ts', out: 'cli' }, ...Object.entries(started).map(([path, name]) => ({ in: path, out: name }))],
  plugins: [
    {
      name: 'the rest is another build',
      setup: ({ onResolve }) =>
        onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
          const name = kind === 'dynamic-import' ? { ...onDemand, ...started }[resolve(resolveDir, path)] : undefined;
          return name === undefined ? undefined : { path: `./${name}.js`, external: true };
        }),
    },
  ],
});
const types = spawnSync(process.execPath, [`${root}/node_modules/typescript/bin/tsc`, '--emitDeclarationOnly'], { cwd: root, stdio: 'inherit' });
if (types.status !== 0) process.exit(types.status ?? 1);
writeFileSync(`${root}/dist/.built-from`, sourceDigest());

/** Makes a fresh clone ready: locked install without scripts, then a build; each only when missing or stale, each said in one line. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { lockDigest, root, sourceDigest, textOf } from './freshness.mjs';

function run(args) {
  const { status } = spawnSync(args[0], args.slice(1), { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status === 0) return;
  console.error(`depward set-up: that failed, for the reason above (${args.slice(0, 2).join(' ')})`);
  process.exit(2);
}

const installed = `${root}/node_modules/.depward-installed`;
if (textOf(installed) !== lockDigest()) {
  console.error('depward set-up: installing locked dependencies, scripts off (npm ci --ignore-scripts)');
  run(['npm', 'ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(installed, lockDigest());
}
if (textOf(`${root}/dist/.built-from`) !== sourceDigest()) {
  console.error('depward set-up: building dist/');
  run([process.execPath, `${root}/.ci/build.mjs`]);
}

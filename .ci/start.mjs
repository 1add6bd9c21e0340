/** `npm start -- ARGS`: set up when needed, then run the built command line in the folder npm was called from. */
import './setup.mjs';
import { spawn } from 'node:child_process';
import { root } from './freshness.mjs';

const child = spawn(process.execPath, [`${root}/dist/cli.js`, ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => {
  process.exitCode = signal ? 130 : (code ?? 2);
});

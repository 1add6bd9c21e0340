/** What a command costs as a process of its own. */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const noteUse = fileURLToPath(new URL('note-use.cjs', import.meta.url));

/** Wall milliseconds of the whole process; CPU milliseconds and peak megabytes as it saw them itself at its end. `allowed` are its exit codes. */
export function used(args, { folder, cwd, env, allowed = [0] }) {
  const out = join(folder, 'used');
  rmSync(out, { force: true });
  const start = process.hrtime.bigint();
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--require', noteUse, ...args], {
    cwd,
    env: { ...(env ?? process.env), BENCH_USED: out },
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  const wall = Number(process.hrtime.bigint() - start) / 1e6;
  // Findings are welcome, failures are not: they would be measured as speed.
  if (!allowed.includes(status)) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr.slice(-800)}${stdout.slice(-400)}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(readFileSync(out, 'utf8'));
  return { wall, cpu: (userCPUTime + systemCPUTime) / 1e3, peak: maxRSS / 1024, stdout };
}

export function median(values) {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** `1.23 s (1.40 s CPU)` of several runs. */
export function costText(runs) {
  const seconds = (name) => (median(runs.map((run) => run[name])) / 1e3).toFixed(2);
  return `${seconds('wall')} s (${seconds('cpu')} s CPU)`;
}

/** The median of what the pairs of runs come to. */
export function ratioText(over, under, name) {
  return median(over.map((run, at) => run[name] / under[at][name]));
}

/**
 * The most memory a check takes: of one package whatever its tarball, tarballs at the limits of what is read, each in a process of
 * its own; of a tree of many large packages. Ends with 1 where one takes more than the line. BENCH_ONLY names some of them.
 */
import { fork, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './load.mjs';
import { used } from './used.mjs';

/** 300 MB, as peaks are counted here. */
const line = 300e6 / 2 ** 20;
const dist = process.env.BENCH_DIST ?? join(root, 'dist');
if (!process.env.BENCH_DIST) spawnSync(process.execPath, [join(root, '.ci', 'build.mjs')], { cwd: root, stdio: 'inherit' });
const folder = mkdtempSync(join(tmpdir(), 'depward-memory-'));
const server = fork(fileURLToPath(new URL('hostile-server.mjs', import.meta.url)));
try {
  const { url, names } = await new Promise((resolve, reject) => server.once('message', resolve).once('exit', reject));
  writeFileSync(join(folder, '.npmrc'), `registry=${url}\n`);
  writeFileSync(join(folder, 'package.json'), '{}');
  for (const [at, name] of [...names.entries(), ['tree', 'a tree of large packages']]) {
    if (process.env.BENCH_ONLY && !process.env.BENCH_ONLY.split(',').some((word) => name.includes(word))) continue;
    server.send({ make: at });
    const { bytes, names: packages } = await new Promise((resolve) => server.once('message', resolve));
    const env = { PATH: process.env.PATH, HOME: folder, DEPWARD_CACHE: join(folder, `cache-${at}`), NO_COLOR: '1' };
    const { peak, wall, stdout } = used([join(dist, 'cli.js'), 'check', ...packages.map((one) => `${one}@1.0.0`), '--format', 'json'], {
      folder,
      cwd: folder,
      env,
      allowed: [0, 1, 2],
    });
    const { action, gaps } = JSON.parse(stdout);
    if (peak > line) process.exitCode = 1;
    const said = gaps[0]?.reason.slice(0, 90) ?? '';
    console.log(
      `${peak > line ? '!' : ' '} ${peak.toFixed(0).padStart(4)} MB ${(wall / 1e3).toFixed(1).padStart(5)} s  ${name} (${(bytes / 2 ** 20).toFixed(1)} MB packed): ${action} ${said}`,
    );
  }
} finally {
  server.disconnect();
  rmSync(folder, { recursive: true, force: true });
}

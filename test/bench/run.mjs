/** Runs every bench in this folder (`*.bench.mjs`) one after the other, or those whose name holds an argument: `npm run bench -- packuments`. */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2);
const benches = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.mjs'))
  .filter((file) => wanted.length === 0 || wanted.some((word) => file.includes(word)))
  .sort();
if (benches.length === 0) {
  console.error(`no bench is called ${wanted.join(' or ')}`);
  process.exitCode = 2;
}
for (const file of benches) {
  console.log(`\n== ${file.slice(0, -'.bench.mjs'.length)}`);
  const { status } = spawnSync(process.execPath, [`${folder}${file}`], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

/**
 * Builds the embedded lists: `npm run data`. Fetches the npm package `download-counts` (MIT: names and monthly downloads)
 * with the npm client into a temporary folder and writes `popular-names.bin` with its source beside it. Same source, same bytes.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Names shipped, and how many of them are found with edits too (measured with `npm run bench:names`). */
const listed = 50_000;
const indexed = 20_000;

const here = new URL('.', import.meta.url);
const spec = process.argv[2] ?? 'download-counts@latest';
const temporary = mkdtempSync(join(tmpdir(), 'depward-data-'));
try {
  const { buildCorpus } = await importSource('src/names/corpus-build.ts');
  const { manifest, counts } = fetchCounts();
  const popular = Object.entries(counts)
    .filter(([name, downloads]) => name.length <= 214 && Number.isSafeInteger(downloads) && downloads > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, listed)
    .map(([name, downloads]) => ({ name, downloads }));
  const bytes = buildCorpus(popular, indexed);
  writeFileSync(new URL('popular-names.bin', here), bytes);
  const about = {
    what: 'npm package names with downloads a month, most downloaded first, and an index of names alike',
    source: `${manifest.name}@${manifest.version}`,
    date: manifest.version.replace(/^\d+\.(\d{4})(\d\d)(\d\d)\..*$/, '$1-$2-$3'),
    licence: manifest.license,
    names: popular.length,
    foundWithEdits: indexed,
    leastDownloads: popular.at(-1).downloads,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  writeFileSync(new URL('popular-names.json', here), `${JSON.stringify(about, undefined, 2)}\n`);
  process.stdout.write(`${JSON.stringify(about, undefined, 2)}\n`);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function fetchCounts() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const packed = execFileSync(npm, ['pack', spec, '--ignore-scripts', '--silent', '--pack-destination', temporary], { encoding: 'utf8' });
  execFileSync('tar', ['xzf', join(temporary, packed.trim().split('\n').at(-1)), '-C', temporary]);
  const read = (file) => JSON.parse(readFileSync(join(temporary, 'package', file), 'utf8'));
  return { manifest: read('package.json'), counts: read('counts.json') };
}

/** The list is written by the code that describes its form, bundled, for Node 20 reads no TypeScript. */
async function importSource(file) {
  const outfile = join(temporary, 'source.mjs');
  await build({
    entryPoints: [new URL(`../${file}`, here).pathname],
    bundle: true,
    format: 'esm',
    platform: 'neutral',
    outfile,
    logLevel: 'warning',
  });
  return import(outfile);
}

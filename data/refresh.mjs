/**
 * Builds the embedded lists: `npm run data`. Fetches the npm packages `download-counts` (names and monthly downloads) and
 * `npm-high-impact` (names the former misses), both MIT, with the npm client into a temporary folder and writes
 * `popular-names.bin` with its sources beside it. Same sources, same bytes: `npm run data -- --check` builds the list again from
 * the versions it names and compares.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** Names shipped, and how many of them are found with edits too (measured with `npm run bench:names`). */
const listed = 200_000;
const indexed = 65_000;

const here = new URL('.', import.meta.url);
const words = process.argv.slice(2);
const checking = words.includes('--check');
const kept = JSON.parse(readFileSync(new URL('popular-names.json', here), 'utf8'));
const newest = words.length > 0 ? words : ['download-counts@latest', 'npm-high-impact@latest'];
const specs = checking ? kept.sources.map((source) => source.package) : newest;
const temporary = mkdtempSync(join(tmpdir(), 'depward-data-'));
try {
  const { buildCorpus } = await importSource('src/names/corpus-build.ts');
  const [counted, listedToo] = specs.map(fetchPackage);
  const counts = new Map(Object.entries(JSON.parse(readFileSync(join(counted.folder, 'counts.json'), 'utf8'))));
  addUncounted(
    counts,
    [...readFileSync(join(listedToo.folder, 'lib/top-download.js'), 'utf8').matchAll(/'([^'\\\s]+)'/g)].map(([, name]) => name),
  );
  const popular = [...counts]
    .filter(([name, downloads]) => name.length <= 214 && Number.isSafeInteger(downloads) && downloads > 0)
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, listed)
    .map(([name, downloads]) => ({ name, downloads }));
  const bytes = buildCorpus(popular, indexed);
  const about = {
    what: 'npm package names with downloads a month, most downloaded first, and an index of names alike',
    sources: [counted, listedToo].map(({ manifest }) => ({ package: `${manifest.name}@${manifest.version}`, licence: manifest.license })),
    date: counted.manifest.version.replace(/^\d+\.(\d{4})(\d\d)(\d\d)\..*$/, '$1-$2-$3'),
    names: popular.length,
    foundWithEdits: indexed,
    leastDownloads: popular.at(-1).downloads,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
  if (checking) {
    const same = about.sha256 === kept.sha256;
    process.stdout.write(same ? 'the list is what its sources make it\n' : `the list is ${kept.sha256}, its sources make ${about.sha256}\n`);
    process.exitCode = same ? 0 : 1;
  } else {
    writeFileSync(new URL('popular-names.bin', here), bytes);
    writeFileSync(new URL('popular-names.json', here), `${JSON.stringify(about, undefined, 2)}\n`);
    process.stdout.write(`${JSON.stringify(about, undefined, 2)}\n`);
  }
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

function fetchPackage(spec) {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const folder = mkdtempSync(join(temporary, 'package-'));
  const packed = execFileSync(npm, ['pack', spec, '--ignore-scripts', '--silent', '--pack-destination', folder], { encoding: 'utf8' });
  execFileSync('tar', ['xzf', join(folder, packed.trim().split('\n').at(-1)), '-C', folder]);
  const manifest = JSON.parse(readFileSync(join(folder, 'package/package.json'), 'utf8'));
  if (manifest.license !== 'MIT') throw new Error(`${spec}: the licence is ${manifest.license} now; look before shipping it`);
  return { folder: join(folder, 'package'), manifest };
}

/** Names the counts miss get those of the name ranked just above them. */
function addUncounted(counts, ranked) {
  let above = 0;
  for (const name of ranked) {
    const known = counts.get(name) ?? 0;
    if (known > 0) above = known;
    else if (above > 0) counts.set(name, above);
  }
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

/**
 * Reads the tarballs it is told of, with depward's own client or with pacote, and says what a pass over them took: each in a
 * process of its own, for the garbage of one must not be collected in the time of the other.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load } from './load.mjs';

const [side, sideBySide] = [process.argv[2], Number(process.argv[3])];
const read = side === 'pacote' ? await withPacote() : await withDepward();

process.on('message', async (tarballs) => {
  const start = performance.now();
  const before = process.cpuUsage();
  const listed = await pass(tarballs);
  const { user, system } = process.cpuUsage(before);
  process.send({ wall: performance.now() - start, cpu: (user + system) / 1000, peak: process.resourceUsage().maxRSS / 1024, listed });
});
process.on('disconnect', () => process.exit());
process.send('ready');

/** The number of files and of their bytes: both sides must have seen the same. */
async function pass(tarballs) {
  const listed = { files: 0, bytes: 0 };
  const cache = mkdtempSync(join(tmpdir(), 'depward-bench-read-'));
  let next = 0;
  const hand = async () => {
    while (next < tarballs.length)
      for (const { size } of await read(tarballs[next++], cache)) {
        listed.files++;
        listed.bytes += size;
      }
  };
  await Promise.all(Array.from({ length: sideBySide }, hand));
  rmSync(cache, { recursive: true, force: true });
  return `${listed.files} files of ${listed.bytes} bytes`;
}

async function withDepward() {
  const [{ tarballWhole }, { readTarballFrom }] = await Promise.all([load('src/registry/tarball-bytes.ts'), load('src/registry/tarball.ts')]);
  const npm = {};
  const { signal } = new AbortController();
  return async ({ url, integrity }) => {
    const { archive, holds } = await readTarballFrom([await tarballWhole(url, npm, { limitBytes: 2 ** 21 }, signal)], [integrity]);
    if (holds[0] !== true) throw new Error('another tarball');
    return archive.files;
  };
}

async function withPacote() {
  const [{ default: pacote }, { Parser }] = await Promise.all([import('pacote'), import('tar')]);
  return async ({ url, integrity }, cache) => {
    const files = [];
    const list = (stream) =>
      new Promise((resolve, reject) => {
        const onReadEntry = (entry) => {
          if (entry.type === 'File') files.push({ path: entry.path, size: entry.size });
          entry.on('data', () => {});
        };
        const parser = new Parser({ onReadEntry });
        parser.on('end', resolve).on('error', reject);
        stream.on('error', reject).pipe(parser);
      });
    await pacote.tarball.stream(url, list, { cache, integrity });
    return files;
  };
}

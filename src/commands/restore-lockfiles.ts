/** Puts back the addresses a client would have written without the proxy: some record where they were shown a tarball. */
import { lstatSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const lockfiles = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  join('node_modules', '.package-lock.json'),
  join('node_modules', '.yarn-integrity'),
];
const largest = 200_000_000;

/** Restores lockfiles from `folder` up to the root of the repository. `originals` holds the address behind each one shown. */
export function restoreLockfiles(folder: string, proxyUrl: string, originals: ReadonlyMap<string, string>, upstream: string): readonly string[] {
  const restored: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    for (const name of lockfiles) if (restore(join(at, name), proxyUrl, originals, upstream)) restored.push(join(at, name));
    if (dirname(at) === at || exists(join(at, '.git'))) return restored;
  }
}

function restore(file: string, proxyUrl: string, originals: ReadonlyMap<string, string>, upstream: string): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > largest) return false;
  const text = readFileSync(file, 'utf8');
  if (!text.includes(proxyUrl)) return false;
  const written = restoredText(text, proxyUrl, originals, upstream);
  const beside = `${file}.depward-${process.pid}`;
  writeFileSync(beside, written, { mode: stats.mode });
  renameSync(beside, file);
  return true;
}

/** The text with every address of the proxy replaced by the one behind it. */
function restoredText(text: string, proxyUrl: string, originals: ReadonlyMap<string, string>, upstream: string): string {
  const parts = text.split(proxyUrl);
  return parts.reduce((done, part) => {
    const rest = /^[^\s"'#?,)\]}]*/.exec(part)?.[0] ?? '';
    return `${done}${originals.get(`${proxyUrl}${rest}`) ?? `${upstream}${rest}`}${part.slice(rest.length)}`;
  });
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

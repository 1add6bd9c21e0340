/** A folder of this machine as the reader of archives takes it: npm installs it as a link and runs its scripts where it lies. */
import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { DepwardError } from '../model/errors.ts';

const mostFiles = 20_000;
const mostBytes = 128 * 2 ** 20;
const mostManifest = 2 ** 20;
const deepest = 64;
/** Neither packed nor linked from: other packages, and the books of version control. */
const leftOut = new Set(['node_modules', '.git', '.hg', '.svn', 'CVS']);
const hooks = ['preinstall', 'install', 'postinstall', 'prepare'];

/** Whether installing it runs anything: a lifecycle script, or a build that npm starts unasked. False for what cannot be read. */
export function runsOnInstall(folder: string): boolean {
  if (statOf(join(folder, 'binding.gyp'))) return true;
  const manifest = join(folder, 'package.json');
  const size = statOf(manifest)?.size ?? 0;
  if (size === 0 || size > mostManifest) return size > 0;
  try {
    const scripts: unknown = Object(JSON.parse(readFileSync(manifest, 'utf8').replace(/^\uFEFF/, ''))).scripts;
    return hooks.some((hook) => Object.hasOwn(Object(scripts), hook));
  } catch {
    return false;
  }
}

/** Its files in a gzipped archive; throws with code `limit` where they are more than a package ever has. Links are left out. */
export async function packedFolder(folder: string): Promise<Buffer> {
  const { create } = await import('tar');
  const files = filesIn(folder);
  const chunks: Buffer[] = [];
  // No pattern, no file of arguments: names are names, whatever they begin with.
  const archive = create(
    { cwd: folder, gzip: { level: 1 }, portable: true, noDirRecurse: true, prefix: 'package' },
    files.map((file) => `./${file}`),
  );
  for await (const chunk of archive) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

function filesIn(root: string): readonly string[] {
  const files: string[] = [];
  let bytes = 0;
  const waiting = [{ folder: '', depth: 0 }];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (next.depth > deepest) throw new DepwardError('limit', 'its folders lie deeper than any package needs');
    for (const entry of readdirSync(join(root, next.folder), { withFileTypes: true })) {
      const path = next.folder === '' ? entry.name : `${next.folder}/${entry.name}`;
      if (entry.isDirectory() && !leftOut.has(entry.name)) waiting.push({ folder: path, depth: next.depth + 1 });
      if (!entry.isFile()) continue;
      files.push(path);
      bytes += statOf(join(root, path))?.size ?? 0;
      if (files.length > mostFiles || bytes > mostBytes) throw new DepwardError('limit', 'the folder holds more than any package needs');
    }
  }
  return files.sort();
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

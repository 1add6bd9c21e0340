/**
 * Out of the way of the client: `npm ci` begins by deleting node_modules, and with it the files a guard installed there has yet to
 * load. It runs from a copy beside that folder instead: of links where the file system has them.
 */
import { copyFileSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, sep } from 'node:path';

/** What no run loads. */
const unread = /\.(?:d\.[cm]?ts|map|md|markdown)$/;

/** Loads a file of dist/ out of the copy; undefined where depward does not lie in a node_modules that the client may change. */
export function loadAside(packageFolder: string, cwd: string, file: string): unknown {
  const modules = modulesAround(packageFolder);
  if (modules === undefined || !isWithin(cwd, dirname(modules))) return undefined;
  const aside = mkdtempSync(join(tmpdir(), 'depward-aside-'));
  process.once('exit', () => rmSync(aside, { recursive: true, force: true }));
  for (const folder of withDependencies(packageFolder, modules)) copyFolder(folder, join(aside, 'node_modules', relative(modules, folder)));
  const entry = join(aside, 'node_modules', relative(modules, packageFolder), 'dist', file);
  return createRequire(entry)(entry);
}

/** The node_modules it lies in, where packages are folders; links into a store (pnpm) stay when node_modules is made anew. */
function modulesAround(packageFolder: string): string | undefined {
  const modules = dirname(packageFolder);
  return basename(modules) === 'node_modules' && !modules.includes(`${sep}.pnpm${sep}`) ? modules : undefined;
}

function isWithin(folder: string, outer: string): boolean {
  return folder === outer || folder.startsWith(outer.endsWith(sep) ? outer : `${outer}${sep}`);
}

/** The package and all it needs, as far as it is installed below `modules`. */
function withDependencies(packageFolder: string, modules: string): ReadonlySet<string> {
  const folders = new Set([packageFolder]);
  for (const folder of folders) {
    for (const name of dependenciesOf(folder)) {
      const found = installedFor(folder, name, modules);
      if (found !== undefined) folders.add(found);
    }
  }
  return folders;
}

function dependenciesOf(folder: string): readonly string[] {
  const manifest: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const parts = ['dependencies', 'optionalDependencies', 'peerDependencies'].map((part): unknown => Reflect.get(Object(manifest), part));
  return parts.flatMap((part) => Object.keys(Object(part)));
}

/** As Node looks for it: upwards, from folder to folder. */
function installedFor(folder: string, name: string, modules: string): string | undefined {
  for (let at = folder; isWithin(at, modules); at = dirname(at)) {
    const candidate = basename(at) === 'node_modules' ? join(at, name) : join(at, 'node_modules', name);
    if (statSync(join(candidate, 'package.json'), { throwIfNoEntry: false })) return candidate;
  }
  return undefined;
}

/** One package without those within it: they are asked for by name. */
function copyFolder(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isDirectory() && entry.name !== 'node_modules') copyFolder(join(from, entry.name), join(to, entry.name));
    if (entry.isFile() && !unread.test(entry.name)) copyFile(join(from, entry.name), join(to, entry.name));
  }
}

function copyFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another file system, or one without links. What is remembered is known by the times of the embedded lists.
    copyFileSync(from, to);
    const { atime, mtime } = statSync(from);
    utimesSync(to, atime, mtime);
  }
}

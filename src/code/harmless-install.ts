/** Whether all that installing a package runs is known, and does nothing but print. Pure. */
import type { Anomaly } from '../model/archive.ts';
import type { Capability, Hiding, PackedManifest } from '../model/contents.ts';
import { onlyPrints } from './js/only-prints.ts';
import { folderOf } from './resolve-file.ts';

/** What is asked of a package. */
export interface Installed {
  readonly manifest: PackedManifest;
  readonly anomalies: readonly Anomaly[];
  readonly capabilities: readonly Capability[];
  readonly hiding: readonly Hiding[];
  readonly paths: ReadonlySet<string>;
  text(path: string): string | undefined;
}

/** One file of the package, started by Node and by nothing else; where it fails nobody is told. */
const plainStart = /^node (?:\.\/)?((?:[\w-]+\/)*[\w-][\w.-]*\.c?js)(?: ?\|\| ?(?:exit 0|true))?$/;
/** What it is told to run without a file; nothing in it means anything to a shell. */
const inlineStart = /^node -e "([^"`$\\%!^]*)"$/;
const mostFiles = 20;

/** True where nothing is left that could be anything else. */
export function installsHarmlessly(installed: Installed): boolean {
  const { manifest, anomalies, capabilities, hiding, paths } = installed;
  const commands = ['preinstall', 'install', 'postinstall'].flatMap((hook) => manifest.scripts.get(hook) ?? []);
  if (commands.length === 0 || paths.has('binding.gyp') || anomalies.length > 0) return false;
  // To ask where it runs is no more than it may print.
  if (hiding.some(({ reach }) => reach === 'install') || capabilities.some(({ reach, kind }) => reach === 'install' && kind !== 'gated'))
    return false;
  const files: string[] = [];
  for (const command of commands) {
    const code = inlineStart.exec(command.trim())?.[1];
    const started = code === undefined ? fileOf(command, paths) : loadedBy(code, '', paths);
    if (started === undefined) return false;
    files.push(...started);
  }
  return allPrint(files, installed);
}

function fileOf(command: string, paths: ReadonlySet<string>): readonly string[] | undefined {
  const file = plainStart.exec(command.trim())?.[1];
  return file !== undefined && paths.has(file) ? [file] : undefined;
}

/** The files that a script loads which does nothing else but print; undefined where it may. */
function loadedBy(source: string, from: string, paths: ReadonlySet<string>): readonly string[] | undefined {
  const loads = onlyPrints(source)?.loads.map((written) => asNodeFinds(written, from, paths));
  const found = loads?.filter((path) => path !== undefined);
  return found?.length === loads?.length ? found : undefined;
}

function allPrint(files: readonly string[], { paths, text }: Installed): boolean {
  const seen = new Set(files);
  for (const file of seen) {
    const source = text(file);
    if (source === undefined || seen.size > mostFiles) return false;
    if (file.endsWith('.json')) {
      if (!isPlainJson(source)) return false;
      continue;
    }
    const loaded = loadedBy(source, file, paths);
    if (!loaded) return false;
    for (const path of loaded) seen.add(path);
  }
  return true;
}

/** Only what is written out to the ending, or lacks no more than `.js`: everything else Node could take for something else. */
function asNodeFinds(written: string, from: string, paths: ReadonlySet<string>): string | undefined {
  const parts = folderOf(from).split('/').filter(Boolean);
  for (const part of written.split('/')) {
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..' && part !== '.') parts.push(part);
  }
  const path = parts.join('/');
  if (/\.(js|cjs|json)$/.test(path)) return paths.has(path) ? path : undefined;
  return !paths.has(path) && paths.has(`${path}.js`) ? `${path}.js` : undefined;
}

/** Text that terminals obey is no plain text. */
function isPlainJson(source: string): boolean {
  return source.length < 100_000 && !/\\u00|[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/i.test(source.replaceAll('\r', ''));
}

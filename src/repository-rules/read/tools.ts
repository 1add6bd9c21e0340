/** Commands that a project's own dependencies bring along: a runner takes those instead of fetching. */
import type { RepositoryPaths } from '../../model/repository-paths.ts';
import { baseName, type FileTexts } from '../../model/repository-rule.ts';
import type { ClientCall } from './client.ts';
import { isExample, nearestFile } from './paths.ts';
import { manifestAt } from './project.ts';
import { remembered } from './remembered.ts';
import { at, entriesOf } from './value.ts';

/** True when the runner finds the command in the project, so that the lockfile decides what runs. */
export function isKnownTool(texts: FileTexts, paths: RepositoryPaths, call: ClientCall, name: string, version: string | undefined): boolean {
  // dlx fetches in any case, and so does a version that is not the one at hand.
  if (version !== undefined) return ['npx', 'exec', 'x'].includes(call.said) && call.manager === 'npm' && isLocked(texts, paths, call, name, version);
  if (call.said === 'dlx' || call.said === 'pnpx') return false;
  if (managers.has(name)) return true;
  const told = [...paths.telling].some((path) => baseName(path) === 'package.json');
  if (!told) return call.folder === undefined;
  if (call.folder !== undefined && manifestCommands(texts, `${call.folder}package.json`).includes(name)) return true;
  return commandsOf(texts).has(name) || (!call.flags.has('-y') && !call.flags.has('--yes') && !lockfileTellsCommands(texts) && isLikely(texts, name));
}

/** npx takes the project's own where it is of the version asked for: `semver@7`. */
function isLocked(texts: FileTexts, paths: RepositoryPaths, { folder }: ClientCall, name: string, version: string): boolean {
  const [wanted] = /^\d+(?:\.\d+)?(?=(?:\.[x*])?$)/.exec(version) ?? [];
  const lockfile = folder === undefined ? undefined : nearestFile(paths, folder, ['npm-shrinkwrap.json', 'package-lock.json']);
  const text = lockfile === undefined ? undefined : texts.get(lockfile);
  if (wanted === undefined || text === undefined) return false;
  const [, after = ''] = text.split(`"node_modules/${name}": {`, 2);
  return /^\s*"version": "([^"]+)"/.exec(after)?.[1]?.startsWith(`${wanted}.`) ?? false;
}

const managers = new Set(['npm', 'pnpm', 'yarn', 'corepack', 'node']);
const sections = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'];

// A rule asks once for every command; the files stay the same meanwhile.
const known = new WeakMap<FileTexts, ReadonlySet<string>>();

function commandsOf(texts: FileTexts): ReadonlySet<string> {
  const held = known.get(texts);
  if (held) return held;
  const names = new Set<string>();
  known.set(texts, names);
  for (const [file, text] of texts) {
    if (isExample(file)) continue;
    if (baseName(file) === 'package.json') for (const name of manifestCommands(texts, file)) names.add(name);
    if (baseName(file) === 'package-lock.json' || baseName(file) === 'npm-shrinkwrap.json')
      for (const name of lockedCommands(file, text)) names.add(name);
    if (/^(?:yarn\.lock|pnpm-lock\.yaml|bun\.lock)$/.test(baseName(file))) for (const name of lockedNames(file, text)) names.add(name);
  }
  return names;
}

function manifestCommands(texts: FileTexts, file: string): readonly string[] {
  const manifest = manifestAt(texts, file);
  const own = entriesOf(at(manifest, 'bin')).map(([name]) => name);
  const needed = sections.flatMap((section) => entriesOf(at(manifest, section)).map(([name]) => name));
  return [...own, ...needed.flatMap(commandNames)];
}

/** A package's command mostly bears its name, `@acme/tool-cli` that of the tool or the company. */
function commandNames(name: string): readonly string[] {
  const [scope, bare] = name.startsWith('@') ? name.slice(1).split('/') : [undefined, name];
  const short = bare?.replace(/-(?:cli|test)$|^cli-/, '') ?? '';
  const ofScope = scope !== undefined && /^(?:cli|core|test|.*-cli)$/.test(bare ?? '') ? [scope] : [];
  return [name, bare ?? name, short, ...ofScope, ...(renamed.get(name) ?? [])];
}

/** Well-known commands that bear another name than their package. */
const renamed: ReadonlyMap<string, readonly string[]> = new Map([
  ['typescript', ['tsc', 'tsserver']],
  ['nx', ['nx-cloud']],
  ['@angular/cli', ['ng']],
  ['@capacitor/cli', ['cap']],
  ['@vscode/vsce', ['vsce']],
  ['@biomejs/biome', ['biome']],
  ['@vue/cli-service', ['vue-cli-service']],
  ['npm-check-updates', ['ncu']],
  ['@playwright/test', ['playwright']],
  ['@storybook/cli', ['sb', 'storybook']],
  ['@sveltejs/kit', ['svelte-kit']],
  ['@ionic/cli', ['ionic']],
  ['@react-native-community/cli', ['react-native']],
  ['firebase-tools', ['firebase']],
  ['vercel', ['vc']],
  ['@electron-forge/cli', ['electron-forge']],
  ['@electron/rebuild', ['electron-rebuild']],
]);

// package-lock 2 and 3 record the commands of every package.
const lockedCommands = remembered((_file: string, text: string): readonly string[] =>
  [...text.matchAll(/"bin":\s*\{([^}]*)\}/g)].flatMap((bin) => [...(bin[1] ?? '').matchAll(/"([^"]+)"\s*:/g)].map((pair) => pair[1] ?? '')),
);

const lockedNames = remembered((_file: string, text: string): readonly string[] => {
  const names = new Set<string>();
  for (const found of text.matchAll(/^\s*['"]?\/?((?:@[\w.-]+\/)?[A-Za-z][\w.-]*)[@/](?:npm:|\d|[\^~*])/gm))
    for (const name of commandNames(found[1] ?? '')) names.add(name);
  return [...names];
});

function lockfileTellsCommands(texts: FileTexts): boolean {
  return [...texts].some(([file, text]) => baseName(file) === 'package-lock.json' && lockedCommands(file, text).length > 0);
}

/** Some dependency has the command's name in its own: `@acme/lint-tool` may well bring `lint`. */
function isLikely(texts: FileTexts, name: string): boolean {
  return [...texts.keys()].some(
    (file) =>
      baseName(file) === 'package.json' &&
      sections.some((section) => entriesOf(at(manifestAt(texts, file), section)).some(([each]) => each.includes(name))),
  );
}

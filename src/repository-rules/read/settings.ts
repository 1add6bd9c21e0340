/** The files in which npm, pnpm, yarn and bun keep what decides an install, read alike. */
import { baseName } from '../../model/repository-rule.ts';
import { readIni, readYarnrc } from './ini.ts';
import { readManifest } from './project.ts';
import { remembered } from './remembered.ts';
import { readToml } from './toml.ts';
import { entriesOf, leavesOf, type Plain, type Untold, type Value } from './value.ts';
import { readYaml } from './yaml.ts';

type Reader = (path: string, text: string) => Value | Untold;

const each = (read: (text: string) => Value | Untold): Reader => remembered((_path, text) => read(text));

const readers: ReadonlyMap<string, Reader> = new Map([
  ['.npmrc', each(readIni)],
  ['auth.ini', each(readIni)],
  ['.yarnrc', each(readYarnrc)],
  ['.yarnrc.yml', each(readYaml)],
  ['pnpm-workspace.yaml', each(readYaml)],
  ['bunfig.toml', each(readToml)],
  ['package.json', readManifest],
]);

/** What pnpm keeps for a user or a machine, as repositories of homes and images carry it: `config.yaml` since 11, `rc` before it. */
const ofPnpm = /(?:^|\/)pnpm\/(?:config\/)?(?:config\.yaml|rc)$/;

/** Rules ask of every file. */
function readerOf(path: string): Reader | undefined {
  const name = baseName(path);
  if ((name === 'config.yaml' || name === 'rc') && ofPnpm.test(path)) return readers.get(name === 'rc' ? 'auth.ini' : 'pnpm-workspace.yaml');
  return readers.get(name);
}

/** True for the files that hold settings of a package manager. */
export function isSettingsFile(path: string): boolean {
  return readerOf(path) !== undefined;
}

/** The document of a settings file. */
export function readSettingsFile(path: string, text: string): Value | Untold {
  const read = readerOf(path);
  return read ? read(path, text) : { untold: 'it is no settings file' };
}

/** A setting: its name is spelled alike for every file. */
export interface Setting {
  /** `minimumReleaseAge`, `npmScopes.acme.npmRegistryServer`: kebab-case becomes camelCase, a `pnpm` or `install` in front is dropped. */
  readonly name: string;
  readonly path: readonly string[];
  readonly plain: Plain;
  readonly inList: boolean;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Every setting of a file, or those below some of its first keys. */
export function settingsIn(file: string, text: string, below?: (key: string) => boolean): readonly Setting[] | Untold {
  const document = readSettingsFile(file, text);
  if ('untold' in document) return document;
  return below ? told(file, onlyBelow(document, below)) : allOf(file, document);
}

const known = new WeakMap<Value, readonly Setting[]>();

/** Several rules ask for all settings of the same document. */
function allOf(file: string, document: Value): readonly Setting[] {
  const held = known.get(document) ?? told(file, baseName(file) === 'package.json' ? onlyBelow(document, holdsNoNeeds) : document);
  known.set(document, held);
  return held;
}

const needs = new Set(['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies']);

// What packages are called is nobody's setting, and there may be thousands of them.
function holdsNoNeeds(key: string): boolean {
  return !needs.has(key);
}

function told(file: string, document: Value): readonly Setting[] {
  return leavesOf(document).map(({ path, plain, place, inList }) => ({ name: nameOf(path), path, plain, inList, file, ...place }));
}

// The items of a list have no key of their own.
function onlyBelow(document: Value, below: (key: string) => boolean): Value {
  if (document.kind === 'list') return { ...document, items: document.items.map((item) => onlyBelow(item, below)) };
  return { kind: 'map', entries: entriesOf(document).filter(([key]) => below(key)), place: document.place };
}

function nameOf(path: readonly string[]): string {
  const [first = '', ...rest] = path;
  const keys = (first === 'pnpm' || first === 'install') && rest.length > 0 ? rest : path;
  return keys.map((key, index) => (index === 0 ? camelCase(key) : key)).join('.');
}

// Keys of hosts and scopes (`//host/:_authToken`, `@acme:registry`) are no words.
function camelCase(key: string): string {
  return key.includes('-') && /^[a-z-]+$/i.test(key) ? key.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()) : key;
}

/** The files in which npm, pnpm, yarn and bun keep what decides an install, read alike. */
import { baseName } from '../../model/repository-rule.ts';
import { readIni, readYarnrc } from './ini.ts';
import { readJson } from './json.ts';
import { readToml } from './toml.ts';
import { leavesOf, type Plain, type Untold, type Value } from './value.ts';
import { readYaml } from './yaml.ts';

const readers: ReadonlyMap<string, (text: string) => Value | Untold> = new Map([
  ['.npmrc', readIni],
  ['auth.ini', readIni],
  ['.yarnrc', readYarnrc],
  ['.yarnrc.yml', readYaml],
  ['pnpm-workspace.yaml', readYaml],
  ['bunfig.toml', readToml],
  ['package.json', readJson],
]);

/** True for the files that hold settings of a package manager. */
export function isSettingsFile(path: string): boolean {
  return readers.has(baseName(path));
}

/** The document of a settings file. */
export function readSettingsFile(path: string, text: string): Value | Untold {
  const read = readers.get(baseName(path));
  return read ? read(text) : { untold: 'it is no settings file' };
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

/** Every setting of a file. */
export function settingsIn(file: string, text: string): readonly Setting[] | Untold {
  const document = readSettingsFile(file, text);
  if ('untold' in document) return document;
  return leavesOf(document).map(({ path, plain, place, inList }) => ({ name: nameOf(path), path, plain, inList, file, ...place }));
}

function nameOf(path: readonly string[]): string {
  const [first = '', ...rest] = path;
  const keys = (first === 'pnpm' || first === 'install') && rest.length > 0 ? rest : path;
  return keys.map((key, index) => (index === 0 ? camelCase(key) : key)).join('.');
}

// Keys of hosts and scopes (`//host/:_authToken`, `@acme:registry`) are no words.
function camelCase(key: string): string {
  return /^[a-z-]+$/i.test(key) ? key.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase()) : key;
}

/**
 * What npm's configuration came to last time, without credentials: reading it costs about 100 ms, too much for a warm run.
 * Remembered under a keyed digest of everything it was read from; any change there means reading it anew.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Placing, placingNames } from '../model/placing.ts';
import { readChecked, writeChecked } from './checked-file.ts';
import type { ConfigRequest, NpmConfig, NpmOptions, Registries } from './config.ts';
import { makeFolder } from './make-folder.ts';

export interface Remembered {
  readonly registries: Registries;
  /** Per registry URL, a keyed digest of the credentials used there. */
  readonly identities: ReadonlyMap<string, string>;
  /** Absent where it is another every time, as the moment is that a least age of releases means. */
  readonly placing: Placing | undefined;
  /** A keyed digest of all the configuration was read from; absent where it is not remembered. */
  readonly digest?: string;
}

/** Signs with a key of this cache folder, so that digests taken out of it cannot be searched for short passwords. */
export interface Signer {
  sign(text: string): string;
}

/** The signer of a cache folder; one that lasts only for this run where the folder cannot be written. */
export function signerOf(folder: string): Signer {
  const key = keyIn(folder) ?? randomBytes(32);
  return { sign: (text) => createHmac('sha256', key).update(text).digest('hex').slice(0, 32) };
}

function keyIn(folder: string): Buffer | undefined {
  const path = join(folder, 'key');
  const read = (): Buffer | undefined => {
    const bytes = readOr(path);
    return bytes?.length === 32 ? bytes : undefined;
  };
  const known = read();
  if (known) return known;
  try {
    makeFolder(folder);
    writeFileSync(path, randomBytes(32), { mode: 0o600, flag: 'wx' });
  } catch {
    // Another process was first, or the folder cannot be written.
  }
  return read();
}

interface Kept {
  readonly digest: string;
  readonly files: readonly string[];
  readonly main: string;
  readonly scopes: readonly [string, string][];
  readonly identities: readonly [string, string][];
  readonly placing?: Placing;
}

/** What is remembered for this project, if nothing it was read from has changed. */
export function recall(folder: string, signer: Signer, request: ConfigRequest): Remembered | undefined {
  const text = readChecked(pathOf(folder, signer, request));
  if (text === undefined) return undefined;
  try {
    const { digest, files, main, scopes, identities, placing } = JSON.parse(text) as Kept;
    if (digest !== digestOf(signer, request, files)) return undefined;
    return { registries: { main, scopes: new Map(scopes) }, identities: new Map(identities), placing, digest };
  } catch {
    return undefined;
  }
}

/** Keeps the result for the next run; says nothing when it cannot. */
export function remember(folder: string, signer: Signer, request: ConfigRequest, config: NpmConfig): Remembered {
  const { registries, files } = config;
  const identities = identitiesOf(signer, config);
  const placing = placingOf(config.options);
  try {
    const kept: Kept = {
      digest: digestOf(signer, request, files),
      files,
      main: registries.main,
      scopes: [...registries.scopes],
      identities: [...identities],
      ...(placing && { placing }),
    };
    writeChecked(pathOf(folder, signer, request), JSON.stringify(kept));
  } catch {
    // The cache itself says once that it cannot be written.
  }
  return { registries, identities, placing };
}

function placingOf(options: NpmOptions): Placing | undefined {
  if (options['before']) return undefined;
  return Object.fromEntries(placingNames.flatMap((name) => (options[name] === undefined ? [] : [[name, options[name]]])));
}

/** Who we are at each registry. */
function identitiesOf(signer: Signer, { registries, options }: NpmConfig): ReadonlyMap<string, string> {
  const urls = new Set([registries.main, ...registries.scopes.values()]);
  return new Map([...urls].map((url) => [url, identityAt(signer, options, url)]));
}

/** Every credential for the registry's host counts, used or not: too many identities are harmless, too few are not. */
function identityAt(signer: Signer, options: NpmOptions, url: string): string {
  const host = `//${new URL(url).host}`;
  const own = Object.entries(options).filter(([key]) => key.startsWith(host));
  const general = ['cert', 'key', 'registry'].flatMap((key) =>
    /@/.test(String(options[key])) || key !== 'registry' ? [[key, options[key] ?? null]] : [],
  );
  const used = [...own, ...general.filter(([, value]) => value !== null)];
  return used.length === 0 ? 'anonymous' : signer.sign(JSON.stringify(used.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))));
}

function pathOf(folder: string, signer: Signer, request: ConfigRequest): string {
  return join(folder, 'config-2', signer.sign(JSON.stringify([request.cwd, request.registry ?? null])));
}

const alsoAsked = ['HOME', 'USERPROFILE', 'PREFIX', 'DESTDIR', 'npm_execpath', 'APPDATA'];

/** Everything npm's configuration depends on: files, the folders that decide which files, and the environment. */
function digestOf(signer: Signer, request: ConfigRequest, files: readonly string[]): string {
  const contents = files.map((file) => readOr(file)?.toString('utf8') ?? null);
  const named = contents.flatMap((text) => [...(text ?? '').matchAll(/\$\{([^${}?]+)\??\}/g)].map((match) => match[1] ?? ''));
  const keys = Object.keys(request.env).filter((key) => /^npm_config_/i.test(key) || alsoAsked.includes(key) || named.includes(key));
  const environment = keys.sort().map((key) => [key, request.env[key]]);
  return signer.sign(JSON.stringify([process.execPath, files, contents, environment, foldersAbove(request.cwd)]));
}

/** What marks a project's folder, from `cwd` up: npm looks for package.json or node_modules, and for the workspaces that those above it name. */
function foldersAbove(cwd: string): unknown[] {
  const marks: unknown[] = [];
  let found = false;
  for (let folder = cwd, depth = 0; depth < 64; depth += 1) {
    const manifest = statOr(join(folder, 'package.json'));
    const modules = statOr(join(folder, 'node_modules'))?.isDirectory() ?? null;
    // Of the project's own manifest nothing is read but that it is there: it changes with every dependency.
    const isFile = manifest?.isFile() === true;
    marks.push([
      manifest && (isFile && !found ? 'there' : `${manifest.mtimeMs} ${manifest.size}`),
      modules,
      statOr(join(folder, '.npmrc'))?.size ?? null,
    ]);
    found ||= isFile || modules === true;
    const above = dirname(folder);
    if (above === folder) break;
    folder = above;
  }
  return marks;
}

function statOr(path: string) {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

function readOr(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

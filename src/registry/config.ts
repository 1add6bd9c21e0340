/** npm's own configuration, by npm's own rules: project, user, global and built-in npmrc, environment, `${VAR}`, scopes, credentials. */
import { existsSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { DepwardError } from '../model/errors.ts';
import { printable } from '../model/text.ts';

/** Flat options as npm's libraries take them. They hold credentials: never print, store or compare them whole. */
export type NpmOptions = Readonly<Record<string, unknown>>;

/** Where packages are looked up; free of credentials. */
export interface Registries {
  /** Registry for names without a scope of its own, ending in `/`. */
  readonly main: string;
  /** `@scope` → registry URL ending in `/`. */
  readonly scopes: ReadonlyMap<string, string>;
}

export interface ConfigRequest {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From the command line: comes before every file. */
  readonly registry?: string;
}

export interface NpmConfig {
  readonly options: NpmOptions;
  readonly registries: Registries;
  /** Every npmrc that was looked for, present or not, but those of the folders above `cwd`. */
  readonly files: readonly string[];
}

/** A command line of npm, as npm itself reads it. */
export interface NpmWords {
  /** The command and what it is given; no options, no values of options. */
  readonly words: readonly string[];
  /** The folder npm would work in. */
  readonly folder: string;
  readonly global: boolean;
  /** `npm exec --package`. */
  readonly packages: readonly string[];
  /** Options that decide what a tree looks like. */
  readonly tree: NpmOptions;
}

/** Options of the command line that change what is resolved; registries and credentials are not among them. */
const treeOptions = ['before', 'legacyPeerDeps', 'strictPeerDeps', 'force', 'installStrategy', 'preferDedupe', 'defaultTag', 'omit', 'installLinks'];

/** Reads a command line of npm. */
export async function npmWords(request: ConfigRequest, args: readonly string[]): Promise<NpmWords> {
  const config = await read(request, [process.execPath, 'npm', ...args]);
  const packages = config.get('package');
  return {
    words: config.parsedArgv.remain,
    folder: config.localPrefix,
    global: config.get('location') === 'global' || config.get('global') === true,
    packages: Array.isArray(packages) ? packages.filter((one) => typeof one === 'string') : [],
    tree: Object.fromEntries(
      Object.entries(config.flat).filter(([key, value]) => treeOptions.includes(key) && value !== undefined && value !== null),
    ),
  };
}

/** Reads the configuration; about 100 ms, so only where a request is made or nothing is remembered. */
export async function loadNpmConfig(request: ConfigRequest): Promise<NpmConfig> {
  const argv = [process.execPath, 'depward', ...(request.registry === undefined ? [] : [`--registry=${checkedUrl(request.registry)}`])];
  const config = await read(request, argv);
  const options: NpmOptions = config.flat;
  const files = [...config.sources.keys()].filter((source) => isAbsolute(source));
  return { options, registries: registriesOf(options), files };
}

async function read(request: ConfigRequest, argv: readonly string[]) {
  const [{ default: Config }, { default: shapes }] = await Promise.all([import('@npmcli/config'), import('@npmcli/config/lib/definitions/index.js')]);
  // npm's reader writes into the environment it is given: it gets its own copy.
  const env = Object.fromEntries(Object.entries(request.env).filter(([, value]) => value !== undefined));
  const config = new Config({ ...shapes, npmPath: npmFolder(env), env, argv, cwd: request.cwd, warn: false });
  try {
    await config.load();
  } catch (cause) {
    throw new DepwardError('config', `npm's configuration cannot be read: ${sentenceOf(cause)}`, {
      hint: 'npm config list shows the files it is read from',
      cause,
    });
  }
  if (config.flat['before'] !== undefined && Number.isNaN(Number(config.flat['before']))) {
    throw new DepwardError('config', 'npm\'s own "before" or "min-release-age" is set to something that is no time', {
      hint: 'npm install fails as well; npm config list shows what is set where: "before" is a date, "min-release-age" a number of days',
    });
  }
  return config;
}

function registriesOf(options: NpmOptions): Registries {
  const scopes = new Map<string, string>();
  for (const [key, value] of Object.entries(options)) {
    const scope = /^(@[^:/]+):registry$/i.exec(key)?.[1];
    if (scope !== undefined && typeof value === 'string') scopes.set(scope, withoutCredentials(value));
  }
  if (typeof options.registry !== 'string') throw new DepwardError('config', 'npm has no registry configured', { hint: 'npm config get registry' });
  return { main: withoutCredentials(options.registry), scopes };
}

/** The registry a name is looked up at. */
export function registryFor(registries: Registries, name: string): string {
  const scope = name.startsWith('@') ? name.slice(0, name.indexOf('/')) : undefined;
  return (scope !== undefined ? registries.scopes.get(scope) : undefined) ?? registries.main;
}

function withoutCredentials(text: string): string {
  const url = new URL(checkedUrl(text));
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  return url.href.endsWith('/') ? url.href : `${url.href}/`;
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return text;
  const unset = unsetIn(text);
  throw new DepwardError('config', `a registry must be an http or https URL, not ${printable(text, 100)}`, {
    hint: unset === undefined ? 'see --registry, and "registry" in your .npmrc' : unsetHint('the registry', unset),
  });
}

/** A variable that an npmrc names and the environment does not hold: npm leaves the word as it stands. */
function unsetIn(text: unknown): string | undefined {
  return typeof text === 'string' ? /\$\{([^}?]+)\}/.exec(text)?.[1] : undefined;
}

function unsetHint(what: string, name: string): string {
  return `your .npmrc takes ${what} from \${${printable(name, 60)}}, which is not set in the environment`;
}

/** Where a credential for a registry was to come from the environment and did not: what to do about that. */
export function unsetCredential(options: NpmOptions, registry: string): string | undefined {
  const host = URL.canParse(registry) ? new URL(registry).host : '';
  const found = Object.entries(options).find(([key, value]) => key.startsWith(`//${host}/`) && /:(?:_\w+|username)$/.test(key) && unsetIn(value));
  return found && unsetHint('the credentials', unsetIn(found[1]) ?? '');
}

/** Folder of the npm in use, for the npmrc that some platforms build into it. */
function npmFolder(env: Readonly<Record<string, string | undefined>>): string {
  const beside = dirname(process.execPath);
  const candidates = [
    ...(env.npm_execpath?.endsWith('npm-cli.js') ? [dirname(dirname(env.npm_execpath))] : []),
    join(beside, 'node_modules', 'npm'),
    join(beside, '..', 'lib', 'node_modules', 'npm'),
  ];
  return candidates.find((folder) => existsSync(join(folder, 'package.json'))) ?? beside;
}

function sentenceOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : '';
  // Only the kind of trouble: the message may quote a line with a token.
  return /^(E[A-Z]+)/.exec(message)?.[1] ?? 'a value in it is not valid';
}

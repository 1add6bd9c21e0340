/** What registries pnpm, yarn or bun are told of in files that npm does not read: their own for all packages, and those of scopes. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ClientName } from '../proxy/clients.ts';
import { settingsIn } from '../repository-rules/read/settings.ts';
import { readTextFile } from '../resolve/read-file.ts';
import type { Io } from './io.ts';

/** A scope and its registry. */
export interface ClientScope {
  readonly scope: string;
  readonly url: string;
  /** As the client would send it. A secret: never print it. */
  readonly token?: string;
  /** True where no variable tells the client otherwise: it asks that registry directly. */
  readonly direct: boolean;
}

const files: Readonly<Record<ClientName, readonly string[]>> = {
  npm: [],
  pnpm: ['pnpm-workspace.yaml'],
  yarn: ['.yarnrc.yml', '.yarnrc'],
  bun: ['bunfig.toml', '.bunfig.toml'],
};
const largest = 1_000_000;

/** The registry for whatever has no scope of its own. */
const everything = '';

export interface ClientRegistries {
  /** Undefined where these files name none. */
  readonly main: Pick<ClientScope, 'url' | 'token'> | undefined;
  readonly scopes: readonly ClientScope[];
}

/** Reads them from the client's folder up to the root of the repository, then from the user's home; what is nearer counts. */
export async function registriesOf(client: ClientName, folder: string, io: Pick<Io, 'env'>): Promise<ClientRegistries> {
  const found = new Map<string, ClientScope>();
  for (const place of placesFrom(folder, io.env['HOME'])) {
    for (const file of files[client]) {
      const text = await readTextFile(join(place, file), place, largest).catch(() => undefined);
      for (const one of text === undefined ? [] : scopesIn(file, text, io.env)) if (!found.has(one.scope)) found.set(one.scope, one);
    }
  }
  const main = found.get(everything);
  found.delete(everything);
  return { main, scopes: [...found.values()] };
}

/** npm's own variables for them: what reads npm's configuration then knows these scopes too. Not for the client: they hold tokens. */
export function npmVariablesFor({ main, scopes }: ClientRegistries): Record<string, string> {
  const tokens = [...scopes, ...(main ? [main] : [])].flatMap(({ url, token }) =>
    token === undefined ? [] : [[`npm_config_${url.replace(/^https?:/, '')}:_authToken`, token]],
  );
  return Object.fromEntries([...scopes.map(({ scope, url }) => [`npm_config_${scope}:registry`, url]), ...tokens]);
}

function placesFrom(folder: string, home: string | undefined): string[] {
  const places: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    places.push(at);
    if (dirname(at) === at || existsSync(join(at, '.git'))) break;
  }
  return home === undefined || places.includes(home) ? places : [...places, home];
}

/** `npmScopes.acme.npmRegistryServer`, `"@acme:registry"`, `registries."@acme"`, `install.scopes.acme` as text or with `url` and `token`. */
function scopesIn(file: string, text: string, env: Io['env']): ClientScope[] {
  const settings = settingsIn(file.replace(/^\.bunfig/, 'bunfig'), text);
  if ('untold' in settings) return [];
  const told = new Map<string, { url?: string; token?: string }>();
  for (const { path, plain } of settings) {
    const part = partOf(path);
    const value = typeof plain === 'string' ? withVariables(plain, env) : undefined;
    if (!part || value === undefined) continue;
    told.set(part.scope, { ...told.get(part.scope), [part.what]: value });
  }
  return [...told].flatMap(([scope, { url, token }]) => {
    if (!(scope === everything || /^@[a-z0-9.-]+$/.test(scope)) || url === undefined || !URL.canParse(url) || !/^https?:/.test(url)) return [];
    const direct = file === '.yarnrc.yml' || file.endsWith('bunfig.toml');
    return [{ scope, url: url.endsWith('/') ? url : `${url}/`, direct, ...(token !== undefined && { token }) }];
  });
}

function partOf(path: readonly string[]): { readonly scope: string; readonly what: 'url' | 'token' } | undefined {
  const [first = '', second = '', third, fourth] = path;
  const classic = /^(@[^:]+):registry$/.exec(first)?.[1];
  if (classic !== undefined && path.length === 1) return { scope: classic, what: 'url' };
  if (first === 'registries' && second.startsWith('@') && path.length === 2) return { scope: second, what: 'url' };
  const whole = partOfMain(path.join('.'));
  if (whole) return { scope: everything, what: whole };
  if (first === 'npmScopes' && third === 'npmRegistryServer') return { scope: named(second), what: 'url' };
  if (first === 'npmScopes' && third === 'npmAuthToken') return { scope: named(second), what: 'token' };
  if (first !== 'install' || second !== 'scopes' || third === undefined) return undefined;
  return fourth === undefined || fourth === 'url'
    ? { scope: named(third), what: 'url' }
    : fourth === 'token'
      ? { scope: named(third), what: 'token' }
      : undefined;
}

function partOfMain(path: string): 'url' | 'token' | undefined {
  if (/^(registries\.default|npmRegistryServer|install\.registry(\.url)?)$/.test(path)) return 'url';
  return path === 'npmAuthToken' || path === 'install.registry.token' ? 'token' : undefined;
}

function named(scope: string): string {
  return `@${scope.replace(/^@/, '')}`;
}

/** `$NAME`, `${NAME}` and `${NAME:-else}`; undefined where a variable is not there. */
function withVariables(text: string, env: Io['env']): string | undefined {
  let whole = true;
  const replaced = text.replace(
    /\$(?:\{([A-Za-z_]\w*)(?::?-([^}]*))?\}|([A-Za-z_]\w*))/g,
    (_, braced: string, otherwise: string | undefined, bare: string) => {
      const value = env[braced ?? bare] ?? otherwise;
      whole &&= value !== undefined;
      return value ?? '';
    },
  );
  return whole ? replaced : undefined;
}

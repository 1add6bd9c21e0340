/** The package.json inside a tarball: untrusted JSON to what matters here. */
import type { PackedManifest } from '../model/contents.ts';

const empty: PackedManifest = {
  scripts: new Map(),
  dependencies: new Map(),
  optionalDependencies: new Map(),
  peerDependencies: new Map(),
  bundled: [],
  bin: new Map(),
  entries: [],
  module: false,
};

/** Reads a manifest; undefined when it is no JSON object. */
export function readManifest(text: string): PackedManifest | undefined {
  const json = parsed(text);
  if (!json) return undefined;
  const bundled = json['bundleDependencies'] ?? json['bundledDependencies'];
  const dependencies = texts(json['dependencies']);
  return {
    ...empty,
    ...(typeof json['name'] === 'string' && { name: json['name'] }),
    ...(typeof json['version'] === 'string' && { version: json['version'] }),
    ...(typeof json['gypfile'] === 'boolean' && { gypfile: json['gypfile'] }),
    ...binaryHost(json['binary']),
    scripts: texts(json['scripts']),
    dependencies,
    optionalDependencies: texts(json['optionalDependencies']),
    peerDependencies: texts(json['peerDependencies']),
    bundled: bundled === true ? [...dependencies.keys()] : Array.isArray(bundled) ? bundled.filter((name) => typeof name === 'string') : [],
    bin: binsOf(json),
    entries: entriesOf(json),
    module: json['type'] === 'module',
  };
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const json: unknown = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
    return isRecord(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Where node-pre-gyp and prebuild-install fetch from. */
function binaryHost(binary: unknown): { readonly binaryHost?: string } {
  const host = isRecord(binary) ? binary['host'] : undefined;
  return typeof host === 'string' ? { binaryHost: host.slice(0, 300) } : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function texts(value: unknown): ReadonlyMap<string, string> {
  if (!isRecord(value)) return new Map();
  return new Map(Object.entries(value).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text] as const] : [])));
}

function binsOf(json: Record<string, unknown>): ReadonlyMap<string, string> {
  const { bin, name } = json;
  if (typeof bin === 'string') return new Map([[typeof name === 'string' ? (name.split('/').at(-1) ?? name) : '', bin]]);
  if (bin !== undefined)
    return new Map([...texts(bin)].map(([written, path]) => [commandName(written), path] as const).filter(([command]) => command !== ''));
  const folder = isRecord(json['directories']) ? json['directories']['bin'] : undefined;
  return typeof folder === 'string' ? new Map([['*', `${folder.replace(/\/$/, '')}/*`]]) : new Map();
}

/** What a client calls a command: the last part of the path its name is taken for. */
function commandName(written: string): string {
  const parts = written.split(/[/\\:]/).filter((part) => part !== '' && part !== '.');
  return parts.at(-1)?.replace(/^\.\.$/, '') ?? '';
}

const entryFields = 'main module browser exports imports unpkg jsdelivr react-native es2015 esnext jsnext:main source worker electron deno bun'.split(
  ' ',
);

function entriesOf(json: Record<string, unknown>): readonly string[] {
  const found: string[] = [];
  for (const field of entryFields) gather(json[field], found, 0);
  return [...new Set(found)].slice(0, 2000);
}

/** What `main` says, where Node asks it: not beside `exports`. The other fields are for bundlers and pages. */
export function mainOf(text: string): { readonly main?: string } | undefined {
  const json = parsed(text) ?? {};
  if ((json['exports'] ?? null) !== null) return undefined;
  return typeof json['main'] === 'string' ? { main: json['main'] } : {};
}

/** Names that files of the package are imported by, and what they stand for; the longest first, which counts where several fit. */
export function ownNames(text: string): ReadonlyMap<string, readonly string[]> {
  const imports = /"imports"\s*:/.test(text) ? parsed(text)?.['imports'] : undefined;
  const named = isRecord(imports) ? Object.entries(imports).slice(0, 500) : [];
  const pathsOf = (value: unknown): readonly string[] => {
    const found: string[] = [];
    gather(value, found, 0);
    return found.filter((path) => path.startsWith('.')).slice(0, 20);
  };
  return new Map(named.map(([name, value]) => [name, pathsOf(value)] as const).sort(([a], [b]) => b.length - a.length));
}

/** Every path below a field; `types` and style conditions run nothing. */
function gather(value: unknown, found: string[], depth: number): void {
  if (typeof value === 'string') found.push(value);
  else if (depth < 12 && Array.isArray(value)) for (const item of value) gather(item, found, depth + 1);
  else if (depth < 12 && isRecord(value)) {
    for (const [key, item] of Object.entries(value)) if (!/^(types|typings|style|sass|css)(@|$)/.test(key)) gather(item, found, depth + 1);
  }
}

export { empty as noManifest };

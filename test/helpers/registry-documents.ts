/** Packument documents as a registry holds them: abbreviating, moving tarballs, looking back in time, the real ones of the bench data. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

/** A packument as JSON; tests write what they please. */
export type Doc = Record<string, unknown>;

type Fields = Record<string, unknown>;

const shortFields = [
  ...['name', 'version', 'deprecated', 'dependencies', 'optionalDependencies', 'devDependencies', 'peerDependencies', 'peerDependenciesMeta'],
  ...['bundleDependencies', 'bundledDependencies', 'bin', 'directories', 'dist', 'engines', 'os', 'cpu', '_hasShrinkwrap'],
];

/** What a registry answers to `Accept: application/vnd.npm.install-v1+json`. */
export function abbreviated(document: Doc): Doc {
  const time = fieldsOf(document.time);
  return {
    name: document.name,
    'dist-tags': document['dist-tags'],
    versions: mapVersions(document, (manifest) => {
      const kept = Object.fromEntries(Object.entries(manifest).filter(([key]) => shortFields.includes(key)));
      const scripts = fieldsOf(manifest.scripts);
      return scripts.preinstall || scripts.install || scripts.postinstall ? { ...kept, hasInstallScript: true } : kept;
    }),
    modified: time.modified,
  };
}

/** The document with every `dist.tarball` moved to the given registry. */
export function withTarballsAt(document: Doc, url: string): Doc {
  const name = String(document.name);
  const file = name.replace(/^@[^/]*\//, '');
  if (document.versions === undefined) return document;
  return {
    ...document,
    versions: mapVersions(document, (manifest, version) => ({
      ...manifest,
      dist: { ...fieldsOf(manifest.dist), tarball: `${url}${name}/-/${file}-${version}.tgz` },
    })),
  };
}

/** The document as the registry would have given it at that moment; undefined when the package did not exist yet. */
export function asSeenAt(document: Doc, moment: string): Doc | undefined {
  const limit = Date.parse(moment);
  const time = Object.fromEntries(Object.entries(fieldsOf(document.time)).filter(([, at]) => typeof at === 'string' && Date.parse(at) <= limit));
  const names = Object.keys(fieldsOf(document.versions)).filter((version) => time[version] !== undefined);
  if (names.length === 0) return undefined;
  const newest = names.reduce((best, version) => (String(time[version]) >= String(time[best]) && !version.includes('-') ? version : best));
  const versions = Object.fromEntries(Object.entries(fieldsOf(document.versions)).filter(([version]) => names.includes(version)));
  const tags = Object.entries(fieldsOf(document['dist-tags'])).filter(([tag, version]) => tag !== 'latest' && names.includes(String(version)));
  return { ...document, versions, time: { ...time, modified: time[newest] }, 'dist-tags': { ...Object.fromEntries(tags), latest: newest } };
}

function mapVersions(document: Doc, change: (manifest: Fields, version: string) => Fields): Fields {
  return Object.fromEntries(Object.entries(fieldsOf(document.versions)).map(([version, manifest]) => [version, change(fieldsOf(manifest), version)]));
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

const root = resolve(process.env.DEPWARD_ROOT ?? fileURLToPath(new URL('../..', import.meta.url)));

/** Folder of the real development data, where it is present: next to the project. */
export const benchFolder: string | undefined = [resolve(root, '../shared/bench')].find((folder) => existsSync(folder));

/** Names of the real packuments in the bench data. */
export function benchNames(): string[] {
  if (benchFolder === undefined) return [];
  return readdirSync(`${benchFolder}/packuments`)
    .filter((file) => file.endsWith('.json.gz'))
    .map((file) => decodeURIComponent(file.slice(0, -'.json.gz'.length)))
    .sort();
}

/** One real packument of the bench data. */
export function benchPackument(name: string): Doc | undefined {
  const file = `${benchFolder}/packuments/${encodeURIComponent(name)}.json.gz`;
  if (benchFolder === undefined || !existsSync(file)) return undefined;
  return JSON.parse(gunzipSync(readFileSync(file)).toString()) as Doc;
}

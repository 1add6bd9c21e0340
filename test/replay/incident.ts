/** One real attack, read from its folder; the format is described in fixtures/incidents/README.md. Absent pieces are tolerated. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { compareVersions, parseVersion } from '../../src/model/version.ts';
import { bytesOf } from './folder.ts';
import { type Doc, documentFrom, type Fields, fieldsOf, textOf } from './pieces.ts';

/** A release to be judged: what a user gets who adds it, or whose lockfile moves to it. */
export interface Case {
  readonly name: string;
  readonly version: string;
  /** The version before, for the lockfile bump. */
  readonly from?: string;
  /** ISO time of publication. */
  readonly at: string;
}

export interface Incident {
  readonly id: string;
  readonly title: string;
  readonly malicious: boolean;
  /** `documented` when files of the release are given. */
  readonly files: boolean;
  readonly exposedHours: number | undefined;
  /** Why nothing but its age speaks against it, where that is so. */
  readonly why: string | undefined;
  /** Full documents by package name, of all times. */
  readonly documents: ReadonlyMap<string, Doc>;
  /** Files of releases: `name@version` to path and bytes. */
  readonly contents: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
  readonly cases: readonly Case[];
}

/** The incidents of a folder; one that cannot be read is told as text. */
export function incidentsOf(folder: string): (Incident | string)[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((id) => {
      try {
        return readIncident(join(folder, id), id);
      } catch (error) {
        return `${id}: ${error instanceof Error ? error.message : 'unreadable'}`;
      }
    });
}

function readIncident(folder: string, id: string): Incident {
  const described = existsSync(join(folder, 'incident.json')) ? fieldsOf(JSON.parse(readFileSync(join(folder, 'incident.json'), 'utf8'))) : {};
  const contents = new Map<string, ReadonlyMap<string, Buffer>>();
  const documents = new Map<string, Doc>();
  for (const { name, path } of packageFolders(join(folder, 'packages'))) {
    for (const version of versionFolders(path)) contents.set(`${name}@${version}`, filesUnder(join(path, version)));
    const file = ['packument.json', 'packument.json.gz'].map((one) => join(path, one)).find((one) => existsSync(one));
    if (file) documents.set(name, fieldsOf(JSON.parse(bytesOf(file).toString('utf8'))));
  }
  const published = textOf(described['published']) ?? textOf(described['published_utc']);
  for (const [name, pieces] of piecesByName(described, contents, published))
    if (!documents.has(name)) documents.set(name, documentFrom(name, pieces));
  const cases = casesOf(described, documents, published);
  if (cases.length === 0) throw new Error('it names no release to judge');
  const hours = described['exposedHours'] ?? fieldsOf(described['takedown'])['exposure_hours'];
  return {
    id: textOf(described['id']) ?? id,
    title: textOf(described['title']) ?? id,
    malicious: described['malicious'] !== false && !['protestware', 'spam', 'availability'].includes(String(described['incident_class'])),
    files: contents.size > 0,
    exposedHours: typeof hours === 'number' ? hours : undefined,
    why: textOf(described['why']),
    documents,
    contents,
    cases,
  };
}

/** `name`, `@scope/name` as two folders, or `@scope%2fname` as one. */
function packageFolders(folder: string): { readonly name: string; readonly path: string }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((entry) => {
      const path = join(folder, entry);
      const name = decodeURIComponent(entry);
      if (!name.startsWith('@') || name.includes('/')) return [{ name, path }];
      return readdirSync(path).map((inner) => ({ name: `${name}/${inner}`, path: join(path, inner) }));
    });
}

function versionFolders(path: string): string[] {
  return readdirSync(path).filter((entry) => /^\d+\.\d+\.\d+/.test(entry) && statSync(join(path, entry)).isDirectory());
}

/** The files of a version; a `package/` folder around them is taken off. */
function filesUnder(path: string): ReadonlyMap<string, Buffer> {
  const root = existsSync(join(path, 'package', 'package.json')) ? join(path, 'package') : path;
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [relative(root, file).replaceAll('\\', '/'), readFileSync(file)]),
  );
}

/** Releases in the incident's own words: `packages` by name with releases, or a list of names with bad versions. */
function piecesByName(
  described: Fields,
  contents: ReadonlyMap<string, ReadonlyMap<string, Buffer>>,
  published: string | undefined,
): Map<string, Fields[]> {
  const pieces = new Map<string, Fields[]>();
  const add = (name: string, release: Fields): void => void pieces.set(name, [...(pieces.get(name) ?? []), release]);
  for (const [key, value] of Object.entries(fieldsOf(described['packages']))) {
    const told = fieldsOf(value);
    const name = textOf(told['name']) ?? key;
    for (const release of listOf(told['releases'])) add(name, fieldsOf(release));
    const good = textOf(told['previous_good_version']);
    if (good !== undefined && parseVersion(good)) add(name, { version: good, at: textOf(told['previous_good_date']) ?? monthsBefore(published) });
    for (const version of listOf(told['malicious_versions'])) add(name, { version, at: published });
  }
  for (const [key, files] of contents) {
    const at = key.lastIndexOf('@');
    const [name, version] = [key.slice(0, at), key.slice(at + 1)];
    const manifest = manifestIn(files);
    const known = pieces.get(name)?.find((release) => release['version'] === version);
    if (known) Object.assign(known, { ...manifest, ...known });
    else add(name, { ...manifest, version, at: textOf(manifest['at']) ?? published });
  }
  return pieces;
}

function manifestIn(files: ReadonlyMap<string, Buffer>): Fields {
  const file = files.get('package.json');
  if (!file) return {};
  const { scripts, dependencies, optionalDependencies, peerDependencies, bin, gypfile } = fieldsOf(JSON.parse(file.toString('utf8')));
  return Object.fromEntries(
    Object.entries({ scripts, dependencies, optionalDependencies, peerDependencies, bin, gypfile }).filter(([, value]) => value !== undefined),
  );
}

/** Where nobody documented when the release before came out: neither new nor dormant. */
function monthsBefore(published: string | undefined): string | undefined {
  return published === undefined ? undefined : new Date(Date.parse(published) - 60 * 86_400_000).toISOString();
}

function casesOf(described: Fields, documents: ReadonlyMap<string, Doc>, published: string | undefined): Case[] {
  const told = listOf(described['judge']).map(fieldsOf);
  const wanted = told.length > 0 ? told : derived(described, documents);
  return wanted.flatMap((one) => {
    const name = textOf(one['package']) ?? textOf(one['name']);
    const version = textOf(one['version']);
    if (name === undefined || version === undefined) return [];
    const document = documents.get(name);
    const at = textOf(one['at']) ?? textOf(fieldsOf(document?.['time'])[version]) ?? published;
    if (document === undefined || at === undefined || !Number.isFinite(Date.parse(at))) return [];
    const from = textOf(one['from']) ?? lowerThan(version, at, document);
    return [{ name, version, at, ...(from !== undefined && { from }) }];
  });
}

/** Nothing said: of every package the first bad version, or the newest of its document. */
function derived(described: Fields, documents: ReadonlyMap<string, Doc>): Fields[] {
  const listed = Object.values(fieldsOf(described['packages'])).map(fieldsOf);
  const bad = listed.flatMap((one) =>
    listOf(one['malicious_versions'])
      .slice(0, 1)
      .map((version) => ({ package: one['name'], version })),
  );
  if (bad.length > 0) return bad;
  return [...documents].map(([name, document]) => ({ package: name, version: fieldsOf(document['dist-tags'])['latest'] }));
}

function lowerThan(version: string, at: string, document: Doc): string | undefined {
  const judged = parseVersion(version);
  const time = fieldsOf(document['time']);
  const earlier = Object.keys(fieldsOf(document['versions'])).filter((other) => Date.parse(textOf(time[other]) ?? '') < Date.parse(at));
  const lower = earlier.flatMap((text) => parseVersion(text) ?? []).filter((other) => judged !== undefined && compareVersions(other, judged) < 0);
  const best = lower.sort(compareVersions).at(-1);
  return best && `${best.major}.${best.minor}.${best.patch}${best.pre.length > 0 ? `-${best.pre.join('.')}` : ''}`;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A pnpm lockfile through a parser of YAML. */
import type { Location } from '../../model/package.ts';
import { printable } from '../../model/text.ts';
import { type LockfileInput, unreadable } from './format.ts';
import { importersOf, localLinksOf, type PnpmDependent, type PnpmDocument, type PnpmRow } from './pnpm-document.ts';
import { SmallMap } from './small-map.ts';
import { mapAt, readYaml, textAt, textEntries } from './yaml.ts';
import { keyLocations } from './yaml-lines.ts';
import type { YamlMap, YamlValue } from './yaml-value.ts';

/** The file by a parser of YAML. */
export async function readParsedLayout(input: LockfileInput, text: string): Promise<readonly PnpmDocument[]> {
  const maps = await readYaml(input, text);
  const paths = () => new Set(maps.flatMap((map) => mapAt(map, 'packages').keys()));
  const where = keyLocations(input.file, text, paths, 'packages');
  return maps.map((map) => parsedDocument(input, map, where));
}

function parsedDocument(input: LockfileInput, map: YamlMap, where: (path: string) => Location | undefined): PnpmDocument {
  const importers = importersOf(map);
  const rows = [...mapAt(map, 'packages')].map(([path, value]) => rowOf(input, path, value));
  const paths = rows.map(({ path }) => path);
  const places = new Map(paths.map((path, at) => [path, at]));
  return {
    lockfileVersion: textAt(map, 'lockfileVersion'),
    patched: mapAt(map, 'patchedDependencies').keys(),
    paths,
    size: paths.length,
    path: (at) => paths[at] as string,
    placeOf: (path) => places.get(path),
    row: (at) => rows[at] as PnpmRow,
    isPlain: () => false,
    dependents: () => dependentsIn(map),
    projects: () => importers.map(([path]) => path),
    localLinks: () => importers.flatMap(([project, owner]) => localLinksOf(project, owner)),
    importers: () => importers,
    where: (at) => where(paths[at] as string),
  };
}

function rowOf(input: LockfileInput, path: string, value: YamlValue): PnpmRow {
  if (!(value instanceof SmallMap))
    throw unreadable(input, `the entry ${printable(path, 80)} is not a mapping`, 'Restore the file from version control.');
  const entry = value as YamlMap;
  const resolution = mapAt(entry, 'resolution');
  return {
    path,
    resolution,
    integrity: textAt(resolution, 'integrity'),
    name: textAt(entry, 'name'),
    version: textAt(entry, 'version'),
    requiresBuild: textAt(entry, 'requiresBuild'),
  };
}

function dependentsIn(map: YamlMap): PnpmDependent[] {
  return ['packages', 'snapshots'].flatMap((section) =>
    [...mapAt(map, section)].flatMap(([path, owner]) => (owner instanceof SmallMap ? [dependentOf(path, owner)] : [])),
  );
}

function dependentOf(path: string, owner: YamlMap): PnpmDependent {
  return {
    path,
    dependencies: () => textEntries(mapAt(owner, 'dependencies')),
    optionalDependencies: () => textEntries(mapAt(owner, 'optionalDependencies')),
  };
}

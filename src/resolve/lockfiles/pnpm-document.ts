/** A pnpm lockfile as depward sees it: the same whether it was read by pnpm's own layout or by a parser of YAML. */
import type { Location } from '../../model/package.ts';
import type { Pairs } from './layout.ts';
import { SmallMap } from './small-map.ts';
import { mapAt, textAt } from './yaml.ts';
import type { YamlMap, YamlValue } from './yaml-value.ts';

/** What one entry of `packages` says of itself. */
export interface PnpmRow {
  readonly path: string;
  readonly integrity: string | undefined;
  /** All of its resolution, where there is more to it than the integrity. */
  readonly resolution: YamlMap | undefined;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly requiresBuild: string | undefined;
}

/** What an entry of `packages` or `snapshots` depends on. */
export interface PnpmDependent {
  readonly path: string;
  dependencies(): Pairs;
  optionalDependencies(): Pairs;
}

/** A project that another one links to, under the name it uses. */
export interface LocalLink {
  readonly project: string;
  readonly name: string;
  readonly target: string;
}

/** A document. */
export interface PnpmDocument {
  readonly lockfileVersion: string | undefined;
  readonly patched: readonly string[];
  /** The paths of `packages`, in the order of the file. */
  readonly paths: readonly string[];
  /** How many there are. */
  readonly size: number;
  /** One of them. */
  path(at: number): string;
  placeOf(path: string): number | undefined;
  /** Where it is known: those that may be something else than the name and version of a release. */
  readonly odd?: Iterable<number> | undefined;
  row(at: number): PnpmRow;
  /** True when an entry says nothing of where it is from but a hash and an address: its path names it. */
  isPlain(at: number): boolean;
  /** The lines of an entry, where they are in pnpm's own layout. */
  lines?(at: number): string;
  /** Entries of packages and of snapshots. */
  dependents(): Iterable<PnpmDependent>;
  /** The paths of the projects. */
  projects(): readonly string[];
  localLinks(): readonly LocalLink[];
  /** All that the projects ask for. */
  importers(): readonly (readonly [string, YamlMap])[];
  where(at: number): Location | undefined;
}

/** The projects of a document; before workspaces the document itself is the only one. */
export function importersOf(document: YamlMap): readonly (readonly [string, YamlMap])[] {
  const importers = mapAt(document, 'importers');
  if (importers.size === 0) return [['.', document]];
  return [...importers].filter((entry): entry is [string, YamlMap] => entry[1] instanceof SmallMap);
}

/** The version in either form: alone, or beside its specifier. */
export function versionText(value: YamlValue): string | undefined {
  return typeof value === 'string' ? value : value instanceof SmallMap ? textAt(value, 'version') : undefined;
}

/** The links of one project to others. */
export function localLinksOf(project: string, owner: YamlMap): LocalLink[] {
  return owner.keys().flatMap((field) =>
    [...(field.endsWith('ependencies') ? mapAt(owner, field) : [])].flatMap(([name, value]) => {
      const target = versionText(value);
      return target?.startsWith('link:') ? [{ project, name, target }] : [];
    }),
  );
}

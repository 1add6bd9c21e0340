/** A package-lock v2 or v3 as depward sees it: the same whether it was read by npm's own layout or by JSON.parse. */
import type { Location } from '../../model/package.ts';
import type { Json } from './json.ts';

/** One entry of `packages`. */
export interface NpmRow {
  readonly key: string;
  readonly name: string | undefined;
  readonly version: string | undefined;
  readonly resolved: string | undefined;
  readonly integrity: string | undefined;
  /** False where it is surely neither a link nor asks for anything by an address. */
  readonly isOdd: boolean;
  /** All of the entry. */
  readonly json: Json;
  /** The entry as it is written, where that is told by its layout alone. */
  readonly lines?: string;
}

/** All of a file. */
export interface NpmFile {
  readonly version: 2 | 3;
  readonly rows: readonly NpmRow[];
  /** How many there are. */
  readonly size: number;
  /** Those that may be links or ask for something by an address. */
  oddRows(): readonly NpmRow[];
  row(key: string): NpmRow | undefined;
  /** All that may be packages of these names, in the order of the file; missing where that is not told sooner than by all. */
  installedAs?(names: ReadonlySet<string>): readonly NpmRow[];
  where(key: string): Location | undefined;
  /** Every entry with a key of this name inside, in the order of the file, found without reading the others; missing where that cannot be told. */
  naming?(name: string): readonly NpmRow[];
}

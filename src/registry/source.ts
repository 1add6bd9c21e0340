/** What the rest of depward sees of a registry. */
import type { Packument } from '../model/packument.ts';
import type { Instant } from '../model/time.ts';

/** The answer to "what do you hold under this name?". Never thrown: trouble with one package is `failed`. */
export type PackumentAnswer =
  | {
      readonly status: 'found';
      readonly packument: Packument;
      /** When the registry last confirmed it. */
      readonly confirmedAt: Instant;
    }
  | { readonly status: 'not-found'; readonly confirmedAt: Instant }
  | { readonly status: 'failed'; readonly reason: string };

/** Where packuments come from: a real registry with cache, or a fake in tests. */
export interface PackumentSource {
  /** Full packument by package name; concurrent calls for one name share one fetch. */
  packument(name: string): Promise<PackumentAnswer>;
  /** The registry URL this name is looked up at (scopes may have their own), without credentials. */
  registryOf(name: string): string;
  /** Who we are there: a keyed digest of the credentials, so that what one account may see is not kept for another. */
  identityOf?(name: string): string;
}

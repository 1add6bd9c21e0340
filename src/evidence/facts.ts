/** Facts already learnt, kept between runs. */
import type { Instant } from '../model/time.ts';
import type { Meant } from './lookup.ts';
import type { Slices } from './slices.ts';

/** A fact and when the registry last confirmed it. */
export interface Kept<T> {
  readonly value: T;
  readonly confirmedAt: Instant;
}

/** A store of facts; the registry is part of every key, credentials are of none. */
export interface FactsStore {
  slices(registry: string, name: string, version: string): Kept<Slices> | undefined;
  keepSlices(registry: string, name: string, version: string, kept: Kept<Slices>): void;
  meant(registry: string, name: string, spec: string): Kept<Meant> | undefined;
  keepMeant(registry: string, name: string, spec: string, kept: Kept<Meant>): void;
  /** Writes what was kept since; never throws: a store that cannot be written is only slower. */
  save(): void;
}

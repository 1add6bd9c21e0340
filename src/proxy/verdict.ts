/** What the proxy knows of one version: the engine's verdict in the few words its answers need. */
import type { Packument } from '../model/packument.ts';
import type { Action } from '../model/report.ts';
import type { Instant } from '../model/time.ts';
import type { BytesAnswer } from '../registry/fetch-bytes.ts';
import type { PackumentSource } from '../registry/source.ts';

export interface Judgement {
  readonly version: string;
  readonly action: Action;
  readonly because: readonly { readonly ruleId: string; readonly action: Action; readonly message: string }[];
  /** When every reason to block has passed by itself; undefined when one never does. */
  readonly allowedFrom?: Instant;
  /** False when something that should have been there could not be had. */
  readonly complete: boolean;
}

export interface JudgeRequest {
  readonly packument: Packument;
  readonly versions: readonly string[];
  /** Where facts of other packages come from, with the same credentials. */
  readonly packuments: PackumentSource;
  readonly now: Instant;
  /** Contents, signatures and attestations are judged where this is given. */
  readonly contents?: ContentsSource;
}

/** What only a verdict with contents needs, with the same credentials. */
export interface ContentsSource {
  /** The registry a package is looked up at. */
  registryOf(name: string): string;
  /** A small document beside the packages, such as the keys of the registry. */
  beside(name: string, path: string): Promise<BytesAnswer>;
  /** Packed bytes by their address in a packument that was looked at. */
  bytes(url: string): AsyncIterable<Buffer>;
}

/** Judges versions of one package; every version asked for is in the answer. */
export type Judge = (request: JudgeRequest) => Promise<ReadonlyMap<string, Judgement>>;

/** A judge with the names of what it judges by. */
export interface Bench {
  readonly judge: Judge;
  /** Digest of policy and rules: what was decided under another one is not valid. */
  readonly digest: string;
  /** Told of a package whose document is on its way: what its name alone tells may be found out meanwhile. */
  expect(packageName: string): void;
  /** True for packages the policy names: all their versions are looked at. */
  names(packageName: string): boolean;
  /** Releases younger than this are under suspicion, in milliseconds. */
  readonly suspicious: number;
}

/** What rules use of a packument: small, immutable, parsed once from untrusted JSON in registry/packument.ts. */
import type { Instant } from './time.ts';

/** A registry account as a packument shows it. */
export interface Person {
  readonly name: string;
  readonly email?: string;
  /** Set for trusted publishing: all such releases share one name and mail, only this tells them apart. */
  readonly oidcConfigId?: string;
}

/** The domain of a mail address, lower case; undefined where there is none. */
export function domainOf(email: string | undefined): string | undefined {
  const domain = email?.slice(email.lastIndexOf('@') + 1).toLowerCase();
  return domain === undefined || domain === '' || !email?.includes('@') ? undefined : domain;
}

/** How well a release is vouched for, weakest first. `approved` is a staged publish approved by a person. */
export type TrustLevel = (typeof trustLevels)[number];

/** The same, weakest first. */
export const trustLevels = ['none', 'provenance', 'trusted-publisher', 'approved'] as const;

/** Lifecycle scripts that a consumer's install can run. */
export interface InstallScripts {
  readonly preinstall?: string;
  readonly install?: string;
  readonly postinstall?: string;
  /** Runs for git dependencies only. */
  readonly prepare?: string;
}

/** Dependencies that a consumer's install resolves, by kind. */
export interface DependencySets {
  readonly prod: ReadonlyMap<string, string>;
  readonly optional: ReadonlyMap<string, string>;
  readonly peer: ReadonlyMap<string, string>;
  readonly bundled: readonly string[];
}

/** What npm asks of the machine and the tree before it picks or places a release. */
export interface InstallTerms {
  /** Versions of Node and npm it says it needs. */
  readonly engines?: Readonly<Partial<Record<'node' | 'npm', string>>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  /** Peers that need not be there. */
  readonly optionalPeers?: readonly string[];
}

/** One published version. */
export interface Release {
  readonly version: string;
  /** Publication time; undefined where the registry does not say or says nonsense. */
  readonly at?: Instant;
  readonly publisher?: Person;
  readonly approver?: Person;
  readonly maintainers?: readonly Person[];
  readonly trust: TrustLevel;
  readonly scripts: InstallScripts;
  /** The registry's note that a binding.gyp makes npm run node-gyp; absent from many documents. */
  readonly gypfile?: boolean;
  readonly dependencies: DependencySets;
  readonly tarball?: string;
  readonly integrity?: string;
  readonly shasum?: string;
  /** Bytes after unpacking, as the registry counted. */
  readonly unpackedSize?: number;
  readonly fileCount?: number;
  readonly deprecated?: string;
  readonly repository?: string;
  readonly gitHead?: string;
  readonly description?: string;
  readonly bins: readonly string[];
  readonly hasShrinkwrap?: boolean;
  readonly terms?: InstallTerms;
  readonly signatures?: readonly { readonly keyid: string; readonly sig: string }[];
  readonly attestationsUrl?: string;
}

const parts = {
  version: true,
  at: true,
  publisher: true,
  approver: true,
  maintainers: true,
  trust: true,
  scripts: true,
  gypfile: true,
  dependencies: true,
  tarball: true,
  integrity: true,
  shasum: true,
  unpackedSize: true,
  fileCount: true,
  deprecated: true,
  repository: true,
  gitHead: true,
  description: true,
  bins: true,
  hasShrinkwrap: true,
  terms: true,
  signatures: true,
  attestationsUrl: true,
} as const satisfies Record<keyof Release, true>;

/** A release with all its parts at hand: those of a packument may be read only when asked for, and cannot be spread. */
export function plainRelease(release: Release): Release {
  const plain: Record<string, unknown> = {};
  for (const part of Object.keys(parts) as (keyof Release)[]) {
    const value = release[part];
    if (value !== undefined) plain[part] = value;
  }
  return plain as unknown as Release;
}

/** Which facts this registry publishes for this package at all; a company mirror often strips them. */
export interface Offers {
  readonly times: boolean;
  readonly publishers: boolean;
  readonly maintainers: boolean;
  readonly trust: boolean;
  readonly signatures: boolean;
  /** What runs on install. */
  readonly scripts: boolean;
}

/** A whole package as of a moment. */
export interface Packument {
  readonly name: string;
  readonly distTags: ReadonlyMap<string, string>;
  readonly created?: Instant;
  readonly modified?: Instant;
  readonly maintainers?: readonly Person[];
  /** In order of publication (order of the document where times are missing or equal). */
  readonly releases: readonly Release[];
  /** Versions that `time` still names but `versions` no longer holds, with their publication time. */
  readonly removed: ReadonlyMap<string, Instant | undefined>;
  /** Set when the whole package was unpublished. */
  readonly unpublishedAt?: Instant;
  readonly offers: Offers;
}

/** Evidence: one typed value per kind. Rules name the kinds they need; only collectors fetch. */

import type { ContentsEvidence } from './contents.ts';
import type { Person, Release, TrustLevel } from './packument.ts';
import type { Instant } from './time.ts';

/** Another version of the same package, in few words. */
export interface ReleaseStub {
  readonly version: string;
  readonly at?: Instant;
  readonly publisher?: Person;
  readonly trust: TrustLevel;
  /** True when it belongs to the release line (same major; same 0.minor below 1) of the judged release. */
  readonly sameLine: boolean;
  readonly installScript: boolean;
  readonly deprecated: boolean;
}

/** Whether and how the registry lists the version. Always there unless the packument could not be had. */
export interface ListingEvidence {
  readonly status: 'listed' | 'package-not-found' | 'package-unpublished' | 'version-not-listed';
  /** True where a moment of the past is asked about and all of the package came later. */
  readonly notYet?: boolean;
  /** True for npm's placeholder after a takedown (`0.0.1-security`, `0.0.2-security` …), or where nothing but the placeholder is left. */
  readonly placeholder: boolean;
  readonly releaseCount: number;
  readonly latest?: string;
  /** Set when the version was published once and then removed. */
  readonly removedAfter?: Instant;
  /**
   * Highest first, at most 20, of the versions a user could take instead: lower than the judged one, published a week or
   * more before it where such exist (so that a burst does not offer its own), no pre-releases unless it is one.
   */
  readonly alternatives: readonly ReleaseStub[];
}

/** The manifest facts of the judged release, and of the release before it (the highest lower version published earlier). */
export interface ReleaseEvidence {
  readonly current: Release;
  readonly previous?: Release;
  /**
   * The highest lower release that was already a week old when this one came (where times are known): a burst of bad
   * releases cannot push it out of sight. Compare with this one first, else with `previous`.
   */
  readonly settled?: Release;
}

/** When releases were published. Everything later than the moment asked about is invisible. */
export interface TimesEvidence {
  readonly published: Instant;
  /** What the registry says where that lies in the future; `published` is then the moment it was read. */
  readonly datedAhead?: Instant;
  /** First publication among the versions still listed: a name emptied and taken up again is new. */
  readonly firstPublished: Instant;
  /** Last publication among versions deleted since, where every one of them came before the first still listed. */
  readonly abandonedAt?: Instant;
  /** Last release of any line that was a week old when this one came (else the last before it): a burst does not end a silence. */
  readonly previousAt?: Instant;
  /** Releases before this one, newest first, at most 60. */
  readonly before: readonly ReleaseStub[];
  /** Releases up to now within a day around this one (this one not counted), newest first, at most 60: bursts. */
  readonly around: readonly ReleaseStub[];
  /** The highest release without a pre-release tag when this one came. */
  readonly latestAtPublish?: string;
}

/** Who published this release, and who published before. */
export interface PublishersEvidence {
  readonly current: Person;
  /** Releases before this one with a known publisher, newest first, at most 60. */
  readonly before: readonly ReleaseStub[];
  /**
   * When this publisher (by name, or oidcConfigId) first and last published this package a week or more before this
   * release; undefined means never. Younger releases do not vouch for their own publisher.
   */
  readonly firstSeen?: Instant;
  readonly lastSeen?: Instant;
  /** Who published the first release that is still listed. */
  readonly founder?: Person;
}

/** The maintainers recorded with this release and with the settled one before it (else the one before). */
export interface MaintainersEvidence {
  readonly current: readonly Person[];
  readonly previous?: readonly Person[];
}

/** How this release and those before it were vouched for. */
export interface TrustEvidence {
  readonly current: TrustLevel;
  /** The strongest level of the releases in `line`. */
  readonly strongest?: TrustLevel;
  /** Releases on the same line a week or more before this one (else all before it), newest first, at most 20, pre-releases left out. */
  readonly line: readonly ReleaseStub[];
}

/** A popular name that a name could be mistaken for. */
export interface NearName {
  readonly target: string;
  /** Monthly downloads of the target, from the embedded list. */
  readonly downloads: number;
  /** Class of confusion, e.g. `transposition`, `separator`, `scope-dropped`. */
  readonly classes: readonly string[];
  /** 0 to 1: how likely a person is to take one for the other. */
  readonly score: number;
  /** What name evidence alone allows: `warn`, or `block` once joined by other evidence. */
  readonly tier: 'warn' | 'block';
  /** What the score is made of, each with its weight, e.g. `transposition +21`. */
  readonly parts?: readonly string[];
  /**
   * Why the two are honestly alike: `same owner`, `same scope`; `same repository` and `depends on it` only for a package
   * that has stood for half a year, because squats copy the one and wrap the other.
   */
  readonly kinship?: string;
}

/** What the name itself says. */
export interface NameEvidence {
  /** Monthly downloads of this very name where the embedded list has it: it is popular itself. */
  readonly downloads?: number;
  readonly near: readonly NearName[];
}

/** A dependency that this release has and the settled release before it (else the one before) had not. */
export interface NewDependency {
  readonly name: string;
  readonly spec: string;
  readonly kind: 'prod' | 'optional' | 'peer';
  /** The version it resolves to now, where that is known. */
  readonly version?: string;
  readonly firstPublished?: Instant;
  readonly published?: Instant;
  readonly installScript?: boolean;
  readonly downloads?: number;
  /** True when somebody who published or maintained the dependent a week ago or more also published the dependency's first release: a sibling. */
  readonly sibling?: boolean;
  readonly near: readonly NearName[];
  /** Set when the facts could not be had: the dependency is judged incomplete, not clean. */
  readonly unknown?: string;
}

/** What holding the registry's signature against its key came to. */
export interface SignaturesEvidence {
  /** `unknown-key`: the registry publishes its keys, and none of them is the one that is said to have signed. */
  readonly status: 'verified' | 'false' | 'unknown-key';
  readonly keyid: string;
  /** What is wrong, where something is. */
  readonly detail?: string;
}

/** Where a build system says, in an attestation that was verified, a release was built from. */
export interface Provenance {
  /** `host/owner/name`, lower case, whatever form it was written in. */
  readonly repository: string;
  /** The repository and its owner as the code host numbers them: these outlive renames. */
  readonly repositoryId?: string;
  readonly ownerId?: string;
  /** `refs/heads/main`, `refs/tags/v1.0.0`, `refs/pull/7/merge`. */
  readonly ref?: string;
  /** Path of the workflow within the repository. */
  readonly workflow?: string;
  readonly commit?: string;
}

/** What the attestations of a release say, once held against the trusted keys and the bytes they speak of. */
export interface AttestationsEvidence {
  /** `none`: the release has none, which says nothing against it. */
  readonly status: 'verified' | 'false' | 'none';
  /** What is wrong, where something is. */
  readonly detail?: string;
  readonly provenance?: Provenance;
  /** The settled release before this one (else the one before), where its attestation was verified too. */
  readonly before?: { readonly version: string; readonly provenance: Provenance };
}

/** What else the publisher of a young release published within a day, among the packages that come in together; other projects only. */
export interface CompanyEvidence {
  readonly others: readonly { readonly name: string; readonly version: string; readonly at: Instant; readonly project: string }[];
}

/** Mail domains of those who may publish that nobody holds, with whose they are. */
export interface MailDomainsEvidence {
  readonly gone: readonly { readonly domain: string; readonly names: readonly string[] }[];
}

/** The kinds of evidence a rule can ask for. */
export interface EvidenceMap {
  readonly listing: ListingEvidence;
  readonly release: ReleaseEvidence;
  readonly times: TimesEvidence;
  readonly publishers: PublishersEvidence;
  readonly maintainers: MaintainersEvidence;
  readonly trust: TrustEvidence;
  readonly name: NameEvidence;
  readonly newDependencies: readonly NewDependency[];
  readonly contents: ContentsEvidence;
  readonly signatures: SignaturesEvidence;
  readonly attestations: AttestationsEvidence;
  readonly company: CompanyEvidence;
  readonly mailDomains: MailDomainsEvidence;
}

export type EvidenceKind = keyof EvidenceMap;

/** Why something is not known. */
export interface Lack {
  readonly why: 'not-offered' | 'failed';
  readonly reason: string;
  /** True where there is nothing to be known: rules that ask for it have nothing to say, and nobody misses it. */
  readonly moot?: true;
}

/** Evidence that was looked for. No third state: what is not known, as a whole or a part of it, has a reason. */
export type Gathered<T> = { readonly ok: true; readonly value: T; readonly lacking?: Lack } | ({ readonly ok: false } & Lack);

/** What a collector hands over for one change. */
export type EvidenceSet = { readonly [K in EvidenceKind]?: Gathered<EvidenceMap[K]> };

/** Wraps evidence that was had; of what is lacking the rest is judged all the same. */
export function had<T>(value: T, lacking?: Lack): Gathered<T> {
  return { ok: true, value, ...(lacking && { lacking }) };
}

/** Evidence this registry does not publish. */
export function notOffered(reason: string): Gathered<never> {
  return { ok: false, why: 'not-offered', reason };
}

/** Evidence that should have been there and could not be had. */
export function failed(reason: string): Gathered<never> {
  return { ok: false, why: 'failed', reason };
}

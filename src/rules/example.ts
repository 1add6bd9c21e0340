/** Small builders for the worked examples of rules: everything unsaid is ordinary. */
import type { Capability, ContentsEvidence, Hiding, InstallStep } from '../model/contents.ts';
import type { ListingEvidence, NearName, NewDependency, PublishersEvidence, ReleaseStub, TimesEvidence } from '../model/evidence.ts';
import type { IncomingChange, ResolvedPackage } from '../model/package.ts';
import type { DependencySets, Release } from '../model/packument.ts';
import { type Instant, parseInstant } from '../model/time.ts';

/** An instant from its ISO text. */
export function at(text: string): Instant {
  const instant = parseInstant(text);
  if (instant === undefined) throw new RangeError(`not a time: ${text}`);
  return instant;
}

/** A registry package that comes into the tree. */
export function added(name: string, version: string, more: Partial<ResolvedPackage> = {}): IncomingChange {
  return { action: 'add', after: aPackage(name, version, more) };
}

/** A registry package that moves from one version to another. */
export function changed(name: string, before: string, after: string, more: Partial<ResolvedPackage> = {}): IncomingChange {
  return { action: 'change', before: aPackage(name, before), after: aPackage(name, after, more) };
}

/** A release with nothing remarkable about it. */
export function aRelease(
  version: string,
  more: Partial<Omit<Release, 'dependencies'>> & { readonly dependencies?: Partial<DependencySets> } = {},
): Release {
  const { dependencies, ...rest } = more;
  return {
    version,
    trust: 'none',
    scripts: {},
    bins: [],
    ...rest,
    dependencies: { prod: new Map(), optional: new Map(), peer: new Map(), bundled: [], ...dependencies },
  };
}

/** Another version of the same line, published at `when`. */
export function aStub(version: string, when: string, more: Partial<ReleaseStub> = {}): ReleaseStub {
  return { version, at: at(when), trust: 'none', sameLine: true, installScript: false, deprecated: false, ...more };
}

/** What the registry says of a version it lists. */
export function aListing(more: Partial<ListingEvidence> = {}): ListingEvidence {
  return { status: 'listed', placeholder: false, releaseCount: 20, alternatives: [], ...more };
}

/** Times of a package that has been around for years. */
export function aTimeline(published: string, more: Partial<TimesEvidence> = {}): TimesEvidence {
  return { published: at(published), firstPublished: at('2015-01-01T00:00:00Z'), before: [], around: [], ...more };
}

/** A release by `name`, after others. */
export function aPublisher(name: string, before: readonly ReleaseStub[], more: Partial<PublishersEvidence> = {}): PublishersEvidence {
  return { current: { name }, before, ...more };
}

/** A new production dependency that nothing is known against. */
export function aDependency(name: string, more: Partial<NewDependency> = {}): NewDependency {
  return { name, spec: '^1.0.0', kind: 'prod', version: '1.0.0', near: [], ...more };
}

/** A popular name that another name is close to. */
export function aNearName(target: string, more: Partial<NearName> = {}): NearName {
  return { target, downloads: 50_000_000, classes: ['transposition'], score: 0.9, tier: 'block', ...more };
}

function aPackage(name: string, version: string, more: Partial<ResolvedPackage> = {}): ResolvedPackage {
  return { key: `node_modules/${name}`, name, version, source: 'registry', dev: false, optional: false, peer: false, bundled: false, ...more };
}

/** The contents of an update in which nothing is new. */
export function someContents(more: Partial<ContentsEvidence> = {}): ContentsEvidence {
  return {
    against: '1.0.0',
    files: 12,
    bytes: 40_000,
    filesBefore: 12,
    bytesBefore: 39_000,
    install: [],
    calls: [],
    capabilities: [],
    hiding: [],
    anomalies: [],
    added: [],
    confusion: [],
    bundled: [],
    copies: [],
    bins: [],
    unusedDependencies: [],
    unread: [],
    hasNativeSources: false,
    hasCode: true,
    oneBuildOnly: [],
    movedEntries: [],
    ...more,
  };
}

/** A capability that the release before did not have, on import of the entry point. */
export function aCapability(
  kind: Capability['kind'],
  detail: string,
  more: Partial<ContentsEvidence['capabilities'][number]> = {},
): ContentsEvidence['capabilities'][number] {
  return { kind, detail, file: 'index.js', line: 1, column: 1, snippet: '', reach: 'import', readAs: 'written', novelty: 'kind', ...more };
}

/** A sign of hiding in the entry point. */
export function aSign(kind: Hiding['kind'], detail: string, strength: number, more: Partial<Hiding> = {}): Hiding {
  return { kind, detail, file: 'index.js', line: 1, snippet: '', reach: 'import', strength, ...more };
}

/** A step of the install that was not there before. */
export function aStep(
  trigger: InstallStep['trigger'],
  command: string,
  more: Partial<ContentsEvidence['install'][number]> = {},
): ContentsEvidence['install'][number] {
  return { trigger, command, files: [], tools: [], declared: true, isNew: true, ...more };
}
